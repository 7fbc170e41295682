//! The state of an event that still runs, or has just run, for the page that called it.

use std::any::Any;
use std::sync::Arc;

use crate::state::{Change, Changes, Epoch, State};
use crate::tag::Tag;

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

    /// A state that was kept.
    fn of_change(change: &Change) -> Self {
        Self { name: change.name, state: Arc::clone(&change.state.state) }
    }

    /// The state, if it is an `S`.
    pub(crate) fn state<S: State>(&self) -> Option<Arc<S>> {
        (self.name == S::NAME).then(|| Arc::clone(&self.state).downcast().ok()).flatten()
    }
}

/// A state that an event has just kept in a store. The page that is shown after it need not ask the store, unless another server has
/// changed the state since.
#[derive(Debug)]
pub(crate) struct JustKept {
    preview: Preview,
    tag: Tag,
    kept_at: Epoch,
}

impl JustKept {
    /// `kept_at` is the time at which the change was noted, after which nothing is known to have changed.
    pub(super) fn new(change: &Change, tag: Tag, kept_at: Epoch) -> Self {
        Self { preview: Preview::of_change(change), tag, kept_at }
    }

    /// The state, if it is still the newest that this server knows of.
    pub(crate) fn if_newest(self, changes: &Changes) -> Option<Preview> {
        changes.are_none(&[self.tag], self.kept_at).then_some(self.preview)
    }
}
