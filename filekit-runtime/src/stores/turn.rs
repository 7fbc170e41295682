//! What an event asks of a store before it runs, and what it leaves when it has happened: several things that a store may do in one
//! step.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::stores::{Lease, Stored, Swap, Version};

/// What an event asks before it runs, of [`StateStore::begin`](super::StateStore::begin).
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    /// The key of the lease, and of the state that is loaded.
    pub key: &'a str,
    /// How long others wait for a server that was killed, as in [`StateStore::lease`](super::StateStore::lease).
    pub lease_ttl: Duration,
    /// The key of what is to happen once, as in [`StateStore::insert_once`](super::StateStore::insert_once).
    pub once: &'a str,
    /// How long it is remembered.
    pub once_ttl: Duration,
}

/// The answer to [`StateStore::begin`](super::StateStore::begin).
#[derive(Debug)]
pub struct Begun {
    /// Whether nothing else has asked for the key of what is to happen once.
    pub is_first: bool,
    /// The lease, and what is stored under its key. None if others hold it.
    pub leased: Option<(Lease, Option<Stored>)>,
}

/// What an event leaves when it has happened, for [`StateStore::commit`](super::StateStore::commit).
#[derive(Debug)]
pub struct Commit<'a> {
    /// The key of the state.
    pub key: &'a str,
    /// The version that is replaced, as in [`StateStore::swap`](super::StateStore::swap).
    pub expected: Option<Version>,
    /// The new content.
    pub content: Bytes,
    /// How long it is kept.
    pub ttl: Duration,
    /// The lease under which the event ran. It is given back.
    pub lease: Lease,
    /// What became of the call.
    pub record: Record<'a>,
    /// What other servers are told, if there are notices that can be sent in this way.
    pub notice: Option<Envelope>,
}

/// Content that takes the place of whatever is stored under its key.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Its key.
    pub key: &'a str,
    /// The bytes.
    pub content: Bytes,
    /// How long it is kept.
    pub ttl: Duration,
}

/// The answer to [`StateStore::commit`](super::StateStore::commit): what was done in the same step as the swap is not left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Whether the new content is stored.
    pub swap: Swap,
    /// Whether the record is, too.
    pub is_recorded: bool,
    /// Whether the notice was sent.
    pub is_told: bool,
}

impl Committed {
    /// The answer of a store that has done the swap, and leaves the rest.
    #[must_use]
    pub fn only(swap: Swap) -> Self {
        Self { swap, is_recorded: false, is_told: false }
    }
}

/// Notices that are ready to be sent, in a form that a store of the same kind knows:
/// [`Notices::envelope`](super::Notices::envelope).
pub struct Envelope(Box<dyn Any + Send + Sync>);

impl Envelope {
    /// Wraps notices of one's own.
    pub fn new(notices: impl Send + Sync + 'static) -> Self {
        Self(Box::new(notices))
    }

    /// The notices, if they are of this type.
    ///
    /// ```
    /// # use filekit_runtime::stores::Envelope;
    /// let envelope = Envelope::new("a line".to_owned());
    /// assert_eq!(envelope.get::<String>().map(String::as_str), Some("a line"));
    /// assert_eq!(envelope.get::<u32>(), None);
    /// ```
    #[must_use]
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Envelope")
    }
}
