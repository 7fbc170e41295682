//! A store that is opened when it is used first: a program is put together before it runs anything that waits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::OnceCell;

use crate::stores::{
    Begin, Begun, Commit, Committed, Envelope, Lease, Notice, Notices, OpenStores, Result, StateStore, StoreSetting,
    Stored, Swap, Tag, Version,
};

/// So long after it could not be opened to hear other servers it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// The store of a setting. A copy (`clone`) is the same store. What fails to open is tried again with the next use.
#[derive(Clone, Debug)]
pub(crate) struct StoreOfSetting(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    setting: StoreSetting,
    folder: PathBuf,
    opened: OnceCell<OpenStores>,
}

impl StoreOfSetting {
    /// `folder` is where a file of states goes.
    pub(crate) fn new(setting: StoreSetting, folder: PathBuf) -> Self {
        Self(Arc::new(Inner { setting, folder, opened: OnceCell::new() }))
    }

    async fn open(&self) -> Result<&OpenStores> {
        let Inner { setting, folder, opened } = &*self.0;
        opened.get_or_try_init(|| setting.open(folder)).await
    }

    async fn open_at_last(&self) -> &OpenStores {
        loop {
            match self.open().await {
                Ok(opened) => return opened,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "other servers are not heard for now");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl StateStore for StoreOfSetting {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        self.open().await?.states.load(key).await
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        self.open().await?.states.swap(key, expected, content, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.open().await?.states.remove(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        self.open().await?.states.touch(key, ttl).await
    }

    async fn lease_and_load(
        &self,
        key: &str,
        ttl: Duration,
        patience: Duration,
    ) -> Result<Option<(Lease, Option<Stored>)>> {
        self.open().await?.states.lease_and_load(key, ttl, patience).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        self.open().await?.states.lease(key, ttl, patience).await
    }

    fn is_shared(&self) -> bool {
        matches!(self.0.setting, StoreSetting::Redis(_))
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.open().await?.states.insert_once(key, ttl).await
    }

    async fn begin(&self, begin: Begin<'_>) -> Result<Begun> {
        self.open().await?.states.begin(begin).await
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed> {
        self.open().await?.states.commit(commit).await
    }
}

impl Notices for StoreOfSetting {
    async fn publish(&self, tags: &[Tag]) -> Result<()> {
        self.open().await?.notices.publish(tags).await
    }

    fn envelope(&self, tags: &[Tag]) -> Option<Envelope> {
        self.0.opened.get()?.notices.envelope(tags)
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        let stores = self.clone();
        // What was said before it was open was not heard.
        let heard = async move { stream::iter([Notice::Missed]).chain(stores.open_at_last().await.notices.heard()) };
        stream::once(heard).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_said_before_it_was_open_may_have_been_missed() {
        let stores = StoreOfSetting::new(StoreSetting::Memory, PathBuf::new());
        let mut heard = Box::pin(stores.subscribe());
        assert_eq!(heard.next().await, Some(Notice::Missed));
    }
}
