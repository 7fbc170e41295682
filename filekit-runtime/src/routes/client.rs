//! The routes of the browser client and the default stylesheet.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, StatusCode};

use crate::page::client::{self, ClientAsset};

/// Answers `GET /_filekit/client.js`.
pub(crate) async fn script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    asset(&client::SCRIPT, query.as_deref(), &headers)
}

/// Answers `GET /_filekit/transfer.js`.
pub(crate) async fn transfer(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    module(&client::TRANSFER, query.as_deref(), &headers)
}

/// Answers `GET /_filekit/resume.js`.
pub(crate) async fn resume(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    module(&client::RESUME, query.as_deref(), &headers)
}

/// Answers `GET /_filekit/development.js`.
pub(crate) async fn development(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    module(&client::DEVELOPMENT, query.as_deref(), &headers)
}

/// Answers `GET /_filekit/client.css`.
pub(crate) async fn style(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    asset(&client::STYLE, query.as_deref(), &headers)
}

/// Answers `GET /_filekit/icon.svg`.
pub(crate) async fn icon(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    asset(&client::ICON, query.as_deref(), &headers)
}

/// A module works with the script that names its version, and no other: of another version there is nothing here.
fn module(content: &ClientAsset, query: Option<&str>, headers: &HeaderMap) -> Response {
    match query.and_then(|query| query.strip_prefix("version=")) {
        Some(asked) if asked != content.version() => StatusCode::NOT_FOUND.into_response(),
        _ => asset(content, query, headers),
    }
}

/// Only what is asked for by its own version may be kept for good: while servers are replaced one by one, an old one is
/// asked for what a new one's page names.
fn asset(content: &ClientAsset, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = query.and_then(|query| query.strip_prefix("version="));
    let caching = if asked == Some(content.version()) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let described = [
        (CONTENT_TYPE, content.mime),
        (CACHE_CONTROL, caching),
        (VARY, "accept-encoding"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match content.gzip.filter(|_| accepts_gzip(headers)) {
        Some(gzip) => (described, [(CONTENT_ENCODING, "gzip")], gzip).into_response(),
        None => (described, content.plain).into_response(),
    }
}

/// Tells whether `Accept-Encoding` names gzip, and not with a weight of nothing (RFC 9110, section 12.5.3).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_accepts_it() {
        let accepted = |value: &str| accepts_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, value.parse().unwrap())]));
        for value in ["gzip", "gzip, deflate, br, zstd", "br;q=1.0, GZip; q=0.8", "deflate,gzip;q=0.001"] {
            assert!(accepted(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "gzip; q=0.000, br", "*", "x-gzip-like"] {
            assert!(!accepted(value), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
