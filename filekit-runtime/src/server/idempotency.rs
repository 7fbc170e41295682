//! Idempotency keys: a call that is sent again is not carried out again. What a call does is `running.rs`.
//!
//! A browser sends a request again by itself, and a `POST` too, when a connection that it had used before ends without a byte
//! of an answer, or with status 408: it takes it for one that was closed meanwhile. The event may have happened all the same,
//! or still be running.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::bounded::{Bounded, Bounds};
use crate::error::Rejection;
use crate::session::SessionId;

/// How many calls are remembered, and for how long. A browser sends again at once.
const BOUNDS: Bounds = Bounds { count: 100_000, bytes: usize::MAX, age: Duration::from_secs(60 * 60) };

/// What tells a call from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IdempotencyKey {
    session: SessionId,
    /// As the page wrote it. A visitor can only harm their own calls by it.
    number: u64,
}

impl IdempotencyKey {
    pub(crate) fn new(session: SessionId, number: f64) -> Self {
        Self { session, number: number.to_bits() }
    }
}

/// The calls that run, and those that have changed something lately.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKeys(Arc<Mutex<Bounded<IdempotencyKey, Progress>>>);

/// Whether a call has happened. The sender is gone where it never will.
type Progress = watch::Receiver<bool>;

impl Default for IdempotencyKeys {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Bounded::new(BOUNDS))))
    }
}

impl IdempotencyKeys {
    /// Lets a call begin. If it has begun before, this waits for what becomes of it: a call that came to nothing may come
    /// again.
    ///
    /// # Errors
    ///
    /// If the call has happened.
    pub(crate) async fn begin(&self, key: IdempotencyKey) -> Result<CallGuard, Rejection> {
        loop {
            let mut earlier = match self.claim(key) {
                Ok(guard) => return Ok(guard),
                Err(earlier) => earlier,
            };
            if earlier.wait_for(|has_happened| *has_happened).await.is_ok() {
                return Err(Rejection::Repeated);
            }
        }
    }

    /// Notes that a call begins, or returns the progress of the one that has begun before.
    fn claim(&self, key: IdempotencyKey) -> Result<CallGuard, Progress> {
        let mut keys = self.held();
        if let Some(earlier) = keys.get(key) {
            return Err(earlier.clone());
        }
        let (progress, receiver) = watch::channel(false);
        keys.insert(key, receiver, 0);
        Ok(CallGuard { keys: self.clone(), key, progress })
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Bounded<IdempotencyKey, Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that runs. Unless it says that it has happened, it came to nothing: it failed, or was dropped by a visitor who
/// went away or a layer that did not wait.
#[derive(Debug)]
pub(crate) struct CallGuard {
    keys: IdempotencyKeys,
    key: IdempotencyKey,
    progress: watch::Sender<bool>,
}

impl CallGuard {
    /// Notes that the call has happened.
    pub(crate) fn complete(self) {
        self.progress.send_replace(true);
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        let mut keys = self.keys.held();
        // Among very many calls this one may have been forgotten, and begun once more.
        let is_own = keys.get(self.key).is_some_and(|kept| kept.same_channel(&self.progress.subscribe()));
        if is_own && !*self.progress.borrow() {
            keys.remove(self.key);
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
    async fn a_call_that_has_happened_does_not_happen_again() {
        let keys = IdempotencyKeys::default();
        let [one, other] = [key(0.5), key(0.5)];
        keys.begin(one).await.unwrap().complete();
        assert!(matches!(keys.begin(one).await, Err(Rejection::Repeated)));
        assert!(keys.begin(other).await.is_ok(), "another visitor chooses numbers alone");
        assert!(keys.begin(IdempotencyKey { number: 0, ..one }).await.is_ok());
    }

    #[tokio::test]
    async fn a_call_that_came_to_nothing_may_come_again() {
        let keys = IdempotencyKeys::default();
        let key = key(0.5);
        drop(keys.begin(key).await.unwrap());
        assert!(keys.begin(key).await.is_ok());
    }

    #[tokio::test]
    async fn a_call_that_is_sent_again_waits_for_what_becomes_of_the_first() {
        for happens in [true, false] {
            let keys = IdempotencyKeys::default();
            let key = key(0.5);
            let first = keys.begin(key).await.unwrap();
            let second = keys.begin(key);
            tokio::pin!(second);
            assert!(second.as_mut().now_or_never().is_none());
            if happens {
                first.complete();
            } else {
                drop(first);
            }
            assert_eq!(second.await.is_err(), happens);
        }
    }
}
