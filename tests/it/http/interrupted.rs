//! Uploads that break off: by a lost connection, or by the death of the server.

use axum::{
    body::Body,
    http::{Request, header},
};
use filekit::prelude::*;
use filekit_tests::{Connection, Multipart, Server, Site, TestApp, UploadDir, Visitor, patterned, until};

#[state]
#[derive(Default)]
struct Inbox {
    received: usize,
}

#[state]
impl Inbox {
    #[event]
    async fn receive(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            file.save().await?;
            self.received += 1;
        }
        Ok(())
    }
}

async fn page(inbox: Current<Inbox>) -> View {
    view![
        heading("Received ", inbox.received),
        upload(id = "file_upload", "Drop here"),
        button(on_click = Inbox::receive(upload_files("file_upload")), "Send"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

const DECLARED: usize = 10_000_000;

/// Sends the first part of an upload and waits until the server has put some of it on the disk.
async fn begin(visitor: &Visitor, site: &Site, files: &UploadDir) -> Connection {
    let Site::Address(address) = site else { panic!("only a connection can break off") };
    let mut connection = Connection::open(*address).await;
    let mut request: Request<Body> = visitor.upload_request(Body::empty());
    request.headers_mut().insert(header::CONTENT_LENGTH, DECLARED.into());
    connection.send_head(&request).await;
    let body = Multipart::new(&visitor.upload_call("file_upload")).file_head("file_upload", "a.bin");
    connection.send(&body.unfinished()).await;
    connection.send(&patterned(DECLARED / 2)).await;
    until("the upload has begun", async || (!files.spool_is_empty()).then_some(())).await;
    connection
}

#[tokio::test]
pub(super) async fn a_lost_connection_leaves_nothing_behind() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    let connection = begin(&visitor, &site, app.files()).await;

    drop(connection);
    until("the spool file is gone", async || app.spool_is_empty().then_some(())).await;
    assert_eq!(app.stored_names(), [""; 0]);
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Received 0");
}

#[tokio::test]
pub(super) async fn what_a_killed_server_left_is_swept_at_the_next_start() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;
    visitor.upload("file_upload", [("kept.txt", "kept")]).await;
    let _connection = begin(&visitor, &server.site(), &files).await;

    server.kill().await;
    assert!(!files.spool_is_empty(), "a killed process can't clean up");
    let server = Server::start(&files).await;
    assert_eq!(files.spooled(), [""; 0]);
    assert_eq!(files.stored_names(), ["kept.txt"], "what was stored stays");
    assert!(server.visitor().await.page().text().contains("Uploaded Files"), "and the server works");
}

#[tokio::test]
pub(super) async fn one_visitors_slow_upload_does_not_keep_others_or_themselves_waiting() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let visitor = Visitor::at(site.clone(), "/").await;
    let _connection = begin(&visitor, &site, app.files()).await;

    // The same visitor in another tab: the state isn't locked while the first body is on its way.
    let mut tab = visitor.clone();
    tab.upload("file_upload", [("b.txt", "b")]).await;
    assert_eq!(tab.page().named("h2")[0].text(), "Received 1");
    let mut other = Visitor::at(site, "/").await;
    other.upload("file_upload", [("c.txt", "c")]).await;
    assert_eq!(other.page().named("h2")[0].text(), "Received 1");
    assert_eq!(app.stored_names(), ["b.txt", "c.txt"]);
}
