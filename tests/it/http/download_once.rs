//! A download that waits to be fetched, over a socket: it is there for one whole download, and no more.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use filekit::prelude::*;
use filekit_tests::{Connection, Site, TestApp, Visitor};

/// More than sockets hold, so that a server is not done with it before somebody reads.
const LARGE: usize = 24 << 20;

#[state]
#[derive(Default)]
struct Desk {
    made: u32,
}

#[state]
impl Desk {
    #[event]
    fn export(&mut self, size: usize) -> Download {
        self.made += 1;
        Download::data("0123456789".repeat(size / 10)).filename("export.txt")
    }

    #[event]
    fn stored(&mut self, name: String) -> Download {
        self.made += 1;
        Download::stored(name)
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        heading("Made ", desk.made),
        button(on_click = Desk::export(100_000_usize), "Export"),
        button(on_click = Desk::export(LARGE), "Large"),
        button(on_click = Desk::stored("empty.txt".to_owned()), "Empty"),
        button(on_click = Desk::stored("short.txt".to_owned()), "Short"),
    ]
}

/// A visitor over HTTP who has clicked a button, and the link that waits for them.
async fn waiting(address: SocketAddr, button: &str) -> (Visitor, String) {
    let mut visitor = Visitor::at(Site::Address(address), "/").await;
    let reply = visitor.click(button).await;
    let url = reply.actions()[0]["url"].as_str().expect("a link").to_owned();
    (visitor, url)
}

fn app() -> TestApp {
    let app = TestApp::new(Router::new().route("/", get(page)));
    app.files().keep("empty.txt", "");
    app.files().keep("short.txt", "short");
    app
}

#[tokio::test]
pub(super) async fn a_link_for_once_answers_once() {
    for button in ["Export", "Large", "Empty", "Short"] {
        let app = app();
        let (mut visitor, url) = waiting(app.listen().await, button).await;
        let mut statuses = Vec::new();
        for _ in 0..5 {
            statuses.push(visitor.get(&url).await.status());
        }
        let gone = StatusCode::NOT_FOUND;
        assert_eq!(statuses, [StatusCode::OK, gone, gone, gone, gone], "{button}");
        assert!(app.spool_is_empty(), "{button}: nothing lies on the disk");
    }
}

#[tokio::test]
pub(super) async fn a_look_at_the_head_uses_nothing_up() {
    let app = app();
    let (mut visitor, url) = waiting(app.listen().await, "Export").await;
    visitor.always_send("range", "bytes=0-9");
    assert_eq!(visitor.get(&url).await.status(), StatusCode::PARTIAL_CONTENT);
    visitor.always_send("range", "");
    assert_eq!(visitor.get(&url).await.bytes().len(), 100_000);
    assert_eq!(visitor.get(&url).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
pub(super) async fn a_download_that_broke_off_goes_on() {
    let app = app();
    let address = app.listen().await;
    let (mut visitor, url) = waiting(address, "Large").await;
    for _ in 0..2 {
        let cookies: Vec<String> = visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(&url).header("host", address.to_string()).header("cookie", cookies.join("; "));
        let mut connection = Connection::open(address).await;
        connection.send_head(&request.body(Body::empty()).expect("a request")).await;
        connection.read_until("0123456789").await;
    }
    assert!(!app.spool_is_empty(), "it still waits");
    visitor.always_send("range", "bytes=10-");
    let rest = visitor.get(&url).await;
    assert_eq!((rest.status(), rest.bytes().len()), (StatusCode::PARTIAL_CONTENT, LARGE / 10 * 10 - 10));
    assert!(app.spool_is_empty(), "the last byte was fetched");
}
