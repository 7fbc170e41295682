//! The other scripts, which pages with uploads load: what happens without them, and which pages do without.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse as _;
use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[state]
#[derive(Default)]
struct Shelf {
    names: Vec<String>,
    cleared: u32,
}

#[state]
impl Shelf {
    #[event]
    fn put(&mut self, files: Vec<UploadFile>) {
        self.names.extend(files.iter().map(|file| file.name().to_string()));
    }

    #[event]
    fn clear(&mut self) {
        self.names.clear();
        self.cleared += 1;
    }
}

async fn page(kept: Current<Shelf>) -> View {
    view![
        upload(id = "files", "Drop here"),
        for file in selected_files("files") {
            p(class = "chosen", file.name())
        },
        button(on_click = Shelf::put(upload_files("files")), "Send"),
        for name in &kept.names {
            p(class = "kept", name)
        },
    ]
}

async fn without_uploads(kept: Current<Shelf>) -> View {
    view![button(on_click = Shelf::clear, "Clear"), p(class = "cleared", kept.cleared)]
}

/// A site whose second script cannot be had while `is_away`.
async fn start(is_away: &Arc<AtomicBool>) -> (TestApp, String, Browser) {
    let is_away = Arc::clone(is_away);
    let refuse = move |request: Request, next: Next| {
        let is_away = is_away.load(Ordering::Relaxed) && request.uri().path().ends_with("/transfer.js");
        async move { if is_away { StatusCode::BAD_GATEWAY.into_response() } else { next.run(request).await } }
    };
    let pages = Router::new().route("/", get(page)).route("/other", get(without_uploads));
    let app = TestApp::new(pages).layered(|router| router.layer(from_fn(refuse.clone())));
    let address = app.listen().await;
    let browser = Browser::start().await;
    (app, format!("http://{address}"), browser)
}

/// The scripts that a page has loaded, by their names.
const LOADED: &str = "return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
    .filter(path => path.endsWith('.js')).map(path => path.split('/').at(-1)).sort()";

#[tokio::test]
pub(super) async fn what_could_not_be_loaded_is_told_and_loaded_by_the_next_try() {
    let is_away = Arc::new(AtomicBool::new(true));
    let (_app, url, browser) = start(&is_away).await;
    browser.open(&format!("{url}/")).await;
    let samples = Samples::new();
    let file = samples.file("a.txt", "a");
    let words = "A part of this page could not be loaded. Check your connection and try again, or reload the page.";
    browser.choose("files", &[&file]).await;
    browser.see_texts("[role='alert'] p", &[words]).await;
    assert_eq!(browser.texts(".chosen").await, [""; 0]);

    is_away.store(false, Ordering::Relaxed);
    browser.choose("files", &[&file]).await;
    browser.see_texts(".chosen", &["a.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(".kept", &["a.txt"]).await;
}

#[tokio::test]
async fn only_a_page_with_an_upload_loads_the_second_script() {
    let (_app, url, browser) = start(&Arc::default()).await;
    // The page works, so whatever it loads by itself was asked for before.
    browser.open(&format!("{url}/other")).await;
    browser.click("Clear").await;
    browser.see_texts(".cleared", &["1"]).await;
    assert_eq!(browser.run(LOADED, &[]).await, json!(["client.js"]));

    browser.open(&url).await;
    let loaded = async || (browser.run(LOADED, &[]).await == json!(["client.js", "transfer.js"])).then_some(());
    filekit_tests::until("the scripts are loaded", loaded).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn only_a_large_upload_loads_the_third_script() {
    let (_app, url, browser) = start(&Arc::default()).await;
    browser.open(&url).await;
    let samples = Samples::new();
    for (name, size, loaded) in [
        ("small.txt", 1_000_000, json!(["client.js", "transfer.js"])),
        ("large.txt", 1_100_000, json!(["client.js", "resume.js", "transfer.js"])),
    ] {
        browser.choose("files", &[&samples.file(name, "x".repeat(size))]).await;
        browser.see_texts(".chosen", &[name]).await;
        browser.click("Send").await;
        browser.see_texts(".chosen", &[]).await;
        assert_eq!(browser.run(LOADED, &[]).await, loaded, "{name}");
    }
    browser.see_texts(".kept", &["small.txt", "large.txt"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}
