//! Idempotency keys: a call that is sent again is not carried out again. How calls run is `call/run.rs`.
//!
//! A browser sends a request again by itself, and a `POST` too, when a connection that it had used before ends without a byte
//! of an answer, or with status 408: it takes it for one that was closed meanwhile. The event may have happened all the same,
//! or still be running.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::error::Rejection;
use crate::lru::{Bounds, IdleLru};
use crate::visitor::SessionId;

/// How many calls are remembered, and for how long. A browser sends again at once.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: usize::MAX, age: Duration::from_secs(60 * 60) };

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
}

/// The calls that run, and those that have run lately.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKeys(Arc<Mutex<IdleLru<IdempotencyKey, watch::Receiver<Outcome>>>>);

/// The state of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Running,
    Success,
    /// The call failed, or was dropped: its visitor went away, or a layer in front did not wait. No state has changed, but how
    /// far its handler came is not known.
    Failure,
}

impl Default for IdempotencyKeys {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(IdleLru::new(BOUNDS))))
    }
}

impl IdempotencyKeys {
    /// Lets a call begin. If it has begun before, this waits for its outcome.
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
            match earlier.wait_for(|outcome| *outcome != Outcome::Running).await.as_deref() {
                Ok(Outcome::Success) => return Err(Rejection::Repeated),
                Ok(_) => return Err(Rejection::NotDone),
                // It was forgotten.
                Err(_) => {}
            }
        }
    }

    /// Notes that a call begins, or returns the outcome of the one that has begun before.
    fn claim(&self, key: IdempotencyKey) -> Result<CallGuard, watch::Receiver<Outcome>> {
        let mut keys = self.held();
        if let Some(earlier) = keys.get(key) {
            return Err(earlier.clone());
        }
        let (outcome, receiver) = watch::channel(Outcome::Running);
        keys.insert(key, receiver, 0);
        Ok(CallGuard { keys: self.clone(), key, outcome: Some(outcome) })
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, IdleLru<IdempotencyKey, watch::Receiver<Outcome>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that runs. It is a failure if it is dropped.
#[derive(Debug)]
pub(crate) struct CallGuard {
    keys: IdempotencyKeys,
    key: IdempotencyKey,
    /// `None` when the outcome is known.
    outcome: Option<watch::Sender<Outcome>>,
}

impl CallGuard {
    /// Notes that the call has succeeded.
    pub(crate) fn succeed(mut self) {
        if let Some(outcome) = self.outcome.take() {
            outcome.send_replace(Outcome::Success);
        }
    }

    /// Lets the call come again.
    pub(crate) fn forget(mut self) {
        self.keys.held().remove(self.key);
        self.outcome = None;
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        if let Some(outcome) = self.outcome.take() {
            outcome.send_replace(Outcome::Failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn key(number: f64) -> IdempotencyKey {
        IdempotencyKey::new(SessionId::random().unwrap(), number)
    }

    #[tokio::test]
    async fn a_call_begins_once() {
        let keys = IdempotencyKeys::default();
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
            let keys = IdempotencyKeys::default();
            let key = key(0.5);
            let first = keys.begin(key).await.unwrap();
            let second = keys.begin(key);
            tokio::pin!(second);
            assert!(second.as_mut().now_or_never().is_none());
            end(first);
            assert_eq!(second.await.map_or_else(|rejection| rejection.code(), |_| "begins"), expected);
        }
    }
}
