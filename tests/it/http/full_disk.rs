//! A disk that is really full: what a visitor is told, what is left, and that it works again when there is room.

use std::fs;

use axum::http::StatusCode;
use filekit::storage::FileKey;
use filekit_tests::{Server, UploadDir, patterned};

const MIB: usize = 1024 * 1024;

/// Files below a folder and all folders in it, but for locks and the secret, by the names that visitors see.
fn files_in(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = keys_in(folder).iter().map(|key| FileKey::parse(key).expect("a key").name()).collect();
    names.sort();
    names
}

fn keys_in(folder: &std::path::Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().expect("a type").is_dir() {
            files.extend(keys_in(&entry.path()));
        } else if name != "secret" && !name.ends_with("lock") {
            files.push(name);
        }
    }
    files
}

/// The path of the only file whose key begins like this.
fn path_of(folder: &std::path::Path, beginning: &str) -> std::path::PathBuf {
    let key = keys_in(folder).into_iter().find(|key| key.starts_with(beginning));
    folder.join(key.expect("it is stored"))
}

#[tokio::test]
async fn a_full_disk_is_said_so_and_the_server_lives_on() {
    let files = UploadDir::new();
    let server = Server::start_on_small_disk(&files, 8).await;
    let disk = server.seen(&files.path());
    let mut visitor = server.visitor().await;
    let reply = visitor.upload("file_upload", [("first.bin", patterned(5 * MIB))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());

    // Not more than the server reads of what it refuses: whoever writes on hears of a broken pipe, as programs do.
    for size in [4 * MIB, 6 * MIB] {
        let reply = visitor.upload("file_upload", [("small.txt", vec![1; 10]), ("second.bin", patterned(size))]).await;
        assert_eq!(reply.status(), StatusCode::INSUFFICIENT_STORAGE, "{}", reply.text());
        assert_eq!(reply.code(), "storage.full");
        assert!(reply.message().contains("no room"), "{}", reply.message());
        assert_eq!(files_in(&disk), ["first.bin"], "nothing of it is left, so that what was free is free");
    }

    visitor.open("/").await;
    assert!(visitor.page().text().contains("first.bin"), "the page works");
    let href = visitor.page().href("first.bin").to_owned();
    assert_eq!(visitor.get(&href).await.bytes().len(), 5 * MIB, "and so do its files");
    let reply = visitor.upload("file_upload", [("little.bin", patterned(2 * MIB))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "what fits is taken: {}", reply.text());

    fs::remove_file(path_of(&disk, "first.")).expect("a file to remove");
    let reply = visitor.upload("file_upload", [("second.bin", patterned(4 * MIB))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "there is room again: {}", reply.text());
    assert_eq!(files_in(&disk), ["little.bin", "second.bin"]);
    assert!(fs::read(path_of(&disk, "second.")).expect("it is stored") == patterned(4 * MIB));
}
