//! Documents that follow what they show: what a browser asks for, and the events that it gets.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;

use crate::{Connection, Site, Visitor, in_time};

/// The instance and version that the document says.
#[must_use]
pub fn instance(visitor: &Visitor) -> String {
    let body = visitor.page().named("body");
    body[0].attribute("data-filekit-instance").expect("an instance").to_owned()
}

/// The request of a document of the page at `path` that follows.
#[must_use]
pub fn live_request(visitor: &Visitor, path: &str, instance: &str) -> Request<Body> {
    let cookies: Vec<String> = visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let page = path.replace('/', "%2F");
    let request = Request::get(format!("/_filekit/live?page={page}&instance={instance}"));
    let request = request.header(header::HOST, "filekit.test").header(header::COOKIE, cookies.join("; "));
    request.header("sec-fetch-site", "same-origin").body(Body::empty()).expect("a request")
}

/// A document that follows, from its beginning on.
///
/// # Panics
///
/// If the site is no address, or the answer is not that of a document that follows.
pub async fn follow(site: &Site, visitor: &Visitor, path: &str, instance: &str) -> Connection {
    let Site::Address(address) = site else { panic!("only a connection can be followed") };
    let mut connection = Connection::open(*address).await;
    let mut request = live_request(visitor, path, instance);
    request.headers_mut().insert(header::HOST, address.to_string().parse().expect("a host"));
    connection.send_head(&request).await;
    let head = connection.read_until("retry: 1000\n\n").await.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/event-stream\r\n"), "{head}");
    connection
}

/// What the next event brings.
///
/// # Panics
///
/// If it is no JSON.
pub async fn next_event(connection: &mut Connection) -> Value {
    in_time("an event", connection.read_until("data: ")).await;
    let event = in_time("its end", connection.read_until("\n\n")).await;
    serde_json::from_str(event.trim_end()).unwrap_or_else(|error| panic!("{error} in {event:?}"))
}
