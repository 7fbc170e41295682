//! What is taken off the list of an example is gone from the disk. `rooms.rs` and `ledger.rs` have tests of their own.

use axum::http::StatusCode;
use filekit_tests::{Multipart, PNG, Server, UploadDir};

#[tokio::test]
pub(super) async fn what_is_taken_off_the_shelf_is_gone() {
    let files = UploadDir::new();
    let server = Server::start_shelf(&files).await;
    let mut visitor = server.visitor().await;
    let multipart =
        Multipart::new(&visitor.upload_call("files")).file("files", "a.txt", b"a").file("files", "b.txt", b"b");
    visitor.send(visitor.upload_request(multipart.finish())).await;
    assert_eq!(files.stored_names(), ["a.txt", "b.txt"]);
    visitor.open("/").await;
    // What came last is on top.
    let reply = visitor.click("Remove").await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names(), ["a.txt"]);
}

#[tokio::test]
pub(super) async fn a_receipt_that_is_removed_is_gone() {
    let files = UploadDir::new();
    let server = Server::start_claims(&files).await;
    let mut visitor = server.visitor().await;
    visitor.upload("receipts", [("taxi.png", PNG)]).await;
    assert_eq!(files.stored_names(), ["taxi.png"]);
    visitor.open("/").await;
    let reply = visitor.click("Remove").await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names(), [""; 0]);
}
