//! The state of an event that still runs, for the page that called it.

use std::any::Any;
use std::sync::Arc;

use crate::state::State;

/// The state of an event that still runs. It is visible only to the page that called the event.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    name: &'static str,
    state: Arc<dyn Any + Send + Sync>,
}

impl Preview {
    pub(crate) fn of<S: State>(state: &S) -> Self {
        Self { name: S::NAME, state: Arc::new(state.clone()) }
    }

    /// The state, if it is an `S`.
    pub(crate) fn state<S: State>(&self) -> Option<Arc<S>> {
        (self.name == S::NAME).then(|| Arc::clone(&self.state).downcast().ok()).flatten()
    }
}
