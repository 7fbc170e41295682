//! Several servers of one program behind a proxy that sends each request to the next of them, on one Redis, or one server behind a proxy
//! that sends its files: whole tests run there again, and say nothing of it.

mod later;
mod proxy;
mod routers;

use std::{
    cell::RefCell,
    net::SocketAddr,
    path::Path,
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
    /// What `FILEKIT_STATE` says, where servers share a store.
    state: Option<String>,
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let redis = runtime.block_on(RedisServer::start(redis));
    run_in(Fleet::new(proxy, servers, redis.url()), test);
}

/// Runs a whole test again behind a proxy that sends the stored files: whatever app it starts, on this thread, has it in front.
///
/// # Panics
/// When the test does.
pub fn sent_by_proxy(proxy: Proxy, test: impl FnOnce()) {
    assert!(proxy.sending().is_some(), "{proxy:?} sends no files");
    run_in(Fleet { proxy, size: 1, state: None, fronts: Mutex::default() }, test);
}

fn run_in(fleet: Fleet, test: impl FnOnce()) {
    /// Also after a test that fails: with `--test-threads=1` the next one has the same thread.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.take();
        }
    }
    let _reset = Reset;
    CURRENT.set(Some(Arc::new(fleet)));
    test();
}

impl Fleet {
    /// So many servers, whose states are where `FILEKIT_STATE` says.
    pub fn new(proxy: Proxy, size: usize, state: String) -> Self {
        Self { proxy, size, state: Some(state), fronts: Mutex::default() }
    }

    /// The fleet that this test runs in.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// How many servers there are.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// What `FILEKIT_STATE` says, where servers share a store.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// A filekit of one of the servers.
    pub(crate) fn joined_by(&self, kit: FileKitBuilder) -> FileKitBuilder {
        let kit = match self.proxy.sending() {
            Some(sending) => kit.serve_by_proxy(sending),
            None => kit,
        };
        let Some(state) = &self.state else { return kit };
        let stores = LaterStores::at(state);
        kit.state_store(stores.clone()).notices(stores)
    }

    /// Starts a proxy in front of servers whose files are in this directory. Returns where it listens.
    pub(crate) async fn put_in_front(&self, servers: Vec<SocketAddr>, uploads: &Path) -> SocketAddr {
        let (proxy, uploads, runtime) = (self.proxy, uploads.to_owned(), Handle::current());
        // On a thread of its own: an app starts it with its first request, which may only wait for what is `Send`, and the compiler
        // does not see that of async closures.
        let start = move || runtime.block_on(ProxyServer::start(proxy, servers, &uploads));
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
