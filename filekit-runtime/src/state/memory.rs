//! Keeps states in memory, as they are, within limits.

use std::any::Any;
use std::sync::{Arc, Mutex};

use crate::lock::held;
use crate::lru::{Bounds, IdleLru};
use crate::state::State;
use crate::state::kept::{Change, Measured};
use crate::visitor::{OwnerKey, SessionId, StateKey};

/// States of this process.
#[derive(Debug)]
pub(super) struct StatesInMemory(Mutex<IdleLru<StateKey, Arc<dyn Any + Send + Sync>>>);

impl StatesInMemory {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self(Mutex::new(IdleLru::new(bounds)))
    }

    pub(super) fn load<S: State>(&self, key: StateKey) -> Option<Arc<S>> {
        let found = held(&self.0).get(key).map(Arc::clone)?;
        found.downcast().ok()
    }

    /// Keeps a state, and returns its key.
    pub(super) fn keep(&self, change: Change) -> StateKey {
        let Change { owner, name, state: Measured { state, bytes, .. }, .. } = change;
        let key = owner.state(name);
        let dropped = held(&self.0).insert(key, state, bytes);
        if dropped > 0 {
            tracing::warn!(dropped, "the store of states is full: those not used for longest are dropped");
        }
        key
    }

    pub(super) fn remove(&self, owner: &OwnerKey, name: &'static str) {
        held(&self.0).remove(owner.state(name));
    }

    pub(super) fn move_to(&self, old: SessionId, new: SessionId, name: &'static str) {
        let mut kept = held(&self.0);
        if let Some((state, bytes)) = kept.take(StateKey::OfSession(old, name)) {
            kept.insert(StateKey::OfSession(new, name), state, bytes);
        }
    }
}
