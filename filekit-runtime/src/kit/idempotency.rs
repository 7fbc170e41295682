//! Idempotency keys: a call that is sent again is not carried out again. How calls run is `call/run.rs`.
//!
//! A browser sends a request again by itself, and a `POST` too, when a connection that it had used before ends without a byte
//! of an answer, or with status 408: it takes it for one that was closed meanwhile. The event may have happened all the same,
//! or still be running, on this server or, behind a proxy, on another one. What servers tell each other of it is
//! `state/shared_call.rs`.
//!
//! ```text
//! claim, here and in the store, which the event asks when it has its state
//!     -> committed, or given up -> outcome, here and in the store
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::error::{Rejection, Result};
use crate::event::IdempotentCall;
use crate::lru::{Bounds, IdleLru};
use crate::state::{SharedCall, Word};
use crate::storage::Sha256;
use crate::stores::AnyStateStore;
use crate::visitor::SessionId;

/// How long a call is remembered. A browser sends again at once.
const AGE: Duration = Duration::from_secs(60 * 60);

/// How many calls are remembered, and for how long.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: usize::MAX, age: AGE };

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
    /// Another server does not say what became of it, or the store does not.
    Unknown,
    /// It may come again.
    Forgotten,
}

impl Outcome {
    /// The outcome of a call that another server has.
    fn elsewhere(word: Word) -> Self {
        match word {
            Word::Done => Self::Success,
            Word::Failed | Word::Again => Self::Failure,
            Word::Running => Self::Unknown,
        }
    }

    /// What is said to those who ask for the call again.
    fn rejection(self) -> Option<Rejection> {
        match self {
            Self::Running | Self::Forgotten => None,
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
    /// [event's call](CallGuard::idempotent_call) finds out.
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
        let shared = self.shared.clone().map(|store| SharedCall::new(store, &key.in_store(), AGE));
        Ok(CallGuard { keys: self.clone(), key, outcome: CallOutcome { here: outcome, shared } })
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
    outcome: CallOutcome,
}

impl CallGuard {
    /// What lets the event find out that no other server has the call before it does anything, and what is done when it has happened.
    pub(crate) fn idempotent_call(&self) -> IdempotentCall {
        let outcome = self.outcome.clone();
        let committed = Box::new(move || outcome.set(Outcome::Success));
        IdempotentCall { shared: self.outcome.shared.clone(), committed: Some(committed) }
    }

    /// Waits for what becomes of the call on the server that has it.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(crate) async fn outcome_elsewhere(self) -> Result<Rejection> {
        let outcome = match &self.outcome.shared {
            Some(shared) => shared.outcome_elsewhere().await?.map_or(Outcome::Unknown, Outcome::elsewhere),
            None => Outcome::Unknown,
        };
        self.outcome.here.send_replace(outcome);
        Ok(outcome.rejection().unwrap_or(Rejection::NotDone))
    }

    /// Notes that it is not known whether the call has succeeded.
    pub(crate) fn leave_unknown(self) {
        self.outcome.here.send_replace(Outcome::Unknown);
    }

    /// Lets the call come again.
    pub(crate) fn forget(self) {
        self.keys.held().remove(self.key);
        self.outcome.here.send_replace(Outcome::Forgotten);
        if let Some(shared) = &self.outcome.shared {
            shared.tell(Word::Again);
        }
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        self.outcome.set(Outcome::Failure);
    }
}

/// The outcome of a call, for those who wait here, and for other servers.
#[derive(Clone, Debug)]
struct CallOutcome {
    here: watch::Sender<Outcome>,
    shared: Option<SharedCall>,
}

impl CallOutcome {
    /// Notes the outcome, unless there is one already.
    fn set(&self, outcome: Outcome) {
        let is_first = self.here.send_if_modified(|now| {
            let is_running = *now == Outcome::Running;
            if is_running {
                *now = outcome;
            }
            is_running
        });
        if let Some(shared) = self.shared.as_ref().filter(|_| is_first) {
            shared.tell(if outcome == Outcome::Success { Word::Done } else { Word::Failed });
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::state::BegunElsewhere;
    use crate::stores::{MemoryStates, StateStore as _};

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
        let guard = keys.begin(key).await?;
        match guard.idempotent_call().shared {
            Some(shared) => match shared.permit().await {
                Ok(()) => Ok(guard),
                Err(error) if error.downcast_ref::<BegunElsewhere>().is_some() => {
                    Err(guard.outcome_elsewhere().await?.into())
                }
                Err(error) => Err(error),
            },
            None => Ok(guard),
        }
    }

    /// An event that commits, whatever becomes of its request.
    fn succeed(guard: CallGuard) {
        guard.idempotent_call().committed.expect("it notes that")();
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
        succeed(keys.begin(one).await.unwrap());
        assert!(matches!(keys.begin(one).await, Err(Rejection::Repeated)));
        drop(keys.begin(other).await.expect("another visitor chooses numbers alone"));
        assert!(matches!(keys.begin(other).await, Err(Rejection::NotDone)));
        assert!(keys.begin(IdempotencyKey { number: 0, ..one }).await.is_ok());
    }

    #[tokio::test]
    async fn a_call_that_is_sent_again_waits_for_what_becomes_of_the_first() {
        type End = fn(CallGuard);
        let ways = [(succeed as End, "event.repeated"), (drop, "event.not-done"), (CallGuard::forget, "begins")];
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
        let ways =
            [(succeed as fn(CallGuard), "event.repeated"), (drop, "event.not-done"), (CallGuard::forget, "begins")];
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

    #[tokio::test]
    async fn a_call_that_is_dropped_before_it_may_run_does_not_keep_others_waiting() {
        let ([one, other], key) = (both(), key(0.5));
        drop(one.begin(key).await.unwrap());
        let store = one.shared.as_ref().expect("a store");
        while store.load(&key.in_store()).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(code(run(&other, key).await), "event.not-done");
    }

    #[tokio::test]
    async fn of_two_servers_one_takes_a_call_that_may_come_again() {
        let (servers, key) = (both(), key(0.5));
        run(&servers[0], key).await.unwrap().forget();
        let begun = [
            run(&servers[0], key).await,
            run(&servers[1], key).now_or_never().unwrap_or_else(|| Err(Rejection::NotDone.into())),
        ];
        assert_eq!(begun.iter().filter(|begun| begun.is_ok()).count(), 1);
    }
}
