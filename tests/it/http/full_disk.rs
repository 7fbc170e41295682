//! A disk that is really full: what a visitor is told, what is left, and that it works again when there is room.

use std::{fs, io::Write as _};

use axum::http::StatusCode;
use filekit::storage::FileKey;
use filekit_tests::{Reply, Server, UploadDir, patterned};

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

/// Fills a disk, but for so many bytes.
fn fill(disk: &std::path::Path, free: u64) -> std::path::PathBuf {
    let path = disk.join("filler");
    let mut filler = fs::File::create(&path).expect("a file");
    while filler.write_all(&[7; 4096]).is_ok() {}
    let length = filler.metadata().expect("a file").len();
    filler.set_len(length - free).expect("a shorter file");
    path
}

fn offset(reply: &Reply) -> usize {
    reply.header("upload-offset").parse().expect("a number")
}

#[tokio::test]
async fn an_upload_in_parts_that_fills_the_disk_waits_for_room_with_what_has_come() {
    let files = UploadDir::new();
    let server = Server::start_on_small_disk(&files, 8).await;
    let disk = server.seen(&files.path());
    let mut visitor = server.visitor().await;
    let first = visitor.upload("file_upload", [("first.bin", patterned(4 * MIB))]).await;
    assert_eq!(first.status(), StatusCode::OK, "{}", first.text());

    let (small, large) = (patterned(10_000), patterned(5 * MIB));
    let content = [&small[..], &large].concat();
    let upload = visitor.begin_upload("file_upload", &[("small.bin", &small), ("large.bin", &large)]).await;
    let mut at = 0;
    for _ in 0..2 {
        let request = visitor.part(&upload, at, true, content[at..].to_vec());
        let refused = visitor.send(request).await;
        assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE, "{}", refused.text());
        assert_eq!(refused.code(), "storage.full");
        let asked = visitor.ask(&upload).await;
        assert_eq!((asked.status(), asked.header("upload-complete")), (StatusCode::NO_CONTENT, "?0"));
        at = offset(&asked);
        assert!((3 * MIB..5 * MIB).contains(&at), "{at} bytes are there");
    }
    // No other upload can begin, and nothing is left of the try.
    let folders = || {
        fs::read_dir(disk.join(".filekit/partial"))
            .expect("a folder")
            .flat_map(|owner| fs::read_dir(owner.expect("an owner").path()).expect("a folder"))
    };
    let before = folders().count();
    let _filler = fill(&disk, 0);
    let plan = visitor.plan_request(&visitor.plan("file_upload", &[("other.bin", b"1")]));
    let refused = visitor.send(plan).await;
    assert_eq!((refused.status(), refused.code()), (StatusCode::INSUFFICIENT_STORAGE, "storage.full".to_owned()));
    assert_eq!(folders().count(), before);

    visitor.open("/").await;
    let href = visitor.page().href("first.bin").to_owned();
    assert_eq!(visitor.get(&href).await.bytes().len(), 4 * MIB, "the page and its files are there");
    fs::remove_file(path_of(&disk, "first.")).expect("a file to remove");
    let request = visitor.part(&upload, at, true, content[at..].to_vec());
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "there is room again: {}", reply.text());
    assert!(fs::read(path_of(&disk, "small.")).expect("it is stored") == small);
    assert!(fs::read(path_of(&disk, "large.")).expect("it is stored") == large);
}

#[tokio::test]
async fn files_that_are_taken_over_stay_where_the_disk_has_room_for_hardly_anything() {
    let files = UploadDir::new();
    let server = Server::start_on_small_disk(&files, 8).await;
    let disk = server.seen(&files.path());
    let mut visitor = server.visitor().await;
    let content = patterned(2 * MIB);
    // Only one of its files is taken over: it stays, and makes no room.
    let sent: [(&str, &[u8]); 2] = [("film.bin", &content), ("other.bin", &content)];
    let mut upload = visitor.begin_upload("file_upload", &sent).await;
    let request = visitor.part(&upload, 0, false, content[..MIB].to_vec());
    assert_eq!(visitor.send(request).await.status(), StatusCode::NO_CONTENT);
    // For nothing, for the lock, and for the plan as well.
    for (free, status) in [(0, 507), (4096, 507), (8192, 201)] {
        let filler = fill(&disk, free);
        let mut plan = visitor.plan("file_upload", &[("film.bin", &content)]);
        plan["files"][0]["from"] = format!("{}/0", upload.rsplit('/').next().expect("an id")).into();
        let reply = visitor.send(visitor.plan_request(&plan)).await;
        assert_eq!(reply.status().as_u16(), status, "{free}: {}", reply.text());
        fs::remove_file(filler).expect("a file to remove");
        if reply.status() == StatusCode::CREATED {
            assert_eq!(reply.json()["have"][0], MIB);
            reply.header("location").clone_into(&mut upload);
            assert_eq!(offset(&reply), 0, "the upload is the missing rest");
            let request = visitor.part(&upload, 0, true, content[MIB..].to_vec());
            assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
        } else {
            assert_eq!(offset(&visitor.ask(&upload).await), MIB, "{free}");
        }
    }
    assert!(fs::read(path_of(&disk, "film.")).expect("it is stored") == content);
}
