//! A Redis that is connected to when it is used first: an app under test is put together before anything waits, as a program is
//! that reads `FILEKIT_STATE`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use filekit::state_store::{
    Begin, Begun, Commit, Committed, Envelope, Lease, Notice, Notices, RedisNotices, RedisStates, Result, StateStore,
    Stored, Swap, Tag, Version,
};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::OnceCell;

/// What one server knows of Redis. All clones are the same server.
#[derive(Clone, Debug)]
pub(super) struct LaterStores(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    url: String,
    opened: OnceCell<(RedisStates, RedisNotices)>,
}

impl LaterStores {
    pub(super) fn at(url: &str) -> Self {
        Self(Arc::new(Inner { url: url.to_owned(), opened: OnceCell::new() }))
    }

    async fn opened(&self) -> Result<&(RedisStates, RedisNotices)> {
        let Inner { url, opened } = &*self.0;
        opened.get_or_try_init(async || Ok((RedisStates::connect(url).await?, RedisNotices::connect(url).await?))).await
    }

    async fn states(&self) -> Result<&RedisStates> {
        Ok(&self.opened().await?.0)
    }
}

impl StateStore for LaterStores {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        self.states().await?.load(key).await
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        self.states().await?.swap(key, expected, content, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.states().await?.remove(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        self.states().await?.touch(key, ttl).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        self.states().await?.lease(key, ttl, patience).await
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.states().await?.insert_once(key, ttl).await
    }

    async fn begin(&self, begin: Begin<'_>) -> Result<Begun> {
        self.states().await?.begin(begin).await
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed> {
        self.states().await?.commit(commit).await
    }
}

impl Notices for LaterStores {
    async fn publish(&self, tags: &[Tag]) -> Result<()> {
        self.opened().await?.1.publish(tags).await
    }

    fn envelope(&self, tags: &[Tag]) -> Option<Envelope> {
        self.0.opened.get()?.1.envelope(tags)
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        let stores = self.clone();
        // What was said before it was open was not heard.
        let heard = async move {
            let (_, notices) = stores.opened().await.expect("Redis of the test");
            stream::iter([Notice::Missed]).chain(notices.subscribe()).boxed()
        };
        stream::once(heard).flatten()
    }
}
