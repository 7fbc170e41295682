//! A stored file that was removed, asked for in every way: the visitor is told so, and nothing failed.

use std::collections::BTreeSet;

use axum::body::to_bytes;
use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Log, Reply, TestApp};
use futures_util::stream;

#[state]
#[derive(Default)]
struct Shelf {
    clicks: u32,
}

#[state]
impl Shelf {
    #[event]
    fn link(&self) -> Download {
        Download::stored("photo.jpg")
    }

    #[event]
    fn renamed(&self) -> Download {
        Download::stored("photo.jpg").filename("photo.jpg").inline()
    }

    #[event]
    fn by_url(&self) -> Download {
        Download::url(upload_url("photo.jpg"))
    }

    #[event]
    fn event(&mut self) -> Download {
        self.clicks += 1;
        Download::stored("photo.jpg")
    }

    #[event]
    fn archive(&self) -> Download {
        archive()
    }

    #[event]
    fn archive_of_event(&mut self) -> Download {
        self.clicks += 1;
        archive()
    }

    /// Nobody knows how long it will be, so nothing had to be asked for its length.
    #[event]
    fn archive_with_stream(&self) -> Download {
        let stream = Download::stream(stream::iter(["streamed"].map(Ok::<_, std::io::Error>)));
        Download::zip([stream.filename("first.txt"), Download::zip([Download::stored("photo.jpg")])])
    }
}

fn archive() -> Download {
    Download::zip([Download::data("first").filename("first.txt"), Download::stored("photo.jpg")])
}

async fn page(shelf: Current<Shelf>) -> View {
    view![
        heading("Clicks ", shelf.clicks),
        link(href = upload_url("photo.jpg"), "Address"),
        button(on_click = Shelf::link, "Link"),
        button(on_click = Shelf::renamed, "Renamed"),
        button(on_click = Shelf::by_url, "By URL"),
        button(on_click = Shelf::archive, "Archive"),
        button(on_click = Shelf::archive_with_stream, "Archive with stream"),
        button(on_click = Shelf::event, "Event"),
        button(on_click = Shelf::archive_of_event, "Archive of event"),
    ]
}

fn assert_is_gone(reply: &Reply, how: &str) {
    assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{how}: {}", reply.text());
    assert!(reply.text().contains("The file “photo.jpg” is not there any more."), "{how}: {}", reply.text());
}

#[tokio::test]
async fn a_file_that_was_removed_is_not_there_and_no_alarm() {
    let log = Log::record();
    let app = TestApp::new(Router::new().route("/", get(page)));
    app.files().keep("photo.jpg", "a photo");
    let mut visitor = app.visitor().await;
    app.files().remove("photo.jpg");
    for link in ["Address", "Link", "Renamed", "Archive", "Archive with stream"] {
        let reply = visitor.click(link).await;
        assert_is_gone(&reply, link);
        assert!(reply.header("content-type").starts_with("text/html"), "{link}: it is a page");
    }
    for event in ["Event", "Archive of event"] {
        let reply = visitor.click(event).await;
        assert_is_gone(&reply, event);
        assert_eq!(reply.code(), "storage.file-gone", "{event}");
    }
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Clicks 0", "a download that failed has changed nothing");
    let log = log.text();
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
    assert!(log.contains("photo.jpg"), "{log}");
    assert!(app.spool_is_empty());
}

/// It was there when the page offered it to be fetched.
#[tokio::test]
pub(super) async fn a_file_that_is_removed_before_it_is_fetched_is_not_there() {
    let log = Log::record();
    let app = TestApp::new(Router::new().route("/", get(page)));
    app.files().keep("photo.jpg", "a photo");
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Event").await;
    let url = reply.actions()[0]["url"].as_str().expect("a link").to_owned();
    app.files().remove("photo.jpg");
    assert_is_gone(&visitor.get(&url).await, "fetched");
    assert!(!log.text().contains("ERROR"), "{}", log.text());
}

#[tokio::test]
pub(super) async fn an_address_that_was_never_signed_says_nothing_of_files() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    // Only what is there is signed.
    let led = visitor.click("By URL").await.header("location").to_owned();
    for url in ["/_upload/photo.jpg?signature=AAAA", &led] {
        let reply = visitor.get(url).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{url}");
        assert!(!reply.text().contains("photo.jpg"), "{}", reply.text());
    }
}

/// The archive is on its way by then: it breaks off, and the log says why.
#[tokio::test]
async fn a_file_that_is_removed_while_its_archive_is_sent_breaks_it_off() {
    #[state]
    #[derive(Default)]
    struct Slow;
    #[state]
    impl Slow {
        #[event]
        fn archive(&self) -> Download {
            let names = ["first.txt", "photo.jpg"];
            let removing = |name| {
                // Only now is it looked for.
                let _ = std::fs::remove_file(upload_dir().join("photo.jpg"));
                Ok::<_, std::io::Error>(Download::stored(name))
            };
            Download::zip_stream(stream::iter(names.map(removing)))
        }
    }
    async fn slow() -> View {
        view![button(on_click = Slow::archive, "Archive")]
    }
    let log = Log::record();
    let app = TestApp::new(Router::new().route("/", get(slow)));
    let large = "x".repeat(400_000);
    app.files().keep("first.txt", large);
    app.files().keep("photo.jpg", "a photo");
    let response = app.followed("Archive").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err(), "to hyper that is the end of the connection");
    let log = log.text();
    let levels: BTreeSet<&str> = ["ERROR", "WARN"].into_iter().filter(|level| log.contains(level)).collect();
    assert!(levels.is_empty() && log.contains("photo.jpg"), "{log}");
}
