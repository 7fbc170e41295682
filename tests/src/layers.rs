//! Layers of tower-http as programs put them in front of filekit: each alone, or all of them.

use std::time::Duration;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderValue, StatusCode, header};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::DecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::normalize_path::NormalizePath;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

/// Puts a layer in front of a router.
pub type InFront = fn(Router) -> Router;

/// More than any test sends.
const BODY_LIMIT: usize = 1 << 30;

/// Longer than the heartbeat of documents that follow their state, so that it does not cut them off.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The layers, each with its name.
pub const LAYERS: &[(&str, InFront)] = &[
    ("CompressionLayer", |router| router.layer(CompressionLayer::new())),
    ("RequestBodyLimitLayer", |router| router.layer(RequestBodyLimitLayer::new(BODY_LIMIT))),
    ("RequestBodyTimeoutLayer", |router| router.layer(RequestBodyTimeoutLayer::new(TIMEOUT))),
    ("ResponseBodyTimeoutLayer", |router| router.layer(ResponseBodyTimeoutLayer::new(TIMEOUT))),
    ("TimeoutLayer", |router| router.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))),
    ("SetResponseHeaderLayer", |router| {
        let sniffing = HeaderValue::from_static("nosniff");
        router.layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, sniffing))
    }),
    ("CorsLayer", |router| router.layer(CorsLayer::permissive())),
    ("TraceLayer", |router| router.layer(TraceLayer::new_for_http())),
    ("CatchPanicLayer", |router| router.layer(CatchPanicLayer::new())),
    ("NormalizePathLayer", with_normal_paths),
];

/// All layers in front of a router.
pub fn behind_layers(router: Router) -> Router {
    LAYERS.iter().fold(router, |router, (_, in_front)| in_front(router))
}

/// A router without slashes at the end of its paths. The layer only works around a whole router, and no other router has
/// seen the path before.
fn with_normal_paths(router: Router) -> Router {
    let normal = NormalizePath::trim_trailing_slash(router).map_request(|mut request: Request| {
        request.extensions_mut().remove::<OriginalUri>();
        request
    });
    Router::new().fallback_service(normal)
}

/// A router for clients that accept compressed answers and decompress them.
pub fn decompressed(router: Router) -> Router {
    router.layer(DecompressionLayer::new())
}
