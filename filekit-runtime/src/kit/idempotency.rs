//! Idempotency keys: a call that is sent again is not carried out again. How calls run is `call/run.rs`.
//!
//! A browser sends a request again by itself, and a `POST` too, when a connection that it had used before ends without a byte
//! of an answer, or with status 408: it takes it for one that was closed meanwhile. The event may have happened all the same,
//! or still be running, on this server or, behind a proxy, on another one.
//!
//! ```text
//! claim, here and in the store -> permit, which the event waits for when it has its state -> outcome, here and in the store
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::error::{Error, Rejection, Result};
use crate::event::Permit;
use crate::lru::{Bounds, IdleLru};
use crate::state::told;
use crate::storage::Sha256;
use crate::stores::{self, AnyStateStore, StateStore as _, Swap};
use crate::visitor::SessionId;

/// How long a call is remembered. A browser sends again at once.
const AGE: Duration = Duration::from_secs(60 * 60);

/// How many calls are remembered, and for how long.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: usize::MAX, age: AGE };

/// How long a call waits for what becomes of the same one on another server, which may have been killed.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often the store is asked for that, at first and at last.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LAST_PAUSE: Duration = Duration::from_millis(500);

/// The key of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IdempotencyKey {
    session: SessionId,
    /// The number as the page wrote it. A visitor can only harm their own calls by it.
    number: u64,
}

impl IdempotencyKey {
    pub(crate) fn new(session: SessionId, number: f64) -> Self {
        Self { session, number: number.to_bits() }
    }

    /// The key in the store. Who reads the store learns no session by it.
    fn in_store(self) -> String {
        let bytes = [self.session.as_bytes(), &self.number.to_be_bytes()].concat();
        format!("call/{}", Sha256::of(&bytes))
    }
}

/// The calls that run, and those that have run lately.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKeys {
    here: Arc<Mutex<IdleLru<IdempotencyKey, watch::Sender<Outcome>>>>,
    /// Where other servers see them, if there are any.
    shared: Option<AnyStateStore>,
}

/// The state of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Running,
    Success,
    /// The call failed, or was dropped: its visitor went away, or a layer in front did not wait. No state has changed, but how
    /// far its handler came is not known.
    Failure,
    /// Another server does not say what became of it.
    Unknown,
}

impl Outcome {
    /// What is said to those who ask for the call again.
    fn rejection(self) -> Option<Rejection> {
        match self {
            Self::Running => None,
            Self::Success => Some(Rejection::Repeated),
            Self::Failure => Some(Rejection::NotDone),
            Self::Unknown => Some(Rejection::OutcomeUnknown),
        }
    }
}

impl IdempotencyKeys {
    /// `shared` is the store that other servers use as well, if there is one.
    pub(crate) fn new(shared: Option<AnyStateStore>) -> Self {
        Self { here: Arc::new(Mutex::new(IdleLru::new(BOUNDS))), shared }
    }

    /// Lets a call begin. If it has begun before, this waits for its outcome. On another server it may have: that the
    /// [permit](CallGuard::permit) tells.
    ///
    /// # Errors
    ///
    /// If the call has begun before, with what became of it.
    pub(crate) async fn begin(&self, key: IdempotencyKey) -> Result<CallGuard, Rejection> {
        loop {
            let mut earlier = match self.claim(key) {
                Ok(guard) => return Ok(guard),
                Err(earlier) => earlier,
            };
            // It is forgotten if this fails.
            if let Ok(outcome) = earlier.wait_for(|outcome| *outcome != Outcome::Running).await
                && let Some(rejection) = outcome.rejection()
            {
                return Err(rejection);
            }
        }
    }

    /// Notes that a call begins, or returns the outcome of the one that has begun before.
    fn claim(&self, key: IdempotencyKey) -> Result<CallGuard, watch::Receiver<Outcome>> {
        let mut keys = self.held();
        if let Some(earlier) = keys.get(key) {
            return Err(earlier.subscribe());
        }
        let outcome = watch::Sender::new(Outcome::Running);
        keys.insert(key, outcome.clone(), 0);
        drop(keys);
        let shared = self.shared.clone().map(|store| SharedCall::begin(store, key));
        Ok(CallGuard { keys: self.clone(), key, outcome, shared, is_over: false })
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, IdleLru<IdempotencyKey, watch::Sender<Outcome>>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that runs. It is a failure if it is dropped.
#[derive(Debug)]
pub(crate) struct CallGuard {
    keys: IdempotencyKeys,
    key: IdempotencyKey,
    outcome: watch::Sender<Outcome>,
    shared: Option<SharedCall>,
    is_over: bool,
}

impl CallGuard {
    /// What the event waits for before it does anything: that no other server has the call. None if there is no other.
    ///
    /// # Errors
    ///
    /// Of the permit: if the call has begun on another server, with what became of it, or the store fails.
    pub(crate) fn permit(&mut self) -> Option<Permit> {
        let shared = self.shared.as_mut()?;
        let claimed = shared.claimed.take()?;
        let (store, key, is_ours) = (shared.store.clone(), shared.key.clone(), Arc::clone(&shared.is_ours));
        let outcome = self.outcome.clone();
        Some(Box::pin(async move {
            if !told(claimed.await.map_err(Error::from)?)? {
                let elsewhere = told(outcome_elsewhere(&store, &key).await)?;
                if let Some(rejection) = elsewhere.rejection() {
                    outcome.send_replace(elsewhere);
                    return Err(rejection.into());
                }
            }
            is_ours.store(true, Ordering::Relaxed);
            Ok(())
        }))
    }

    /// Notes that the call has succeeded.
    pub(crate) fn succeed(mut self) {
        self.end(Outcome::Success);
    }

    /// Lets the call come again.
    pub(crate) fn forget(mut self) {
        self.is_over = true;
        self.keys.held().remove(self.key);
        if let Some(shared) = self.shared.take() {
            shared.tell(Outcome::Running);
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.is_over = true;
        if let Some(shared) = self.shared.take() {
            shared.tell(outcome);
        }
        // Unless another server has said it.
        self.outcome.send_if_modified(|now| {
            let is_running = *now == Outcome::Running;
            if is_running {
                *now = outcome;
            }
            is_running
        });
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        if !self.is_over {
            self.end(Outcome::Failure);
        }
    }
}

/// A call as other servers see it.
#[derive(Debug)]
struct SharedCall {
    store: AnyStateStore,
    key: String,
    /// Whether it was the first to ask, until that is known. It is asked for while the event waits for its state.
    claimed: Option<tokio::task::JoinHandle<stores::Result<bool>>>,
    is_ours: Arc<AtomicBool>,
}

impl SharedCall {
    fn begin(store: AnyStateStore, key: IdempotencyKey) -> Self {
        let key = key.in_store();
        let claimed = tokio::spawn({
            let (store, key) = (store.clone(), key.clone());
            async move { store.insert_once(&key, AGE).await }
        });
        Self { store, key, claimed: Some(claimed), is_ours: Arc::default() }
    }

    /// Lets other servers know what became of the call, if it is that of this one. It is not waited for: a browser that has the
    /// answer does not ask again. That the call runs no more and may come again is told as [`Outcome::Running`].
    fn tell(self, outcome: Outcome) {
        let Self { store, key, is_ours, .. } = self;
        let Some(word) = word_of(outcome).filter(|_| is_ours.load(Ordering::Relaxed)) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if let Err(error) = put(&store, &key, word).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "what became of a call could not be noted");
            }
        });
    }
}

/// An outcome in the store.
fn word_of(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Running => Some("again"),
        Outcome::Success => Some("done"),
        Outcome::Failure => Some("failed"),
        Outcome::Unknown => None,
    }
}

async fn put(store: &AnyStateStore, key: &str, word: &'static str) -> stores::Result<()> {
    let content = Bytes::from_static(word.as_bytes());
    if let Swap::Conflict = store.swap(key, None, content.clone(), AGE).await? {
        // It came again after it had failed.
        let version = store.load(key).await?.map(|stored| stored.version);
        let (Swap::Done(_) | Swap::Conflict) = store.swap(key, version, content, AGE).await?;
    }
    Ok(())
}

/// Waits for what becomes of a call on another server. [`Outcome::Running`] if it may run again.
///
/// # Errors
///
/// If the store fails.
async fn outcome_elsewhere(store: &AnyStateStore, key: &str) -> stores::Result<Outcome> {
    let (until, mut pause) = (Instant::now() + PATIENCE, FIRST_PAUSE);
    loop {
        let stored = store.load(key).await?;
        let known = [Outcome::Running, Outcome::Success, Outcome::Failure].into_iter().find(|outcome| {
            let word = word_of(*outcome).map(str::as_bytes);
            word.is_some() && stored.as_ref().map(|stored| &*stored.content) == word
        });
        match known {
            Some(known) => return Ok(known),
            None if Instant::now() >= until => return Ok(Outcome::Unknown),
            None => sleep(pause).await,
        }
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::stores::MemoryStates;

    /// A server by itself, and two that share a store.
    fn alone() -> IdempotencyKeys {
        IdempotencyKeys::new(None)
    }

    fn both() -> [IdempotencyKeys; 2] {
        let store = AnyStateStore::new(MemoryStates::new());
        [(); 2].map(|()| IdempotencyKeys::new(Some(store.clone())))
    }

    /// Lets a call begin, as far as an event that runs it does.
    async fn run(keys: &IdempotencyKeys, key: IdempotencyKey) -> Result<CallGuard> {
        let mut guard = keys.begin(key).await?;
        if let Some(permit) = guard.permit() {
            permit.await?;
        }
        Ok(guard)
    }

    fn code(begun: Result<CallGuard>) -> &'static str {
        begun.map_or_else(|error| error.downcast_ref::<Rejection>().expect("a rejection").code(), |_| "begins")
    }

    fn key(number: f64) -> IdempotencyKey {
        IdempotencyKey::new(SessionId::random().unwrap(), number)
    }

    #[tokio::test]
    async fn a_call_begins_once() {
        let keys = alone();
        let [one, other] = [key(0.5), key(0.5)];
        keys.begin(one).await.unwrap().succeed();
        assert!(matches!(keys.begin(one).await, Err(Rejection::Repeated)));
        drop(keys.begin(other).await.expect("another visitor chooses numbers alone"));
        assert!(matches!(keys.begin(other).await, Err(Rejection::NotDone)));
        assert!(keys.begin(IdempotencyKey { number: 0, ..one }).await.is_ok());
    }

    #[tokio::test]
    async fn a_call_that_is_sent_again_waits_for_what_becomes_of_the_first() {
        type End = fn(CallGuard);
        let ways =
            [(CallGuard::succeed as End, "event.repeated"), (drop, "event.not-done"), (CallGuard::forget, "begins")];
        for (end, expected) in ways {
            let keys = alone();
            let key = key(0.5);
            let first = keys.begin(key).await.unwrap();
            let second = keys.begin(key);
            tokio::pin!(second);
            assert!(second.as_mut().now_or_never().is_none());
            end(first);
            assert_eq!(second.await.map_or_else(|rejection| rejection.code(), |_| "begins"), expected);
        }
    }

    #[tokio::test]
    async fn a_call_begins_once_on_all_servers() {
        let ways = [
            (CallGuard::succeed as fn(CallGuard), "event.repeated"),
            (drop, "event.not-done"),
            (CallGuard::forget, "begins"),
        ];
        for (end, expected) in ways {
            let ([one, other], key) = (both(), key(0.5));
            let first = run(&one, key).await.unwrap();
            let second = run(&other, key);
            tokio::pin!(second);
            assert!(second.as_mut().now_or_never().is_none());
            end(first);
            assert_eq!(code(second.await), expected);
            assert_eq!(code(run(&one, key).await), if expected == "begins" { "event.not-done" } else { expected });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_call_whose_server_was_killed_nothing_is_known() {
        let ([one, other], key) = (both(), key(0.5));
        std::mem::forget(run(&one, key).await.unwrap());
        for _ in 0..2 {
            assert_eq!(code(run(&other, key).await), "event.outcome-unknown");
        }
    }
}
