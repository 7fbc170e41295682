//! What is remembered of the events of uploads, for those who ask again: of all visitors, whatever one of them does.

use axum::{body::Body, http::StatusCode};
use filekit::prelude::*;
use filekit_tests::{Reply, TestApp, Visitor};

/// As long as the page is in bytes, and more than is remembered of a page.
const LONG: usize = 1 << 20;

#[state]
#[derive(Default)]
struct Inbox {
    received: Vec<String>,
}

#[state]
impl Inbox {
    #[event]
    fn receive(&mut self, files: Vec<UploadFile>) -> Result<Toast> {
        self.received = files.iter().map(|file| file.name().to_string()).collect();
        if self.received == ["refused.txt"] {
            return Err(Error::user("Not this one."));
        }
        Ok(Toast::success("It is here"))
    }
}

async fn page(inbox: Current<Inbox>) -> View {
    view![
        upload(id = "all", "Drop here"),
        button(on_click = Inbox::receive(upload_files("all")), "Send"),
        for name in &inbox.received {
            p(name);
            if name.starts_with("long") {
                p(name.repeat(LONG / name.len()))
            }
        },
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// Sends a file, and returns where it went and the answer.
async fn send(visitor: &mut Visitor, name: &str) -> (String, Reply) {
    let upload = visitor.begin_upload("all", &[(name, b"hello")]).await;
    let request = visitor.part(&upload, 0, true, &b"hello"[..]);
    let reply = visitor.send(request).await;
    (upload, reply)
}

async fn ask_again(visitor: &mut Visitor, upload: &str) -> Reply {
    let request = visitor.part(upload, 5, true, Body::empty());
    visitor.send(request).await
}

#[tokio::test]
pub(super) async fn large_answers_of_one_visitor_drive_out_no_answer_of_another() {
    let app = app();
    let (mut visitor, mut other) = (app.visitor().await, app.visitor().await);
    let (upload, reply) = send(&mut visitor, "a.txt").await;
    for nth in 0..40 {
        let (_, reply) = send(&mut other, &format!("long {nth}.txt")).await;
        assert!(reply.status() == StatusCode::OK && reply.bytes().len() > LONG);
    }
    let again = ask_again(&mut visitor, &upload).await;
    assert_eq!((again.status(), again.text()), (reply.status(), reply.text()));
}

#[tokio::test]
pub(super) async fn who_asks_again_for_a_large_answer_hears_how_it_went_and_which_page_there_is() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (upload, reply) = send(&mut visitor, "long.txt").await;
    let again = ask_again(&mut visitor, &upload).await;
    assert_eq!((again.status(), again.header("upload-complete")), (StatusCode::OK, "?1"));
    let (said, was) = (again.json(), reply.json());
    assert_eq!(said["actions"], was["actions"]);
    let [version, from] = ["version", "from"].map(|name| said["view"][name].as_u64());
    assert_eq!((version, from), (was["view"]["version"].as_u64(), version));
    assert!(again.bytes().len() < 1_000, "{} bytes", again.bytes().len());
}
