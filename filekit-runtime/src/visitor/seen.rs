//! What a page looks at while its handler runs: which owners' states, and what else it follows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::secret::{Purpose, Secret};
use crate::tag::Tag;
use crate::visitor::OwnerKey;

/// Names the owner of a state in a capability, without saying to the visitor who that is: a MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnerTag([u8; Self::LENGTH]);

impl OwnerTag {
    /// How many bytes of the MAC there are. It stands in what is signed anyway, and so need not withstand more than chance.
    pub(crate) const LENGTH: usize = 12;

    pub(crate) fn of(secret: &Secret, state: &str, owner: &OwnerKey) -> Self {
        let key = match owner {
            OwnerKey::Session(session) => session.as_bytes(),
            OwnerKey::Text(key) => key.as_bytes(),
        };
        let mac = secret.signer(Purpose::StateOwner, &[state.as_bytes()]).sign(key);
        let mut tag = [0; Self::LENGTH];
        tag.copy_from_slice(&mac[..Self::LENGTH]);
        Self(tag)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// What a page looked at the last time that it was called; shared by all copies of a visit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Looked>>);

#[derive(Debug, Default)]
struct Looked {
    /// The owners of states that are not the session's, by the names of the states.
    owners: Vec<(&'static str, OwnerTag)>,
    tags: Vec<Tag>,
}

impl Seen {
    /// Forgets everything: the page is called again.
    pub(crate) fn clear(&self) {
        let mut looked = self.held();
        looked.owners.clear();
        looked.tags.clear();
    }

    /// Notes whose state the page shows.
    pub(crate) fn note_owner(&self, state: &'static str, tag: OwnerTag) {
        let mut looked = self.held();
        looked.owners.retain(|(name, _)| *name != state);
        looked.owners.push((state, tag));
    }

    /// Whose state the page shows, if it shows it.
    pub(crate) fn owner_of(&self, state: &str) -> Option<OwnerTag> {
        self.held().owners.iter().find(|(name, _)| *name == state).map(|(_, tag)| *tag)
    }

    /// Notes that the page shows what changes under this tag.
    pub(crate) fn follow(&self, tag: Tag) {
        let mut looked = self.held();
        if !looked.tags.contains(&tag) {
            looked.tags.push(tag);
        }
    }

    /// The tags of what the page shows.
    pub(crate) fn tags(&self) -> Box<[Tag]> {
        self.held().tags.as_slice().into()
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
