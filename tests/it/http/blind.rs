//! Clients that send everything before they read anything: a refusal reaches them, too.

use std::net::SocketAddr;

use axum::routing::get;
use filekit::prelude::*;
use filekit_tests::{Server, TestApp, UploadDir};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What such a client sends of a body.
const LENGTH: usize = 50 << 20;

const TIMES: usize = 10;

/// Requests that filekit refuses before it has read their bodies: first line, further lines, status.
const REFUSED: &[(&str, &str, &str)] = &[
    ("POST /_filekit/upload", "Content-Type: multipart/form-data; boundary=x\r\nSec-Fetch-Site: cross-site\r\n", "403"),
    ("POST /_filekit/upload", "Content-Type: text/plain\r\n", "415"),
    ("POST /_filekit/upload/x?page=%2F", "Content-Type: multipart/form-data; boundary=x\r\n", "403"),
    ("POST /_filekit/form", "Content-Type: multipart/form-data; boundary=x\r\n", "400"),
    ("POST /_filekit/event", "Content-Type: application/json\r\n", "413"),
];

/// Requests that no handler of filekit takes.
const UNROUTED: &[(&str, &str, &str)] = &[("POST /", "", "405"), ("PUT /_filekit/upload", "", "405")];

/// Sends a body blindly, and returns the status of the answer.
async fn status_after_sending(address: SocketAddr, line: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let head =
        format!("{line} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {LENGTH}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("the server reads the head");
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..LENGTH / piece.len() {
        stream.write_all(&piece).await.unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap_or_else(|error| panic!("{line}: {error}"));
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

async fn assert_all_are_told(address: SocketAddr, requests: &[(&str, &str, &str)]) {
    for (line, headers, status) in requests.iter().cycle().take(TIMES) {
        assert_eq!(status_after_sending(address, line, headers).await, *status, "{line}");
    }
}

#[tokio::test]
async fn a_client_that_sends_on_blindly_gets_to_see_any_refusal_of_a_server_of_filekit() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    assert_all_are_told(server.address(), REFUSED).await;
    assert_all_are_told(server.address(), UNROUTED).await;
}

#[tokio::test]
async fn a_client_that_sends_on_blindly_gets_to_see_what_filekit_refuses_behind_axum_serve() {
    async fn page() -> View {
        view!["A page"]
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    assert_all_are_told(app.listen_bare().await, REFUSED).await;
}
