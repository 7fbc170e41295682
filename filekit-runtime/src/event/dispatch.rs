//! Calls events on their states: one after the other for a visitor, and all or nothing; not what arrives or leaves.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::error::{Error, Result};
use crate::event::{ChangingEvent, Effects, EventCall, EventFuture, ReadingEvent};

/// Calls an event on a copy of the state, which becomes the state if the event succeeds.
pub(crate) fn change<E: ChangingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move {
        let EventCall { store, session, mut arguments } = call;
        let _turn = store.turn::<E::State>(session).await;
        let mut state = E::State::clone(&store.load::<E::State>(session));
        let effects = caught(E::run(&mut state, &mut arguments)).await?;
        store.save(session, state)?;
        Ok(effects)
    })
}

/// Calls an event on the state as it is now; it waits for nobody.
pub(crate) fn read<E: ReadingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move {
        let EventCall { store, session, mut arguments } = call;
        let state = store.load::<E::State>(session);
        caught(E::run(&state, &mut arguments)).await
    })
}

/// Turns a panic into an error, so that it ends the event and not the connection.
///
/// What the event changed is a copy that is dropped then, so nothing half-changed can be seen later.
async fn caught(event: impl Future<Output = Result<Effects>>) -> Result<Effects> {
    match AssertUnwindSafe(event).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => Err(Error::from(Panicked(message_of(panic.as_ref())))),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

/// An event panicked.
#[derive(Debug)]
struct Panicked(String);

impl std::fmt::Display for Panicked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the event panicked: {}", self.0)
    }
}

impl std::error::Error for Panicked {}
