//! Serves the browser client and the default stylesheet; not the pages that use them.

use std::sync::LazyLock;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

const SCRIPT: Content = Content {
    mime: "text/javascript; charset=utf-8",
    plain: include_bytes!("../../client/dist/client.js"),
    gzip: Some(include_bytes!("../../client/dist/client.js.gz")),
};

/// What the script loads where there is an upload.
const TRANSFER: Content = Content {
    mime: "text/javascript; charset=utf-8",
    plain: include_bytes!("../../client/dist/transfer.js"),
    gzip: Some(include_bytes!("../../client/dist/transfer.js.gz")),
};

const STYLE: Content = Content {
    mime: "text/css; charset=utf-8",
    plain: include_bytes!("../../client/dist/client.css"),
    gzip: Some(include_bytes!("../../client/dist/client.css.gz")),
};

/// An arrow into a tray. Without an icon in the document, browsers would ask for one that is not there.
const ICON: Content = Content {
    mime: "image/svg+xml",
    plain: concat!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3056d3"/>"##,
        r##"<path d="M16 21V8m-5 5 5-5 5 5M8 19v5h16v-5" fill="none" stroke="#fff" stroke-width="2.5" "##,
        r##"stroke-linecap="round" stroke-linejoin="round"/></svg>"##,
    )
    .as_bytes(),
    gzip: None,
};

/// What is served, and the same in fewer bytes for who accepts it.
struct Content {
    mime: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
}

/// Changes with the client, so that it can be cached for good.
pub(crate) fn script_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(&SCRIPT));
    &VERSION
}

/// Changes with the stylesheet.
pub(crate) fn style_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(&STYLE));
    &VERSION
}

/// Changes with the icon.
pub(crate) fn icon_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(&ICON));
    &VERSION
}

/// Answers `GET /_filekit/client.js`.
pub(crate) async fn script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    asset(&SCRIPT, script_version(), query.as_deref(), &headers)
}

/// Answers `GET /_filekit/transfer.js`.
///
/// It works with the script that names its version, and no other: of another version there is nothing here.
pub(crate) async fn transfer(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let version = version(&TRANSFER);
    match query.as_deref().and_then(|query| query.strip_prefix("version=")) {
        Some(asked) if asked != version => StatusCode::NOT_FOUND.into_response(),
        _ => asset(&TRANSFER, &version, query.as_deref(), &headers),
    }
}

/// Answers `GET /_filekit/client.css`.
pub(crate) async fn style(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    asset(&STYLE, style_version(), query.as_deref(), &headers)
}

/// Answers `GET /_filekit/icon.svg`.
pub(crate) async fn icon(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    asset(&ICON, icon_version(), query.as_deref(), &headers)
}

/// Only what is asked for by its own version may be kept for good: while servers are replaced one by one, an old one is
/// asked for what a new one's page names.
fn asset(content: &Content, version: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = query.and_then(|query| query.strip_prefix("version="));
    let caching = if asked == Some(version) { "public, max-age=31536000, immutable" } else { "no-cache" };
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

fn version(content: &Content) -> String {
    let digest = Sha256::digest(content.plain);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_names_the_version_of_what_it_loads() {
        let script = std::str::from_utf8(SCRIPT.plain).unwrap();
        assert!(script.contains(&format!("./transfer.js?version={}", version(&TRANSFER))));
    }

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
