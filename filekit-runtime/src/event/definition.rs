//! The definition of an event: its id and how it is called. Calls arrive in `routes/`.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use http::request::Parts;

use crate::download::DownloadSpooler;
use crate::error::Result;
use crate::event::{Arguments, Effects, dispatch, refused};
use crate::offer::EventId;
use crate::state::{Owner as _, SharedCall, State, States, extract_owner};
use crate::storage::SaveTransaction;
use crate::visitor::{OwnerKey, Replacement, SessionId};

/// The result of the call of an event.
pub type EventFuture<'a> = Pin<Box<dyn Future<Output = Result<Effects>> + Send + 'a>>;

/// The owner of the state of an event.
pub(crate) type OwnerFuture<'a> = Pin<Box<dyn Future<Output = Result<OwnerKey>> + Send + 'a>>;

fn owner<S: State>(parts: &mut Parts, session: SessionId) -> OwnerFuture<'_> {
    Box::pin(async move {
        match extract_owner::<S>(parts, session).await {
            Ok(owner) => Ok(owner),
            Err(response) => Err(refused(response).await),
        }
    })
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

/// An event, and whose state it is called on.
#[derive(Clone, Debug)]
pub(crate) struct EventTarget {
    pub(crate) definition: &'static EventDefinition,
    pub(crate) owner: OwnerKey,
}

/// What lets a call happen once, however often it is sent. By default nothing does.
#[derive(Default)]
pub(crate) struct IdempotentCall {
    /// The call as other servers see it, if there are any: it runs with their permit only.
    pub(crate) shared: Option<SharedCall>,
    /// Called when the event has happened, whatever becomes of its answer.
    pub(crate) committed: Option<Box<dyn FnOnce() + Send>>,
}

/// The call of an event by a session.
pub(crate) struct EventCall<'a> {
    pub(crate) store: &'a Arc<States>,
    pub(crate) session: SessionId,
    /// Whose state it is called on.
    pub(crate) owner: OwnerKey,
    /// The session that the event itself puts in place of that one.
    pub(crate) replacement: Replacement,
    pub(crate) idempotent: IdempotentCall,
    pub(crate) arguments: Arguments,
    /// The transaction that its files are saved through.
    pub(crate) saves: SaveTransaction,
    /// The spooler in which its downloads are made complete. `None` if they are sent while they are made.
    pub(crate) outlet: Option<DownloadSpooler>,
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
    /// Whether its state belongs to another owner than the session.
    pub(crate) is_owned: bool,
    /// Whose state a request in a session means.
    pub(crate) owner: for<'a> fn(&'a mut Parts, SessionId) -> OwnerFuture<'a>,
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
            is_owned: !<E::State as State>::Owner::IS_SESSION,
            owner: owner::<E::State>,
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
            is_owned: !<E::State as State>::Owner::IS_SESSION,
            owner: owner::<E::State>,
            call: dispatch::read::<E>,
        }
    }

    pub(crate) fn find(id: EventId) -> Option<&'static Self> {
        static EVENTS: LazyLock<HashMap<EventId, &'static EventDefinition>> =
            LazyLock::new(|| inventory::iter::<EventDefinition>().map(|event| (event.id, event)).collect());
        EVENTS.get(&id).copied()
    }

    /// The names of the states that belong to sessions, of those that have events.
    pub(crate) fn states_of_sessions() -> impl Iterator<Item = &'static str> {
        inventory::iter::<Self>().filter(|event| !event.is_owned).map(|event| event.state)
    }

    /// Two events that have the same id, if there are any: a program with such a pair must not start.
    pub(crate) fn clash() -> Option<(&'static Self, &'static Self)> {
        let mut seen: HashMap<EventId, &'static Self> = HashMap::new();
        inventory::iter::<Self>().find_map(|event| seen.insert(event.id, event).map(|first| (first, event)))
    }
}
