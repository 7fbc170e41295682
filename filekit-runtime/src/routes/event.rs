//! The route of events that bring no files.

use axum::extract::{Request, State};
use axum::response::Response;
use http::request;

use crate::call::{AuthorisedCall, Call, CallFiles, Values, heal};
use crate::error::Result;
use crate::page::{PageContext, Pages};
use crate::routes::json::read_json;

/// Answers `POST /_filekit/event`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = PageContext::of_request(&pages.kit, &parts).await?;
    let call: Call = read_json(&pages.kit, &parts, body).await?;
    match carry_out(&pages, &context, &parts, &call).await {
        Err(error) => heal(&pages, &context, &parts, &call, error).await,
        answered => answered,
    }
}

async fn carry_out(pages: &Pages, context: &PageContext, parts: &request::Parts, call: &Call) -> Result<Response> {
    let authorised = AuthorisedCall::new(pages, context, parts, call).await?;
    let saves = pages.kit.saves_of_call(authorised.account());
    authorised.respond(Values::of_json(&call.arguments)?, CallFiles::none(), saves, None).await
}
