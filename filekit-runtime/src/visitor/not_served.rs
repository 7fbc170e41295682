//! The refusal of a page that is served without filekit.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// A page that needs filekit is served without it.
#[derive(Clone, Copy, Debug)]
pub struct NotServed;

impl std::fmt::Display for NotServed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("this page needs filekit: serve its router through `FileKit::router` or `filekit::serve`")
    }
}

impl std::error::Error for NotServed {}

impl IntoResponse for NotServed {
    fn into_response(self) -> Response {
        tracing::error!("{self}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}
