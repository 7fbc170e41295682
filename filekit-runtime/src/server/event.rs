//! The route of events, and what all events have in common; not the uploads that some bring along.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;

use crate::error::{Rejection, Result};
use crate::event::{Argument, Arguments, Effects, EventCall, EventDefinition, Offer, OfferedArgument};
use crate::server::Context;
use crate::server::page::{PageRequest, Rendered};
use crate::server::reply::{Refusal, Reply, actions_of};
use crate::server::routes::Pages;
use crate::session::Capability;
use crate::upload::{Call, MAX_CALL, Received};
use crate::view::harmless_url;
use crate::wire::action as name;

/// Answers `POST /_filekit/event`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    answer(run(pages, request).await)
}

/// A reply, or what the visitor is told instead.
pub(crate) fn answer(result: Result<Reply>) -> Response {
    match result {
        Ok(reply) => reply.into_response(),
        Err(error) => Refusal::log(&error).into_response(),
    }
}

async fn run(pages: Pages, request: Request) -> Result<Reply> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let call = read_call(&parts, body).await?;
    let (definition, offer) = authorise(&context, &call.capability)?;
    let page = PageRequest::new(&context, &parts, &call.page)?;
    let arguments = arguments(offer, call.arguments, Received::default())?;
    let effects = dispatch(&context, definition, arguments).await?;
    reply(&pages, &context, page, &call.page, effects).await
}

async fn read_call(parts: &Parts, body: Body) -> Result<Call> {
    // A form of another site can send text and forms, but no JSON.
    let json = parts.headers.get(CONTENT_TYPE).is_some_and(|mime| mime.as_bytes().starts_with(b"application/json"));
    if !json {
        return Err(Rejection::Malformed { reason: "the call is not JSON".to_owned() }.into());
    }
    let bytes = to_bytes(body, MAX_CALL).await.map_err(|_| Rejection::CallTooLarge { limit: MAX_CALL })?;
    serde_json::from_slice(&bytes).map_err(|error| Rejection::Malformed { reason: error.to_string() }.into())
}

/// Finds the event that a capability opens.
///
/// # Errors
///
/// If the capability is not genuine, or the event is not known.
pub(crate) fn authorise(context: &Context, capability: &str) -> Result<(&'static EventDefinition, Offer)> {
    let Capability(offer) = Capability::open(&context.kit().secret, context.session(), capability)?;
    let definition = EventDefinition::find(offer.event).ok_or(Rejection::OutOfDate)?;
    Ok((definition, offer))
}

/// Puts the arguments together: those captured when the page was made, those that the browser evaluated, and files.
///
/// # Errors
///
/// If the browser sent fewer or more than were offered to it.
pub(crate) fn arguments(offer: Offer, evaluated: Vec<serde_json::Value>, mut files: Received) -> Result<Arguments> {
    let wrong = || Rejection::Malformed { reason: "the number of arguments is not that of the event".to_owned() };
    let mut evaluated = evaluated.into_iter();
    let arguments: Arguments = offer
        .arguments
        .into_iter()
        .map(|argument| {
            Ok(match argument {
                OfferedArgument::Captured(value) => Argument::Value(value),
                OfferedArgument::Client => Argument::Value(evaluated.next().ok_or_else(wrong)?),
                OfferedArgument::Files(upload) => {
                    // The place of files is held by a value that says nothing.
                    evaluated.next().ok_or_else(wrong)?;
                    Argument::Files(files.remove(&upload).unwrap_or_default())
                }
            })
        })
        .collect::<Result<_, Rejection>>()?;
    if evaluated.next().is_some() {
        return Err(wrong().into());
    }
    Ok(arguments)
}

/// Calls the event for the visitor.
///
/// # Errors
///
/// If the event fails; its state is as it was, then.
pub(crate) async fn dispatch(context: &Context, definition: &EventDefinition, arguments: Arguments) -> Result<Effects> {
    let call = EventCall { store: &context.kit().states, session: context.session(), arguments };
    let effects = context.scope((definition.call)(call)).await?;
    tracing::debug!(state = definition.state, event = definition.name, "an event was carried out");
    Ok(effects)
}

/// Answers an event that succeeded: the page as it is now, and the effects.
///
/// # Errors
///
/// If an effect cannot be encoded.
pub(crate) async fn reply(
    pages: &Pages,
    context: &Context,
    page: PageRequest,
    url: &str,
    effects: Effects,
) -> Result<Reply> {
    let mut actions = actions_of(effects, context)?;
    let (title, body) = match page.send(pages, context).await {
        Rendered::View { title, html } => (Some(title), Some(html)),
        Rendered::Redirect(url) => {
            actions.push(redirect(&url));
            (None, None)
        }
        Rendered::Other => {
            actions.push(redirect(url));
            (None, None)
        }
    };
    Ok(Reply { title, body, actions })
}

fn redirect(url: &str) -> serde_json::Value {
    serde_json::json!({ "action": name::REDIRECT, "url": harmless_url(url) })
}
