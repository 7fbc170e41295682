//! The route of events that bring files.

use axum::extract::{Request, State};
use axum::response::Response;
use http::request;

use crate::call::{AuthorisedCall, Call, CallFiles, Values, heal};
use crate::error::Result;
use crate::incoming::incoming;
use crate::page::{PageContext, Pages};
use crate::routes::plan;
use crate::upload::{IncomingBody, Parts, receive};
use crate::wire::CALL_PART;

/// Answers `POST /_filekit/upload`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Result<Response> {
    let (request, body) = request.into_parts();
    let body = incoming(&request.headers, body, pages.kit.config().max_body).held_within(&pages.kit.local().waiting);
    let answered = run(&pages, &request, &body).await;
    if answered.is_err() {
        body.refuse();
    }
    answered
}

/// The files arrive before the visitor's state is locked: a slow sender holds up no other request, not even its own. Unless
/// the event wants to read them while they arrive.
async fn run(pages: &Pages, request: &request::Parts, body: &IncomingBody) -> Result<Response> {
    if plan::is_plan(request) {
        return plan::run(pages, request, body).await;
    }
    let context = PageContext::of_request(&pages.kit, request).await?;
    let mut parts = Parts::open(&request.headers, body)?;
    let call: Call = parts.first_json(CALL_PART).await?;
    match carry_out(pages, &context, request, &call, parts, body).await {
        Err(error) => {
            body.refuse();
            heal(pages, &context, request, &call, error).await
        }
        answered => answered,
    }
}

async fn carry_out(
    pages: &Pages,
    context: &PageContext,
    request: &request::Parts,
    call: &Call,
    parts: Parts,
    body: &IncomingBody,
) -> Result<Response> {
    let authorised = AuthorisedCall::new(pages, context, request, call).await?;
    let rules = authorised.rules()?;
    let mut files = parts.files(rules, call.sizes.clone())?;
    let expected = call.sizes.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
    // More does not come, whatever is said.
    let expected = expected.min(context.kit().config().max_body);
    let saves = context.kit().saves_of_request(context.session(), authorised.account(), expected).await?;
    let store = context.kit().file_store(&saves);
    let (files, arriving) = match authorised.streams() {
        true => (CallFiles::arriving(files, store), Some(body.clone())),
        false => (authorised.check(receive(&mut files, &store).await?).await?, None),
    };
    authorised.respond(Values::of_json(&call.arguments)?, files, saves, arriving).await
}
