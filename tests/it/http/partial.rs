//! Uploads in parts: a plan first, then bytes, and on after a break.

use std::{
    convert::Infallible,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::Request,
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::IntoResponse as _,
};
use filekit::{FileKitBuilder, prelude::*};
use filekit_tests::{Connection, PNG, Reply, Server, Site, TestApp, UploadDir, Visitor, in_time, patterned, until};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

#[state]
#[derive(Default)]
struct Inbox {
    received: Vec<String>,
}

/// Lets an event go on, one for each permit, and tells that one has come.
#[derive(Debug)]
struct Gate {
    come: Semaphore,
    open: Semaphore,
    gone: Notify,
}

impl Default for Gate {
    fn default() -> Self {
        Self { come: Semaphore::new(0), open: Semaphore::new(0), gone: Notify::new() }
    }
}

/// Tells when an event is over, however it ends.
struct Gone(Arc<Gate>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.gone.notify_one();
    }
}

#[state]
impl Inbox {
    #[event]
    async fn receive(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let name = format!("{} {}", file.path(), file.sha256().await?);
            file.save().await?;
            self.received.push(name);
        }
        Ok(())
    }

    #[event]
    async fn wait(&mut self, files: Vec<UploadFile>, #[extract] Extension(gate): Extension<Arc<Gate>>) -> Result<()> {
        let _gone = Gone(Arc::clone(&gate));
        self.receive(files).await?;
        gate.come.add_permits(1);
        gate.open.acquire().await.expect("it is never closed").forget();
        Ok(())
    }

    #[event]
    async fn refuse(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.receive(files).await?;
        Err(Error::user("Only on weekdays."))
    }

    #[event]
    async fn count(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            while file.next_chunk().await?.is_some() {}
            self.received.push(format!("{} {}", file.name(), file.offset()));
        }
        Ok(())
    }
}

async fn page(inbox: Current<Inbox>) -> View {
    view![
        upload(id = "all", "Drop here"),
        button(on_click = Inbox::receive(upload_files("all")), "Send"),
        upload(
            id = "some",
            accept = "image/*",
            max_files = 3,
            max_size = "2 MB",
            min_size = "2 B",
            sha256 = true,
            "Drop here"
        ),
        button(on_click = Inbox::receive(upload_files("some")), "Send some"),
        upload(id = "waiting", "Drop here"),
        button(on_click = Inbox::wait(upload_files("waiting")), "Wait"),
        upload(id = "refused", "Drop here"),
        button(on_click = Inbox::refuse(upload_files("refused")), "Refuse"),
        upload(id = "streamed", "Drop here"),
        button(on_click = Inbox::count(upload_files("streamed")), "Count"),
        ul(for name in &inbox.received {
            li(name)
        }),
    ]
}

struct Fixture {
    app: TestApp,
    gate: Arc<Gate>,
    visitor: Visitor,
}

async fn fixture() -> Fixture {
    fixture_with(|builder| builder).await
}

async fn fixture_with(settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> Fixture {
    let gate = Arc::<Gate>::default();
    let pages = Router::new().route("/", get(page)).layer(Extension(Arc::clone(&gate)));
    let app = TestApp::with(pages, settings);
    let visitor = app.visitor().await;
    Fixture { app, gate, visitor }
}

impl Fixture {
    /// What the visitor's state has received, by names.
    async fn received(&mut self) -> Vec<String> {
        self.visitor.open("/").await;
        let items = self.visitor.page().named("li").into_iter().map(|item| item.text());
        items.map(|item| item.split(' ').next().unwrap_or_default().to_owned()).collect()
    }

    async fn send(&mut self, upload: &str, offset: usize, complete: bool, body: impl Into<Body>) -> Reply {
        let request = self.visitor.part(upload, offset, complete, body);
        self.visitor.send(request).await
    }

    /// Nothing is stored, nothing lies about, and the state has received nothing.
    async fn assert_untouched(&mut self) {
        assert_eq!(self.app.stored_names(), [""; 0]);
        assert_eq!(self.app.files().spooled(), [""; 0]);
        assert_eq!(self.received().await, [""; 0]);
    }
}

/// A body that breaks off.
fn broken(bytes: &[u8]) -> Body {
    let frames: Vec<_> = bytes.chunks(10_000).map(|frame| Ok(Bytes::copy_from_slice(frame))).collect();
    Body::from_stream(
        stream::iter(frames).chain(stream::once(async { Err(io::ErrorKind::ConnectionReset.into()) as io::Result<_> })),
    )
}

/// A body that brings these bytes, and nothing more for ever.
fn stalled(bytes: &[u8]) -> Body {
    let first = Ok::<_, Infallible>(Bytes::copy_from_slice(bytes));
    Body::from_stream(stream::iter([first]).chain(stream::pending()))
}

fn offset(reply: &Reply) -> usize {
    reply.header("upload-offset").parse().unwrap_or_else(|_| panic!("no offset: {:?}", reply.headers()))
}

#[tokio::test]
pub(super) async fn an_upload_comes_in_parts() {
    let mut test = fixture().await;
    let (one, two) = (patterned(300_000), patterned(5));
    let files: [(&str, &[u8]); 4] =
        [("one.bin", &one), ("empty.txt", b""), ("folder/two.bin", &two), ("last.txt", b"")];
    let all = [&one[..], &two].concat();
    let upload = test.visitor.begin_upload("all", &files).await;
    let first = test.send(&upload, 0, false, all[..200_000].to_vec()).await;
    assert_eq!((first.status(), offset(&first)), (StatusCode::NO_CONTENT, 200_000));
    assert_eq!(first.header("upload-complete"), "?0");
    let asked = test.visitor.ask(&upload).await;
    assert_eq!((asked.status(), offset(&asked)), (StatusCode::NO_CONTENT, 200_000));
    assert_eq!((asked.header("upload-length"), asked.header("cache-control")), ("300005", "no-store"));
    assert_eq!(asked.header("connection"), "close");
    let last = test.send(&upload, 200_000, true, all[200_000..].to_vec()).await;
    assert_eq!((last.status(), last.header("upload-complete")), (StatusCode::OK, "?1"), "{}", last.text());
    assert!(last.view().is_some(), "{}", last.text());
    assert_eq!(test.received().await, ["one.bin", "empty.txt", "folder/two.bin", "last.txt"]);
    for (name, bytes) in files {
        let name = name.rsplit('/').next().expect("a name");
        assert!(test.app.files().stored(name) == bytes, "{name}");
    }
    assert!(test.app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn wherever_a_connection_breaks_the_upload_goes_on() {
    let mut test = fixture().await;
    let contents: Vec<Vec<u8>> = [10, 70_000, 1, 0, 300_000, 64 * 1024, 64 * 1024 - 1, 3].map(patterned).into();
    let names: Vec<String> = (0..contents.len()).map(|nth| format!("{nth}.bin")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(contents.iter().map(Vec::as_slice)).collect();
    let all = contents.concat();
    for step in [1, 9_999, 50_000, 65_536, 130_000] {
        let upload = test.visitor.begin_upload("all", &files).await;
        let mut at = 0;
        while at + step < all.len() && at < 40 * step {
            // The connection is gone, and so is any answer.
            test.send(&upload, at, true, broken(&all[at..at + step])).await;
            let asked = test.visitor.ask(&upload).await;
            assert_eq!(offset(&asked), at + step, "nothing that has come is lost");
            at += step;
        }
        let last = test.send(&upload, at, true, all[at..].to_vec()).await;
        assert_eq!(last.status(), StatusCode::OK, "{step}: {}", last.text());
        for key in test.app.files().stored_keys() {
            let nth: usize = key.split('.').next().and_then(|nth| nth.parse().ok()).expect("a number");
            assert!(test.app.files().content(&key) == contents[nth], "{key}, in steps of {step}");
            test.app.files().remove(&key);
        }
        assert!(test.app.spool_is_empty(), "{:?}", test.app.files().spooled());
    }
}

#[tokio::test]
pub(super) async fn files_are_refused_before_any_byte_of_them_is_sent() {
    let mut test = fixture().await;
    let files: [(&str, &[u8]); 3] = [("a.png", PNG), ("../b.png", PNG), ("c.png", b"")];
    let mut plan = test.visitor.plan("some", &files);
    let reply = test.visitor.send(test.visitor.plan_request(&plan)).await;
    let refused = |reply: &Reply| -> Vec<(u64, String)> {
        let refused = reply.json()["error"]["refused"].as_array().cloned().unwrap_or_default();
        let pair = |file: &Value| (file["nth"].as_u64().unwrap(), file["code"].as_str().unwrap().to_owned());
        refused.iter().map(pair).collect()
    };
    assert_eq!(refused(&reply), [(1, "upload.unsafe-name".to_owned())], "{}", reply.text());
    plan["files"][1]["name"] = json!("b.png");
    plan["files"][0]["size"] = json!(2_000_001);
    let reply = test.visitor.send(test.visitor.plan_request(&plan)).await;
    assert_eq!(refused(&reply), [(0, "upload.too-large".to_owned()), (2, "upload.too-small".to_owned())]);
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.message().contains("a.png") && reply.message().contains("c.png"), "{}", reply.message());
    let many = test.visitor.plan("some", &[("a.png", PNG); 4]);
    let reply = test.visitor.send(test.visitor.plan_request(&many)).await;
    assert_eq!(reply.code(), "upload.too-many-files");
    test.assert_untouched().await;
}

#[tokio::test]
pub(super) async fn what_is_in_a_file_is_judged_as_ever() {
    let mut test = fixture().await;
    let text = b"this is no picture at all".repeat(1_000);
    for cut in [None, Some(10), Some(5_000)] {
        let upload = test.visitor.begin_upload("some", &[("a.png", &text)]).await;
        if let Some(cut) = cut {
            test.send(&upload, 0, true, broken(&text[..cut])).await;
        }
        let asked = test.visitor.ask(&upload).await;
        let at = offset(&asked);
        let reply = match asked.header("upload-complete") {
            "?0" => test.send(&upload, at, true, text[at..].to_vec()).await,
            _ => test.send(&upload, at, true, Body::empty()).await,
        };
        assert_eq!(reply.code(), "upload.type-not-accepted", "{}", reply.text());
        assert_eq!(reply.header("upload-complete"), "?1");
        // A browser may not see that answer before it has sent everything.
        let asked = test.visitor.ask(&upload).await;
        assert_eq!(asked.header("upload-complete"), "?1");
        let again = test.send(&upload, offset(&asked), true, Body::empty()).await;
        assert_eq!((again.status(), again.code()), (reply.status(), reply.code()));
        test.assert_untouched().await;
    }
}

#[tokio::test]
pub(super) async fn digests_are_those_of_whole_files() {
    let mut test = fixture().await;
    let picture = [PNG, &patterned(100_000)].concat();
    let upload = test.visitor.begin_upload("some", &[("a.png", &picture), ("b.png", PNG)]).await;
    test.send(&upload, 0, true, broken(&picture[..30_000])).await;
    let rest = [&picture[30_000..], PNG].concat();
    let reply = test.send(&upload, 30_000, true, rest).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let page = reply.view().expect("a view").text();
    for bytes in [&picture[..], PNG] {
        assert!(page.contains(&filekit::storage::Sha256::of(bytes).to_string()), "{page}");
    }
}

#[tokio::test]
pub(super) async fn bytes_for_another_offset_are_refused_with_the_right_one() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
    test.send(&upload, 0, false, patterned(40)).await;
    for wrong in [0, 39, 41, 100] {
        let reply = test.send(&upload, wrong, true, patterned(60)).await;
        assert_eq!((reply.status(), offset(&reply)), (StatusCode::CONFLICT, 40));
        assert_eq!((reply.header("content-type"), reply.header("upload-complete")), ("application/problem+json", "?0"));
        assert_eq!(reply.json()["expected-offset"], 40);
        assert_eq!(reply.json()["provided-offset"], wrong);
    }
    let reply = test.send(&upload, 40, true, patterned(100)[40..].to_vec()).await;
    assert_eq!(reply.status(), StatusCode::OK, "nothing is lost: {}", reply.text());
}

#[tokio::test]
pub(super) async fn more_bytes_than_were_said_are_refused_and_nothing_is_left() {
    let mut test = fixture().await;
    for sent in [101, 5_000] {
        let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
        let reply = test.send(&upload, 0, true, patterned(sent)).await;
        assert_eq!((reply.status(), reply.code()), (StatusCode::BAD_REQUEST, "request.malformed".to_owned()));
        test.assert_untouched().await;
    }
}

#[tokio::test]
pub(super) async fn an_upload_is_its_visitors_own() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
    test.send(&upload, 0, false, patterned(40)).await;
    let mut stranger = test.app.visitor().await;
    let request = stranger.part(&upload, 40, true, patterned(60));
    let reply = stranger.send(request).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::NOT_FOUND, "upload.gone".to_owned()));
    assert_eq!(stranger.ask(&upload).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(stranger.discard(&upload).await.status(), StatusCode::NO_CONTENT, "it tells nothing");
    assert_eq!(offset(&test.visitor.ask(&upload).await), 40, "the upload is still there");
}

#[tokio::test]
pub(super) async fn the_page_is_asked_with_every_part_and_an_upload_waits_for_its_visitor() {
    let closed = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&closed);
    let guard = from_fn(move |request: Request, next: Next| {
        let is_closed = asked.load(Ordering::SeqCst);
        async move { if is_closed { StatusCode::UNAUTHORIZED.into_response() } else { next.run(request).await } }
    });
    let app = TestApp::new(Router::new().route("/", get(page)).layer(guard));
    let mut visitor = app.visitor().await;
    let upload = visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
    visitor.send(visitor.part(&upload, 0, false, patterned(40))).await;
    closed.store(true, Ordering::SeqCst);
    let reply = visitor.send(visitor.part(&upload, 40, true, patterned(100)[40..].to_vec())).await;
    assert_eq!(reply.status(), StatusCode::UNAUTHORIZED, "{}", reply.text());
    assert_eq!(app.stored_names(), [""; 0]);
    closed.store(false, Ordering::SeqCst);
    assert_eq!(offset(&visitor.ask(&upload).await), 40);
    let reply = visitor.send(visitor.part(&upload, 40, true, patterned(100)[40..].to_vec())).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}

#[tokio::test]
pub(super) async fn an_upload_whose_right_is_gone_is_refused_with_the_page_as_it_is_and_taken_over_by_the_next() {
    let mut test = fixture().await;
    let content = [PNG, &patterned(100_000)].concat();
    let mut plan = test.visitor.plan("all", &[("a.bin", &content)]);
    // As the page of a program says it that has other events by now.
    let event = test.visitor.call_of("Send some");
    plan["call"]["capability"] = event["capability"].clone();
    plan["files"][0]["upload"] = json!("some");
    plan["files"][0]["name"] = json!("a.png");
    let reply = test.visitor.send(test.visitor.plan_request(&plan)).await;
    let upload = reply.header("location").to_owned();
    test.send(&upload, 0, true, broken(&content[..70_000])).await;
    // Rules that were changed on the disk stand for those of another version of the program.
    let sidecar = test.app.files().spooled().into_iter().find(|name| name.ends_with("/plan")).expect("a plan");
    let sidecar = test.app.files().path().join(".filekit").join(sidecar);
    let text = std::fs::read_to_string(&sidecar).expect("a plan");
    let capability = event["capability"].as_str().expect("a capability");
    let other = format!("{}x", &capability[..capability.len() - 1]);
    std::fs::write(&sidecar, text.replace(capability, &other)).expect("a plan");
    let reply = test.send(&upload, 70_000, true, content[70_000..].to_vec()).await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{}", reply.text());
    assert!(reply.json()["view"].is_object(), "the page as it is: {}", reply.text());
    let id = upload.rsplit('/').next().expect("an id");
    let mut plan = test.visitor.plan("all", &[("a.png", &content)]);
    plan["files"][0]["from"] = json!(format!("{id}/0"));
    let reply = test.visitor.send(test.visitor.plan_request(&plan)).await;
    assert_eq!(reply.json()["have"], json!([70_000]));
}

#[tokio::test]
pub(super) async fn an_upload_that_is_given_up_leaves_nothing() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(100_000))]).await;
    test.send(&upload, 0, false, patterned(90_000)).await;
    assert_ne!(test.app.files().spooled(), [""; 0]);
    for _ in 0..2 {
        assert_eq!(test.visitor.discard(&upload).await.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(test.visitor.ask(&upload).await.status(), StatusCode::NOT_FOUND);
    test.assert_untouched().await;
}

#[tokio::test]
pub(super) async fn who_asks_again_gets_the_outcome_of_an_event_that_ran_once() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("all", &[("a.txt", b"hello")]).await;
    let first = test.send(&upload, 0, true, &b"hello"[..]).await;
    let asked = test.visitor.ask(&upload).await;
    assert_eq!((offset(&asked), asked.header("upload-complete")), (5, "?1"));
    let again = test.send(&upload, 5, true, Body::empty()).await;
    assert_eq!((again.status(), again.text()), (first.status(), first.text()));
    assert_eq!(test.received().await, ["a.txt"]);
    let reply = test.send(&upload, 0, true, &b"hello"[..]).await;
    assert_eq!((reply.status(), offset(&reply)), (StatusCode::CONFLICT, 5));
}

#[tokio::test]
pub(super) async fn an_event_goes_on_when_its_connection_is_lost() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("waiting", &[("a.txt", b"hello")]).await;
    let mut lost = test.visitor.clone();
    let request = lost.part(&upload, 0, true, &b"hello"[..]);
    let sent = tokio::spawn(async move { lost.send(request).await });
    in_time("that the event has begun", test.gate.come.acquire()).await.expect("open").forget();
    sent.abort();
    assert!(sent.await.is_err());
    let asked = test.visitor.ask(&upload).await;
    assert_eq!((offset(&asked), asked.header("upload-complete")), (5, "?1"), "to ask does not end it");
    test.gate.open.add_permits(1);
    let reply = test.send(&upload, 5, true, Body::empty()).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert!(reply.view().is_some());
    assert_eq!(test.received().await, ["a.txt"]);
    assert_eq!(test.app.stored_names(), ["a.txt"]);
}

#[tokio::test]
pub(super) async fn an_event_ends_when_its_upload_is_given_up() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("waiting", &[("a.txt", b"hello")]).await;
    let mut other = test.visitor.clone();
    let request = other.part(&upload, 0, true, &b"hello"[..]);
    let sent = tokio::spawn(async move { other.send(request).await });
    in_time("that the event has begun", test.gate.come.acquire()).await.expect("open").forget();
    assert_eq!(test.visitor.discard(&upload).await.status(), StatusCode::NO_CONTENT);
    in_time("that the event is gone", test.gate.gone.notified()).await;
    let reply = in_time("an answer", sent).await.expect("a reply");
    assert_eq!((reply.status(), reply.code()), (StatusCode::NOT_FOUND, "upload.gone".to_owned()));
    until("nothing is left", async || test.app.spool_is_empty().then_some(())).await;
    test.assert_untouched().await;
}

#[tokio::test]
pub(super) async fn an_event_that_refuses_leaves_nothing() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("refused", &[("a.bin", &patterned(100_000))]).await;
    let reply = test.send(&upload, 0, true, patterned(100_000)).await;
    assert_eq!((reply.message(), reply.header("upload-complete")), ("Only on weekdays.".to_owned(), "?1"));
    test.assert_untouched().await;
}

#[tokio::test]
pub(super) async fn a_newer_request_ends_the_older_one() {
    let mut test = fixture().await;
    // On a slow disk 256 KiB are gathered before anything is written.
    let content = patterned(800_000);
    let upload = test.visitor.begin_upload("all", &[("a.bin", &content)]).await;
    let begin = |mut visitor: Visitor, at: usize, to: usize| {
        let request = visitor.part(&upload, at, true, stalled(&content[at..to]));
        tokio::spawn(async move { visitor.send(request).await })
    };
    let first = begin(test.visitor.clone(), 0, 400_000);
    until("it has come", async || {
        (!test.app.files().spooled().iter().all(|name| name.ends_with("plan"))).then_some(())
    })
    .await;
    let asked = in_time("the offset", test.visitor.ask(&upload)).await;
    assert_eq!(offset(&asked), 400_000);
    assert_eq!(in_time("the end", first).await.expect("a reply").code(), "upload.superseded");
    let second = begin(test.visitor.clone(), 400_000, 750_000);
    until("it has come", async || {
        let path = test.app.files().path().join(".filekit");
        let name = test.app.files().spooled().into_iter().find(|name| name.ends_with("/0"))?;
        (std::fs::metadata(path.join(name)).ok()?.len() > 400_000).then_some(())
    })
    .await;
    let third = test.send(&upload, 750_000, true, content[750_000..].to_vec()).await;
    assert_eq!(third.status(), StatusCode::OK, "{}", third.text());
    assert_eq!(in_time("the end", second).await.expect("a reply").code(), "upload.superseded");
    assert!(test.app.files().stored("a.bin") == content);
}

#[tokio::test]
pub(super) async fn files_that_were_sent_in_part_are_taken_over() {
    let mut test = fixture().await;
    let (one, two) = (patterned(100_000), patterned(200_000));
    let files: [(&str, &[u8]); 2] = [("one.bin", &one), ("two.bin", &two)];
    let upload = test.visitor.begin_upload("all", &files).await;
    test.send(&upload, 0, true, broken(&[&one[..], &two[..50_000]].concat())).await;
    let id = upload.rsplit('/').next().expect("an id").to_owned();
    // The page was loaded again, the files were chosen again, in another order and with another one.
    test.visitor.open("/").await;
    let new = patterned(10);
    let mut plan = test.visitor.plan("all", &[("new.bin", &new), ("two.bin", &two), ("one.bin", &one)]);
    plan["files"][1]["from"] = json!(format!("{id}/1"));
    plan["files"][2]["from"] = json!(format!("{id}/0"));
    let reply = test.visitor.send(test.visitor.plan_request(&plan)).await;
    assert_eq!(reply.json()["have"], json!([0, 50_000, 100_000]), "{}", reply.text());
    assert_eq!(reply.header("upload-length"), (10 + 150_000).to_string());
    let upload = reply.header("location").to_owned();
    let body = [&new[..], &two[50_000..]].concat();
    let reply = test.send(&upload, 0, true, body).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    for (name, bytes) in [("new.bin", &new), ("two.bin", &two), ("one.bin", &one)] {
        assert!(test.app.files().stored(name) == *bytes, "{name}");
    }
    assert!(test.app.spool_is_empty(), "{:?}", test.app.files().spooled());
}

#[tokio::test]
pub(super) async fn another_file_or_a_strangers_is_not_taken_over() {
    let mut test = fixture().await;
    let content = patterned(100_000);
    let upload = test.visitor.begin_upload("all", &[("a.bin", &content)]).await;
    test.send(&upload, 0, true, broken(&content[..70_000])).await;
    let id = upload.rsplit('/').next().expect("an id").to_owned();
    let mut stranger = test.app.visitor().await;
    let have = async |visitor: &mut Visitor, name: &str, size: usize, from: String| {
        let mut plan = visitor.plan("all", &[(name, &content[..size])]);
        plan["files"][0]["from"] = json!(from);
        let reply = visitor.send(visitor.plan_request(&plan)).await;
        assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
        reply.json()["have"].clone()
    };
    assert_eq!(have(&mut stranger, "a.bin", 100_000, format!("{id}/0")).await, Value::Null);
    for (name, size, from) in [
        ("b.bin", 100_000, format!("{id}/0")),
        ("a.bin", 99_999, format!("{id}/0")),
        ("a.bin", 100_000, format!("{id}/1")),
        ("a.bin", 100_000, format!("{id}/../0")),
        ("a.bin", 100_000, format!("{}/0", "0".repeat(32))),
        ("a.bin", 100_000, "../secret".to_owned()),
    ] {
        assert_eq!(have(&mut test.visitor, name, size, from.clone()).await, Value::Null, "{name} {size} {from}");
    }
    assert_eq!(have(&mut test.visitor, "a.bin", 100_000, format!("{id}/0")).await, json!([70_000]));
}

#[tokio::test]
pub(super) async fn a_small_selection_comes_with_its_plan() {
    let mut test = fixture().await;
    let files: [(&str, &[u8]); 3] = [("a.txt", b"hello"), ("empty", b""), ("b/c.png", PNG)];
    let plan = test.visitor.plan("all", &files);
    let bytes = [b"hello", PNG].concat();
    for wrong in [&bytes[..bytes.len() - 1], &[&bytes[..], b"x"].concat()] {
        let reply = test.visitor.send(test.visitor.plan_with_bytes(&plan, wrong)).await;
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{}", reply.text());
        test.assert_untouched().await;
    }
    let plan = test.visitor.plan("all", &files);
    let reply = test.visitor.send(test.visitor.plan_with_bytes(&plan, &bytes)).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(test.received().await, ["a.txt", "empty", "b/c.png"]);
    assert_eq!(test.app.files().stored("c.png"), PNG);
}

#[tokio::test]
pub(super) async fn an_event_that_reads_while_bytes_come_takes_them_at_once_only() {
    let mut test = fixture().await;
    let content = patterned(300_000);
    let plan = test.visitor.plan("streamed", &[("a.bin", &content), ("b.bin", b"12")]);
    let reply = test.visitor.send(test.visitor.plan_request(&plan)).await;
    assert_eq!((reply.status(), reply.json()), (StatusCode::OK, json!({"upload": null})));
    let bytes = [&content[..], b"12"].concat();
    let reply = test.visitor.send(test.visitor.plan_with_bytes(&plan, &bytes)).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let page = reply.view().expect("a view").text();
    assert!(page.contains("a.bin 300000") && page.contains("b.bin 2"), "{page}");
}

#[tokio::test]
pub(super) async fn of_too_many_unfinished_uploads_the_oldest_goes() {
    let mut test = fixture().await;
    let mut uploads = Vec::new();
    for _ in 0..40 {
        uploads.push(test.visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await);
    }
    let mut there = 0;
    for upload in &uploads {
        there += usize::from(test.visitor.ask(upload).await.status() == StatusCode::NO_CONTENT);
    }
    assert_eq!(there, 32);
    let last = uploads.last().expect("forty");
    assert_eq!(test.visitor.ask(last).await.status(), StatusCode::NO_CONTENT, "the newest is there");
}

#[tokio::test]
pub(super) async fn an_upload_expires() {
    let mut test = fixture_with(|builder| builder.partial_ttl(std::time::Duration::ZERO)).await;
    let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
    let reply = test.send(&upload, 0, true, patterned(100)).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::NOT_FOUND, "upload.gone".to_owned()));
    test.assert_untouched().await;
}

#[tokio::test]
pub(super) async fn wrong_plans_and_parts_are_refused() {
    let mut test = fixture().await;
    let plan = test.visitor.plan("all", &[("a.bin", b"12")]);
    for (path, value) in [
        ("/files/0/size", json!(-1)),
        ("/files/0/size", Value::Null),
        ("/files/0/upload", json!("other")),
        ("/files", json!("none")),
        ("/call/capability", json!("none")),
    ] {
        let mut wrong = plan.clone();
        *wrong.pointer_mut(path).expect("a value") = value.clone();
        let reply = test.visitor.send(test.visitor.plan_request(&wrong)).await;
        // A file whose size is not known may come, but not through a page.
        assert!(reply.status().is_client_error() || value.is_null(), "{path} {value}: {}", reply.status());
    }
    let upload = test.visitor.begin_upload("all", &[("a.bin", b"12")]).await;
    for (header, value, status) in [
        ("upload-offset", "", StatusCode::BAD_REQUEST),
        ("upload-offset", "-1", StatusCode::BAD_REQUEST),
        ("content-type", "text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
    ] {
        let mut request = test.visitor.part(&upload, 0, true, &b"12"[..]);
        request.headers_mut().insert(header, value.parse().expect("a value"));
        let reply = test.visitor.send(request).await;
        assert_eq!(reply.status(), status, "{header} {value}: {}", reply.text());
    }
    for id in ["", "0", "..", &"0".repeat(32), "%2e%2e"] {
        let reply = test.send(&format!("/_filekit/partial/{id}"), 0, true, &b"12"[..]).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
pub(super) async fn an_upload_survives_a_killed_server() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;
    let content = patterned(1_000_000);
    let upload = visitor.begin_upload("file_upload", &[("small.txt", b"small"), ("a.bin", &content)]).await;
    let body = [b"small", &content[..600_000]].concat();
    let request = visitor.part(&upload, 0, false, body.clone());
    assert_eq!(visitor.send(request).await.status(), StatusCode::NO_CONTENT);
    let address = server.address();
    server.kill().await;
    let server = Server::start_again(Server::upload(), &files, address).await;
    let mut visitor = visitor.moved_to(Site::Address(server.address()));
    let asked = visitor.ask(&upload).await;
    assert_eq!((asked.status(), offset(&asked)), (StatusCode::NO_CONTENT, body.len()));
    let request = visitor.part(&upload, body.len(), true, content[600_000..].to_vec());
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert!(files.stored("a.bin") == content && files.stored("small.txt") == b"small");
    assert!(files.spool_is_empty(), "{:?}", files.spooled());
}

/// Sends the end of an upload, and kills the server as soon as its event has saved something.
async fn kill_in_event(server: Server, visitor: &Visitor, upload: &str, bytes: &[u8]) {
    let mut request = visitor.part(upload, 0, true, Body::empty());
    request.headers_mut().insert(header::CONTENT_LENGTH, bytes.len().into());
    let mut connection = Connection::open(server.address()).await;
    connection.send_head(&request).await;
    connection.send(bytes).await;
    connection.read_until("/_upload/").await;
    server.kill().await;
}

#[tokio::test]
pub(super) async fn an_event_that_is_killed_leaves_the_upload_and_is_not_begun_again_by_itself() {
    const FILES: usize = 500;
    let files = UploadDir::new();
    let server = Server::start_shelf(&files).await;
    let address = server.address();
    let mut visitor = server.visitor().await;
    // Larger than what is held in memory.
    let content = patterned(65 * 1024);
    let sent: Vec<(&str, &[u8])> = vec![("scan.bin", &content); FILES];
    let upload = visitor.begin_upload("files", &sent).await;
    kill_in_event(server, &visitor, &upload, &content.repeat(FILES)).await;
    let saved = files.stored_names().len();
    assert!((1..FILES).contains(&saved), "it was killed in the middle, after {saved} files");

    let server = Server::start_again(Server::shelf(), &files, address).await;
    until("that what it had saved is undone", async || files.stored_names().is_empty().then_some(())).await;
    let mut visitor = visitor.moved_to(server.site());
    let asked = visitor.ask(&upload).await;
    assert_eq!((offset(&asked), asked.header("upload-complete")), (FILES * content.len(), "?0"));
    let request = visitor.part(&upload, FILES * content.len(), true, Body::empty());
    let reply = visitor.send(request).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::CONFLICT, "event.outcome-unknown".to_owned()));

    // The visitor decides to try again: no byte is sent twice.
    visitor.open("/").await;
    let id = upload.rsplit('/').next().expect("an id");
    let mut plan = visitor.plan("files", &sent);
    for (nth, file) in plan["files"].as_array_mut().expect("files").iter_mut().enumerate() {
        file["from"] = json!(format!("{id}/{nth}"));
    }
    let reply = visitor.send(visitor.plan_request(&plan)).await;
    assert_eq!((reply.status(), reply.header("upload-length")), (StatusCode::CREATED, "0"), "{}", reply.text());
    let upload = reply.header("location").to_owned();
    let request = visitor.part(&upload, 0, true, Body::empty());
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names().len(), FILES);
    // What a bucket was sent when the server was killed may come yet: the next server looks twice before it lets go of its note.
    until("that nothing is noted of it", async || files.spool_is_empty().then_some(())).await;
}

#[tokio::test]
pub(super) async fn an_event_runs_that_a_killed_server_had_not_begun() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let address = server.address();
    let mut visitor = server.visitor().await;
    let content = patterned(200_000);
    let upload = visitor.begin_upload("file_upload", &[("a.bin", &content)]).await;
    // All bytes are there, and the event is to come with the next request: a body without an end, whose server is killed.
    let mut request = visitor.part(&upload, 0, true, Body::empty());
    request.headers_mut().insert(header::TRANSFER_ENCODING, "chunked".parse().expect("a value"));
    let mut connection = Connection::open(address).await;
    connection.send_head(&request).await;
    connection.send(format!("{:x}\r\n", content.len()).as_bytes()).await;
    connection.send(&content).await;
    until("the bytes are there", async || {
        let name = files.spooled().into_iter().find(|name| name.ends_with("/0"))?;
        let size = std::fs::metadata(files.path().join(".filekit").join(name)).ok()?.len();
        (size == content.len() as u64).then_some(())
    })
    .await;
    server.kill().await;
    let server = Server::start_again(Server::upload(), &files, address).await;
    let mut visitor = visitor.moved_to(server.site());
    let asked = visitor.ask(&upload).await;
    assert_eq!((offset(&asked), asked.header("upload-complete")), (content.len(), "?0"));
    let request = visitor.part(&upload, content.len(), true, Body::empty());
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert!(files.stored("a.bin") == content);
}
