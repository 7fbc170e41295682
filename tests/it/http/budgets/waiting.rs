//! Calls that never end, of clients without a session: they have a budget of memory, beside which others are answered.

use std::net::SocketAddr;

use axum::http::StatusCode;
use filekit::Budgets;
use filekit::prelude::*;
use filekit_tests::{Connection, Server, TestApp, UploadDir, in_time, until};
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

const MIB: u64 = 1024 * 1024;

/// A call that has a megabyte and never comes to its end. Returns its connection, and what was answered by then.
async fn unfinished(address: SocketAddr, bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let head = format!(
        "POST /_filekit/event HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: application/json\r\n\
         Content-Length: 1048576\r\n\r\n{{\"page\":\""
    );
    // A server that refuses it does not read all of it.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&vec![b'x'; bytes]).await;
    stream
}

#[tokio::test]
async fn hundreds_of_calls_that_never_end_take_a_bounded_part_of_the_memory() {
    let files = UploadDir::new();
    let server = Server::start_program(Command::new(env!("CARGO_BIN_EXE_counter")), &files).await;
    let mut victim = server.visitor().await;
    let calls = join_all((0..300).map(|_| unfinished(server.address(), 1_000_000)));
    let _held = in_time("that all are sent, or refused", calls).await;
    let reply = victim.upload("films", [("a.txt", "hello")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names(), ["a.txt"]);
    until("that refusals are told", async || (refusals(&server) > 0).then_some(())).await;
    assert_eq!(refusals(&server), 1, "{}", server.log());
    // Beside the 64 MiB each connection has a buffer of up to 400 KiB, and as much on its way out of it. Without a budget it is 427 MiB.
    let peak = server.peak_memory() / MIB;
    assert!(peak < 64 + 2 * 300 * 400 / 1024 + 32, "the server held {peak} MiB");
}

/// How often the log tells of calls that were refused.
fn refusals(server: &Server) -> usize {
    server.log().lines().filter(|line| line.contains("requests that wait for their end")).count()
}

async fn page() -> View {
    view![text("a page")]
}

#[tokio::test]
async fn a_call_for_which_there_is_no_memory_is_told_to_come_again() {
    let app =
        TestApp::with(Router::new().route("/", get(page)), |kit| kit.budgets(Budgets::new().waiting_bytes(100_000)));
    let address = app.listen_bare().await;
    let mut refused = unfinished(address, 90_000).await;
    let mut answer = Vec::new();
    while !answer.ends_with(b"}}") {
        let more = in_time("its answer", refused.read_buf(&mut answer)).await;
        assert_ne!(more.expect("an answer"), 0, "it ends early");
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("retry-after: 2\r\n"), "{answer}");
    assert!(answer.contains("\"code\":\"server.busy\"") && answer.contains("try again"), "{answer}");
    // What they held is there again for others.
    let mut visitor = app.visitor().await;
    until("that a small call is taken", async || {
        let request = visitor.event(&visitor.call_to(&"x".into(), &"[]".into()));
        let reply = visitor.send(request).await;
        (reply.code() == "event.capability-refused").then_some(())
    })
    .await;
    let mut connection = Connection::open(address).await;
    connection.send(format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes()).await;
    assert!(connection.read_to_end().await.contains("a page"));
}
