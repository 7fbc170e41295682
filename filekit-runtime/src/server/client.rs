//! Serves the browser client and the default stylesheet; not the pages that use them.

use std::sync::LazyLock;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use sha2::{Digest as _, Sha256};

const SCRIPT: &str = include_str!("../../client/dist/client.js");
const STYLE: &str = include_str!("../../client/dist/client.css");

/// An arrow into a tray. Without an icon in the document, browsers would ask for one that is not there.
const ICON: &str = concat!(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3056d3"/>"##,
    r##"<path d="M16 21V8m-5 5 5-5 5 5M8 19v5h16v-5" fill="none" stroke="#fff" stroke-width="2.5" "##,
    r##"stroke-linecap="round" stroke-linejoin="round"/></svg>"##,
);

/// Changes with the client, so that it can be cached for good.
pub(crate) fn script_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(SCRIPT));
    &VERSION
}

/// Changes with the stylesheet.
pub(crate) fn style_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(STYLE));
    &VERSION
}

/// Changes with the icon.
pub(crate) fn icon_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(ICON));
    &VERSION
}

/// Answers `GET /_filekit/client.js`.
pub(crate) async fn script(RawQuery(query): RawQuery) -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT, script_version(), query.as_deref())
}

/// Answers `GET /_filekit/client.css`.
pub(crate) async fn style(RawQuery(query): RawQuery) -> Response {
    asset("text/css; charset=utf-8", STYLE, style_version(), query.as_deref())
}

/// Answers `GET /_filekit/icon.svg`.
pub(crate) async fn icon(RawQuery(query): RawQuery) -> Response {
    asset("image/svg+xml", ICON, icon_version(), query.as_deref())
}

/// Only what is asked for by its own version may be kept for good: while servers are replaced one by one, an old one is
/// asked for what a new one's page names.
fn asset(mime: &'static str, content: &'static str, version: &str, query: Option<&str>) -> Response {
    let asked = query.and_then(|query| query.strip_prefix("version="));
    let caching = if asked == Some(version) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(CONTENT_TYPE, mime), (CACHE_CONTROL, caching), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, content).into_response()
}

fn version(content: &str) -> String {
    let digest = Sha256::digest(content);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
