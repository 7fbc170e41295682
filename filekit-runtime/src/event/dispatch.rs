//! Calls events on their states: one after the other for a visitor, and all or nothing; not what arrives or leaves.

use crate::error::caught;
use crate::event::{ChangingEvent, EventCall, EventFuture, ReadingEvent};

/// Calls an event on a copy of the state, which becomes the state if the event succeeds.
pub(crate) fn change<E: ChangingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move {
        let EventCall { store, session, mut arguments } = call;
        let _turn = store.turn::<E::State>(session).await;
        let mut state = E::State::clone(&store.load::<E::State>(session));
        // What a panic leaves half-changed is this copy, which nobody sees then.
        let effects = caught(E::run(&mut state, &mut arguments)).await??;
        store.save(session, state)?;
        Ok(effects)
    })
}

/// Calls an event on the state as it is now; it waits for nobody.
pub(crate) fn read<E: ReadingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move {
        let EventCall { store, session, mut arguments } = call;
        let state = store.load::<E::State>(session);
        caught(E::run(&state, &mut arguments)).await?
    })
}
