//! The states of a visitor, as one request sees them.

use std::sync::Arc;

use crate::error::Result;
use crate::state::{Changes, Epoch, JustKept, Preview, State, States};
use crate::visitor::{OwnerKey, OwnerTag, SessionId, Visit};

/// The states that a visitor is shown, as one request sees them. It is cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct StatesSeen {
    store: Arc<States>,
    changes: Arc<Changes>,
    visit: Visit,
    /// The state of an event that still runs, if this is its page.
    preview: Option<Preview>,
    /// The state that an event has just kept, if this is the page after it.
    just_kept: Option<Arc<JustKept>>,
    /// When anything was done for the request.
    since: Epoch,
}

impl StatesSeen {
    pub(crate) fn new(store: &Arc<States>, changes: &Arc<Changes>, visit: &Visit) -> Self {
        let (store, since, changes) = (Arc::clone(store), changes.now(), Arc::clone(changes));
        Self { store, changes, visit: visit.clone(), preview: None, just_kept: None, since }
    }

    /// The same states for the same visitor, on another page or in another of the sessions of the request.
    pub(crate) fn of(self, visit: &Visit) -> Self {
        Self { preview: self.preview, ..Self::new(&self.store, &self.changes, visit) }
    }

    /// The states with that of an event that still runs.
    pub(crate) fn with_preview(&self, preview: Preview) -> Self {
        Self { preview: Some(preview), ..self.clone() }
    }

    /// The states after an event that has kept this one.
    pub(crate) fn with_kept(&self, kept: JustKept) -> Self {
        Self { just_kept: Some(Arc::new(kept)), ..self.clone() }
    }

    /// The session of the visitor.
    pub(crate) fn session(&self) -> SessionId {
        self.visit.session()
    }

    /// The state of an owner, as the page is to show it, which follows it from now on.
    ///
    /// # Errors
    ///
    /// If the store of states fails.
    pub(crate) async fn get<S: State>(&self, owner: &OwnerKey) -> Result<Arc<S>> {
        if let OwnerKey::Text(_) = owner {
            let seen = self.visit.seen();
            seen.follow(owner.state(S::NAME).tag());
            seen.note_owner(S::NAME, OwnerTag::of(self.visit.visitor().secret(), S::NAME, owner));
        }
        match self.preview.as_ref().and_then(Preview::state) {
            Some(state) => Ok(state),
            None => Ok(self.store.load_after(owner, self.just_kept.as_deref()).await?.state),
        }
    }

    /// The time of which everything that the request sees is at least.
    pub(crate) fn since(&self) -> Epoch {
        // What is known of another session says nothing: then the page is looked at once too often.
        self.visit.visitor().renewed().map_or(self.since, |_| Epoch::default())
    }
}

/// An extension of the request that only asks a page whether it would let the visitor in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe;
