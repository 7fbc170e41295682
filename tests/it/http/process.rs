//! The example as a process: memory while a big file passes through, and an orderly end.

use std::{fs::File, io::Read as _};

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use filekit_tests::{Connection, Multipart, Server, UploadDir, patterned};
use futures_util::{StreamExt as _, stream};
use rustix::process::Signal;

const MIB: u64 = 1024 * 1024;
const CHUNK: usize = 64 * 1024;

/// The `number`-th piece of a big file that exists nowhere as a whole.
fn piece(pattern: &[u8], number: u64) -> Bytes {
    let mut piece = BytesMut::from(pattern);
    piece[..8].copy_from_slice(&number.to_le_bytes());
    piece.freeze()
}

#[tokio::test]
async fn a_gigabyte_passes_through_in_40_mebibytes_of_memory() {
    let pieces = 1024 * MIB / CHUNK as u64;
    let pattern = patterned(CHUNK);
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;

    let head = Multipart::new(&visitor.upload_call("file_upload")).file_head("file_upload", "big.bin").unfinished();
    let end = Bytes::from(Multipart::end());
    let length = head.len() + end.len() + 1024 * 1024 * 1024;
    let content = {
        let pattern = pattern.clone();
        stream::iter(0..pieces).map(move |number| piece(&pattern, number))
    };
    let body = stream::iter([head]).chain(content).chain(stream::iter([end]));
    let mut request = visitor.upload_request(Body::from_stream(body.map(Ok::<_, std::io::Error>)));
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    let reply = visitor.send_event(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());

    let peak = server.peak_memory() / MIB;
    assert!(peak < 40, "the server held {peak} MiB");
    assert_eq!(files.stored_names(), ["big.bin"]);
    assert!(files.spool_is_empty());
    let mut stored = File::open(files.path_of("big.bin")).expect("it is stored");
    let mut found = vec![0; CHUNK];
    for number in 0..pieces {
        stored.read_exact(&mut found).expect("all pieces are there");
        assert!(found == piece(&pattern, number), "piece {number} is another");
    }
    assert_eq!(stored.read(&mut found).expect("a readable file"), 0, "nothing more than was sent");
}

/// The system has taken connections that the server has not seen when it is asked to stop: as many as were made while it slept.
#[tokio::test]
async fn requests_that_have_come_when_it_is_asked_to_stop_are_answered() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    server.signal(Signal::STOP);
    let mut waiting = Vec::new();
    for _ in 0..10 {
        let mut connection = Connection::open(server.address()).await;
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address());
        connection.send(request.as_bytes()).await;
        waiting.push(connection);
    }
    server.signal(Signal::TERM);
    server.signal(Signal::CONT);
    for mut connection in waiting {
        let answer = connection.read_to_end().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer:?}");
    }
    assert!(server.ended().await.success());
}

#[tokio::test]
pub(super) async fn the_example_stops_cleanly_on_ctrl_c() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    // A browser keeps connections open for later; they must not hold the server up.
    let _idle = filekit_tests::Connection::open(server.address()).await;
    let mut visitor = server.visitor().await;
    visitor.upload("file_upload", [("a.txt", "hello")]).await;
    assert_eq!(server.log().lines().count(), 1, "an ordinary visit is nothing to report: {}", server.log());

    let status = server.stop().await;
    assert!(status.success(), "{status}");
    assert_eq!(files.stored_names(), ["a.txt"]);
    assert!(files.spool_is_empty());
}

#[tokio::test]
pub(super) async fn links_stay_good_over_a_restart() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;
    visitor.upload("file_upload", [("a.txt", "hello")]).await;
    let href = visitor.page().href("a.txt").to_owned();
    server.stop().await;

    let server = Server::start(&files).await;
    let reply = server.visitor().await.get(&href).await;
    assert_eq!(reply.text(), "hello");
}
