//! Events that take long: they outlive the connection of their sender, and run once.

use std::net::SocketAddr;
use std::sync::Arc;

use filekit::axum::Extension;
use filekit::prelude::*;
use filekit_tests::{Connection, TestApp, in_time};
use tokio::sync::{Notify, Semaphore};

use super::endpoint;
use super::raw::{Client, LAST, VERSIONS};

/// What an event waits for.
struct Gate {
    come: Semaphore,
    open: Semaphore,
    gone: Notify,
}

impl Default for Gate {
    fn default() -> Self {
        Self { come: Semaphore::new(0), open: Semaphore::new(0), gone: Notify::new() }
    }
}

/// Tells the gate when it is dropped.
struct Gone(Arc<Gate>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.gone.notify_one();
    }
}

#[state]
#[derive(Default)]
struct Slow {
    files: Vec<String>,
}

#[state]
impl Slow {
    #[event]
    async fn take(&mut self, file: UploadFile, #[extract] Extension(gate): Extension<Arc<Gate>>) -> Result<()> {
        let _gone = Gone(Arc::clone(&gate));
        gate.come.add_permits(1);
        gate.open.acquire().await.expect("it is never closed").forget();
        self.files.push(file.name().to_string());
        Ok(())
    }
}

async fn page(slow: Current<Slow>) -> View {
    view![
        upload(id = "files", "Drop here"),
        code(id = "any", upload_endpoint(Slow::take(upload_files("files")))),
        for file in &slow.files {
            link(href = "/", file)
        },
    ]
}

struct Desk {
    app: TestApp,
    gate: Arc<Gate>,
    address: SocketAddr,
}

impl Desk {
    async fn new() -> Self {
        let gate = Arc::<Gate>::default();
        let pages = Router::new().route("/", get(page)).layer(Extension(Arc::clone(&gate)));
        let app = TestApp::new(pages);
        let address = app.listen_bare().await;
        Self { app, gate, address }
    }

    fn client(&self) -> Client {
        Client { address: self.address, version: VERSIONS[2] }
    }

    async fn has_begun(&self) {
        in_time("that the event has begun", self.gate.come.acquire()).await.expect("open").forget();
    }
}

/// Sends the last bytes of an upload, and hangs up when the event runs. Returns the URL of the upload.
async fn send_and_hang_up(desk: &Desk, endpoint: &str) -> String {
    let client = desk.client();
    let url = client.create(endpoint, "Upload-Length: 5\r\n").await;
    let mut connection = Connection::open(desk.address).await;
    let head = format!(
        "PATCH {url} HTTP/1.1\r\nHost: a.test\r\n{}{LAST}Upload-Offset: 0\r\n\
         Content-Type: application/partial-upload\r\nContent-Length: 5\r\n\r\nhello",
        client.version
    );
    connection.send(head.as_bytes()).await;
    desk.has_begun().await;
    url
}

#[tokio::test]
async fn who_asks_while_the_event_runs_is_answered_after_it_and_it_runs_once() {
    let desk = Desk::new().await;
    let mut visitor = desk.app.visitor().await;
    let url = send_and_hang_up(&desk, &endpoint(&visitor, "any")).await;
    let client = desk.client();
    let (asked, again, ()) = tokio::join!(client.head(&url), client.append(&url, 5, LAST, b""), async {
        desk.gate.open.add_permits(1);
    });
    // The older of the two may be ended by the newer one.
    let statuses = [asked.status, again.status];
    assert!(statuses.iter().all(|status| matches!(status, 200 | 204 | 409)), "{asked:?} {again:?}");
    client.head(&url).await.assert(204, "?1", "5");
    client.append(&url, 5, LAST, b"").await.assert(200, "?1", "5");
    visitor.open("/").await;
    assert_eq!(visitor.page().links(), ["a.bin"]);
    assert_eq!(desk.gate.come.available_permits(), 0, "it has begun once");
}

#[tokio::test]
async fn an_upload_that_is_ended_ends_its_event() {
    let desk = Desk::new().await;
    let mut visitor = desk.app.visitor().await;
    let url = send_and_hang_up(&desk, &endpoint(&visitor, "any")).await;
    assert_eq!(desk.client().send("DELETE", &url, "", b"").await.status, 204);
    in_time("that the event is gone", desk.gate.gone.notified()).await;
    assert_eq!(desk.client().head(&url).await.status, 404);
    visitor.open("/").await;
    assert_eq!(visitor.page().links(), [""; 0]);
    assert!(desk.app.spool_is_empty(), "{:?}", desk.app.files().spooled());
}
