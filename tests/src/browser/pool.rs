//! Browsers that tests take one after another, because the start of one takes as long as most tests. What a test has left is
//! cleared away before the next one begins; a browser whose test failed is not used again.
//!
//! They run for as long as at least one test has one. So nothing is left of them at the end, although nothing tells that it is
//! the end: of tests that run beside each other, one nearly always has a browser while another one gives its own back.

use std::{
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::{runtime, time::timeout};

use super::{
    kind::{Allowed, Kind},
    running::Running,
};

/// How long it may take to clear away what a test has left; after that another browser is started.
const CLEARING: Duration = Duration::from_secs(10);

/// What browsers need beyond the end of a test, and with it of the test's own runtime: their pipes and connections.
static RUNTIME: LazyLock<runtime::Runtime> = LazyLock::new(|| {
    let mut builder = runtime::Builder::new_multi_thread();
    builder.worker_threads(1).thread_name("browsers").enable_all().build().expect("a thread")
});

static POOL: Mutex<Pool> = Mutex::new(Pool { idle: Vec::new(), taken: 0 });

/// The browsers that no test has right now.
struct Pool {
    idle: Vec<Running>,
    /// How many tests have a browser, or wait for one that starts.
    taken: usize,
}

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A browser that one test has. It is given back when dropped.
#[derive(Debug)]
pub(super) struct Lease {
    running: Option<Running>,
    /// Whether other tests can use it.
    is_usual: bool,
}

impl Lease {
    /// A browser of that kind, as if it had just been started.
    ///
    /// # Panics
    /// When there is no such browser or no driver for it; the message says what to install.
    pub(super) async fn take(kind: Kind, allowed: Allowed) -> Self {
        pool().taken += 1;
        // From here on the count is put right again, whatever happens.
        let mut lease = Self { running: None, is_usual: allowed == Allowed::default() && kind.can_be_cleared() };
        if lease.is_usual {
            lease.running = cleared(kind).await;
        }
        if lease.running.is_none() {
            let started = RUNTIME.spawn(Running::start(kind, allowed)).await.expect("the start is not stopped");
            lease.running = Some(started.unwrap_or_else(|error| panic!("{error}")));
        }
        lease
    }

    /// The browser itself.
    pub(super) fn running(&self) -> &Running {
        self.running.as_ref().expect("it is there until the lease ends")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let is_good = self.is_usual && !thread::panicking();
        let given_back = self.running.take().filter(|running| is_good && !running.is_downloading());
        let mut pool = pool();
        pool.taken -= 1;
        pool.idle.extend(given_back);
        let ended = if pool.taken == 0 { std::mem::take(&mut pool.idle) } else { Vec::new() };
        // Others need not wait until they have ended.
        drop(pool);
        drop(ended);
    }
}

/// A browser of that kind that was used before, if one is free.
async fn cleared(kind: Kind) -> Option<Running> {
    let running = {
        let mut pool = pool();
        let place = pool.idle.iter().position(|running| running.kind == kind)?;
        pool.idle.swap_remove(place)
    };
    let cleared = timeout(CLEARING, running.clear()).await;
    matches!(cleared, Ok(Ok(()))).then_some(running)
}
