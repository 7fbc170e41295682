//! The route of events that bring no files; not what events do.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::request;

use crate::error::Result;
use crate::server::Context;
use crate::server::call::AuthorisedCall;
use crate::server::json::read_json;
use crate::server::renewed::renewed;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::storage::Saves;
use crate::upload::{Call, CallFiles, Received};

/// Answers `POST /_filekit/event`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    let filekit = pages.filekit.clone();
    let answered = run(pages, request).await;
    answered.unwrap_or_else(|error| Refusal::log(&error, &filekit.0.texts).into_response())
}

async fn run(pages: Pages, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let call: Call = read_json(&parts, body).await?;
    match carry_out(&pages, &context, &parts, &call).await {
        Err(error) => renewed(&pages, &context, &parts, &call, error).await,
        answered => answered,
    }
}

async fn carry_out(pages: &Pages, context: &Context, parts: &request::Parts, call: &Call) -> Result<Response> {
    let authorised = AuthorisedCall::new(pages, context, parts, call).await?;
    if let Some(rules) = authorised.rules() {
        // No files come this way, and that may be too few.
        rules.end()?;
    }
    let no_files = CallFiles::Received(Received::new());
    authorised.respond(&call.arguments, no_files, Saves::default()).await
}
