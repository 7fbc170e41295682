//! Programs that people use, as they come: curl, tus-js-client in Node, tuspy. `cargo xtask test` brings them.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use filekit_tests::{Samples, TestApp, Visitor, in_time, patterned};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use super::{app, endpoint, inbox, noted};

/// Where `cargo xtask test` puts the clients.
fn tools() -> PathBuf {
    let executable = env::current_exe().expect("the tests themselves");
    // target/debug/deps/it
    executable.ancestors().nth(3).expect("a target directory").join("tools")
}

/// Runs a client in a folder, and returns what it printed.
async fn run(mut command: Command, folder: &Path) -> String {
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = in_time("that the client ends", command.output()).await;
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; `cargo xtask test` brings it"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {printed} {}", String::from_utf8_lossy(&output.stderr));
    printed
}

/// A visitor's endpoint behind a line, and a file to send there.
struct Desk {
    app: TestApp,
    visitor: Visitor,
    samples: Samples,
    file: PathBuf,
    bytes: Vec<u8>,
    address: SocketAddr,
}

impl Desk {
    async fn new() -> Self {
        let app = app();
        let samples = Samples::new();
        let bytes = patterned(3_000_000);
        let file = samples.file("holiday film.bin", &bytes);
        let (visitor, address) = (app.visitor().await, app.listen().await);
        Self { app, visitor, samples, file, bytes, address }
    }

    /// The same with a line that cuts the first connections after so many bytes of the client's.
    async fn behind_cuts(bytes: usize, connections: usize) -> Self {
        let desk = Self::new().await;
        Self { address: cutting(desk.address, bytes, connections).await, ..desk }
    }

    fn url(&self) -> String {
        format!("http://{}{}", self.address, endpoint(&self.visitor, "any"))
    }

    fn folder(&self) -> &Path {
        self.file.parent().expect("a folder")
    }

    /// Checks that the file has come, so many times, and nothing else.
    async fn assert_received(&mut self, times: usize) {
        let expected = vec![noted("holiday film.bin", &self.bytes); times];
        assert_eq!(inbox(&mut self.visitor).await, expected);
        assert!(
            self.app.stored_names().iter().all(|name| name.starts_with("holiday film")),
            "{:?}",
            self.app.stored_names()
        );
    }

    /// Sends the file by tus-js-client with these options, and returns what became of it.
    async fn send_by_node(&self, options: &Value) -> Value {
        let mut node = Command::new("node");
        node.arg(tools().join("clients/tus.js")).arg(self.url()).arg(&self.file).arg(options.to_string());
        let printed = run(node, self.folder()).await;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed:?} after {options}"))
    }
}

/// A line to a server that cuts the first connections after so many bytes of the client's.
async fn cutting(server: SocketAddr, bytes: usize, connections: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let left = Arc::new(AtomicUsize::new(connections));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (left, server) = (Arc::clone(&left), TcpStream::connect(server).await.expect("the server listens"));
            tokio::spawn(async move {
                let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
                    (client.into_split(), server.into_split());
                let back = tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
                let sent = copy(&mut (&mut from_client).take(bytes as u64), &mut to_server).await;
                let is_cut =
                    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
                if sent.is_ok_and(|sent| sent == bytes as u64) && is_cut {
                    back.abort();
                    return;
                }
                let _ = copy(&mut from_client, &mut to_server).await;
                let _ = to_server.shutdown().await;
                let _ = back.await;
            });
        }
    });
    address
}

#[tokio::test]
async fn curl_sends_forms() {
    let mut desk = Desk::new().await;
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail-with-body", "--form", "file=@holiday film.bin"]).arg(desk.url());
    let answer: Value = serde_json::from_str(&run(curl, desk.folder()).await).expect("JSON");
    assert_eq!(answer["actions"][0]["text"], "holiday film.bin is here");
    desk.assert_received(1).await;
}

#[tokio::test]
async fn curl_sends_by_the_draft_and_goes_on() {
    let mut desk = Desk::new().await;
    let headers = ["-H", "Upload-Complete: ?0", "-H", "Content-Disposition: inline; filename=\"holiday film.bin\""];
    let curl = || {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail-with-body", "--dump-header", "-", "--output", "/dev/null"]);
        curl
    };
    let mut create = curl();
    create.args(["-X", "POST"]).args(headers).arg(desk.url());
    let head = run(create, desk.folder()).await;
    let location = head.lines().find_map(|line| line.strip_prefix("location: ")).expect("a location").trim();
    let url = format!("http://{}{location}", desk.address);
    let mut offset = 0;
    for (size, complete) in [(1_000_000, "?0"), (2_000_000, "?1")] {
        let piece = desk.samples.file(format!("piece {offset}"), &desk.bytes[offset..offset + size]);
        let mut append = curl();
        append.args(["-X", "PATCH", "-H", "Content-Type: application/partial-upload"]);
        append.args(["-H", &format!("Upload-Offset: {offset}"), "-H", &format!("Upload-Complete: {complete}")]);
        append.arg("--data-binary").arg(format!("@{}", piece.display())).arg(&url);
        let head = run(append, desk.folder()).await;
        offset += size;
        assert!(head.contains(&format!("upload-offset: {offset}\r\n")), "{head}");
        assert!(head.contains(&format!("upload-complete: {complete}\r\n")), "{head}");
    }
    desk.assert_received(1).await;
}

#[tokio::test]
async fn curl_sends_a_file_as_it_is() {
    let mut desk = Desk::new().await;
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail-with-body", "--upload-file", "holiday film.bin"]);
    curl.args(["-H", "Upload-Complete: ?1", "-H", "Content-Disposition: inline; filename=\"holiday film.bin\""]);
    curl.arg(desk.url());
    run(curl, desk.folder()).await;
    desk.assert_received(1).await;
}

/// Ways of sending that tus-js-client has.
#[tokio::test]
async fn tus_js_client_sends_in_every_way_that_it_has() {
    let mut desk = Desk::new().await;
    let cases = [
        json!({}),
        json!({ "chunkSize": 1_000_000 }),
        json!({ "chunkSize": 700_000, "uploadDataDuringCreation": true }),
        json!({ "uploadDataDuringCreation": true }),
        json!({ "overridePatchMethod": true }),
        json!({ "stream": true, "chunkSize": 1_000_000 }),
        // Where the last piece of the stream is a whole one it never ends (`findings/tus-js-client.sh`).
        json!({ "stream": true, "chunkSize": 800_000, "uploadLengthDeferred": true }),
        json!({ "parallelUploads": 3 }),
        json!({ "parallelUploads": 3, "chunkSize": 300_000 }),
        json!({ "abortAt": 1_000_000, "chunkSize": 500_000 }),
        json!({ "protocol": "ietf-draft-05" }),
        json!({ "protocol": "ietf-draft-05", "chunkSize": 1_000_000 }),
        json!({ "protocol": "ietf-draft-05", "chunkSize": 1_000_000, "uploadDataDuringCreation": true }),
        json!({ "protocol": "ietf-draft-05", "uploadDataDuringCreation": true }),
        json!({ "protocol": "ietf-draft-05", "stream": true, "chunkSize": 1_000_000 }),
        json!({ "protocol": "ietf-draft-05", "abortAt": 1_000_000, "chunkSize": 500_000 }),
    ];
    for (nth, options) in cases.iter().enumerate() {
        let outcome = desk.send_by_node(options).await;
        assert!(outcome["done"]["url"].is_string(), "{options}: {outcome}");
        if options["abortAt"].is_number() {
            assert_eq!(outcome["done"]["offsets"][0], 1_500_000, "{options}: {outcome}");
        }
        assert_eq!(inbox(&mut desk.visitor).await.len(), nth + 1, "{options}");
    }
    desk.assert_received(cases.len()).await;
}

#[tokio::test]
async fn tus_js_client_sends_empty_files() {
    let mut desk = Desk::new().await;
    desk.file = desk.samples.file("empty.bin", "");
    // With `uploadDataDuringCreation` it fails before it sends anything (`findings/tus-js-client.sh`).
    for options in [json!({}), json!({ "protocol": "ietf-draft-05" })] {
        let outcome = desk.send_by_node(&options).await;
        assert!(outcome["done"]["url"].is_string(), "{options}: {outcome}");
    }
    assert_eq!(inbox(&mut desk.visitor).await, vec![noted("empty.bin", b""); 2]);
}

#[tokio::test]
async fn tus_js_client_finds_what_it_has_sent_before() {
    let mut desk = Desk::new().await;
    let options = json!({ "removeFingerprintOnSuccess": false });
    let [first, again] = [desk.send_by_node(&options).await, desk.send_by_node(&options).await];
    assert_eq!(first["done"]["url"], again["done"]["url"]);
    assert_eq!(again["done"]["offsets"], json!([]), "nothing is sent again");
    desk.assert_received(1).await;
}

#[tokio::test]
async fn tus_js_client_goes_on_after_cuts() {
    for options in [
        json!({}),
        json!({ "protocol": "ietf-draft-05" }),
        json!({ "uploadDataDuringCreation": true }),
        json!({ "parallelUploads": 2 }),
    ] {
        let mut desk = Desk::behind_cuts(1_200_000, 2).await;
        let outcome = desk.send_by_node(&options).await;
        assert!(outcome["done"]["url"].is_string(), "{options}: {outcome}");
        desk.assert_received(1).await;
    }
}

#[tokio::test]
async fn tus_js_client_ends_an_upload() {
    let mut desk = Desk::new().await;
    let outcome = desk.send_by_node(&json!({ "terminateAt": 1_000_000, "chunkSize": 500_000 })).await;
    assert_eq!(outcome["stopped"]["stopped"], true, "{outcome}");
    desk.assert_received(0).await;
    assert!(desk.app.spool_is_empty(), "{:?}", desk.app.files().spooled());
}

#[tokio::test]
async fn tus_js_client_says_what_was_refused_and_does_not_try_again() {
    let mut desk = Desk::new().await;
    desk.file = desk.samples.file("unwanted.txt", "text");
    for protocol in ["tus-v1", "ietf-draft-05"] {
        let outcome = desk.send_by_node(&json!({ "protocol": protocol })).await;
        assert_eq!(outcome["done"]["status"], 422, "{outcome}");
        assert!(outcome["done"]["error"].to_string().contains("Not this one."), "{outcome}");
    }
    let outcome = desk.send_by_node(&json!({ "metadata": { "filename": "../up.txt" } })).await;
    assert_eq!(outcome["done"]["status"], 422, "{outcome}");
    desk.assert_received(0).await;
}

#[tokio::test]
async fn tuspy_sends_whole_files_and_pieces_with_checksums_and_goes_on() {
    let mut desk = Desk::new().await;
    for (nth, (chunk_size, stop_at)) in [("10000000", "0"), ("500000", "0"), ("500000", "1500000")].iter().enumerate() {
        // It remembers by content what it has sent.
        let _ = std::fs::remove_file(desk.folder().join("urls.json"));
        let mut python = Command::new(tools().join("python/bin/python"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/tus.py");
        python.arg(script).arg(desk.url()).arg("holiday film.bin").args([chunk_size, stop_at]);
        let printed = run(python, desk.folder()).await;
        assert!(printed.starts_with("http://"), "{printed}");
        desk.assert_received(nth + 1).await;
    }
}
