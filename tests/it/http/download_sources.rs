//! What a download can be made of, by link and in a reply: bytes, names, types, and what is wrong with it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use filekit::download::DataUri;
use filekit::image::{DynamicImage, ImageFormat};
use filekit::prelude::*;
use filekit_tests::{Entries, Log, Reply, TestApp, Visitor};
use futures_util::stream;

#[state]
#[derive(Default)]
struct Desk {
    handed_over: u32,
}

#[state]
impl Desk {
    #[event]
    fn link(&self, kind: String) -> Result<Download> {
        made(&kind)
    }

    #[event]
    fn reply(&mut self, kind: String) -> Result<Download> {
        self.handed_over += 1;
        made(&kind)
    }

    #[event]
    async fn replace(&mut self, name: String, files: Vec<UploadFile>) -> Result<Download> {
        for file in files {
            file.save_as(&name).await?;
        }
        Ok(Download::stored(name))
    }

    #[event]
    fn several(&mut self) -> (Download, Toast, Vec<Download>) {
        let more = [Download::data("2").filename("two.txt"), Download::data(large()).filename("three.txt")];
        (Download::data("1").filename("one.txt"), Toast::info("Three files."), more.into())
    }
}

/// More than travels inside of a reply.
fn large() -> String {
    "0123456789".repeat(10_000)
}

fn made(kind: &str) -> Result<Download> {
    let parts = || stream::iter(["1,", "2,", "3"].map(Ok::<_, std::io::Error>));
    Ok(match kind {
        "text" => Download::data("grüße").filename("a.txt"),
        "bytes" => Download::data(vec![0, 159, 146, 150]),
        "value" => Download::data(serde_json::json!({ "a": [1] })),
        "json" => Download::json(&BTreeMap::from([("a", 1)])).filename("map.json"),
        "uri" => Download::data("data:text/csv;base64,MSwyLDM=".parse::<DataUri>()?).filename("uri.csv"),
        "png" => Download::data(DynamicImage::new_rgb8(2, 2)),
        "jpeg" => Download::image(&DynamicImage::new_rgb8(2, 2), ImageFormat::Jpeg).filename("dot.jpg"),
        "stream" => Download::stream(parts()).filename("s.csv"),
        "measured" => Download::stream(parts()).filename("s.csv").length(5),
        "reader" => Download::reader(std::io::Cursor::new("read")).filename("r.txt").mime("text/x-read"),
        "stored" => Download::stored("kept.txt"),
        "renamed" => Download::stored("kept.txt").filename("other.txt").mime("text/markdown"),
        "large" => Download::data(large()).filename("large.txt"),
        "html" => Download::data("<script>alert(1)</script>").filename("page.html").inline(),
        "inline" => Download::data(filekit_tests::PNG).filename("dot.png").inline(),
        "elsewhere" => Download::url("/other"),
        "javascript" => Download::url("javascript:alert(1)"),
        "empty name" => Download::data("x").filename(""),
        "two lines" => Download::data("x").filename("a\r\nset-cookie: b"),
        "no type" => Download::data("x").mime("text/plain\r\nset-cookie: b"),
        "outside" => Download::stored("../secret"),
        "private" => Download::stored(".filekit"),
        "no json" => Download::json(&BTreeMap::from([((1, 2), 3)])),
        "fails at once" => Download::stream(stream::iter([Err::<String, _>(std::io::Error::other("a detail"))])),
        "too short" => Download::stream(parts()).length(6),
        "says why" => Download::stream(stream::iter([Err::<String, _>(Error::user("Nothing today."))])),
        _ => panic!("there is no {kind}"),
    })
}

const GOOD: &[(&str, &[u8], &str, &str)] = &[
    ("text", "grüße".as_bytes(), "text/plain; charset=utf-8", "a.txt"),
    ("bytes", &[0, 159, 146, 150], "application/octet-stream", "download"),
    ("value", br#"{"a":[1]}"#, "application/json; charset=utf-8", "download.json"),
    ("json", br#"{"a":1}"#, "application/json; charset=utf-8", "map.json"),
    ("uri", b"1,2,3", "text/csv; charset=utf-8", "uri.csv"),
    ("stream", b"1,2,3", "text/csv; charset=utf-8", "s.csv"),
    ("measured", b"1,2,3", "text/csv; charset=utf-8", "s.csv"),
    ("reader", b"read", "text/x-read; charset=utf-8", "r.txt"),
    ("stored", b"stored", "text/plain; charset=utf-8", "kept.txt"),
    ("renamed", b"stored", "text/markdown; charset=utf-8", "other.txt"),
];

const BAD: &[&str] =
    &["javascript", "empty name", "two lines", "no type", "outside", "private", "no json", "fails at once"];

async fn page(desk: Current<Desk>) -> View {
    let more = ["png", "jpeg", "large", "html", "inline", "elsewhere", "too short", "says why"];
    let kinds = GOOD.iter().map(|(kind, ..)| *kind).chain(BAD.iter().copied()).chain(more);
    view![
        heading("Handed over ", desk.handed_over),
        for kind in kinds {
            button(on_click = Desk::link(kind.to_owned()), "link ", kind);
            button(on_click = Desk::reply(kind.to_owned()), "reply ", kind);
        },
        upload(id = "files"),
        button(on_click = Desk::replace("replaced.txt".to_owned(), upload_files("files")), "Replace"),
        button(on_click = Desk::several, "Several"),
    ]
}

fn app() -> TestApp {
    let app = TestApp::new(Router::new().route("/", get(page)));
    app.files().keep("kept.txt", "stored");
    app
}

fn assert_is_file(reply: &Reply, kind: &str, bytes: &[u8], mime: &str, name: &str) {
    assert_eq!(reply.status(), StatusCode::OK, "{kind}: {}", reply.text());
    assert_eq!(reply.bytes().as_ref(), bytes, "{kind}");
    assert_eq!(reply.header("content-type"), mime, "{kind}");
    let disposition = reply.header("content-disposition");
    assert_eq!(disposition, format!("attachment; filename=\"{name}\"; filename*=UTF-8''{name}"), "{kind}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{kind}");
    assert!(reply.header("content-security-policy").contains("sandbox"), "{kind}");
    assert!(reply.header("cache-control").starts_with("private"), "{kind}");
}

#[tokio::test]
pub(super) async fn a_link_answers_with_the_file() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (kind, bytes, mime, name) in GOOD {
        let reply = visitor.click(&format!("link {kind}")).await;
        assert_is_file(&reply, kind, bytes, mime, name);
    }
    assert_eq!(visitor.click("link measured").await.header("content-length"), "5");
    assert_eq!(visitor.click("link stored").await.header("accept-ranges"), "bytes");
    let elsewhere = visitor.click("link elsewhere").await;
    assert_eq!((elsewhere.status(), elsewhere.header("location")), (StatusCode::SEE_OTHER, "/other"));
}

#[tokio::test]
pub(super) async fn an_image_is_of_the_format_that_was_chosen() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (kind, mime, name) in [("png", "image/png", "download.png"), ("jpeg", "image/jpeg", "dot.jpg")] {
        let reply = visitor.click(&format!("link {kind}")).await;
        assert_eq!(reply.header("content-type"), mime);
        assert!(reply.header("content-disposition").contains(name), "{kind}");
        let image = filekit::image::load_from_memory(reply.bytes()).expect("an image");
        assert_eq!((image.width(), image.height()), (2, 2), "{kind}");
    }
}

#[tokio::test]
pub(super) async fn only_what_runs_no_script_is_shown() {
    let app = app();
    let mut visitor = app.visitor().await;
    let image = visitor.click("link inline").await;
    assert!(image.header("content-disposition").starts_with("inline; "), "{}", image.header("content-disposition"));
    let html = visitor.click("link html").await;
    assert!(html.header("content-disposition").starts_with("attachment; "), "{}", html.header("content-disposition"));
}

/// The bytes of the only download of a reply, as a browser gets them.
async fn fetched(visitor: &mut Visitor, reply: &Reply, kind: &str) -> (Vec<u8>, String) {
    let actions = reply.actions();
    let [action] = actions.as_slice() else { panic!("{kind}: {actions:?}") };
    assert_eq!(action["action"], "download", "{kind}");
    let name = action["filename"].as_str().unwrap_or_else(|| panic!("{kind}: {action}")).to_owned();
    if let Some(data) = action["data"].as_str() {
        let data: DataUri = format!("data:;base64,{data}").parse().expect("base64");
        return (data.bytes().to_vec(), name);
    }
    let file = visitor.get(action["url"].as_str().expect("a link")).await;
    assert_eq!(file.status(), StatusCode::OK, "{kind}: {}", file.text());
    assert!(file.header("content-disposition").contains(&name), "{kind}");
    (file.bytes().to_vec(), name)
}

#[tokio::test]
pub(super) async fn a_reply_brings_the_file_or_a_link_to_it() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (kind, bytes, _, name) in GOOD {
        let reply = visitor.click(&format!("reply {kind}")).await;
        assert_eq!(reply.status(), StatusCode::OK, "{kind}: {}", reply.text());
        let (data, given) = fetched(&mut visitor, &reply, kind).await;
        assert_eq!((data.as_slice(), given.as_str()), (*bytes, *name), "{kind}");
    }
}

#[tokio::test]
pub(super) async fn what_is_large_is_fetched_once_by_its_visitor() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("reply large").await;
    let action = &reply.actions()[0];
    assert_eq!(action["data"], serde_json::Value::Null, "it does not travel in the reply");
    let url = action["url"].as_str().expect("a link").to_owned();
    assert!(!app.spool_is_empty(), "it waits on the disk");

    let mut somebody_else = app.visitor().await;
    assert_eq!(somebody_else.get(&url).await.status(), StatusCode::NOT_FOUND);

    // A connection that broke: the rest is asked for by range.
    visitor.always_send("range", "bytes=0-9");
    let beginning = visitor.get(&url).await;
    assert_eq!((beginning.status(), beginning.text()), (StatusCode::PARTIAL_CONTENT, "0123456789"));
    visitor.always_send("range", "");

    assert_is_file(&visitor.get(&url).await, "large", large().as_bytes(), "text/plain; charset=utf-8", "large.txt");
    assert!(app.spool_is_empty(), "it is gone when it was fetched");
    assert_eq!(visitor.get(&url).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
pub(super) async fn a_layer_of_the_page_is_asked_again_when_a_file_is_fetched() {
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};
    use axum::response::{IntoResponse as _, Response};
    async fn members(request: Request, next: Next) -> Response {
        match request.headers().contains_key("x-member") {
            true => next.run(request).await,
            false => StatusCode::FORBIDDEN.into_response(),
        }
    }
    let app = TestApp::new(Router::new().route("/", get(page)).layer(from_fn(members)));
    let mut visitor = app.stranger();
    visitor.always_send("x-member", "yes");
    visitor.open("/").await;
    let reply = visitor.click("reply large").await;
    let url = reply.actions()[0]["url"].as_str().expect("a link").to_owned();
    visitor.always_send("x-member", "");
    assert_eq!(visitor.get(&url).await.status(), StatusCode::FORBIDDEN);
    visitor.always_send("x-member", "yes");
    assert_eq!(visitor.get(&url).await.bytes().len(), 100_000);
}

#[tokio::test]
pub(super) async fn what_cannot_be_handed_over_is_logged_and_said() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    for kind in BAD {
        let link = visitor.click(&format!("link {kind}")).await;
        assert_eq!(link.status(), StatusCode::INTERNAL_SERVER_ERROR, "{kind}");
        assert!(link.text().contains("<h1>The download failed</h1>"), "{kind}: {}", link.text());
        let reply = visitor.click(&format!("reply {kind}")).await;
        assert_eq!(
            (reply.status(), reply.code().as_str()),
            (StatusCode::INTERNAL_SERVER_ERROR, "event.failed"),
            "{kind}"
        );
        assert!(log.text().contains(&reply.reference()), "{kind}");
    }
    let log = log.text();
    for detail in ["javascript:alert(1)", "../secret", "a detail", "set-cookie"] {
        assert!(log.contains(detail), "{detail} is not in {log}");
    }
    assert!(!log.contains("\nset-cookie"), "one line each");
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Handed over 0", "a download that failed has changed nothing");
    assert!(app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn a_stream_may_say_what_the_visitor_reads() {
    let app = app();
    let mut visitor = app.visitor().await;
    let link = visitor.click("link says why").await;
    assert_eq!(link.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(link.text().contains("Nothing today."));
    assert_eq!(visitor.click("reply says why").await.message(), "Nothing today.");
    assert_eq!(visitor.click("reply too short").await.code(), "event.failed", "the length was said to be another");
}

#[tokio::test]
pub(super) async fn an_event_hands_over_what_it_has_just_replaced() {
    let app = app();
    let mut visitor = app.visitor().await;
    for text in ["first", "second"] {
        let reply = visitor.upload("files", [("a.txt", text)]).await;
        let (bytes, name) = fetched(&mut visitor, &reply, text).await;
        assert_eq!((bytes.as_slice(), name.as_str()), (text.as_bytes(), "replaced.txt"));
    }
}

#[tokio::test]
pub(super) async fn several_downloads_come_in_their_order() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Several").await;
    let what: Vec<String> =
        reply.actions().iter().map(|action| format!("{} {}", action["action"], action["filename"])).collect();
    let expected =
        [r#""download" "one.txt""#, r#""toast" null"#, r#""download" "two.txt""#, r#""download" "three.txt""#];
    assert_eq!(what, expected);
}

#[tokio::test]
pub(super) async fn without_scripts_the_answer_is_the_file_and_several_are_an_archive() {
    let app = app();
    let mut visitor = app.visitor().await;
    let large_one = visitor.submit("reply large", Entries::new()).await;
    assert_is_file(&large_one, "large", large().as_bytes(), "text/plain; charset=utf-8", "large.txt");
    let stored = visitor.submit("reply renamed", Entries::new()).await;
    assert_is_file(&stored, "renamed", b"stored", "text/markdown; charset=utf-8", "other.txt");
    let several = visitor.submit("Several", Entries::new()).await;
    assert_eq!(several.header("content-type"), "application/zip");
    for name in ["one.txt", "two.txt", "three.txt"] {
        let found = several.bytes().windows(name.len()).filter(|bytes| *bytes == name.as_bytes()).count();
        assert_eq!(found, 2, "{name} stands before its content and in the directory");
    }
    let missing = visitor.submit("reply outside", Entries::new()).await;
    assert_eq!(missing.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(missing.text().contains("Handed over 2"), "the page, with the message in it: {}", missing.text());
}
