//! How much memory documents take that are open, what a stranger sends, and pictures that are rewritten.

mod states;

use std::alloc::System;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use bytes::Bytes;
use filekit::prelude::*;
use filekit_tests::{Site, TestApp};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::sync::Mutex;
use tower::ServiceExt as _;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is allocated is counted for the whole program, so tests take turns.
static TURN: Mutex<()> = Mutex::const_new(());

const DOCUMENTS: usize = 1_000;

/// 10,000 of them, each followed, are to fit into 100 MiB.
const FOLLOWED: usize = (100 << 20) / 10_000;

/// What is remembered of 100,000 of them is to fit into the 128 MiB that there are for it.
const REMEMBERED: usize = (128 << 20) / 100_000;

#[state]
struct Files {
    files: Vec<StoredFile>,
}

impl Default for Files {
    fn default() -> Self {
        let file = |id: u64| {
            let key = format!("holiday-{id}.7k2mq9xwh3dp.jpeg");
            let file = serde_json::json!({ "key": key, "size": id, "mime": "image/jpeg", "modified": 0 });
            serde_json::from_value(file).expect("a stored file")
        };
        Self { files: (0..100).map(file).collect() }
    }
}

#[state]
impl Files {
    #[event]
    fn delete(&mut self, key: String) {
        self.files.retain(|file| file.key() != key);
    }
}

async fn page(files: Current<Files>) -> View {
    view![
        heading("Files"),
        table(tbody(for file in &files.files {
            tr(
                td(link(href = file.url(), file.name())),
                td(button(on_click = Files::delete(file.key().to_owned()), "Delete")),
            )
        })),
    ]
}

/// A document as its browser knows it.
struct Document {
    cookie: String,
    instance: String,
}

impl Document {
    /// Opens one as a visitor who has not been here.
    async fn open(pages: &Router) -> Self {
        let request = Request::get("/").header(header::HOST, "filekit.test").body(Body::empty()).expect("a request");
        let Ok(response) = pages.clone().oneshot(request).await;
        let cookie = response.headers()[header::SET_COOKIE].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a name and a value").to_owned();
        let bytes = response.into_body().collect().await.expect("the whole body arrives").to_bytes();
        let markup = str::from_utf8(&bytes).expect("text");
        assert_eq!(markup.matches("<tr>").count(), 100);
        let (_, behind) = markup.split_once("data-filekit-instance=\"").expect("a page instance");
        let (instance, _) = behind.split_once('"').expect("an end");
        Self { cookie, instance: instance.to_owned() }
    }

    /// Follows the visitor's state until something changes.
    async fn follow(&self, pages: &Router) -> BodyDataStream {
        let request = Request::get(format!("/_filekit/live?page=%2F&instance={}", self.instance));
        let request = request.header(header::HOST, "filekit.test").header(header::COOKIE, &self.cookie);
        let Ok(events) = pages.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
        let mut events = events.into_body().into_data_stream();
        for expected in ["retry: 1000\n\n", ":\n\n"] {
            let said = events.next().await.expect("it goes on").expect("a piece");
            assert_eq!(said, expected.as_bytes());
        }
        assert!(events.next().now_or_never().is_none());
        events
    }
}

fn taken_since(region: &Region<'_, System>) -> usize {
    let change = region.change();
    change.bytes_allocated - change.bytes_deallocated
}

#[tokio::test]
async fn ten_thousand_open_documents_of_a_hundred_rows_would_fit_into_100_mib() {
    let _turn = TURN.lock().await;
    let app = TestApp::new(Router::new().route("/", get(page)));
    let Site::Router(pages) = app.site() else { unreachable!("it is in this process") };
    // What is made for the first one and kept for all does not count.
    let first = Document::open(&pages).await;
    let _first = first.follow(&pages).await;

    let mut documents = Vec::with_capacity(DOCUMENTS);
    let region = Region::new(ALLOCATOR);
    for _ in 0..DOCUMENTS {
        documents.push(Document::open(&pages).await);
    }
    let known_by_browsers: usize =
        documents.iter().map(|known| known.cookie.capacity() + known.instance.capacity()).sum();
    let remembered = (taken_since(&region) - known_by_browsers) / DOCUMENTS;
    assert!(remembered <= REMEMBERED, "of each document {remembered} bytes are remembered");

    let mut followed = Vec::with_capacity(DOCUMENTS);
    for document in &documents {
        followed.push(document.follow(&pages).await);
    }
    let each = (taken_since(&region) - known_by_browsers) / DOCUMENTS;
    assert!(each <= FOLLOWED, "each document that is followed takes {each} bytes");
}

/// A form as a browser sends it, of a stranger, with `fields` in front of a button that was not offered.
fn form_of_a_stranger(fields: &str) -> Request<Body> {
    let request = Request::post("/_filekit/form?page=%2F").header(header::HOST, "filekit.test");
    let request = request.header(header::ORIGIN, "http://filekit.test");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(format!("{fields}filekit-call=made-up"))).expect("a request")
}

#[tokio::test]
async fn a_form_of_a_stranger_takes_no_more_memory_than_its_bytes_whatever_they_are() {
    let _turn = TURN.lock().await;
    let app = TestApp::new(Router::new().route("/", get(page)));
    let Site::Router(pages) = app.site() else { unreachable!("it is in this process") };
    let fields = ["a=&".repeat(330_000), "=&".repeat(500_000), format!("a={}&", "%FF".repeat(340_000)), String::new()];
    for fields in fields {
        let request = form_of_a_stranger(&fields);
        let region = Region::new(ALLOCATOR);
        let Ok(response) = pages.clone().oneshot(request).await;
        let allocated = region.change().bytes_allocated;
        assert!(response.status().is_client_error(), "{}", response.status());
        let most = 3 * fields.len() + (64 << 10);
        assert!(allocated <= most, "{allocated} bytes for {}: {:?}", fields.len(), &fields[..fields.len().min(8)]);
    }
}

#[state]
#[derive(Default)]
struct Album {
    photos: Vec<StoredFile>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, photo: UploadFile) -> Result<()> {
        self.photos.push(photo.save().await?);
        Ok(())
    }
}

async fn album(album: Current<Album>) -> View {
    view![
        upload(id = "photos", strip_metadata = true, sha256 = true, "Photos"),
        button(on_click = Album::keep(upload_files("photos")), "Keep"),
        album.photos.len(),
    ]
}

/// A chunk of a PNG. Its sum is wrong, which is for decoders to find out.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Bytes {
    let length = u32::try_from(data.len()).expect("a short chunk");
    [&length.to_be_bytes()[..], kind, data, b"sum."].concat().into()
}

#[tokio::test]
async fn a_picture_is_not_held_in_memory_while_its_metadata_is_taken_out() {
    const CHUNKS: usize = 64;
    const MOST: usize = 2 << 20;
    let _turn = TURN.lock().await;
    let app = TestApp::new(Router::new().route("/", get(album)));
    let mut visitor = app.visitor().await;
    let image = chunk(b"IDAT", &[7; 1 << 20]);
    let note = chunk(b"tEXt", b"Comment\0here");
    let head = [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &[8; 13])[..]].concat();
    let mut pieces = vec![Bytes::from(head), note.clone()];
    pieces.extend(std::iter::repeat_n([image.clone(), note.clone()], CHUNKS).flatten());
    pieces.push(chunk(b"IEND", b""));

    let mut plan = visitor.plan("photos", &[("a.png", b"")]);
    plan["files"][0]["size"] = pieces.iter().map(Bytes::len).sum::<usize>().into();
    let mut request = visitor.plan_with_bytes(&plan, b"");
    let plan = format!("{plan}\n").into();
    let body = stream::iter(std::iter::once(plan).chain(pieces).map(Ok::<_, std::io::Error>));
    *request.body_mut() = Body::from_stream(body);
    let region = Region::new(ALLOCATOR);
    let reply = visitor.send(request).await;
    let allocated = region.change().bytes_allocated;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let left = app.files().path_of("a.png").metadata().expect("the photo").len();
    assert_eq!(left, (8 + 25 + CHUNKS * image.len() + 12) as u64);
    assert!(allocated <= MOST, "{allocated} bytes in all for a picture of {left}");
}
