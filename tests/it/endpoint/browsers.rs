//! tus-js-client and Uppy in a page of ours, as a developer would bundle them.

use std::env;

use axum::http::header::CONTENT_TYPE;
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use serde_json::{Value, json};

use super::{noted, page};

/// The clients as `cargo xtask test` bundles them, in a page's own script.
async fn script() -> impl axum::response::IntoResponse {
    let executable = env::current_exe().expect("the tests themselves");
    let bundle = executable.ancestors().nth(3).expect("a target directory").join("tools/clients/dist/clients.js");
    let script =
        std::fs::read(&bundle).unwrap_or_else(|error| panic!("{bundle:?}: {error}; `cargo xtask test` makes it"));
    ([(CONTENT_TYPE, "text/javascript")], script)
}

/// A browser on a page with an endpoint.
struct Desk {
    app: TestApp,
    browser: Browser,
    origin: String,
}

impl Desk {
    async fn new() -> Self {
        let app = TestApp::new(Router::new().route("/", get(page)).route("/clients.js", get(script)));
        let origin = format!("http://{}", app.listen().await);
        let browser = Browser::start().await;
        browser.open(&origin).await;
        Self { app, browser, origin }
    }

    /// Runs a function of the bundle with the endpoint of the page and these arguments.
    async fn run(&self, function: &str, arguments: &[Value]) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            const endpoint = location.origin + document.getElementById('any').innerText;
            import('/clients.js')
                .then(clients => clients.{function}(endpoint, ...Array.from(arguments).slice(0, -1)))
                .then(done, error => done(String(error)));"
        );
        self.browser.run_async(&script, arguments).await
    }

    async fn received(&self) -> Vec<String> {
        self.browser.open(&self.origin).await;
        self.browser.texts("a").await
    }
}

#[tokio::test]
async fn tus_js_client_sends_from_a_page() {
    let desk = Desk::new().await;
    let text = "0123456789".repeat(50_000);
    for options in [
        json!({}),
        json!({ "chunkSize": 100_000 }),
        json!({ "uploadDataDuringCreation": true, "chunkSize": 200_000 }),
        json!({ "parallelUploads": 3 }),
        json!({ "overridePatchMethod": true }),
        json!({ "protocol": "ietf-draft-05" }),
        json!({ "protocol": "ietf-draft-05", "chunkSize": 200_000 }),
    ] {
        let outcome = desk.run("send", &[json!("写真.txt"), json!(text), options.clone()]).await;
        assert!(outcome["url"].is_string(), "{options}: {outcome}");
    }
    assert_eq!(desk.received().await, vec![noted("写真.txt", text.as_bytes()); 7]);
    let refused = desk.run("send", &[json!("unwanted.txt"), json!("text")]).await;
    assert_eq!(refused["status"], 422, "{refused}");
    assert!(refused["error"].to_string().contains("Not this one."), "{refused}");
}

#[tokio::test]
async fn uppy_sends_from_a_page() {
    let desk = Desk::new().await;
    let long = "0123456789".repeat(50_000);
    let files = json!([
        { "name": "a.txt", "text": "hello", "type": "text/plain" },
        { "name": "b.bin", "text": long, "type": "application/octet-stream", "relativePath": "folder/b.bin" },
        { "name": "unwanted.txt", "text": "no", "type": "text/plain" },
        { "name": "empty.txt", "text": "", "type": "text/plain" },
    ]);
    let outcome = desk.run("sendByUppy", &[files, json!({ "chunkSize": 200_000, "limit": 1 })]).await;
    let mut successful: Vec<&str> =
        outcome["successful"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    successful.sort_unstable();
    assert_eq!(successful, ["a.txt", "b.bin", "empty.txt"], "{outcome}");
    assert_eq!(outcome["failed"][0]["name"], "unwanted.txt", "{outcome}");
    let mut received = desk.received().await;
    received.sort_unstable();
    let expected = [noted("a.txt", b"hello"), noted("empty.txt", b""), noted("folder/b.bin", long.as_bytes())];
    assert_eq!(received, expected);
    assert!(desk.app.spool_is_empty(), "{:?}", desk.app.files().spooled());
}
