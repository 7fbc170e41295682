//! The route of the style sheets of pages.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

use crate::kit::FileKit;
use crate::page::sheet;

/// Answers `GET /_filekit/page.css`.
pub(crate) async fn handle(State(kit): State<FileKit>, RawQuery(query): RawQuery) -> Response {
    let described = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match sheet(&query.unwrap_or_default(), &kit.config().sessions.secret) {
        Some(css) => (described, css).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
