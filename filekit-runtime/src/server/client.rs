//! Serves the browser client and the default stylesheet; not the pages that use them.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
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

/// Answers `GET /_filekit/client.js`.
pub(crate) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

/// Answers `GET /_filekit/client.css`.
pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

/// Answers `GET /_filekit/icon.svg`.
pub(crate) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

fn asset(mime: &'static str, content: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, mime),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
    ];
    (headers, content).into_response()
}

fn version(content: &str) -> String {
    let digest = Sha256::digest(content);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
