//! A proxy in front of a server that adds a header to every answer, as people configure nginx or a CDN to do.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

/// Listens in front of `server`, and adds a content security policy to what it answers; until the test ends.
///
/// # Panics
/// When there is no free port.
pub async fn with_policy(server: SocketAddr, policy: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let pass = move |mut request: Request<Body>| {
        let client = client.clone();
        async move {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let url: Uri = format!("http://{server}{path}").parse().expect("a URL");
            *request.uri_mut() = url;
            let mut response = client.request(request).await.expect("the server answers");
            response.headers_mut().append(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            response.map(Body::new)
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass)).await });
    address
}
