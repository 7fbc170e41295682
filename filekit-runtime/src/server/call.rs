//! Checks the call of an event and carries it out; not how it was read, and not what is answered.

use std::sync::Arc;

use axum::response::Response;
use http::request::Parts;
use serde_json::value::RawValue;

use crate::download::Outlet;
use crate::error::{Rejection, Result};
use crate::event::{Argument, Arguments, Effects, EventCall, EventDefinition, Updates};
use crate::offer::{Capability, Grant, GrantedArgument, Scope};
use crate::server::Context;
use crate::server::idempotency::IdempotencyKey;
use crate::server::page::PageCall;
use crate::server::place::Place;
use crate::server::routes::Pages;
use crate::server::running::Running;
use crate::storage::Saves;
use crate::upload::{Call, CallFiles, Received, RuleBook};

/// An event that the visitor may call, on a page that lets them in.
#[derive(Debug)]
pub(crate) struct AuthorisedCall {
    definition: &'static EventDefinition,
    grant: Grant,
    /// The request as the page's handler would get it, for the extractors of the event.
    request: Parts,
    place: Arc<Place>,
    key: Option<IdempotencyKey>,
}

impl AuthorisedCall {
    /// Checks a call.
    ///
    /// # Errors
    ///
    /// If the capability is not genuine, the event is not known, the page is none of this site, one of its layers does
    /// not let the visitor in, or what the page says of its instance cannot be read.
    pub(crate) async fn new(pages: &Pages, context: &Context, parts: &Parts, call: &Call) -> Result<Self> {
        let scope = Scope::Page(context.address_of(&call.page));
        let context = &context.fitting_capability(scope, &call.capability);
        let (definition, grant) = authorise(context, scope, &call.capability)?;
        let key = call.once.map(|number| IdempotencyKey::new(context.session(), number));
        let claim = call.instance.parse()?;
        let page = PageCall::new(context, parts, &call.page)?;
        let context = context.on_page(&call.page);
        let request = enter(pages, &context, &page, definition.extracts).await?;
        let place = Place { pages: pages.clone(), context, page, claim };
        Ok(Self { definition, grant, request, place: Arc::new(place), key })
    }

    /// The rules of the uploads whose files the event takes, if it takes any.
    pub(crate) fn rules(&self) -> Option<RuleBook> {
        let uploads = self.grant.uploads();
        (!uploads.is_empty()).then(|| RuleBook::new(uploads))
    }

    /// Whether the event runs while its files arrive.
    pub(crate) fn streams(&self) -> bool {
        self.definition.streams
    }

    /// Carries the event out and answers it.
    ///
    /// # Errors
    ///
    /// If the call has happened before, or the event fails before it has shown anything.
    pub(crate) async fn respond(self, evaluated: &RawValue, files: CallFiles, saves: Saves) -> Result<Response> {
        let arriving = match &files {
            CallFiles::Received(_) => None,
            CallFiles::Arriving(stream) => Some(stream.body()),
        };
        let Self { definition, grant, request, place, key } = self;
        let (updates, previews) = Updates::channel();
        let arguments = arguments(grant, evaluated, files)?.with(request, updates);
        let guard = match key {
            Some(key) => Some(place.context.kit().calls.begin(key).await?),
            None => None,
        };
        Running::begin(place, definition, arguments, saves, guard, previews, arriving).answer().await
    }
}

/// The request as the handler of `page` would get it, if all layers of the page let the visitor in. For what takes anything of
/// that request the handler itself is asked too (`thorough`): it may be the one that decides who sees what the request names.
///
/// # Errors
///
/// If one of them does not.
pub(crate) async fn enter(pages: &Pages, context: &Context, page: &PageCall, thorough: bool) -> Result<Parts> {
    let mut request = page.knock(pages, context, thorough).await?;
    request.extensions.insert(context.clone());
    Ok(request)
}

/// Finds the event that a capability opens, for what it was signed for.
///
/// # Errors
///
/// If the capability is not genuine, or the event is not known.
pub(crate) fn authorise(
    context: &Context,
    scope: Scope<'_>,
    capability: &str,
) -> Result<(&'static EventDefinition, Grant)> {
    let opened = Capability::open(&context.kit().secret, context.session(), scope, capability);
    let Capability(grant) = opened.map_err(|refused| if context.is_new() { Rejection::NoCookie } else { refused })?;
    let definition = EventDefinition::find(grant.event).ok_or(Rejection::OutOfDate)?;
    Ok((definition, grant))
}

/// Puts the arguments together: those captured when the page was made, those that the browser evaluated, and files.
///
/// # Errors
///
/// If the browser sent fewer or more than were offered to it.
pub(crate) fn arguments(grant: Grant, evaluated: &RawValue, files: CallFiles) -> Result<Arguments> {
    let wrong = || Rejection::malformed("the number of arguments is not that of the event");
    let (mut files, mut stream) = match files {
        CallFiles::Received(files) => (files, None),
        CallFiles::Arriving(stream) => (Received::new(), Some(stream)),
    };
    let evaluated: Vec<Box<RawValue>> = serde_json::from_str(evaluated.get()).map_err(|_| wrong())?;
    let mut evaluated = evaluated.into_iter();
    let arguments: Arguments = grant
        .arguments
        .into_iter()
        .map(|argument| {
            Ok(match argument {
                GrantedArgument::Captured(value) => Argument::Captured(value),
                GrantedArgument::Client => Argument::Evaluated(evaluated.next().ok_or_else(wrong)?),
                GrantedArgument::Files(upload) => {
                    // The place of files is held by a value that says nothing.
                    evaluated.next().ok_or_else(wrong)?;
                    match stream.take() {
                        Some(stream) => Argument::Stream(stream),
                        None => Argument::Files(files.remove(&upload).unwrap_or_default()),
                    }
                }
            })
        })
        .collect::<Result<_, Rejection>>()?;
    if evaluated.next().is_some() {
        return Err(wrong().into());
    }
    Ok(arguments)
}

/// Calls the event for the visitor. The downloads that it returns are complete.
///
/// # Errors
///
/// If the event fails, or a download cannot be made; its state and the store are as they were, then.
pub(crate) async fn dispatch(
    context: &Context,
    definition: &EventDefinition,
    arguments: Arguments,
    saves: Saves,
) -> Result<Effects> {
    let kit = context.kit();
    let outlet = Outlet { disk: kit.disk.clone(), spool: kit.spool.clone(), saves: saves.share() };
    carry_out(context, definition, arguments, saves, Some(outlet)).await
}

/// Calls the event for the visitor, whose answer is the download that it returns, sent while it is made.
///
/// # Errors
///
/// If the event fails.
pub(crate) async fn dispatch_link(
    context: &Context,
    definition: &EventDefinition,
    arguments: Arguments,
) -> Result<Effects> {
    carry_out(context, definition, arguments, Saves::default(), None).await
}

async fn carry_out(
    context: &Context,
    definition: &EventDefinition,
    arguments: Arguments,
    saves: Saves,
    outlet: Option<Outlet>,
) -> Result<Effects> {
    let share = saves.share();
    let (store, session, replacement) = (&context.kit().states, context.session(), context.replacement().clone());
    let call = EventCall { store, session, replacement, arguments, saves, outlet };
    let effects = context.scope((definition.call)(call)).await?;
    if share.has_kept()
        && let Err(error) = context.kit().disk.settle().await
    {
        // The files stand and so does the state: only whether they would survive a power cut is not certain.
        tracing::error!(%error, "the upload directory could not be written to the disk");
    }
    tracing::debug!(state = definition.state, event = definition.name, "an event was carried out");
    Ok(effects)
}
