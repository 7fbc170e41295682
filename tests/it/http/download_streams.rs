//! Downloads that are sent while they are made: early, in little memory, and never cut short without a word.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Extension;
use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use filekit::prelude::*;
use filekit_tests::{Connection, Log, Site, TestApp, Visitor, until};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use tower::ServiceExt as _;

#[state]
#[derive(Default)]
struct Desk {
    used: u32,
}

type Piece = Result<Bytes, std::io::Error>;

/// What a test gives the stream.
#[derive(Clone, Debug)]
struct Source {
    chunks: Arc<Mutex<Option<mpsc::Receiver<Piece>>>>,
    dropped: Arc<AtomicUsize>,
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[state]
impl Desk {
    #[event]
    fn given(&self, #[extract] source: Extension<Source>) -> Download {
        let mut chunks = source.chunks.lock().unwrap().take().expect("one stream for one test");
        let counted = Counted(Arc::clone(&source.dropped));
        Download::stream(stream::poll_fn(move |context| {
            let _ = &counted;
            chunks.poll_recv(context)
        }))
    }

    #[event]
    fn endless(&self, #[extract] source: Extension<Source>) -> Download {
        let counted = Counted(Arc::clone(&source.dropped));
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        Download::stream(stream::repeat(chunk).map(move |chunk| {
            let _ = &counted;
            Ok::<_, std::io::Error>(chunk)
        }))
    }

    #[event]
    fn of_wrong_length(&self, length: u64) -> Download {
        // Pending before each, so that they go out one by one.
        let pieces = stream::iter(["1", "2", "3"]).then(async |piece| {
            tokio::task::yield_now().await;
            Ok::<_, std::io::Error>(piece)
        });
        Download::stream(pieces).length(length)
    }

    #[event]
    fn panics(&self) -> Download {
        let first = stream::iter([Ok::<_, std::io::Error>("some")]);
        let second = stream::once(async {
            tokio::task::yield_now().await;
            panic!("in the middle")
        });
        Download::stream(first.chain(second))
    }

    #[event]
    fn spools(&mut self, #[extract] source: Extension<Source>) -> Download {
        self.used += 1;
        self.given(source)
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        heading("Used ", desk.used),
        button(on_click = Desk::given, "Given"),
        button(on_click = Desk::endless, "Endless"),
        button(on_click = Desk::of_wrong_length(2), "Too long"),
        button(on_click = Desk::of_wrong_length(4), "Too short"),
        button(on_click = Desk::panics, "Panics"),
        button(on_click = Desk::spools, "Spools"),
    ]
}

struct Setting {
    app: TestApp,
    sender: mpsc::Sender<Piece>,
    dropped: Arc<AtomicUsize>,
}

fn setting() -> Setting {
    let (sender, receiver) = mpsc::channel(1);
    let dropped = Arc::new(AtomicUsize::new(0));
    let source = Source { chunks: Arc::new(Mutex::new(Some(receiver))), dropped: Arc::clone(&dropped) };
    let app = TestApp::new(Router::new().route("/", get(page)).layer(Extension(source)));
    Setting { app, sender, dropped }
}

/// A connection on which a link was followed.
async fn followed(app: &TestApp, text: &str) -> Connection {
    let address = app.listen().await;
    let visitor = Visitor::at(Site::Address(address), "/").await;
    let cookies: Vec<String> = visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::get(visitor.page().href(text)).header("host", address.to_string());
    let request = request.header("cookie", cookies.join("; ")).body(Body::empty()).expect("a request");
    let mut connection = Connection::open(address).await;
    connection.send_head(&request).await;
    connection
}

#[tokio::test]
pub(super) async fn the_first_bytes_come_before_the_last_are_made() {
    let Setting { app, sender, .. } = setting();
    let mut connection = followed(&app, "Given").await;
    sender.send(Ok("first".into())).await.expect("it is read");
    let answer = connection.read_until("first\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    sender.send(Ok("second".into())).await.expect("it is read");
    connection.read_until("second\r\n").await;
    drop(sender);
    connection.read_until("0\r\n\r\n").await;
}

#[tokio::test]
pub(super) async fn an_error_in_the_middle_breaks_the_connection() {
    let log = Log::record();
    let Setting { app, sender, .. } = setting();
    let mut connection = followed(&app, "Given").await;
    sender.send(Ok("first".into())).await.expect("it is read");
    connection.read_until("first\r\n").await;
    sender.send(Err(std::io::Error::other("a detail"))).await.expect("it is read");
    assert_eq!(connection.read_to_end().await, "", "no chunk that ends the file");
    assert!(log.text().contains("a detail"), "{}", log.text());
}

#[tokio::test]
pub(super) async fn a_length_that_was_said_holds() {
    for text in ["Too long", "Too short"] {
        let log = Log::record();
        let Setting { app, .. } = setting();
        let mut connection = followed(&app, text).await;
        let answer = connection.read_to_end().await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        assert!(body.len() < 4 && !answer.contains(&format!("content-length: {}\r", body.len())), "{text}: {answer:?}");
        assert!(log.text().contains("were said"), "{text}: {}", log.text());
    }
}

#[tokio::test]
pub(super) async fn a_panic_in_the_middle_breaks_the_connection_and_nothing_else() {
    let log = Log::record();
    let Setting { app, .. } = setting();
    let mut connection = followed(&app, "Panics").await;
    let answer = connection.read_to_end().await;
    assert!(!answer.ends_with("0\r\n\r\n"), "no chunk that ends the file: {answer:?}");
    assert!(log.text().contains("in the middle"), "{}", log.text());
    app.visitor().await;
}

#[tokio::test]
pub(super) async fn a_reader_who_leaves_ends_the_stream() {
    let Setting { app, dropped, .. } = setting();
    let mut connection = followed(&app, "Endless").await;
    connection.read_until("xxxx").await;
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(connection);
    until("the stream is dropped", async || (dropped.load(Ordering::SeqCst) == 1).then_some(())).await;
}

#[tokio::test]
pub(super) async fn a_visitor_who_leaves_ends_what_is_still_put_on_the_disk() {
    let Setting { app, sender, dropped } = setting();
    let mut visitor = app.visitor().await;
    let request = visitor.event(&visitor.call_of("Spools"));
    let chunk = Bytes::from(vec![0; 64 * 1024]);
    let spooled = async {
        for _ in 0..8 {
            sender.send(Ok(chunk.clone())).await.expect("it is read");
        }
        until("some is on the disk", async || (!app.spool_is_empty()).then_some(())).await;
    };
    tokio::select! {
        reply = visitor.send(request) => panic!("the stream has no end: {}", reply.text()),
        () = spooled => {}
    }
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    assert!(app.spool_is_empty());
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Used 0");
}

#[tokio::test]
pub(super) async fn a_stream_is_read_as_fast_as_its_reader() {
    let Setting { app, .. } = setting();
    let visitor = app.visitor().await;
    let Site::Router(router) = app.site() else { panic!("an app in this process") };
    let cookies: Vec<String> = visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::get(visitor.page().href("Endless")).header("cookie", cookies.join("; "));
    let Ok(response) = router.oneshot(request.body(Body::empty()).expect("a request")).await;
    let mut body = response.into_body();
    for _ in 0..10 {
        let frame = body.frame().await.expect("there is no end").expect("no error");
        let size = frame.data_ref().map_or(0, Bytes::len);
        assert!((1..=64 * 1024).contains(&size), "{size}");
    }
}
