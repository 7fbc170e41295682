//! The answer to a request that an extractor of an event refuses. Extractors are called in `arguments.rs`.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::error::{AnsweredError, Audience, Error, Rejection};
use crate::event::RedirectFirst;

/// The longest message of an extractor that a visitor is shown, in bytes.
const MAX_MESSAGE: usize = 1024;

/// A type that `#[extract]` takes: anything that axum extracts from the head of a request.
///
/// The router's state is not there, because a page can be served by routers of different state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be extracted for an event",
    label = "not `axum::extract::FromRequestParts<()>`",
    note = "the router's `State<T>` is not there: lay an `axum::Extension(value)` around the pages and extract `Extension<T>`",
    note = "what the page itself gives is a parameter without `#[extract]`"
)]
pub trait Extract: FromRequestParts<()> {}

#[diagnostic::do_not_recommend]
impl<T: FromRequestParts<()>> Extract for T {}

/// Turns the answer of an extractor, or of a page, into an error: where it sends the visitor, what it tells them, or a fault.
pub(crate) async fn refused(mut response: Response) -> Error {
    let status = response.status();
    if let Some(redirect) = RedirectFirst::of(status, response.headers()) {
        return redirect.into();
    }
    if let Some(answered) = AnsweredError::take(&mut response) {
        return answered_again(answered, status);
    }
    let is_text = response.headers().get(CONTENT_TYPE).is_some_and(|mime| mime.as_bytes().starts_with(b"text/plain"));
    let body = to_bytes(response.into_body(), MAX_MESSAGE).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body).into_owned();
    if status.is_client_error() {
        let message = if is_text && !text.trim().is_empty() { text } else { String::new() };
        return Rejection::extractor(status, message).into();
    }
    ExtractorFailed { status, text }.into()
}

/// The same error, for an event that is refused by it. What is for the log is written there when the event reports it, or when
/// it is dropped.
fn answered_again(answered: Arc<AnsweredError>, status: StatusCode) -> Error {
    let again = match Audience::of(answered.error()) {
        Audience::Rejection(rejection) => rejection.into(),
        Audience::Visitor(words) | Audience::Status(_, words) => Rejection::extractor(status, words.to_owned()).into(),
        // A layer has answered that it is the visitor's doing; the log gets the rest when this is dropped.
        Audience::Log if status.is_client_error() => return Rejection::extractor(status, String::new()).into(),
        Audience::Log => return AnsweredAgain(answered).into(),
    };
    answered.report();
    again
}

/// An error that an extractor has answered with.
#[derive(Debug)]
struct AnsweredAgain(Arc<AnsweredError>);

impl std::fmt::Display for AnsweredAgain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.report().fmt(formatter)
    }
}

impl std::error::Error for AnsweredAgain {}

/// An extractor failed for a reason that is not the visitor's.
#[derive(Debug)]
struct ExtractorFailed {
    status: StatusCode,
    text: String,
}

impl std::fmt::Display for ExtractorFailed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "an extractor of an event answered {}: {:?}", self.status, self.text)
    }
}

impl std::error::Error for ExtractorFailed {}
