//! The state that an event has just kept in a store, for the page that is shown after it: it need not ask the store.
//!
//! The page reads it from its JSON, as it is stored. So it shows what other servers show, also of a type that leaves something out of that.

use crate::state::{Changes, Epoch, State};
use crate::stores::Stored;
use crate::visitor::OwnerKey;

/// A state that was kept, until another server changes it.
#[derive(Clone, Debug)]
pub(crate) struct JustKept {
    pub(super) owner: OwnerKey,
    pub(super) name: &'static str,
    pub(super) stored: Stored,
    /// When the change was noted, after which nothing is known to have changed.
    pub(super) kept_at: Epoch,
}

impl JustKept {
    /// Whether it is still the newest that this server knows of.
    pub(crate) fn is_newest(&self, changes: &Changes) -> bool {
        changes.are_none(&[self.owner.state(self.name).tag()], self.kept_at)
    }

    /// Whether it is the state `S` of this owner.
    pub(super) fn is_of<S: State>(&self, owner: &OwnerKey) -> bool {
        self.name == S::NAME && self.owner == *owner
    }
}
