//! Calls an event for a visitor, and makes its files last.

use tracing::Instrument as _;

use crate::download::DownloadSpooler;
use crate::error::{Audience, Error, Result};
use crate::event::{Arguments, Effects, EventCall, EventTarget, IdempotentCall, RedirectFirst};
use crate::guard::FileEventKind;
use crate::kit::{CallTimer, move_uploads, spans, upload_owner, with_notified};
use crate::page::PageContext;
use crate::storage::SaveTransaction;
#[cfg(feature = "image")]
use crate::upload::decode_for;
use crate::visitor::OwnerKey;

/// Calls the event for the visitor. The downloads that it returns are complete.
///
/// # Errors
///
/// If the event fails, or a download cannot be made; its state and the store are as they were, then.
pub(crate) async fn run_event(
    context: &PageContext,
    target: EventTarget,
    idempotent: IdempotentCall,
    arguments: Arguments,
    saves: SaveTransaction,
) -> Result<Effects> {
    let kit = context.kit();
    let (files, spool) = (kit.shared().files.clone(), kit.local().spool.clone());
    let room = kit.local().pending.room_of(context.session(), upload_owner(context.session()));
    let outlet = DownloadSpooler { files, spool, saves: saves.share(), room };
    run(context, target, idempotent, arguments, (saves, Some(outlet))).await
}

/// Calls the event for the visitor, whose answer is the download that it returns, sent while it is made.
///
/// # Errors
///
/// If the event fails.
pub(crate) async fn run_link(context: &PageContext, target: EventTarget, arguments: Arguments) -> Result<Effects> {
    run(context, target, IdempotentCall::default(), arguments, (SaveTransaction::default(), None)).await
}

async fn run(
    context: &PageContext,
    target: EventTarget,
    idempotent: IdempotentCall,
    arguments: Arguments,
    (saves, outlet): (SaveTransaction, Option<DownloadSpooler>),
) -> Result<Effects> {
    let EventTarget { definition, owner } = target;
    let has_metrics = context.kit().config().has_metrics;
    let _timer = has_metrics.then(|| CallTimer::start(definition.state, definition.name));
    if let (Some(watch), OwnerKey::Text(owner)) = (context.visit().watch(), &owner) {
        watch.note_owner(owner);
    }
    let share = saves.share();
    let arguments = arguments.with_extension(context.kit().files_within(&saves));
    let (store, session) = (&context.kit().shared().states, context.session());
    let replacement = context.visitor().replacement().clone();
    let call = EventCall { store, session, owner, replacement, idempotent, arguments, saves, outlet };
    let called = context.scope((definition.call)(call));
    #[cfg(feature = "image")]
    let called = decode_for(upload_owner(session), called);
    let (effects, notified) = with_notified(called).instrument(spans::call(definition.state, definition.name)).await;
    let effects = match effects {
        Ok(effects) => effects,
        Err(error) => {
            share.undone().await;
            tell_failed(context, definition.name, &error);
            return Err(error);
        }
    };
    for topic in notified {
        context.kit().shared().changes.note_and_tell(topic).await;
    }
    if let Some(new) = context.visitor().renewed() {
        move_uploads(context.kit(), session, new).await;
    }
    if share.has_committed()
        && let Err(error) = context.kit().shared().files.disk().sync_directory().await
    {
        // The files are saved and so is the state: only whether they would survive a power cut is not certain.
        tracing::error!(%error, "the upload directory could not be written to the disk");
    }
    tracing::debug!(state = definition.state, event = definition.name, "an event was carried out");
    Ok(effects)
}

/// Tells the observers of events that one has failed. An event that sends its visitor elsewhere first has not.
fn tell_failed(context: &PageContext, event: &'static str, error: &Error) {
    if let Some(watch) = context.visit().watch()
        && error.downcast_ref::<RedirectFirst>().is_none()
    {
        let code = Audience::of(error).code();
        watch.emit(FileEventKind::CallFailed { event, code }, |event| event);
    }
}
