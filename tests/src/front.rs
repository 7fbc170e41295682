//! Proxies in front of a server that add a header to every answer, or refuse large bodies, as people configure nginx or a CDN
//! to do.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri};
use axum::response::{Html, IntoResponse as _};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

/// Listens in front of `server`, and adds a content security policy to what it answers; until the test ends.
///
/// # Panics
/// When there is no free port.
pub async fn with_policy(server: SocketAddr, policy: &'static str) -> SocketAddr {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let pass = move |request: Request<Body>| {
        let client = client.clone();
        async move {
            let mut response = pass(&client, server, request).await;
            response.headers_mut().append(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            response
        }
    };
    serve(Router::new().fallback(pass)).await
}

/// Listens in front of `server`, and refuses bodies of more than so many bytes before it has read any; until the test ends.
///
/// # Panics
/// When there is no free port.
pub async fn with_body_limit(server: SocketAddr, limit: u64) -> SocketAddr {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let pass = move |request: Request<Body>| {
        let client = client.clone();
        async move {
            let length =
                request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
            match length.is_some_and(|length| length > limit) {
                true => (StatusCode::PAYLOAD_TOO_LARGE, Html("<h1>413 Request Entity Too Large</h1>")).into_response(),
                false => pass(&client, server, request).await,
            }
        }
    };
    serve(Router::new().fallback(pass)).await
}

/// Sends a request to a server.
pub(crate) async fn pass(
    client: &Client<HttpConnector, Body>,
    server: SocketAddr,
    mut request: Request<Body>,
) -> Response<Body> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url: Uri = format!("http://{server}{path}").parse().expect("a URL");
    *request.uri_mut() = url;
    match client.request(request).await {
        Ok(response) => response.map(Body::new),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Serves a router on a socket of its own until the test ends.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
