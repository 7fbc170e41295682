//! Copying all files of one storage into another, and asking a storage whether it can be used.

use std::io::ErrorKind;

use axum::Router;
use axum::http::StatusCode;
use filekit::FileKit;
use filekit::storage::{Attempt, Cause, DiskStorage, FileKey, ObjectStorage, StagedFile, Storage, check, copy_all};
use filekit_tests::{Log, patterned};
use object_store::memory::InMemory;

use super::contract::{content, create, key};

const FILES: [(&str, usize); 4] =
    [("a.txt", 5), ("claims/42/large.bin", 9 << 20), ("claims/empty.txt", 0), ("z.txt", 100_000)];

async fn filled(folder: &tempfile::TempDir) -> DiskStorage {
    let storage = DiskStorage::open(folder.path()).expect("a storage");
    for (key, size) in FILES {
        create(&storage, key, &patterned(size)).await;
    }
    storage
}

pub(super) async fn all_files_are_copied_and_compared(to: impl Storage) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let from = filled(&folder).await;
    create(&to, "z.txt", &vec![7; 100_000]).await;
    let mut told = Vec::new();
    let first = copy_all(&from, &to).on_progress(|progress| told.push(progress.bytes)).await.expect("a copy");
    assert_eq!((first.copied, first.unchanged, &first.conflicts[..]), (3, 0, &[key("z.txt")][..]));
    assert_eq!(first.to_string(), "3 files copied, 0 there already, 9537189 bytes, 1 conflicts");
    assert_eq!(told.len(), FILES.len());
    for (key, size) in &FILES[..3] {
        assert!(content(&to, key).await == Some(patterned(*size)), "{key}");
    }
    assert!(content(&to, "z.txt").await == Some(vec![7; 100_000]), "what is there already is never overwritten");
    to.remove(&key("a.txt")).await.expect("a storage that answers");
    let second = copy_all(&from, &to).await.expect("a copy");
    assert_eq!((second.copied, second.unchanged, second.conflicts.len()), (1, 2, 1));
}

#[tokio::test]
async fn what_is_copied_is_staged_where_it_was_said_and_not_left_there() {
    let (folder, staged) = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder")).into();
    let from = filled(&folder).await;
    let to = ObjectStorage::new(InMemory::new());
    let seen = std::sync::atomic::AtomicUsize::new(0);
    copy_all(&from, &to)
        .stage_in(staged.path())
        .on_progress(|_| {
            seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        })
        .await
        .expect("a copy");
    assert_eq!(seen.into_inner(), FILES.len());
    assert_eq!(std::fs::read_dir(staged.path()).expect("a folder").count(), 0);
    let nowhere = copy_all(&from, &ObjectStorage::new(InMemory::new())).stage_in(staged.path().join("not there")).await;
    let error = nowhere.expect_err("there is no such folder");
    let error = error.downcast_ref::<std::io::Error>().expect("an error of the disk");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_storage_that_can_be_used_has_nothing_to_say() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = DiskStorage::open(folder.path()).expect("a storage");
    check(&disk).await.expect("no problem");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "only `.filekit`");
    let memory = ObjectStorage::new(InMemory::new());
    check(&memory).await.expect("no problem");
    let kit = FileKit::builder().upload_dir(folder.path()).storage(memory).build().expect("a filekit");
    kit.check_storage().await.expect("no problem");
}

/// A store that answers every request as one does that refuses it.
async fn refusing(status: StatusCode, code: &'static str) -> ObjectStorage {
    let answer = move || async move { (status, format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>")) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    of_endpoint(&format!("http://{address}"))
}

fn of_endpoint(endpoint: &str) -> ObjectStorage {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let retry = object_store::RetryConfig { max_retries: 0, ..Default::default() };
    let builder = object_store::aws::AmazonS3Builder::new().with_endpoint(endpoint).with_allow_http(true);
    let builder = builder.with_region("us-east-1").with_bucket_name("bucket").with_retry(retry);
    ObjectStorage::paged(builder.with_access_key_id("key").with_secret_access_key("secret").build().expect("a store"))
}

#[tokio::test]
async fn a_storage_that_cannot_be_used_says_what_to_do() {
    for (status, code, cause, cure) in [
        (StatusCode::NOT_FOUND, "NoSuchBucket", Cause::NoBucket, "there is no such bucket: make it"),
        (StatusCode::FORBIDDEN, "InvalidAccessKeyId", Cause::UnknownKey, "look at `AWS_ACCESS_KEY_ID`"),
        (StatusCode::FORBIDDEN, "SignatureDoesNotMatch", Cause::WrongSecret, "look at `AWS_SECRET_ACCESS_KEY`"),
        (StatusCode::FORBIDDEN, "AccessDenied", Cause::NotAllowed, "give it the right (S3: `s3:PutObject`"),
        (StatusCode::FORBIDDEN, "RequestTimeTooSkewed", Cause::WrongClock, "the clock of this computer is wrong"),
    ] {
        let problem = check(&refusing(status, code).await).await.expect_err("it refuses everything");
        assert_eq!((problem.attempt(), problem.cause()), (Attempt::Write, cause), "{problem}");
        assert!(problem.to_string().contains(cure), "{problem}");
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let problem = check(&of_endpoint(&format!("http://{free}"))).await.expect_err("nothing is there");
    assert_eq!(problem.cause(), Cause::OutOfReach, "{problem}");
    assert!(problem.to_string().contains("look at `AWS_ENDPOINT`"), "{problem}");
}

#[tokio::test]
async fn a_program_says_at_its_start_that_its_storage_cannot_be_used() {
    let log = Log::record();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let storage = refusing(StatusCode::NOT_FOUND, "NoSuchBucket").await;
    let _kit = FileKit::builder().upload_dir(folder.path()).storage(storage).build().expect("a filekit");
    filekit_tests::until("the log says so", async || log.text().contains("there is no such bucket").then_some(()))
        .await;
}

#[tokio::test]
async fn a_file_that_is_no_more_is_not_copied() {
    let from = ObjectStorage::new(InMemory::new());
    let file = StagedFile::of_bytes("text", "text/plain");
    let gone: FileKey = key("gone.txt");
    from.create(&gone, &file).await.expect("a file");
    from.remove(&gone).await.expect("a storage that answers");
    let copied = copy_all(&from, &ObjectStorage::new(InMemory::new())).await.expect("a copy");
    assert_eq!((copied.copied, copied.bytes), (0, 0));
}
