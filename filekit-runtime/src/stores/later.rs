//! A store that is opened when it is used first: a program is put together before it runs anything that waits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::OnceCell;

use crate::stores::{Lease, Notice, Notices, OpenStores, Result, StateStore, StoreSetting, Stored, Swap, Tag, Version};

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
}

impl Notices for StoreOfSetting {
    async fn publish(&self, tags: &[Tag]) -> Result<()> {
        self.open().await?.notices.publish(tags).await
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        let stores = self.clone();
        let opened = stream::once(async move {
            match stores.open().await {
                Ok(opened) => opened.notices.heard(),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "other servers are not heard");
                    stream::empty().boxed()
                }
            }
        });
        opened.flatten()
    }
}
