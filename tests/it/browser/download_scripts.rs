//! Downloads that are markup with a script in it, of any type that a program gives them, in a real browser: nothing runs.

use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use serde_json::json;

use super::serving::{SCRIPT, has_run};

/// Types under which a browser might run something, or guess.
const SAVED: &[&str] = &[
    "text/html",
    "application/xhtml+xml",
    "image/svg+xml",
    "application/xml",
    "text/xml",
    "*/*",
    "application/octet-stream",
    "foo/bar",
    "text/javascript",
];

/// Types that are shown, whatever the bytes are.
const SHOWN: &[&str] = &["text/plain", "image/png"];

#[state]
#[derive(Default)]
struct Desk {}

#[state]
impl Desk {
    /// As close to harm as a program can get by mistake.
    #[event]
    fn shown(&self, mime: String) -> Download {
        Download::data(markup(&mime)).filename(name(&mime)).mime(mime).inline()
    }
}

/// A name that says nothing of what is in the file.
fn name(mime: &str) -> String {
    format!("file-{}", mime.replace(|character: char| !character.is_ascii_alphanumeric(), "-"))
}

fn markup(mime: &str) -> String {
    match mime {
        "image/svg+xml" => format!("<svg xmlns='http://www.w3.org/2000/svg'><script>{SCRIPT}</script></svg>"),
        "application/xhtml+xml" | "application/xml" | "text/xml" => {
            format!("<html xmlns='http://www.w3.org/1999/xhtml'><script>{SCRIPT}</script></html>")
        }
        "text/javascript" => SCRIPT.to_owned(),
        _ => format!("<!doctype html><script>{SCRIPT}</script>"),
    }
}

async fn page() -> View {
    view![for mime in SAVED.iter().chain(SHOWN) {
        link(href = Desk::shown((*mime).to_owned()), mime)
    }]
}

/// What a program can do without this crate: the same markup as it is.
async fn own() -> axum::response::Html<String> {
    axum::response::Html(markup("text/html"))
}

#[tokio::test]
async fn no_script_of_a_download_runs() {
    let app = TestApp::new(Router::new().route("/", get(page)).route("/own", get(own)));
    let url = format!("http://{}", app.listen().await);
    let browser = Browser::start().await;
    browser.open(&format!("{url}/own")).await;
    assert!(has_run(&browser, &url).await, "the script runs where it may, or what is seen below would mean nothing");

    for mime in SAVED {
        browser.click(mime).await;
        let bytes = browser.downloaded(&name(mime)).await;
        assert_eq!(String::from_utf8_lossy(&bytes), markup(mime), "{mime}");
        assert!(!has_run(&browser, &url).await, "{mime} ran");
    }
    let saved = browser.downloads();
    for mime in SHOWN {
        let link = format!("return Array.from(document.links).find(link => link.innerText == '{mime}').href");
        let link = browser.run(&link, &[]).await;
        browser.open(link.as_str().expect("a link")).await;
        assert_eq!(browser.run("return document.contentType", &[]).await, json!(mime), "{mime} is shown");
        assert!(!has_run(&browser, &url).await, "{mime} ran");
    }
    assert_eq!(browser.downloads(), saved, "what is shown is not saved");
}
