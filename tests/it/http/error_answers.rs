//! Errors that the handlers of pages, and layers within the pages, answer with: what is said, and what stays of what was said
//! around them.

use axum::body::Body;
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use axum::http::{Request, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use filekit::prelude::*;
use filekit_tests::{Log, TestApp};

#[state]
#[derive(Default)]
struct Shelf {
    taken: u32,
}

#[state]
impl Shelf {
    #[event]
    fn take(&mut self) {
        self.taken += 1;
    }
}

/// Says something around its error.
async fn busy() -> impl IntoResponse {
    let headers = [(SET_COOKIE, "auth=; Max-Age=0"), (RETRY_AFTER, "7")];
    (StatusCode::TOO_MANY_REQUESTS, headers, Error::user("Seven people are here."))
}

async fn missing() -> Result<View> {
    let source = std::io::Error::other("no row 7 in table shelves");
    Err(Error::with_status(StatusCode::NOT_FOUND, "There is no such shelf.", source))
}

async fn shelf(_: Current<Shelf>) -> View {
    view![button(on_click = Shelf::take(), "Take")]
}

/// Refuses requests with these keys, in several ways.
async fn guard(request: axum::extract::Request, next: Next) -> Response {
    let error = || Error::from(std::io::Error::other("the list of keys is at /srv/keys"));
    match request.headers().get("x-key").map(|key| key.as_bytes()) {
        Some(b"none") => (StatusCode::FORBIDDEN, error()).into_response(),
        Some(b"old") => (StatusCode::SEE_OTHER, [(LOCATION, "/renew")], error()).into_response(),
        Some(b"broken") => error().into_response(),
        _ => next.run(request).await,
    }
}

async fn strict(mut response: Response) -> Response {
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, "max-age=60".parse().expect("a header"));
    response
}

fn app() -> TestApp {
    let pages = Router::new()
        .route("/", get(shelf))
        .route("/busy", get(busy))
        .route("/missing", get(missing))
        .layer(from_fn(guard))
        .layer(axum::middleware::map_response(strict));
    TestApp::new(pages)
}

fn with_key(mut request: Request<Body>, key: &'static str) -> Request<Body> {
    request.headers_mut().insert("x-key", key.parse().expect("a header"));
    request
}

#[tokio::test]
async fn what_is_said_around_an_error_stays() {
    let reply = app().stranger().get("/busy").await;
    assert_eq!(reply.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((reply.header("retry-after"), reply.header("strict-transport-security")), ("7", "max-age=60"));
    assert!(reply.headers().get_all(SET_COOKIE).iter().any(|cookie| cookie == "auth=; Max-Age=0"));
    assert!(reply.text().starts_with("<!doctype html>") && reply.text().contains("Seven people are here."));
    assert_eq!(reply.headers().get_all("content-type").iter().count(), 1);
    assert!(reply.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test]
async fn an_error_with_a_status_says_its_words_and_keeps_its_source_for_the_log() {
    let log = Log::record();
    let reply = app().stranger().get("/missing").await;
    assert_eq!(reply.status(), StatusCode::NOT_FOUND);
    assert!(reply.text().contains("There is no such shelf.") && !reply.text().contains("table"));
    assert_eq!(log.text().matches("no row 7 in table shelves").count(), 1, "{}", log.text());
}

#[tokio::test]
async fn a_layer_that_refuses_with_an_error_is_taken_at_its_status() {
    let mut visitor = app().visitor().await;
    let take = visitor.call_of("Take");
    for (key, status, code) in [("none", 403, "event.extractor-refused"), ("broken", 500, "event.failed")] {
        let reply = visitor.send(with_key(visitor.event(&take), key)).await;
        assert_eq!((reply.status().as_u16(), reply.code().as_str()), (status, code), "{key}");
        assert!(!reply.text().contains("/srv"), "{}", reply.text());
    }
    let reply = visitor.send(with_key(visitor.event(&take), "old")).await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert!(reply.text().contains("/renew"), "{}", reply.text());
}
