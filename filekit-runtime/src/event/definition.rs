//! What an event is: its id and how it is called; not where the call comes from.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::download::Outlet;
use crate::error::Result;
use crate::event::dispatch;
use crate::event::{Arguments, Effects};
use crate::session::{Replacement, SessionId};
use crate::state::{State, StateStore};
use crate::storage::Saves;

/// What the call of an event comes to.
pub type EventFuture<'a> = Pin<Box<dyn Future<Output = Result<Effects>> + Send + 'a>>;

/// Names an event: the same in every build of the same code, so that replicas built apart agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId(u64);

impl EventId {
    /// The id of the event with these parts: crate, module path, type, method, argument types.
    ///
    /// FNV-1a with 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>), with a zero byte after each part. Two
    /// events of one program with one id are found at start-up.
    #[must_use]
    pub const fn of(parts: &[&str]) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
                at += 1;
            }
            hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
            part += 1;
        }
        Self(hash)
    }

    /// The id as 16 digits: the numbers of JSON are exact up to 2^53 only.
    pub(crate) const fn to_text(self) -> [u8; 16] {
        let mut text = [0; 16];
        let mut at = 0;
        while at < 16 {
            text[at] = b"0123456789abcdef"[(self.0 >> (60 - 4 * at)) as usize & 15];
            at += 1;
        }
        text
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Self).map_err(serde::de::Error::custom)
    }
}

/// An event that may change its state: a method that takes `&mut self`.
pub trait ChangingEvent: 'static {
    /// The state that it changes.
    type State: State;
    /// Its id.
    const ID: EventId;
    /// The method's name.
    const NAME: &'static str;
    /// Whether it runs while its files arrive.
    const STREAMS: bool = false;
    /// Whether it takes something of the request.
    const EXTRACTS: bool = false;
    /// Calls the method.
    fn run<'a>(state: &'a mut Self::State, arguments: &'a mut Arguments) -> EventFuture<'a>;
}

/// An event that only reads its state: a method that takes `&self`.
pub trait ReadingEvent: 'static {
    /// The state that it reads.
    type State: State;
    /// Its id.
    const ID: EventId;
    /// The method's name.
    const NAME: &'static str;
    /// Whether it runs while its files arrive.
    const STREAMS: bool = false;
    /// Whether it takes something of the request.
    const EXTRACTS: bool = false;
    /// Calls the method.
    fn run<'a>(state: &'a Self::State, arguments: &'a mut Arguments) -> EventFuture<'a>;
}

/// The call of an event by a session.
#[derive(Debug)]
pub(crate) struct EventCall<'a> {
    pub(crate) store: &'a StateStore,
    pub(crate) session: SessionId,
    /// The session that the event itself puts in place of that one.
    pub(crate) replacement: Replacement,
    pub(crate) arguments: Arguments,
    /// What its files are saved through.
    pub(crate) saves: Saves,
    /// Where its downloads are made complete. Nothing if they are sent while they are made.
    pub(crate) outlet: Option<Outlet>,
}

/// An event as the program's list of events holds it.
#[derive(Debug)]
pub struct EventDefinition {
    pub(crate) id: EventId,
    pub(crate) state: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reads_only: bool,
    /// Whether it runs while its files arrive, and not when they have.
    pub(crate) streams: bool,
    /// Whether it takes something of the request: what the page's own handler decides on may be among that.
    pub(crate) extracts: bool,
    pub(crate) call: for<'a> fn(EventCall<'a>) -> EventFuture<'a>,
}

inventory::collect!(EventDefinition);

impl EventDefinition {
    /// Defines an event that may change its state.
    #[must_use]
    pub const fn changing<E: ChangingEvent>() -> Self {
        Self {
            id: E::ID,
            state: E::State::NAME,
            name: E::NAME,
            reads_only: false,
            streams: E::STREAMS,
            extracts: E::EXTRACTS,
            call: dispatch::change::<E>,
        }
    }

    /// Defines an event that only reads its state.
    #[must_use]
    pub const fn reading<E: ReadingEvent>() -> Self {
        Self {
            id: E::ID,
            state: E::State::NAME,
            name: E::NAME,
            reads_only: true,
            streams: E::STREAMS,
            extracts: E::EXTRACTS,
            call: dispatch::read::<E>,
        }
    }

    pub(crate) fn find(id: EventId) -> Option<&'static Self> {
        static EVENTS: LazyLock<HashMap<EventId, &'static EventDefinition>> =
            LazyLock::new(|| inventory::iter::<EventDefinition>().map(|event| (event.id, event)).collect());
        EVENTS.get(&id).copied()
    }

    /// Two events that have the same id, if there are any: a program with such a pair must not start.
    pub(crate) fn clash() -> Option<(&'static Self, &'static Self)> {
        let mut seen: HashMap<EventId, &'static Self> = HashMap::new();
        inventory::iter::<Self>().find_map(|event| seen.insert(event.id, event).map(|first| (first, event)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fnv_1a_and_depend_on_where_the_parts_end() {
        assert_eq!(EventId::of(&[]), EventId(0xcbf2_9ce4_8422_2325));
        assert_ne!(EventId::of(&["ab", "c"]), EventId::of(&["a", "bc"]));
        assert_ne!(EventId::of(&["a", ""]), EventId::of(&["a"]));
    }
}
