//! Queues of this process: one for each key that is held or waited for.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use crate::lock::held;

/// First come, first served.
#[derive(Debug)]
pub(crate) struct Turns<K>(Mutex<HashMap<K, Weak<Turn<()>>>>);

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Turns<K> {
    /// Waits for the turn of `key`, and keeps others waiting while it is held.
    pub(crate) async fn take<Q>(&self, key: &Q) -> OwnedMutexGuard<()>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        self.of(key).lock_owned().await
    }

    /// The same, for at most so long. None if others took longer.
    pub(crate) async fn wait<Q>(&self, key: &Q, patience: Duration) -> Option<OwnedMutexGuard<()>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let turn = self.of(key);
        // A timer costs more than a turn that nothing else has.
        if let Ok(guard) = Arc::clone(&turn).try_lock_owned() {
            return Some(guard);
        }
        tokio::time::timeout(patience, turn.lock_owned()).await.ok()
    }

    fn of<Q>(&self, key: &Q) -> Arc<Turn<()>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let mut turns = held(&self.0);
        if let Some(turn) = turns.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        // Turns that nothing holds or waits for are removed.
        if turns.len() == turns.capacity() {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        turns.insert(key.to_owned(), Arc::downgrade(&turn));
        turn
    }
}
