//! Queues of this process: one for each key that is held or waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// First come, first served.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<String, Weak<Turn<()>>>>);

impl Turns {
    /// Waits for the turn of `key`, for at most so long. None if others took longer.
    pub(super) async fn wait(&self, key: &str, patience: Duration) -> Option<OwnedMutexGuard<()>> {
        let turn = self.of(key);
        // A timer costs more than a turn that nothing else has.
        if let Ok(guard) = Arc::clone(&turn).try_lock_owned() {
            return Some(guard);
        }
        tokio::time::timeout(patience, turn.lock_owned()).await.ok()
    }

    fn of(&self, key: &str) -> Arc<Turn<()>> {
        // Nothing that holds the lock can panic half-way.
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
