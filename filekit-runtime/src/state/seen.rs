//! The states of a visitor, as one request sees them.

use std::sync::Arc;

use crate::state::{Changes, Preview, State, StateStore};
use crate::visitor::Visitor;

/// The states of a visitor, as one request sees them. It is cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct StatesSeen {
    store: Arc<StateStore>,
    changes: Arc<Changes>,
    visitor: Visitor,
    /// The state of an event that still runs, if this is its page.
    preview: Option<Preview>,
    /// How many changes of the session's states there were before anything was done for the request.
    count: u64,
}

impl StatesSeen {
    pub(crate) fn new(store: &Arc<StateStore>, changes: &Arc<Changes>, visitor: &Visitor) -> Self {
        let count = changes.count(visitor.session());
        let (store, changes) = (Arc::clone(store), Arc::clone(changes));
        Self { store, changes, visitor: visitor.clone(), preview: None, count }
    }

    /// The states of the same visitor in another of the sessions of the request.
    pub(crate) fn of(self, visitor: &Visitor) -> Self {
        Self { preview: self.preview, ..Self::new(&self.store, &self.changes, visitor) }
    }

    /// The states with that of an event that still runs.
    pub(crate) fn with_preview(&self, preview: Preview) -> Self {
        Self { preview: Some(preview), ..self.clone() }
    }

    /// The visitor's state, as the page is to show it.
    pub(crate) fn get<S: State>(&self) -> Arc<S> {
        let preview = self.preview.as_ref().and_then(Preview::state);
        preview.unwrap_or_else(|| self.store.load(self.visitor.session()))
    }

    /// How many changes there were before anything was done for the request.
    pub(crate) fn changes(&self) -> u64 {
        // Those of another session say nothing: then the page is looked at once too often.
        self.visitor.renewed().map_or(self.count, |_| 0)
    }
}

/// An extension of the request that only asks a page whether it would let the visitor in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe;
