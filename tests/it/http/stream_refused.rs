//! An event that refuses what it reads while it arrives, and a browser that looks at answers last, as Firefox does.

use axum::{body::Body, http::header};
use filekit::prelude::*;
use filekit_tests::{Connection, Site, TestApp, Visitor, in_time, patterned};

/// More than is read of what a page would send again.
const LENGTH: usize = 48 << 20;

#[state]
#[derive(Default)]
struct Desk {}

#[state]
impl Desk {
    #[event]
    async fn read(&mut self, mut files: UploadStream) -> Result<()> {
        if let Some(mut file) = files.next_file().await? {
            file.next_chunk().await?;
        }
        Err(Error::user("Not this one."))
    }
}

async fn page(_desk: Current<Desk>) -> View {
    view![upload(id = "all", "Drop here"), button(on_click = Desk::read(upload_files("all")), "Send")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
pub(super) async fn who_looks_at_the_answer_last_sees_why_a_stream_was_refused() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let visitor = Visitor::at(Site::Address(address), "/").await;
    let content = patterned(LENGTH);
    let plan = visitor.plan("all", &[("a.bin", &content)]);
    let begin = [plan.to_string().as_bytes(), b"\n"].concat();
    let mut request = visitor.plan_with_bytes(&plan, b"");
    *request.body_mut() = Body::empty();
    request.headers_mut().insert(header::CONTENT_LENGTH, (begin.len() + LENGTH).into());
    let mut connection = Connection::open(address).await;
    connection.send_head(&request).await;
    connection.send(&begin).await;
    connection.send(&content).await;
    let answer = in_time("the answer", connection.read_until("Not this one.")).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}
