//! The bodies of requests, whose client may be the script of a page.

use axum::body::Body;
use http::HeaderMap;
use http::header::ACCEPT;

use crate::upload::IncomingBody;

/// Whether a client sends the beginning of an upload again when its connection breaks: the script of a page does, and no
/// other client accepts lines of JSON.
pub(crate) fn sends_again(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("application/x-ndjson"))
}

/// The body of a request, of which at most `limit` bytes are handed on.
pub(crate) fn incoming(headers: &HeaderMap, body: Body, limit: u64) -> IncomingBody {
    IncomingBody::new(headers, body.into_data_stream(), limit).sent_again_if_broken(sends_again(headers))
}
