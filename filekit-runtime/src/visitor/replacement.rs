//! The session that a request has put in place of its own. Sessions that have ended are `ended.rs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::visitor::SessionId;

/// Shared by all that is done for one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replacement(Arc<Mutex<Option<SessionId>>>);

impl Replacement {
    pub(crate) fn get(&self) -> Option<SessionId> {
        *self.held()
    }

    pub(crate) fn set(&self, session: SessionId) {
        *self.held() = Some(session);
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Option<SessionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
