//! States that were read of a store, with their versions: what has that version still need not be read again.
//!
//! A state that is kept is not among them until it is read. So what a page shows is what other servers show, also of a type that
//! leaves something out of its JSON.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::lock::held;
use crate::lru::{Bounds, IdleLru};
use crate::state::State;
use crate::stores::Version;
use crate::visitor::StateKey;

/// How many there are at most, of how many bytes as JSON, and for how long. An event begins with what the page before it has
/// read.
const BOUNDS: Bounds = Bounds { count: 10_000, bytes: 32 << 20, age: Duration::from_secs(60) };

/// The states that are known.
#[derive(Debug)]
pub(super) struct KnownStates(Mutex<IdleLru<StateKey, Known>>);

#[derive(Debug)]
struct Known {
    version: Version,
    state: Arc<dyn Any + Send + Sync>,
}

impl KnownStates {
    pub(super) fn new() -> Self {
        Self(Mutex::new(IdleLru::new(BOUNDS)))
    }

    /// The state, if it is known in that version. A version is the name of one content.
    pub(super) fn get<S: State>(&self, key: StateKey, version: Version) -> Option<Arc<S>> {
        let mut states = held(&self.0);
        let known = states.get(key).filter(|known| known.version == version)?;
        Arc::clone(&known.state).downcast().ok()
    }

    /// Notes a state of so many bytes.
    pub(super) fn note(&self, key: StateKey, version: Version, state: Arc<dyn Any + Send + Sync>, bytes: usize) {
        held(&self.0).insert(key, Known { version, state }, bytes);
    }

    pub(super) fn forget(&self, key: StateKey) {
        held(&self.0).remove(key);
    }
}
