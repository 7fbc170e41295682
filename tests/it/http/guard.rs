//! The guard before events and uploads: requests that another site may have made a browser send are refused.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode, header},
};
use filekit::prelude::*;
use filekit_tests::{Multipart, TestApp, Visitor};

#[state]
#[derive(Default)]
struct Door {
    opened: u32,
}

#[state]
impl Door {
    #[event]
    fn open(&mut self) {
        self.opened += 1;
    }

    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            file.save().await?;
            self.opened += 1;
        }
        Ok(())
    }
}

async fn page(door: Current<Door>) -> View {
    view![
        heading("Opened ", door.opened),
        button(on_click = Door::open, "Open"),
        upload(id = "parcel", "Leave a parcel here"),
        button(on_click = Door::take(upload_files("parcel")), "Leave"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

fn upload(visitor: &Visitor) -> Request<Body> {
    let body = Multipart::new(&visitor.upload_call("parcel")).file("parcel", "a.txt", b"hello");
    visitor.upload_request(body.finish())
}

/// Sends an event and an upload, both changed in the same way, and returns the answers' statuses.
async fn statuses(app: &TestApp, change: impl Fn(&mut Request<Body>)) -> [StatusCode; 2] {
    let mut visitor = app.visitor().await;
    let mut event = visitor.event(&visitor.call_of("Open"));
    change(&mut event);
    let mut upload = upload(&visitor);
    change(&mut upload);
    let statuses = [visitor.send(event).await.status(), visitor.send(upload).await.status()];
    let refused = statuses.iter().all(|status| !status.is_success());

    visitor.open("/").await;
    let untouched = visitor.page().named("h2")[0].text() == "Opened 0" && app.stored_names().is_empty();
    assert_eq!(refused, untouched, "what is refused has no effect: {statuses:?}");
    assert!(app.spool_is_empty());
    statuses
}

fn set(name: &'static str, value: &'static str) -> impl Fn(&mut Request<Body>) {
    move |request| {
        let name = HeaderName::from_static(name);
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

#[tokio::test]
async fn requests_of_the_page_itself_pass() {
    let app = app();
    assert_eq!(statuses(&app, |_| {}).await, [StatusCode::OK; 2]);
}

#[tokio::test]
async fn requests_of_the_page_itself_pass_in_older_browsers_too() {
    let app = app();
    assert_eq!(statuses(&app, origin_only("http://filekit.test")).await, [StatusCode::OK; 2]);
}

/// What browsers send that don't know `Sec-Fetch-Site`.
fn origin_only(origin: &'static str) -> impl Fn(&mut Request<Body>) {
    move |request| {
        request.headers_mut().remove("sec-fetch-site");
        set("origin", origin)(request);
    }
}

#[tokio::test]
async fn requests_of_another_origin_are_refused() {
    let app = app();
    for origin in ["http://elsewhere.example", "http://filekit.test:81", "http://filekit.test.example", "filekit.test"]
    {
        assert_eq!(statuses(&app, origin_only(origin)).await, [StatusCode::FORBIDDEN; 2], "{origin}");
    }
}

#[tokio::test]
async fn requests_of_an_unknown_origin_are_refused() {
    let app = app();
    assert_eq!(statuses(&app, origin_only("null")).await, [StatusCode::FORBIDDEN; 2]);
}

#[tokio::test]
async fn requests_that_the_browser_marks_as_cross_site_are_refused() {
    let app = app();
    assert_eq!(statuses(&app, set("sec-fetch-site", "cross-site")).await, [StatusCode::FORBIDDEN; 2]);
    let without_origin = |request: &mut Request<Body>| {
        request.headers_mut().remove(header::ORIGIN);
        set("sec-fetch-site", "cross-site")(request);
    };
    assert_eq!(statuses(&app, without_origin).await, [StatusCode::FORBIDDEN; 2]);
}

#[tokio::test]
async fn a_refusal_has_a_code() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut request = visitor.event(&visitor.call_of("Open"));
    origin_only("http://elsewhere.example")(&mut request);
    let reply = visitor.send(request).await;
    assert_ne!(reply.code(), "");
    assert_ne!(reply.message(), "");
}

#[tokio::test]
async fn forms_of_another_site_cannot_be_taken_for_events() {
    let app = app();
    // What a form can send without asking the server first.
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let mut visitor = app.visitor().await;
        let mut request = visitor.event(&visitor.call_of("Open"));
        set("content-type", kind)(&mut request);
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{kind} answers {}: {}", reply.status(), reply.text());
        visitor.open("/").await;
        assert_eq!(visitor.page().named("h2")[0].text(), "Opened 0", "{kind}");
    }
}

#[tokio::test]
async fn other_methods_do_nothing() {
    let app = app();
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE] {
        let [event, upload] = statuses(&app, |request| *request.method_mut() = method.clone()).await;
        let expected = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND];
        assert!(expected.contains(&event) && expected.contains(&upload), "{method}: {event} {upload}");
    }
}

#[tokio::test]
async fn an_endless_event_is_cut_off() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut call = visitor.call_of("Open");
    call["arguments"] = vec!["x".repeat(1000); 20_000].into();
    let request = visitor.event(&call);
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
