//! A large file on its way into S3 and out of it again, by a server that holds little of it.

use axum::body::Body;
use axum::http::{StatusCode, header};
use bytes::{Bytes, BytesMut};
use filekit_tests::{Bucket, Multipart, Server, UploadDir, patterned};
use futures_util::{StreamExt as _, stream};

const MIB: u64 = 1 << 20;
const PIECE: usize = 64 << 10;

/// A quarter of what the bench `storage` sends, which is the same to a server that holds a few parts: the disk takes each byte twice.
const SIZE: u64 = 256 * MIB;

/// The `number`-th piece of a file that exists nowhere as a whole before it is sent.
fn piece(pattern: &[u8], number: u64) -> Bytes {
    let mut piece = BytesMut::from(pattern);
    piece[..8].copy_from_slice(&number.to_le_bytes());
    piece.freeze()
}

#[tokio::test]
async fn a_large_file_is_saved_and_served_in_40_mebibytes_of_memory() {
    let (bucket, files) = (Bucket::new().await, UploadDir::new());
    let variables = bucket.environment();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start_with(&files, &variables).await;
    let mut visitor = server.visitor().await;

    let pattern = patterned(PIECE);
    let head = Multipart::new(&visitor.upload_call("file_upload")).file_head("file_upload", "big.bin").unfinished();
    let end = Bytes::from(Multipart::end());
    let length = head.len() as u64 + end.len() as u64 + SIZE;
    let content = {
        let pattern = pattern.clone();
        stream::iter(0..SIZE / PIECE as u64).map(move |number| piece(&pattern, number))
    };
    let body = stream::iter([head]).chain(content).chain(stream::iter([end]));
    let mut request = visitor.upload_request(Body::from_stream(body.map(Ok::<_, std::io::Error>)));
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    let reply = visitor.send_event(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert!(files.spool_is_empty() && files.stored_keys().is_empty(), "nothing of it stays on the disk");

    let mut answer = reqwest::get(server.url(visitor.page().href("big.bin"))).await.expect("an answer");
    assert_eq!((answer.status(), answer.content_length()), (reqwest::StatusCode::OK, Some(SIZE)));
    let (mut held, mut number) = (BytesMut::new(), 0);
    while let Some(chunk) = answer.chunk().await.expect("a whole answer") {
        held.extend_from_slice(&chunk);
        while held.len() >= PIECE {
            assert!(held.split_to(PIECE) == piece(&pattern, number), "piece {number} is another");
            number += 1;
        }
    }
    assert_eq!((number, held.len()), (SIZE / PIECE as u64, 0));
    let peak = server.peak_memory() / MIB;
    assert!(peak < 40, "the server held {peak} MiB");
}
