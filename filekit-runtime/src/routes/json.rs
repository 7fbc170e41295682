//! JSON that a script of a page sends, and is answered with.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Rejection, Result};
use crate::incoming::incoming;
use crate::kit::FileKit;

/// Reads a body that is JSON, and no larger than a call.
///
/// # Errors
///
/// If the body is no JSON, or larger; or if the server holds as much of other requests as it may.
pub(crate) async fn read_json<T: DeserializeOwned>(kit: &FileKit, parts: &Parts, body: Body) -> Result<T> {
    // A form of another site can send text and forms, but no JSON.
    let mime = parts.headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok()).unwrap_or_default();
    if mime.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Rejection::malformed("the call is not JSON").into());
    }
    let body = incoming(&parts.headers, body, u64::MAX).held_within(&kit.local().waiting);
    let json = body.read_whole().await?;
    serde_json::from_slice(&json).map_err(|error| Rejection::malformed(error).into())
}

/// An answer of JSON with other headers, which is good for once.
pub(crate) fn json_answer(status: StatusCode, mut headers: HeaderMap, value: &impl Serialize) -> Response {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Text and numbers can always be written.
    (status, headers, serde_json::to_vec(value).unwrap_or_default()).into_response()
}
