//! Stores and notices of any type behind one type, so that what uses them needs no type parameter.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::stores::{
    Begin, Begun, Commit, Committed, Envelope, Lease, Notice, Notices, Result, StateStore, Stored, Swap, Tag, Version,
};

/// A [`StateStore`] of any type. A copy (`clone`) is the same store.
///
/// ```
/// # use filekit_runtime::stores::{AnyStateStore, MemoryStates};
/// let store = AnyStateStore::new(MemoryStates::new());
/// ```
#[derive(Clone)]
pub struct AnyStateStore(Arc<dyn DynStateStore>);

impl AnyStateStore {
    /// Hides which store it is.
    pub fn new(store: impl StateStore) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for AnyStateStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AnyStateStore")
    }
}

/// A lease, and what is stored under its key.
type Leased = (Lease, Option<Stored>);

/// The methods of [`StateStore`], as a trait object can have them.
trait DynStateStore: Send + Sync {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Stored>>>;
    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Swap>>;
    fn remove<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>>;
    fn touch<'a>(&'a self, key: &'a str, ttl: Duration) -> BoxFuture<'a, Result<()>>;
    fn lease<'a>(&'a self, key: &'a str, ttl: Duration, patience: Duration) -> BoxFuture<'a, Result<Option<Lease>>>;
    fn lease_and_load<'a>(
        &'a self,
        key: &'a str,
        ttl: Duration,
        patience: Duration,
    ) -> BoxFuture<'a, Result<Option<Leased>>>;
    fn is_shared(&self) -> bool;
    fn insert_once<'a>(&'a self, key: &'a str, ttl: Duration) -> BoxFuture<'a, Result<bool>>;
    fn begin<'a>(&'a self, begin: Begin<'a>) -> BoxFuture<'a, Result<Begun>>;
    fn commit<'a>(&'a self, commit: Commit<'a>) -> BoxFuture<'a, Result<Committed>>;
}

impl<S: StateStore> DynStateStore for S {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(StateStore::load(self, key))
    }

    fn swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Swap>> {
        Box::pin(StateStore::swap(self, key, expected, content, ttl))
    }

    fn remove<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(StateStore::remove(self, key))
    }

    fn touch<'a>(&'a self, key: &'a str, ttl: Duration) -> BoxFuture<'a, Result<()>> {
        Box::pin(StateStore::touch(self, key, ttl))
    }

    fn lease<'a>(&'a self, key: &'a str, ttl: Duration, patience: Duration) -> BoxFuture<'a, Result<Option<Lease>>> {
        Box::pin(StateStore::lease(self, key, ttl, patience))
    }

    fn lease_and_load<'a>(
        &'a self,
        key: &'a str,
        ttl: Duration,
        patience: Duration,
    ) -> BoxFuture<'a, Result<Option<Leased>>> {
        Box::pin(StateStore::lease_and_load(self, key, ttl, patience))
    }

    fn is_shared(&self) -> bool {
        StateStore::is_shared(self)
    }

    fn insert_once<'a>(&'a self, key: &'a str, ttl: Duration) -> BoxFuture<'a, Result<bool>> {
        Box::pin(StateStore::insert_once(self, key, ttl))
    }

    fn begin<'a>(&'a self, begin: Begin<'a>) -> BoxFuture<'a, Result<Begun>> {
        Box::pin(StateStore::begin(self, begin))
    }

    fn commit<'a>(&'a self, commit: Commit<'a>) -> BoxFuture<'a, Result<Committed>> {
        Box::pin(StateStore::commit(self, commit))
    }
}

impl StateStore for AnyStateStore {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        self.0.load(key).await
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        self.0.swap(key, expected, content, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.0.remove(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        self.0.touch(key, ttl).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        self.0.lease(key, ttl, patience).await
    }

    async fn lease_and_load(&self, key: &str, ttl: Duration, patience: Duration) -> Result<Option<Leased>> {
        self.0.lease_and_load(key, ttl, patience).await
    }

    fn is_shared(&self) -> bool {
        self.0.is_shared()
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.0.insert_once(key, ttl).await
    }

    async fn begin(&self, begin: Begin<'_>) -> Result<Begun> {
        self.0.begin(begin).await
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed> {
        self.0.commit(commit).await
    }
}

/// [`Notices`] of any type. A copy (`clone`) is the same server.
///
/// ```
/// # use filekit_runtime::stores::{AnyNotices, InProcessNotices};
/// let notices = AnyNotices::new(InProcessNotices::new());
/// ```
#[derive(Clone)]
pub struct AnyNotices(Arc<dyn DynNotices>);

impl AnyNotices {
    /// Hides which notices they are.
    pub fn new(notices: impl Notices) -> Self {
        Self(Arc::new(notices))
    }
}

impl AnyNotices {
    /// The stream of [`Notices::subscribe`], which borrows nothing.
    pub(crate) fn heard(&self) -> BoxStream<'static, Notice> {
        self.0.subscribe()
    }
}

impl fmt::Debug for AnyNotices {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AnyNotices")
    }
}

/// The methods of [`Notices`], as a trait object can have them.
trait DynNotices: Send + Sync {
    fn publish<'a>(&'a self, tags: &'a [Tag]) -> BoxFuture<'a, Result<()>>;
    fn envelope(&self, tags: &[Tag]) -> Option<Envelope>;
    fn subscribe(&self) -> BoxStream<'static, Notice>;
}

impl<N: Notices> DynNotices for N {
    fn publish<'a>(&'a self, tags: &'a [Tag]) -> BoxFuture<'a, Result<()>> {
        Box::pin(Notices::publish(self, tags))
    }

    fn envelope(&self, tags: &[Tag]) -> Option<Envelope> {
        Notices::envelope(self, tags)
    }

    fn subscribe(&self) -> BoxStream<'static, Notice> {
        Box::pin(Notices::subscribe(self))
    }
}

impl Notices for AnyNotices {
    async fn publish(&self, tags: &[Tag]) -> Result<()> {
        self.0.publish(tags).await
    }

    fn envelope(&self, tags: &[Tag]) -> Option<Envelope> {
        self.0.envelope(tags)
    }

    fn subscribe(&self) -> impl Stream<Item = Notice> + Send + 'static {
        self.0.subscribe()
    }
}
