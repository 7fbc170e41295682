//! A store that fails in the middle: what is tried again, what a visitor and the log are told, and what is left.

use std::sync::Arc;

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Asked, Bucket, Fault, FaultyStore, Log, Reply, TestApp, Visitor, in_time, patterned, until};
use tokio::sync::Semaphore;

/// Three parts.
const LARGE: usize = (17 << 20) + 1;

#[state]
#[derive(Default)]
struct Desk {
    files: Vec<StoredFile>,
}

#[state]
impl Desk {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn fail(&mut self, file: UploadFile, #[extract] files: Files) -> Result<()> {
        let kept = file.save().await?;
        files.copy_as(&kept, "chosen.txt").await?;
        Err(Error::user("Only on weekdays."))
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "kept", on_drop = Desk::keep(upload_files("kept")), "Keep"),
        upload(id = "failing", on_drop = Desk::fail(upload_files("failing")), "Fail"),
        for file in &desk.files {
            link(href = file.url(), file.name())
        },
    ]
}

/// An app whose files are in a bucket, behind a way on which something may go wrong.
struct Fixture {
    app: TestApp,
    bucket: Bucket,
    store: FaultyStore,
    visitor: Visitor,
}

async fn fixture() -> Fixture {
    let bucket = Bucket::new().await;
    let store = FaultyStore::of(&bucket).await;
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.storage(store.storage()));
    let visitor = app.visitor().await;
    Fixture { app, bucket, store, visitor }
}

impl Fixture {
    /// The keys of what a program has saved: beside it there may be what it tries at its start.
    async fn keys(&self) -> Vec<String> {
        let mut keys = self.bucket.keys().await;
        keys.retain(|key| !key.contains("filekit-check"));
        keys
    }

    /// Nothing is there of what was to be saved, neither here nor in the bucket.
    async fn assert_nothing_is_left(&mut self) {
        assert_eq!(self.keys().await, [""; 0]);
        until("no parts are left", async || self.bucket.unfinished().await.is_empty().then_some(())).await;
        assert_eq!(self.app.files().spooled(), [""; 0]);
        self.visitor.open("/").await;
        assert_eq!(self.visitor.page().links(), [""; 0]);
    }
}

/// The answer says that something is wrong here and nothing of what it is; the log says it, beside the reference of the answer.
fn assert_told(reply: &Reply, log: &Log, words: &str) {
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR, "{}", reply.text());
    assert!(!reply.text().contains(words), "{}", reply.text());
    let reference = reply.reference();
    assert_ne!(reference, "");
    let log = log.text();
    assert!(log.lines().any(|line| line.contains(&reference) && line.contains(words)), "{reference}: {log}");
}

#[tokio::test]
async fn a_part_that_fails_twice_is_sent_again() {
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::SERVICE_UNAVAILABLE] {
        let mut test = fixture().await;
        test.store.plan(Asked::PartFrom(2), 2, Fault::Refused(status, "slow down"));
        let content = patterned(LARGE);
        let reply = test.visitor.upload("kept", [("large.bin", &content)]).await;
        assert_eq!((reply.status(), test.store.happened(Asked::PartFrom(2))), (StatusCode::OK, 2), "{}", reply.text());
        let link = test.visitor.page().href("large.bin").to_owned();
        assert!(test.visitor.get(&link).await.bytes() == &content, "{status}");
    }
}

#[tokio::test]
async fn a_store_that_fails_in_the_middle_of_a_file_is_told_and_nothing_is_left() {
    let log = Log::record();
    let mut test = fixture().await;
    let words = "the disks of the store are gone";
    test.store.plan(Asked::PartFrom(2), usize::MAX, Fault::Refused(StatusCode::INTERNAL_SERVER_ERROR, words));
    let content = patterned(LARGE);
    let reply = test.visitor.upload("kept", [("small.txt", &b"small"[..]), ("large.bin", &content)]).await;
    assert_told(&reply, &log, words);
    test.assert_nothing_is_left().await;

    test.store.mend();
    let reply = test.visitor.upload("kept", [("large.bin", &content)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(test.keys().await.len(), 1);
}

#[tokio::test]
async fn a_store_that_is_out_of_reach_is_told_and_is_no_missing_file() {
    let log = Log::record();
    let closed_port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    };
    let bucket = Bucket::new().await;
    bucket.keep("a.txt", b"hello".to_vec()).await;
    let storage = bucket.by_way_of(closed_port).storage();
    let pages = Router::new().route("/", get(page));
    let app = TestApp::with(pages, |kit| kit.storage(storage.clone()).public_uploads(true));
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("kept", [("b.txt", "b")]).await;
    assert_told(&reply, &log, "error sending request");
    // But for the note by which the next start looks for what has arrived all the same.
    let left = app.files().spooled();
    assert!(left.iter().all(|name| name.starts_with("unsaved/")), "{left:?}");
    let reply = visitor.get("/_upload/a.txt").await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR, "{}", reply.text());
}

/// The status of a download, and its bytes if it comes to its end.
async fn downloaded(app: &TestApp, link: &str) -> (StatusCode, Option<Vec<u8>>) {
    let answer = reqwest::get(format!("http://{}{link}", app.listen_bare().await)).await.expect("an answer");
    (answer.status(), answer.bytes().await.ok().map(Into::into))
}

#[tokio::test]
async fn a_download_that_breaks_off_in_the_store_is_never_a_whole_file() {
    let mut test = fixture().await;
    let content = patterned(3 << 20);
    test.visitor.upload("kept", [("a.bin", &content)]).await;
    let link = test.visitor.page().href("a.bin").to_owned();
    // From now on it is known what the file is, and no look into it fails before its answer has begun.
    assert!(downloaded(&test.app, &link).await.1.as_ref() == Some(&content));
    for fault in [Fault::BrokenOff, Fault::Halved] {
        test.store.plan(Asked::Bytes, usize::MAX, fault.clone());
        let before = test.store.happened(Asked::Bytes);
        let (status, whole) = downloaded(&test.app, &link).await;
        assert!(whole.is_none(), "{fault:?}: it looks whole, with {:?} bytes", whole.map(|bytes| bytes.len()));
        assert!(status == StatusCode::OK && test.store.happened(Asked::Bytes) > before, "{fault:?}: {status}");
        test.store.mend();
    }
    test.store.plan(Asked::Bytes, 1, Fault::BrokenOff);
    let (status, whole) = downloaded(&test.app, &link).await;
    assert!(status == StatusCode::OK && whole.is_none_or(|bytes| bytes == content), "whole or broken");
    assert!(downloaded(&test.app, &link).await.1 == Some(content), "and all is well again");
}

#[tokio::test]
async fn a_slow_store_keeps_nobody_waiting_but_who_saves() {
    let mut test = fixture().await;
    let permits = Arc::new(Semaphore::new(0));
    test.store.plan(Asked::PartFrom(1), usize::MAX, Fault::Held(Arc::clone(&permits)));
    let (mut saving, content) = (test.visitor.clone(), patterned(LARGE));
    let sent = tokio::spawn(async move { saving.upload("kept", [("large.bin", &content)]).await.status() });
    until("a part is on its way", async || (test.store.happened(Asked::PartFrom(1)) > 0).then_some(())).await;
    assert_eq!(test.keys().await, [""; 0], "a file is there when all of it is");
    let mut other = test.app.visitor().await;
    let reply = in_time("an upload of another visitor", other.upload("kept", [("a.txt", "hello")])).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    permits.add_permits(3);
    assert_eq!(in_time("the large file", sent).await.expect("a reply"), StatusCode::OK);
    test.visitor.open("/").await;
    assert!(test.visitor.page().href("large.bin").contains("large"));
}

#[tokio::test]
async fn who_is_told_of_a_failure_finds_everything_as_it_was() {
    let test = fixture().await;
    let permits = Arc::new(Semaphore::new(0));
    let mut failing = test.visitor.clone();
    let sent = tokio::spawn(async move { failing.upload("failing", [("a.txt", "hello")]).await });
    // What a start tries is removed too, and not waited for.
    test.store.plan(Asked::Removal, usize::MAX, Fault::Held(Arc::clone(&permits)));
    until("what it has saved is being removed", async || {
        permits.add_permits(1);
        sent.is_finished().then_some(())
    })
    .await;
    assert_eq!(sent.await.expect("a reply").message(), "Only on weekdays.");
    assert_eq!(test.keys().await, [""; 0]);
    assert_eq!(test.app.files().spooled(), [""; 0]);
}
