//! The free space of a disk that is really small.

use std::fs;

use axum::http::StatusCode;
use filekit_tests::{Server, UploadDir, patterned};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn some_of_the_disk_stays_free_and_there_is_room_again() {
    let files = UploadDir::new();
    let server = Server::start_on_small_disk_with(&files, 16, &[("FILEKIT_QUOTA", "keep_free=8 MiB")]).await;
    let disk = server.seen(&files.path());
    let mut visitor = server.visitor().await;
    let reply = visitor.upload("file_upload", [("first.bin", patterned(5 * MIB))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let plan = visitor.plan("file_upload", &[("second.bin", &patterned(4 * MIB))]);
    let request = visitor.plan_request(&plan);
    let reply = visitor.send(request).await;
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (StatusCode::INSUFFICIENT_STORAGE, "storage.full"),
        "{}",
        reply.text()
    );
    assert!(server.log().contains("keep_free"), "{}", server.log());
    // What is on its way counts as if it were there.
    let upload = visitor.begin_upload("file_upload", &[("third.bin", &patterned(2 * MIB))]).await;
    let mut other = server.visitor().await;
    let request = other.plan_request(&other.plan("file_upload", &[("fourth.bin", &patterned(2 * MIB))]));
    assert_eq!(other.send(request).await.code(), "storage.full");
    let request = visitor.part(&upload, 0, true, patterned(2 * MIB));
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
    let stored = fs::read_dir(&disk).expect("a folder").flatten().map(|entry| entry.path());
    let first = stored.into_iter().find(|path| path.to_string_lossy().contains("first.")).expect("it is stored");
    fs::remove_file(first).expect("a file to remove");
    let reply = visitor.upload("file_upload", [("second.bin", patterned(4 * MIB))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "there is room again: {}", reply.text());
}
