//! Whose a state is, as the store knows it. The trait of what has such a key is `state/owner.rs`.

use std::sync::Arc;

use crate::tag::{Tag, Tagged};
use crate::visitor::SessionId;

/// Names the owner of states.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OwnerKey {
    /// A session, which can end and go on as another one.
    Session(SessionId),
    /// Anything else, by the text that its type gives it.
    Text(Arc<str>),
}

/// Names one state of one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StateKey {
    /// A state of a session, by its name.
    OfSession(SessionId, &'static str),
    /// A state of another owner: a digest of its name and the owner's key.
    OfOwner([u8; 32]),
}

impl OwnerKey {
    /// The key of the owner's state `name`.
    pub(crate) fn state(&self, name: &'static str) -> StateKey {
        match self {
            Self::Session(session) => StateKey::OfSession(*session, name),
            Self::Text(key) => StateKey::OfOwner(Tagged::State(name, key).digest()),
        }
    }
}

impl StateKey {
    /// The tag under which changes of the state are noted. All states of a session have one.
    pub(crate) fn tag(self) -> Tag {
        match self {
            Self::OfSession(session, _) => session.tag(),
            Self::OfOwner(digest) => Tag::of_digest(digest),
        }
    }
}
