//! Who may send files to an endpoint: whoever has its URL, for as long as it lasts, and as far as the page lets them in.

use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use filekit::event::RenewSession;
use filekit::prelude::*;
use filekit_tests::{Reply, TestApp, Visitor};

use super::{Fields, Inbox, PAPERS, Sender, app, app_with, assert_status, endpoint, inbox, noted};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const WHOLE: [(&str, &str); 3] =
    [("upload-complete", "?1"), ("content-disposition", "inline; filename=\"a.txt\""), ("content-type", "text/plain")];

/// Sends one file.
async fn send(sender: &Sender, url: &str, fields: Fields<'_>) -> Reply {
    sender.send("POST", url, &[&WHOLE, fields].concat(), "hello").await
}

/// Begins an upload of five bytes, and returns the answer.
async fn begin(sender: &Sender, url: &str) -> Reply {
    sender.send("POST", url, &[TUS, ("upload-length", "5"), ("upload-metadata", "filename YS50eHQ=")], "").await
}

async fn end(sender: &Sender, url: &str) -> Reply {
    let fields = [TUS, ("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];
    sender.send("PATCH", url, &fields, "hello").await
}

fn cookie_of(visitor: &Visitor) -> String {
    let cookies: Vec<String> = visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    cookies.join("; ")
}

#[tokio::test]
async fn the_url_is_enough_and_another_visitors_cookie_is_too_much() {
    let app = app();
    let mut visitor = app.visitor().await;
    let stranger = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    assert_status(&send(&sender, &url, &[]).await, 200);
    assert_status(&send(&sender, &url, &[("cookie", &cookie_of(&visitor))]).await, 200);
    assert_status(&send(&sender, &url, &[("cookie", &cookie_of(&stranger))]).await, 403);
    assert_status(&send(&sender, &url, &[("cookie", "theme=dark")]).await, 200);
    let begun = begin(&sender, &url).await;
    let fields = [TUS, ("cookie", &*cookie_of(&stranger))];
    assert_status(&sender.send("HEAD", begun.header("location"), &fields, "").await, 403);
    assert_status(&sender.send("DELETE", begun.header("location"), &fields, "").await, 403);
    assert_status(&end(&sender, begun.header("location")).await, 204);
    assert_eq!(inbox(&mut visitor).await.len(), 4);
    let mut stranger = stranger;
    assert_eq!(inbox(&mut stranger).await, [""; 0]);
}

#[tokio::test]
async fn a_url_that_was_altered_or_made_up_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    let (path, token) = url.split_once('?').expect("a query");
    let other = endpoint(&visitor, "labelled");
    let (_, other) = other.split_once('?').expect("a query");
    let mixed = format!("{}{}", &token[..40], &other[40..]);
    for token in ["", "x", &token[1..], &mixed, &format!("{token}AAAA"), &token.to_ascii_uppercase()] {
        assert_status(&send(&sender, &format!("{path}?{token}"), &[]).await, 403);
        assert_status(&sender.send("OPTIONS", &format!("{path}?{token}"), &[], "").await, 403);
    }
    assert_status(&send(&sender, path, &[]).await, 403);
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
}

#[tokio::test]
async fn the_url_of_a_page_is_the_same_for_a_while() {
    let app = app();
    let mut visitor = app.visitor().await;
    let first = endpoint(&visitor, "any");
    visitor.open("/").await;
    assert_eq!(endpoint(&visitor, "any"), first);
    assert_ne!(endpoint(&app.visitor().await, "any"), first);
}

#[tokio::test]
async fn an_endpoint_that_has_ended_takes_no_new_files() {
    let app = app_with(|kit| kit.endpoint_ttl(Duration::from_secs(2)));
    let mut visitor = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    let begun = begin(&sender, &url).await;
    assert_status(&begun, 201);
    filekit_tests::until("the end", async || {
        (send(&sender, &url, &[]).await.status() == StatusCode::FORBIDDEN).then_some(())
    })
    .await;
    assert_status(&begin(&sender, &url).await, 403);
    let before = inbox(&mut visitor).await.len();
    assert_status(&end(&sender, begun.header("location")).await, 204);
    assert_eq!(inbox(&mut visitor).await.len(), before + 1, "what has begun goes on");
    // The page shows a new one.
    assert_status(&send(&sender, &endpoint(&visitor, "any"), &[]).await, 200);
}

#[state]
#[derive(Default)]
struct Account {}

#[state]
impl Account {
    #[event]
    fn sign_in(&mut self) -> RenewSession {
        RenewSession
    }
}

async fn account(_account: Current<Account>) -> View {
    view![
        upload(id = "files", "Drop here"),
        code(id = "any", upload_endpoint(Inbox::take(upload_files("files")))),
        button(on_click = Account::sign_in, "Sign in"),
    ]
}

async fn sign_out(filekit: FileKit, session: SessionId) -> Result<&'static str> {
    filekit.end_session(&session).await?;
    Ok("Bye.")
}

#[tokio::test]
async fn an_endpoint_ends_with_its_session() {
    let app = TestApp::new(Router::new().route("/", get(account)).route("/bye", get(sign_out)));
    let sender = Sender::new(&app);
    for ends_by in ["Sign in", "/bye"] {
        let mut visitor = app.visitor().await;
        let url = endpoint(&visitor, "any");
        let begun = begin(&sender, &url).await;
        if ends_by.starts_with('/') {
            visitor.get(ends_by).await
        } else {
            visitor.click(ends_by).await
        };
        assert_status(&send(&sender, &url, &[]).await, 403);
        assert_status(&end(&sender, begun.header("location")).await, 403);
        assert!(app.stored_names().is_empty(), "{ends_by}");
    }
}

#[tokio::test]
async fn an_upload_belongs_to_its_endpoint() {
    let app = app();
    let mut visitor = app.visitor().await;
    let sender = Sender::new(&app);
    let [any, labelled] = ["any", "labelled"].map(|id| endpoint(&visitor, id));
    let begun = begin(&sender, &any).await;
    let (_, id) = begun.header("location").split_once("&upload=").expect("an id");
    let moved = format!("{labelled}&upload={id}");
    assert_status(&end(&sender, &moved).await, 404);
    let of_another = format!("{}&upload={id}", endpoint(&app.visitor().await, "any"));
    assert_status(&end(&sender, &of_another).await, 404);
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
}

/// Lets in who has a key.
async fn with_key(request: Request, next: Next) -> Response {
    match request.headers().get("x-key") {
        Some(key) if key == "sesame" => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[tokio::test]
async fn the_layers_of_the_page_are_asked() {
    let app = TestApp::new(Router::new().route("/", get(account)).layer(from_fn(with_key)));
    let mut visitor = app.stranger();
    visitor.always_send("x-key", "sesame");
    visitor.open("/").await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    assert_status(&send(&sender, &url, &[]).await, 401);
    assert_status(&begin(&sender, &url).await, 401);
    assert_status(&send(&sender, &url, &[("x-key", "sesame")]).await, 200);
}

#[tokio::test]
async fn a_page_of_another_site_sends_nothing() {
    let app = app();
    let visitor = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    assert_status(&send(&sender, &url, &[("origin", "http://elsewhere.test")]).await, 403);
    assert_status(&send(&sender, &url, &[("sec-fetch-site", "cross-site")]).await, 403);
    assert_status(&send(&sender, &url, &[("origin", "http://filekit.test")]).await, 200);
}

/// For a program that wants the URL and nothing else.
async fn as_text() -> String {
    upload_endpoint(event_reference!(Inbox::take_paper(upload_files(PAPERS))))
}

#[tokio::test]
async fn a_url_can_be_handed_out_as_text() {
    let app = TestApp::mounted("/app", Router::new().route("/", get(super::page)).route("/url", get(as_text)));
    let mut visitor = app.visitor().await;
    let url = visitor.get("/app/url").await.text().to_owned();
    assert!(url.starts_with("/app/_filekit/endpoint?"), "{url}");
    let sender = Sender::new(&app);
    assert_status(&send(&sender, &url, &[]).await, 200);
    visitor.open("/app").await;
    assert_eq!(visitor.page().links(), [noted("a.txt", b"hello")]);
    // The rules are those that the upload was declared with.
    let small = sender.send("POST", &url, &WHOLE, "h").await;
    assert_status(&small, 422);
    let begun = begin(&sender, &url).await;
    assert!(begun.header("location").starts_with("/app/_filekit/endpoint?"), "{:?}", begun.headers());
    assert_status(&end(&sender, begun.header("location")).await, 204);
}

#[state]
#[derive(Default)]
struct Stream {}

#[state]
impl Stream {
    #[event]
    async fn read(&mut self, _files: UploadStream) {}
}

async fn streamed(_stream: Current<Stream>) -> View {
    view![upload(id = "files", "Drop here"), code(id = "any", upload_endpoint(Stream::read(upload_files("files"))))]
}

#[tokio::test]
async fn an_event_that_reads_while_files_arrive_has_no_endpoint() {
    let app = TestApp::new(Router::new().route("/", get(streamed)));
    let visitor = app.visitor().await;
    let reply = send(&Sender::new(&app), &endpoint(&visitor, "any"), &[]).await;
    assert_status(&reply, 501);
}
