//! Several servers of one program behind a proxy that sends each request to the next of them, on one Redis: whole tests run there
//! again, and say nothing of it.

mod later;
mod proxy;
mod routers;

use std::{
    cell::RefCell,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use filekit::FileKitBuilder;
use tokio::runtime::Handle;

pub use self::proxy::Proxy;
use self::{later::LaterStores, proxy::ProxyServer};
pub(crate) use self::{proxy::unused_address, routers::Routers};
use crate::{RedisProgram, RedisServer};

/// How many servers there are, on which store, behind what. What is started lives as long as the fleet.
#[derive(Debug)]
pub struct Fleet {
    proxy: Proxy,
    size: usize,
    /// What `FILEKIT_STATE` says.
    state: String,
    fronts: Mutex<Vec<ProxyServer>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Fleet>>> = const { RefCell::new(None) };
}

/// Runs a whole test again behind a proxy: whatever app or example it starts, on this thread, is so many servers that share a
/// Redis, and the address of the proxy is theirs.
///
/// So the tests don't have to say where they run; each of them runs on one thread.
///
/// # Panics
/// When the test does, or Redis cannot be started.
pub fn behind_proxy(proxy: Proxy, servers: usize, redis: RedisProgram, test: impl FnOnce()) {
    /// Also after a test that fails: with `--test-threads=1` the next one has the same thread.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.take();
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let redis = runtime.block_on(RedisServer::start(redis));
    let _reset = Reset;
    CURRENT.set(Some(Arc::new(Fleet::new(proxy, servers, redis.url()))));
    test();
}

impl Fleet {
    /// So many servers, whose states are where `FILEKIT_STATE` says.
    pub fn new(proxy: Proxy, size: usize, state: String) -> Self {
        Self { proxy, size, state, fronts: Mutex::default() }
    }

    /// The fleet that this test runs in.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// How many servers there are.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// What `FILEKIT_STATE` says.
    pub(crate) fn state(&self) -> &str {
        &self.state
    }

    /// A filekit of one of the servers.
    pub(crate) fn joined_by(&self, kit: FileKitBuilder) -> FileKitBuilder {
        let stores = LaterStores::at(&self.state);
        kit.state_store(stores.clone()).notices(stores)
    }

    /// Starts a proxy in front of servers. Returns where it listens.
    pub(crate) async fn put_in_front(&self, servers: Vec<SocketAddr>) -> SocketAddr {
        let (proxy, runtime) = (self.proxy, Handle::current());
        // On a thread of its own: an app starts it with its first request, which may only wait for what is `Send`, and the compiler
        // does not see that of async closures.
        let start = move || runtime.block_on(ProxyServer::start(proxy, servers));
        let front = tokio::task::spawn_blocking(start).await.expect("the proxy starts");
        let address = front.address();
        self.fronts().push(front);
        address
    }

    /// Where the servers are, or were, behind the proxy at this address. None if there is no proxy.
    pub(crate) fn behind(&self, address: SocketAddr) -> Option<Vec<SocketAddr>> {
        let fronts = self.fronts();
        let front = fronts.iter().find(|front| front.address() == address);
        front.map(|front| front.servers().to_vec())
    }

    fn fronts(&self) -> MutexGuard<'_, Vec<ProxyServer>> {
        self.fronts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
