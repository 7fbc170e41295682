//! Archives of many files: as other programs read them, without a limit, and broken rather than incomplete.

use std::io::{Cursor, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Log, TestApp};
use futures_util::{StreamExt as _, stream};
use zip::ZipArchive;

#[state]
#[derive(Default)]
struct Shelf {
    archives: u32,
}

#[state]
impl Shelf {
    #[event]
    fn all(&self) -> Download {
        archive()
    }

    #[event]
    fn all_at_once(&mut self) -> Download {
        self.archives += 1;
        archive()
    }

    #[event]
    fn very_many(&self) -> Download {
        Download::zip((0..70_000).map(|nth| Download::data("").filename(format!("{nth}"))))
    }

    #[event]
    fn nothing(&self) -> Download {
        Download::zip([])
    }

    #[event]
    fn folders(&self) -> Download {
        Download::zip([
            Download::data("1").filename("2024/May/a.txt"),
            Download::data("2").filename(r"2024\May\a.txt"),
            Download::stored("写真.txt").filename("photos/写真.txt"),
            Download::data("3").filename("photos"),
        ])
    }

    #[event]
    fn outside(&self) -> Download {
        Download::zip([Download::data("1").filename("a/../../b.txt")])
    }

    /// Each entry is as large as all others together may be.
    #[event]
    fn lazy(&self) -> Download {
        let entries = (0..LAZY).map(|nth| {
            MADE.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(Download::data(vec![7; 1 << 20]).filename(format!("{nth}")))
        });
        Download::zip_stream(stream::iter(entries))
    }

    #[event]
    fn lazy_with_a_url(&self) -> Download {
        Download::zip_stream(stream::iter([Ok::<_, std::io::Error>(Download::url("/other"))]))
    }

    #[event]
    fn with_a_url(&self) -> Download {
        Download::zip([Download::url("/other")])
    }

    #[event]
    fn breaking(&self) -> Download {
        broken()
    }

    #[event]
    fn failing(&mut self) -> Download {
        self.archives += 1;
        broken()
    }
}

const LAZY: usize = 100;

/// How many entries of the lazy archive were made.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Its second entry fails when some of it is on its way.
fn broken() -> Download {
    let pieces = stream::iter([Ok("x".repeat(200_000)), Err(std::io::Error::other("a detail"))]);
    let failing = pieces.then(async |piece| {
        // What is made goes out before there is more.
        tokio::task::yield_now().await;
        piece
    });
    Download::zip([Download::data("whole").filename("whole"), Download::stream(failing).filename("half")])
}

fn archive() -> Download {
    let chunks = stream::iter(["strea", "med"].map(Ok::<_, std::io::Error>));
    Download::zip([
        Download::stored("写真.txt"),
        Download::data("1").filename("same.txt"),
        Download::data("2").filename("SAME.txt"),
        Download::json(&[1, 2]),
        Download::stream(chunks).filename("streamed.txt"),
        Download::reader(Cursor::new(vec![7; 300_000])).filename("read.bin"),
        Download::data("").filename("empty"),
        Download::zip([Download::data("deep").filename("deep.txt")]).filename("inner.zip"),
    ])
    .filename("shelf.zip")
}

const NAMES: &[&str] =
    &["写真.txt", "same.txt", "SAME-1.txt", "download.json", "streamed.txt", "read.bin", "empty", "inner.zip"];

async fn page(shelf: Current<Shelf>) -> View {
    view![
        heading("Archives ", shelf.archives),
        button(on_click = Shelf::all, "All"),
        button(on_click = Shelf::all_at_once, "All at once"),
        button(on_click = Shelf::very_many, "Very many"),
        button(on_click = Shelf::nothing, "Nothing"),
        button(on_click = Shelf::with_a_url, "With a URL"),
        button(on_click = Shelf::folders, "Folders"),
        button(on_click = Shelf::outside, "Outside"),
        button(on_click = Shelf::lazy, "Lazy"),
        button(on_click = Shelf::lazy_with_a_url, "Lazy with a URL"),
        button(on_click = Shelf::breaking, "Breaking"),
        button(on_click = Shelf::failing, "Failing"),
    ]
}

fn app() -> TestApp {
    let app = TestApp::new(Router::new().route("/", get(page)));
    app.files().keep("写真.txt", "stored");
    app
}

fn opened(bytes: &[u8]) -> ZipArchive<Cursor<&[u8]>> {
    ZipArchive::new(Cursor::new(bytes)).expect("an archive")
}

/// The content of an entry; reading it checks its sum.
fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive.by_name(name).expect("the entry").read_to_end(&mut bytes).expect("its sum is right");
    bytes
}

#[tokio::test]
pub(super) async fn an_archive_holds_each_entry_under_its_name() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("All").await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(reply.header("content-type"), "application/zip");
    assert!(reply.header("content-disposition").contains("shelf.zip"));
    let mut archive = opened(reply.bytes());
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert_eq!(names, NAMES);
    for (name, bytes) in [
        ("写真.txt", b"stored".as_slice()),
        ("same.txt", b"1"),
        ("SAME-1.txt", b"2"),
        ("download.json", b"[1,2]"),
        ("streamed.txt", b"streamed"),
        ("read.bin", &[7; 300_000]),
        ("empty", b""),
    ] {
        assert_eq!(entry(&mut archive, name), bytes, "{name}");
    }
    let inner = entry(&mut archive, "inner.zip");
    assert_eq!(entry(&mut opened(&inner), "deep.txt"), b"deep");
    assert_eq!(visitor.click("All").await.bytes(), reply.bytes(), "the same entries make the same archive");
}

#[tokio::test]
pub(super) async fn an_archive_of_an_event_that_changes_something_is_fetched() {
    let app = app();
    let mut visitor = app.visitor().await;
    let linked = visitor.click("All").await;
    let reply = visitor.click("All at once").await;
    let url = reply.actions()[0]["url"].as_str().expect("a link").to_owned();
    assert_eq!(visitor.get(&url).await.bytes(), linked.bytes());
    assert!(app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn more_entries_than_the_old_format_counts_are_in_the_new_one() {
    let app = app();
    let reply = app.visitor().await.click("Very many").await;
    let mut archive = opened(reply.bytes());
    assert_eq!(archive.len(), 70_000);
    assert_eq!(entry(&mut archive, "69999"), b"");
}

#[tokio::test]
pub(super) async fn an_archive_may_be_empty() {
    let app = app();
    let reply = app.visitor().await.click("Nothing").await;
    assert_eq!(opened(reply.bytes()).len(), 0);
    assert!(reply.header("content-disposition").contains("download.zip"));
}

#[tokio::test]
pub(super) async fn an_archive_that_cannot_be_made_is_none() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    for text in ["With a URL", "Lazy with a URL", "Outside", "Failing"] {
        assert_eq!(visitor.click(text).await.status(), StatusCode::INTERNAL_SERVER_ERROR, "{text}");
    }
    for detail in ["/other", "a detail"] {
        assert!(log.text().contains(detail), "{detail}: {}", log.text());
    }
    assert!(app.spool_is_empty());
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Archives 0");
}

#[tokio::test]
pub(super) async fn an_entry_that_fails_on_its_way_breaks_the_connection() {
    let log = Log::record();
    let response = app().followed("Breaking").await;
    assert_eq!(response.status(), StatusCode::OK);
    let pieces: Vec<_> = response.into_body().into_data_stream().collect().await;
    assert!(pieces[0].is_ok());
    assert!(pieces.last().is_some_and(Result::is_err), "to hyper that is the end of the connection");
    assert!(log.text().contains("a detail"), "{}", log.text());
}

#[tokio::test]
pub(super) async fn the_length_of_an_archive_is_said_where_it_is_known_and_holds() {
    let app = app();
    let reply = app.visitor().await.click("Very many").await;
    assert_eq!(reply.header("content-length"), reply.bytes().len().to_string());
    let reply = app.visitor().await.click("All").await;
    assert!(!reply.headers().contains_key("content-length"), "nobody knows how much will be streamed");
}

#[tokio::test]
pub(super) async fn folders_of_names_stay() {
    let reply = app().visitor().await.click("Folders").await;
    let mut archive = opened(reply.bytes());
    for (path, content) in [
        ("2024/May/a.txt", b"1".as_slice()),
        ("2024/May/a-1.txt", b"2"),
        ("photos/写真.txt", b"stored"),
        ("photos-1", b"3"),
    ] {
        assert_eq!(entry(&mut archive, path), content, "{path}");
    }
    assert_eq!(archive.len(), 4);
}

#[tokio::test]
pub(super) async fn lazy_entries_are_made_when_their_turn_comes() {
    let response = app().followed("Lazy").await;
    let mut body = response.into_body().into_data_stream();
    let (mut size, mut most_ahead) = (0, 0);
    let mut archive = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.expect("the whole body arrives");
        size += piece.len();
        most_ahead = most_ahead.max(MADE.load(Ordering::SeqCst) - (size >> 20).min(LAZY));
        archive.extend_from_slice(&piece);
    }
    assert!(most_ahead <= 2, "{most_ahead} MiB waited in memory");
    assert_eq!(opened(&archive).len(), LAZY);
}
