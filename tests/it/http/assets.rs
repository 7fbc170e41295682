//! The document around a view and what it loads: cacheable for ever, of the right type, and without inline script.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Html, TestApp};

#[state]
#[derive(Default)]
struct Nothing {}

#[state]
impl Nothing {
    #[event]
    fn nothing(&mut self) {}
}

async fn page() -> View {
    view![
        upload(id = "files", "Drop here"),
        for file in selected_files("files") {
            text(file.name())
        },
        button(on_click = clear_selected_files("files"), "Clear"),
        button(on_click = Nothing::nothing, "Nothing"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// The URLs of the script and the stylesheet.
fn assets(page: &Html) -> [String; 2] {
    let script = page.named("script").into_iter().find_map(|script| script.attribute("src"));
    let links = page.named("link").into_iter().filter(|link| link.attribute("rel") == Some("stylesheet"));
    let style = links.into_iter().find_map(|link| link.attribute("href"));
    [script.expect("a script").to_owned(), style.expect("a stylesheet").to_owned()]
}

#[tokio::test]
async fn the_client_is_served_with_its_type_and_may_be_kept_for_ever() {
    let app = app();
    let mut visitor = app.visitor().await;
    let [script, style] = assets(visitor.page());
    for (url, kind) in [(script, "text/javascript"), (style, "text/css")] {
        assert!(url.contains("version="), "{url} names its version, so a new one is loaded at once");
        let reply = app.stranger().get(&url).await;
        assert_eq!(reply.status(), StatusCode::OK, "{url}");
        assert!(reply.header("content-type").starts_with(kind), "{url}: {}", reply.header("content-type"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{url}");
        let caching = reply.header("cache-control");
        assert!(caching.contains("immutable") && caching.contains("max-age=31536000"), "{url}: {caching}");
        assert!(!reply.bytes().is_empty(), "{url}");
        assert_eq!(reply.header("set-cookie"), "", "what everybody may keep has nobody's cookie");
    }
    // The same everywhere, or caches would hold as many copies as there are visitors.
    let first = assets(visitor.page());
    visitor.click("Nothing").await;
    assert_eq!(assets(app.visitor().await.page()), first);
}

#[tokio::test]
async fn a_page_needs_no_inline_script() {
    let app = app();
    let visitor = app.visitor().await;
    for element in visitor.page().elements() {
        if element.name() == "script" {
            assert!(element.attribute("src").is_some(), "a script without a source");
            assert_eq!(element.attribute("type"), Some("module"));
        }
        for name in element.attributes() {
            assert!(!name.starts_with("on"), "{} has an inline handler, {name}", element.name());
            let value = element.attribute(name).unwrap_or_default();
            assert!(!value.trim_start().to_ascii_lowercase().starts_with("javascript:"), "{name}={value}");
        }
    }
}

#[tokio::test]
async fn a_page_says_what_it_is() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.open("/").await;
    assert!(reply.text().to_ascii_lowercase().starts_with("<!doctype html>"));
    assert!(reply.header("content-type").starts_with("text/html"), "{}", reply.header("content-type"));
    assert!(reply.header("content-type").to_ascii_lowercase().contains("utf-8"), "{}", reply.header("content-type"));
    let page = visitor.page();
    assert!(page.named("html")[0].attribute("lang").is_some(), "screen readers need the language");
    assert_eq!(page.named("title").len(), 1);
    let viewport = page.named("meta").into_iter().any(|meta| meta.attribute("name") == Some("viewport"));
    assert!(viewport, "phones need it");
}

#[tokio::test]
async fn a_page_with_somebodys_capabilities_is_kept_by_no_shared_cache() {
    let app = app();
    let reply = app.stranger().get("/").await;
    let caching = reply.header("cache-control");
    assert!(caching.contains("no-store") || caching.contains("private"), "{caching:?}");
}

#[tokio::test]
async fn what_is_asked_for_by_another_version_is_not_kept() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    for url in ["/_filekit/client.js?version=0123456789abcdef", "/_filekit/client.css", "/_filekit/icon.svg?version="] {
        let reply = visitor.get(url).await;
        assert_eq!((reply.status(), reply.header("cache-control")), (StatusCode::OK, "no-cache"), "{url}");
    }
}

#[tokio::test]
async fn the_client_is_sent_compressed_to_who_accepts_it() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    for url in ["/_filekit/client.js", "/_filekit/transfer.js", "/_filekit/resume.js", "/_filekit/client.css"] {
        let plain = visitor.get(url).await;
        visitor.always_send("accept-encoding", "gzip, br");
        let small = visitor.get(url).await;
        visitor.always_send("accept-encoding", "");
        assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "gzip"), "{url}");
        assert_eq!((plain.header("vary"), small.header("vary")), ("accept-encoding", "accept-encoding"), "{url}");
        assert!(small.bytes().starts_with(&[0x1f, 0x8b]) && small.bytes().len() * 2 < plain.bytes().len(), "{url}");
    }
}

#[tokio::test]
async fn the_other_scripts_are_those_that_the_first_asks_for() {
    let app = app();
    let mut visitor = app.visitor().await;
    let [script, _] = assets(visitor.page());
    let script = visitor.get(&script).await.text().to_owned();
    for name in ["transfer.js", "resume.js"] {
        let (_, version) = script.split_once(&format!("\"./{name}?version=")).expect("an import");
        let (version, _) = version.split_once('"').expect("its end");
        let url = format!("/_filekit/{name}?version={version}");
        let reply = visitor.get(&url).await;
        assert_eq!(reply.status(), StatusCode::OK, "{url}");
        assert!(reply.header("content-type").starts_with("text/javascript"), "{}", reply.header("content-type"));
        let caching = reply.header("cache-control");
        assert!(caching.contains("immutable") && caching.contains("max-age=31536000"), "{caching}");
        // Names in all three are agreed upon, so none works with one of another version.
        let reply = visitor.get(&format!("/_filekit/{name}?version=0123456789abcdef")).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND);
    }
}
