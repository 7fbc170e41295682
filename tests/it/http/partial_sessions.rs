//! Unfinished uploads and the sessions of their visitors.

use axum::http::StatusCode;
use filekit::event::RenewSession;
use filekit::prelude::*;
use filekit_tests::{TestApp, Visitor, patterned};

#[state]
#[derive(Default)]
struct Desk {
    received: Vec<String>,
}

#[state]
impl Desk {
    #[event]
    fn receive(&mut self, files: Vec<UploadFile>) {
        self.received.extend(files.iter().map(|file| format!("{} {}", file.name(), file.size())));
    }

    #[event]
    fn sign_in(&mut self) -> RenewSession {
        RenewSession
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "all", "Drop here"),
        button(on_click = Desk::receive(upload_files("all")), "Send"),
        button(on_click = Desk::sign_in, "Sign in"),
        for name in &desk.received {
            p(name)
        },
    ]
}

async fn sign_in(filekit: FileKit, session: SessionId) -> Result<&'static str> {
    filekit.renew_session(&session).await?;
    Ok("signed in")
}

async fn sign_out(filekit: FileKit, session: SessionId) -> Result<&'static str> {
    filekit.end_session(&session).await?;
    Ok("signed out")
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)).route("/in", get(sign_in)).route("/out", get(sign_out)))
}

/// Begins an upload, and sends most of it.
async fn begin(visitor: &mut Visitor, content: &[u8]) -> String {
    let upload = visitor.begin_upload("all", &[("a.bin", content)]).await;
    let request = visitor.part(&upload, 0, false, content[..70_000].to_vec());
    assert_eq!(visitor.send(request).await.status(), StatusCode::NO_CONTENT);
    upload
}

#[tokio::test]
pub(super) async fn who_signs_in_goes_on_with_what_was_sent_before() {
    let app = app();
    let content = patterned(100_000);
    for by_event in [true, false] {
        let mut visitor = app.visitor().await;
        let upload = begin(&mut visitor, &content).await;
        let stranger = visitor.clone();
        if by_event {
            visitor.click("Sign in").await;
        } else {
            assert_eq!(visitor.get("/in").await.text(), "signed in");
        }
        visitor.open("/").await;
        let asked = visitor.ask(&upload).await;
        assert_eq!((asked.status(), asked.header("upload-offset")), (StatusCode::NO_CONTENT, "70000"));
        let asked = { stranger }.ask(&upload).await;
        assert_eq!(asked.status(), StatusCode::NOT_FOUND, "who only knows the session before has nothing");

        let mut plan = visitor.plan("all", &[("a.bin", &content)]);
        plan["files"][0]["from"] = format!("{}/0", upload.rsplit('/').next().expect("an id")).into();
        let reply = visitor.send(visitor.plan_request(&plan)).await;
        assert_eq!(reply.json()["have"][0], 70_000, "{}", reply.text());
        let request = visitor.part(reply.header("location"), 0, true, content[70_000..].to_vec());
        assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
        visitor.open("/").await;
        assert_eq!(visitor.page().named("p")[0].text(), "a.bin 100000");
    }
}

#[tokio::test]
pub(super) async fn a_session_that_has_ended_has_no_uploads() {
    let app = app();
    let mut visitor = app.visitor().await;
    let upload = begin(&mut visitor, &patterned(100_000)).await;
    visitor.get("/out").await;
    visitor.open("/").await;
    assert_eq!(visitor.ask(&upload).await.status(), StatusCode::NOT_FOUND);
}
