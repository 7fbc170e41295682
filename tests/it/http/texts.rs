//! Fixed texts in other words: where they come out, and which are refused.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Entries, TestApp, UploadDir};
use serde_json::json;

#[state]
#[derive(Default)]
struct Inbox {}

#[state]
impl Inbox {
    #[event]
    fn take(&mut self, files: Vec<UploadFile>) {
        drop(files);
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        Err(std::io::Error::other("for the log"))?
    }
}

async fn page() -> View {
    view![
        upload(id = "files", max_size = 3, "Files"),
        button(on_click = Inbox::take(upload_files("files")), "Send"),
        button(on_click = Inbox::fail, "Fail"),
        button(on_click = Download::url(unsafe_url()), "Gone"),
    ]
}

/// One that is refused when the page is made: a literal would be when it is compiled.
fn unsafe_url() -> String {
    "javascript:alert(1)".to_owned()
}

async fn broken() -> Result<View> {
    Err(std::io::Error::other("for the log"))?
}

fn app(lang: &'static str, texts: &'static [(&'static str, &'static str)]) -> TestApp {
    let pages = Router::new().route("/", get(page)).route("/broken", get(broken));
    TestApp::with(pages, |kit| kit.lang(lang).texts(texts.iter().copied()))
}

const HEBREW: &[(&str, &str)] = &[
    ("upload.too-large", "{name}: {limit}!"),
    ("event.failed", "תקלה"),
    ("event.capability-refused", "פג תוקף"),
    ("client.done", "it's \"done\""),
    ("client.notifications", "הודעות"),
    ("client.reference", "סימן {reference}"),
    ("page.failed", "<תקלה>"),
    ("download.not-available", "אין הורדה"),
];

#[tokio::test]
async fn refusals_speak_the_language_of_the_program() {
    let app = app("he", HEBREW);
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("files", [("a.txt", "1234")]).await;
    assert_eq!((reply.code().as_str(), reply.message().as_str()), ("upload.too-large", "a.txt: 3 B!"));
    let page = visitor.get("/").await;
    assert!(page.text().contains("אין הורדה"), "what stands in place of the download: {}", page.text());
    let reply = visitor.click("Fail").await;
    assert_eq!((reply.code().as_str(), reply.message().as_str()), ("event.failed", "תקלה"));
    let mut call = visitor.call_of("Fail");
    call["capability"] = json!("x");
    let request = visitor.event(&call);
    assert_eq!(visitor.send(request).await.message(), "פג תוקף");
}

#[tokio::test]
async fn documents_speak_it_too() {
    let app = app("he", HEBREW);
    let mut visitor = app.visitor().await;
    let html = visitor.page().named("html")[0].clone();
    assert_eq!((html.attribute("lang"), html.attribute("dir")), (Some("he"), Some("rtl")));
    let reply = visitor.submit("Fail", Entries::new()).await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.text().contains("aria-label=\"הודעות\"") && reply.text().contains("סימן "), "{}", reply.text());
    let reply = visitor.get("/broken").await;
    assert!(reply.text().contains("<html lang=\"he\" dir=\"rtl\">"), "{}", reply.text());
    assert!(reply.text().contains("<h1>&lt;תקלה&gt;</h1>"), "{}", reply.text());
}

#[tokio::test]
async fn the_page_carries_what_the_browser_says_and_no_more() {
    let visitor = app("he", HEBREW).visitor().await;
    let texts = visitor.page().named("body")[0].attribute("data-filekit-texts").expect("texts").to_owned();
    let texts: serde_json::Value = serde_json::from_str(&texts).expect("JSON");
    let expected = json!({
        "upload.too-large": "{name}: {limit}!",
        "client.done": "it's \"done\"",
        "client.notifications": "הודעות",
        "client.reference": "סימן {reference}",
    });
    assert_eq!(texts, expected);

    let visitor = app("en", &[]).visitor().await;
    assert_eq!(visitor.page().named("body")[0].attribute("data-filekit-texts"), None);
    assert_eq!(visitor.page().named("html")[0].attribute("dir"), None);
}

#[test]
fn a_misspelt_key_is_found_at_the_start() {
    let files = UploadDir::new();
    let built = FileKit::builder().upload_dir(files.path()).texts([("upload.too-big", "x")]).build();
    let error = built.expect_err("there is no such text").to_string();
    assert_eq!(error, "there is no text `upload.too-big`; did you mean `upload.too-large`?");
}
