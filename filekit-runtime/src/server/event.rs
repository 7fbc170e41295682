//! The route of events that bring no files; not what events do.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;

use crate::error::{Rejection, Result};
use crate::server::Context;
use crate::server::call::AuthorisedCall;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::storage::Saves;
use crate::upload::{Call, CallFiles, Received, read_call};

/// Answers `POST /_filekit/event`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    let filekit = pages.filekit.clone();
    let answered = run(pages, request).await;
    answered.unwrap_or_else(|error| Refusal::log(&error, &filekit.0.texts).into_response())
}

async fn run(pages: Pages, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let call = call(&parts, body).await?;
    let authorised = AuthorisedCall::new(&pages, &context, &parts, &call).await?;
    if let Some(rules) = authorised.rules() {
        // No files come this way, and that may be too few.
        rules.end()?;
    }
    let no_files = CallFiles::Received(Received::new());
    authorised.respond(&call.arguments, no_files, Saves::default()).await
}

async fn call(parts: &Parts, body: Body) -> Result<Call> {
    // A form of another site can send text and forms, but no JSON.
    let mime = parts.headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok()).unwrap_or_default();
    if mime.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Rejection::malformed("the call is not JSON").into());
    }
    let json = read_call(&parts.headers, body).await?;
    serde_json::from_slice(&json).map_err(|error| Rejection::malformed(error).into())
}
