//! Calls events on their states: one after the other for an owner, and all or nothing. Requests and replies are `call/`.

use crate::error::{Result, caught};
use crate::event::{ChangingEvent, Effects, EventCall, EventFuture, ReadingEvent};
use crate::state::{Measured, State, StateStore};
use crate::storage::storage_error;
use crate::visitor::{OwnerKey, Replacement, SessionId};

/// Calls an event on a copy of the state, which becomes the state if the event succeeds.
pub(crate) fn change<E: ChangingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    // A panic leaves a half-changed copy, which is dropped; copying and writing are the developer's code too.
    Box::pin(async move {
        let (store, owner) = (call.store, call.owner.clone());
        caught(store.in_turn::<E::State, _>(&owner, run_changing::<E>(call))).await?
    })
}

async fn run_changing<E: ChangingEvent>(call: EventCall<'_>) -> Result<Effects> {
    let EventCall { store, session, owner, replacement, mut arguments, saves, outlet } = call;
    // It may have ended while files arrived, or while another event ran on its state.
    store.check(session)?;
    let mut state = E::State::clone(&store.load::<E::State>(&owner));
    let effects = E::run(&mut state, &mut arguments).await?;
    arguments.check(&effects)?;
    let effects = effects.complete(outlet.as_ref()).await?;
    let state = store.measured(state)?;
    // From here on nothing is awaited: files and state change together, even if the visitor goes away now.
    let end = End::of(store, session, replacement, &effects)?;
    saves.commit().map_err(storage_error)?;
    end.carry_out(Some((owner, E::State::NAME, state)))?;
    Ok(effects)
}

/// Calls an event on the state as it is now; it waits for no other event.
pub(crate) fn read<E: ReadingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move { caught(run_reading::<E>(call)).await? })
}

async fn run_reading<E: ReadingEvent>(call: EventCall<'_>) -> Result<Effects> {
    let EventCall { store, session, owner, replacement, mut arguments, saves, outlet } = call;
    store.check(session)?;
    let state = store.load::<E::State>(&owner);
    let effects = E::run(&state, &mut arguments).await?;
    arguments.check(&effects)?;
    let effects = effects.complete(outlet.as_ref()).await?;
    let end = End::of(store, session, replacement, &effects)?;
    saves.commit().map_err(storage_error)?;
    end.carry_out(None)?;
    Ok(effects)
}

/// The session after an event that has succeeded.
struct End<'a> {
    store: &'a StateStore,
    session: SessionId,
    /// Whether the visitor's session is not the one that came after that of the state, because the event has ended that one for good,
    /// as a sign-out does: the state goes with it.
    drops_state: bool,
    successor: Option<SessionId>,
    replacement: Replacement,
}

impl<'a> End<'a> {
    /// # Errors
    ///
    /// If the session has ended while the event ran, by other hands than its own.
    fn of(store: &'a StateStore, session: SessionId, replacement: Replacement, effects: &Effects) -> Result<Self> {
        let now = replacement.get().unwrap_or(session);
        store.check(now)?;
        let drops_state = store.current(session) != Some(now);
        let successor = effects.renews_session.then(SessionId::random).transpose()?;
        Ok(Self { store, session: now, drops_state, successor, replacement })
    }

    /// Saves the state, and renews the session in the same moment: a client with the old one never sees the result of the event.
    fn carry_out(self, state: Option<(OwnerKey, &'static str, Measured)>) -> Result<()> {
        let state = state.filter(|(owner, ..)| !self.drops_state || !matches!(owner, OwnerKey::Session(_)));
        // The event may have run in a session that was renewed since: the state goes along.
        let state = state.map(|(owner, name, state)| match owner {
            OwnerKey::Session(_) => (OwnerKey::Session(self.session), name, state),
            owner @ OwnerKey::Text(_) => (owner, name, state),
        });
        self.store.commit(self.session, self.successor, state)?;
        if let Some(new) = self.successor {
            self.replacement.set(new);
        }
        Ok(())
    }
}
