//! Calls events on their states: one after the other for an owner, and all or nothing. Requests and replies are `call/`.

use std::sync::Arc;

use crate::completion::ToCompletion;
use crate::error::{Error, Rejection, Result, caught};
use crate::event::{ChangingEvent, Effects, EventCall, EventFuture, IdempotentCall, ReadingEvent};
use crate::guard::RequestWatch;
use crate::state::{Change, JustKept, Loaded, SharedCall, State, States, TurnEnd, is_of_store};
use crate::storage::{SaveTransaction, storage_error};
use crate::stores::Lease;
use crate::visitor::{OwnerKey, Replacement, SessionId};

/// Calls an event on a copy of the state, which becomes the state if the event succeeds.
pub(crate) fn change<E: ChangingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    // A panic leaves a half-changed copy, which is dropped; copying and writing are the developer's code too.
    Box::pin(async move {
        let (store, owner, shared) = (call.store, call.owner.clone(), call.idempotent.shared.clone());
        let run = |loaded, lease| run_changing::<E>(call, loaded, lease);
        caught(store.in_turn(&owner, shared.as_ref(), run)).await?
    })
}

async fn run_changing<E: ChangingEvent>(
    call: EventCall<'_>,
    loaded: Loaded<E::State>,
    lease: Option<Lease>,
) -> Result<Effects> {
    let EventCall { store, session, owner, replacement, idempotent, mut arguments, saves, outlet } = call;
    check_permit(idempotent.shared.as_ref()).await?;
    // It may have ended while files arrived, or while another event ran on its state.
    store.learn(session).await?;
    store.check(session)?;
    let Loaded { state, version } = loaded;
    let mut state = E::State::clone(&state);
    let effects = E::run(&mut state, &mut arguments).await?;
    arguments.check(&effects)?;
    let effects = effects.complete(outlet.as_ref()).await?;
    let state = store.measured(state)?;
    let end = End::of(store, session, replacement, &effects)?;
    let change = Change { owner, name: E::State::NAME, state, version };
    let just_kept = end.carry_out(saves, Some(change), idempotent, lease).await?;
    Ok(Effects { just_kept, ..effects })
}

async fn check_permit(call: Option<&SharedCall>) -> Result<()> {
    match call {
        Some(call) => call.permit().await,
        None => Ok(()),
    }
}

/// Calls an event on the state as it is now; it waits for no other event.
pub(crate) fn read<E: ReadingEvent>(call: EventCall<'_>) -> EventFuture<'_> {
    Box::pin(async move { caught(run_reading::<E>(call)).await? })
}

async fn run_reading<E: ReadingEvent>(call: EventCall<'_>) -> Result<Effects> {
    let EventCall { store, session, owner, replacement, idempotent, mut arguments, saves, outlet } = call;
    // It is answered while the state is loaded.
    idempotent.shared.iter().for_each(SharedCall::ask);
    let Loaded { state, .. } = store.load::<E::State>(&owner).await?;
    check_permit(idempotent.shared.as_ref()).await?;
    store.learn(session).await?;
    store.check(session)?;
    let effects = E::run(&state, &mut arguments).await?;
    arguments.check(&effects)?;
    let effects = effects.complete(outlet.as_ref()).await?;
    let end = End::of(store, session, replacement, &effects)?;
    end.carry_out(saves, None, idempotent, None).await?;
    Ok(effects)
}

/// The session after an event that has succeeded.
struct End<'a> {
    store: &'a Arc<States>,
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
    fn of(store: &'a Arc<States>, session: SessionId, replacement: Replacement, effects: &Effects) -> Result<Self> {
        let now = replacement.get().unwrap_or(session);
        store.check(now)?;
        let drops_state = store.current(session) != Some(now);
        let successor = effects.renews_session.then(SessionId::random).transpose()?;
        Ok(Self { store, session: now, drops_state, successor, replacement })
    }

    /// Keeps files and state, and renews the session: all together, even if the visitor goes away now.
    ///
    /// # Errors
    ///
    /// If the disk or the store fails, the session has ended, or another server has changed the state meanwhile.
    async fn carry_out(
        self,
        saves: SaveTransaction,
        change: Option<Change>,
        IdempotentCall { shared, committed }: IdempotentCall,
        lease: Option<Lease>,
    ) -> Result<Option<JustKept>> {
        let Self { store, session, drops_state, successor, replacement } = self;
        let of_session = |change: &Change| matches!(change.owner, OwnerKey::Session(_));
        let change = change.filter(|change| !drops_state || !of_session(change));
        // The event may have run in a session that was renewed since: the state goes along.
        let change = change.map(|change| match of_session(&change) {
            true => Change { owner: OwnerKey::Session(session), ..change },
            false => change,
        });
        let waits_for_nothing = store.are_in_memory() && saves.is_on_disk();
        let kept = keep(Arc::clone(store), (session, successor), saves, change, TurnEnd { lease, call: shared });
        let kept = async move {
            let kept = kept.await?;
            committed.into_iter().for_each(|committed| committed());
            Ok::<_, Error>(kept)
        };
        let just_kept = match waits_for_nothing {
            // Nothing is awaited in there.
            true => kept.await?,
            false => ToCompletion::of(RequestWatch::carried(kept)).await?,
        };
        if let Some(new) = successor {
            replacement.set(new);
        }
        Ok(just_kept)
    }
}

/// Keeps the files and the state of an event, or neither.
///
/// # Errors
///
/// As [`End::carry_out`]. If a store does not say whether it has kept the state, the files stay, because the state may name them.
async fn keep(
    store: Arc<States>,
    (session, successor): (SessionId, Option<SessionId>),
    saves: SaveTransaction,
    change: Option<Change>,
    end: TurnEnd,
) -> Result<Option<JustKept>> {
    let saved = saves.commit().await.map_err(storage_error)?;
    let kept = store.commit(session, successor, change, end).await;
    match &kept {
        Ok(_) => saved.finish().await,
        Err(error) if !is_of_store(error) => saved.undo().await,
        // What it has removed stays as well.
        Err(_) => {}
    }
    kept.map_err(not_known)
}

/// The error of a commit. A visitor who is asked to try again would do twice what a store has kept without an answer.
fn not_known(error: Error) -> Error {
    match error.downcast_ref() {
        Some(Rejection::StatesUnavailable) => Rejection::OutcomeUnknown.into(),
        _ => error,
    }
}
