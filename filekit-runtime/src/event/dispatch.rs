//! Calls events on their states: one after the other for a visitor, and all or nothing; not what arrives or leaves.

use crate::error::{Result, caught};
use crate::event::{ChangingEvent, Effects, EventCall, EventFuture, ReadingEvent};
use crate::state::State;
use crate::storage::storage_error;

/// Calls an event on a copy of the state, which becomes the state if the event succeeds.
pub(crate) fn change<E: ChangingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    // What a panic leaves half-changed is a copy that nobody sees then; copying and writing are the developer's code too.
    Box::pin(async move {
        let EventCall { store, session, .. } = call;
        caught(store.in_turn::<E::State, _>(session, run_changing::<E>(call))).await?
    })
}

async fn run_changing<E: ChangingEvent>(call: EventCall<'_>) -> Result<Effects> {
    let EventCall { store, session, mut arguments, saves, outlet } = call;
    let mut state = E::State::clone(&store.load::<E::State>(session));
    let effects = E::run(&mut state, &mut arguments).await?;
    arguments.check(&effects)?;
    let effects = effects.complete(outlet.as_ref()).await?;
    let state = store.measured(state)?;
    // From here on nothing is awaited: files and state change together, even if the visitor goes away now.
    saves.keep().map_err(storage_error)?;
    store.save(session, E::State::NAME, state);
    Ok(effects)
}

/// Calls an event on the state as it is now; it waits for nobody.
pub(crate) fn read<E: ReadingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move { caught(run_reading::<E>(call)).await? })
}

async fn run_reading<E: ReadingEvent>(call: EventCall<'_>) -> Result<Effects> {
    let EventCall { store, session, mut arguments, saves, outlet } = call;
    let state = store.load::<E::State>(session);
    let effects = E::run(&state, &mut arguments).await?;
    arguments.check(&effects)?;
    let effects = effects.complete(outlet.as_ref()).await?;
    saves.keep().map_err(storage_error)?;
    Ok(effects)
}
