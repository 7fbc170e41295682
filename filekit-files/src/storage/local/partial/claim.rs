//! Who may work on a partial upload: one request at a time, and the newest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, watch};

/// The partial uploads that requests of this server work on, by their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims(Arc<Mutex<HashMap<String, Weak<Slot>>>>);

/// A partial upload that requests work on, or wait for.
#[derive(Debug)]
struct Slot {
    key: String,
    claims: Claims,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// How many requests have come so far.
    newest: watch::Sender<u64>,
}

/// The right to work on a partial upload. Whatever works on it has a share: also a write that outlives its request.
#[derive(Debug)]
pub(super) struct Turn {
    _turn: OwnedMutexGuard<()>,
    /// Behind the turn: the slot may be given up when nothing holds its turn.
    _slot: Arc<Slot>,
}

/// The place of a request among those for a partial upload: the newest one is meant.
#[derive(Debug)]
pub(super) struct Claim {
    newest: watch::Receiver<u64>,
    number: u64,
}

impl Claims {
    /// Waits until the request before has stopped, which is told to.
    pub(super) async fn claim(&self, key: String) -> (Turn, Claim) {
        let (slot, claim) = self.enter(key);
        (Turn::of(slot).await, claim)
    }

    /// The same, unless a newer request comes meanwhile.
    pub(super) async fn claim_as_newest(&self, key: String) -> Option<(Turn, Claim)> {
        let (slot, mut claim) = self.enter(key);
        tokio::select! {
            biased;
            () = claim.superseded() => None,
            turn = Turn::of(slot) => Some((turn, claim)),
        }
    }

    /// Stops the requests that work on an upload, or wait for it, as a newer one does.
    pub(super) fn supersede(&self, key: &str) {
        // Outside of the lock, which the end of a slot takes.
        let slot = self.held().get(key).and_then(Weak::upgrade);
        if let Some(slot) = slot {
            slot.newest.send_modify(|newest| *newest += 1);
        }
    }

    fn enter(&self, key: String) -> (Arc<Slot>, Claim) {
        let slot = self.slot(key);
        let mut number = 0;
        slot.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        let newest = slot.newest.subscribe();
        (slot, Claim { newest, number })
    }

    /// Whether a request works on the upload, or waits for it.
    pub(super) fn is_claimed(&self, key: &str) -> bool {
        self.held().get(key).is_some_and(|slot| slot.strong_count() > 0)
    }

    fn slot(&self, key: String) -> Arc<Slot> {
        let mut slots = self.held();
        if let Some(slot) = slots.get(&key).and_then(Weak::upgrade) {
            return slot;
        }
        let slot = Arc::new(Slot {
            key: key.clone(),
            claims: self.clone(),
            turn: Arc::default(),
            newest: watch::Sender::new(0),
        });
        slots.insert(key, Arc::downgrade(&slot));
        slot
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, HashMap<String, Weak<Slot>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut slots = self.claims.held();
        // Another one may have taken the place meanwhile.
        if slots.get(&self.key).is_some_and(|slot| slot.strong_count() == 0) {
            slots.remove(&self.key);
        }
    }
}

impl Turn {
    async fn of(slot: Arc<Slot>) -> Self {
        let turn = Arc::clone(&slot.turn).lock_owned().await;
        Self { _turn: turn, _slot: slot }
    }
}

impl Claim {
    /// Waits until a newer request comes.
    pub(super) async fn superseded(&mut self) {
        let number = self.number;
        if self.newest.wait_for(|newest| *newest != number).await.is_err() {
            // Whatever comes now has another slot: the upload is with its event.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_newer_request_ends_the_older_one_and_waits_for_it() {
        let claims = Claims::default();
        let (turn, mut first) = claims.claim("a".to_owned()).await;
        assert!(first.superseded().now_or_never().is_none());
        let second = claims.claim("a".to_owned());
        tokio::pin!(second);
        assert!(second.as_mut().now_or_never().is_none());
        first.superseded().await;
        let third = claims.claim("a".to_owned());
        tokio::pin!(third);
        assert!(third.as_mut().now_or_never().is_none());
        drop(turn);
        let (turn, mut second) = second.await;
        assert!(second.superseded().now_or_never().is_some(), "there is a third");
        drop(turn);
        drop(third.await);
        assert!(!claims.is_claimed("a") && claims.held().is_empty());
    }

    #[tokio::test]
    async fn one_that_waits_gives_up_when_a_newer_one_comes() {
        let claims = Claims::default();
        let (turn, _first) = claims.claim("a".to_owned()).await;
        let second = claims.claim_as_newest("a".to_owned());
        tokio::pin!(second);
        assert!(second.as_mut().now_or_never().is_none());
        let third = claims.claim_as_newest("a".to_owned());
        tokio::pin!(third);
        assert!(third.as_mut().now_or_never().is_none());
        assert!(second.await.is_none());
        drop(turn);
        drop(third.await.expect("it is the newest"));
        assert!(claims.held().is_empty());
    }

    #[tokio::test]
    async fn a_request_of_another_server_ends_those_of_this_one() {
        let claims = Claims::default();
        claims.supersede("a");
        let (turn, mut first) = claims.claim("a".to_owned()).await;
        assert!(first.superseded().now_or_never().is_none(), "it came after that");
        claims.supersede("a");
        first.superseded().await;
        drop(turn);
        assert!(claims.held().is_empty());
    }

    #[tokio::test]
    async fn other_uploads_are_not_disturbed() {
        let claims = Claims::default();
        let (_turn, mut one) = claims.claim("a".to_owned()).await;
        let _other = claims.claim("b".to_owned()).await;
        assert!(one.superseded().now_or_never().is_none());
    }
}
