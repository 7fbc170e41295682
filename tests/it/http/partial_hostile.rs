//! Uploads in parts, from clients that mean no good and on bad days: what they must not lose, double, get at, or fill.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension,
    body::{Body, Bytes},
    http::{StatusCode, header},
};
use filekit::{FileKitBuilder, prelude::*};
use filekit_tests::{Connection, PNG, Reply, Server, TestApp, UploadDir, Visitor, in_time, patterned, until};
use futures_util::{StreamExt as _, future::join_all, stream};
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Inbox {
    received: Vec<String>,
}

/// How many events have run.
type Runs = Extension<Arc<AtomicUsize>>;

#[state]
impl Inbox {
    #[event]
    async fn receive(&mut self, files: Vec<UploadFile>, #[extract] Extension(runs): Runs) -> Result<()> {
        runs.fetch_add(1, Ordering::SeqCst);
        for file in files {
            self.received.push(file.path().to_string());
            file.save().await?;
        }
        Ok(())
    }

    #[event]
    async fn panic(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            file.save().await?;
        }
        panic!("as a mistake in a handler does");
    }
}

async fn page(inbox: Current<Inbox>) -> View {
    view![
        upload(id = "all", "Drop here"),
        button(on_click = Inbox::receive(upload_files("all")), "Send"),
        upload(id = "pictures", accept = "image/*", sha256 = true, "Drop here"),
        button(on_click = Inbox::receive(upload_files("pictures")), "Send pictures"),
        upload(id = "panics", "Drop here"),
        button(on_click = Inbox::panic(upload_files("panics")), "Panic"),
        code(id = "endpoint", upload_endpoint(Inbox::receive(upload_files("all")))),
        ul(for name in &inbox.received {
            li(name)
        }),
    ]
}

struct Fixture {
    app: TestApp,
    runs: Arc<AtomicUsize>,
    visitor: Visitor,
}

async fn fixture() -> Fixture {
    fixture_with(|builder| builder).await
}

async fn fixture_with(settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> Fixture {
    let runs = Arc::<AtomicUsize>::default();
    let pages = Router::new().route("/", get(page)).layer(Extension(Arc::clone(&runs)));
    let app = TestApp::with(pages, settings);
    let visitor = app.visitor().await;
    Fixture { app, runs, visitor }
}

impl Fixture {
    async fn send(&mut self, upload: &str, offset: usize, complete: bool, body: impl Into<Body>) -> Reply {
        let request = self.visitor.part(upload, offset, complete, body);
        self.visitor.send(request).await
    }

    async fn send_plan(&mut self, plan: &Value) -> Reply {
        self.visitor.send(self.visitor.plan_request(plan)).await
    }

    fn events(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }
}

/// A body that breaks off.
fn broken(bytes: &[u8]) -> Body {
    let frames: Vec<_> = bytes.chunks(10_000).map(|frame| Ok(Bytes::copy_from_slice(frame))).collect();
    Body::from_stream(
        stream::iter(frames).chain(stream::once(async { Err(io::ErrorKind::ConnectionReset.into()) as io::Result<_> })),
    )
}

fn offset(reply: &Reply) -> usize {
    reply
        .header("upload-offset")
        .parse()
        .unwrap_or_else(|_| panic!("no offset: {:?} {}", reply.headers(), reply.text()))
}

fn id_of(upload: &str) -> &str {
    upload.rsplit('/').next().expect("an id")
}

/// A page says what it sends; what is there already is known to the server alone.
#[tokio::test]
pub(super) async fn what_a_plan_says_to_be_there_is_not_believed() {
    let mut test = fixture().await;
    for have in [3_u64, 5, 1 << 40] {
        let name = format!("{have}.txt");
        let mut plan = test.visitor.plan("all", &[(&name, b"hello"), ("b.txt", b"world")]);
        plan["files"][0]["have"] = json!(have);
        plan["files"][1]["have"] = json!(have);
        let reply = test.send_plan(&plan).await;
        if reply.status().is_client_error() {
            continue;
        }
        assert_eq!((reply.status(), reply.header("upload-length")), (StatusCode::CREATED, "10"), "{have}");
        let upload = reply.header("location").to_owned();
        let reply = test.send(&upload, 0, true, &b"helloworld"[..]).await;
        assert_eq!(reply.status(), StatusCode::OK, "{have}: {}", reply.text());
        assert_eq!(test.app.files().stored(&name), b"hello");
    }
}

#[tokio::test]
pub(super) async fn a_plan_that_says_what_is_there_makes_no_large_file_of_nothing() {
    let mut test = fixture().await;
    let mut plan = test.visitor.plan("all", &[("a.bin", b"")]);
    plan["files"][0]["size"] = json!(4_000_000_000_u64);
    plan["files"][0]["have"] = json!(3_999_999_999_u64);
    let reply = test.send_plan(&plan).await;
    if reply.status() == StatusCode::CREATED {
        let upload = reply.header("location").to_owned();
        for _ in 0..3 {
            test.send(&upload, 0, true, &b"x"[..]).await;
        }
    }
    let folder = test.app.files().path().join(".filekit");
    for name in test.app.files().spooled() {
        let length = std::fs::metadata(folder.join(&name)).expect("a file").len();
        assert!(length < 10_000, "{name} has {length} bytes");
    }
    assert_eq!(test.app.stored_names(), [""; 0]);
    assert_eq!(test.events(), 0);
}

#[tokio::test]
pub(super) async fn a_page_says_how_large_its_files_are() {
    let mut test = fixture().await;
    let mut plan = test.visitor.plan("all", &[("a.bin", b"12")]);
    plan["files"][0]["size"] = Value::Null;
    let reply = test.send_plan(&plan).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::BAD_REQUEST, "request.malformed".to_owned()));
}

#[tokio::test]
pub(super) async fn what_the_uploads_of_a_visitor_may_come_to_is_bounded() {
    let mut test = fixture().await;
    let mut uploads = Vec::new();
    for _ in 0..6 {
        let mut plan = test.visitor.plan("all", &[("a.bin", b"")]);
        plan["files"][0]["size"] = json!(4_000_000_000_u64);
        let reply = test.send_plan(&plan).await;
        uploads.push(reply.header("location").to_owned());
    }
    let mut there = 0;
    for upload in uploads.iter().filter(|upload| !upload.is_empty()) {
        there += usize::from(test.visitor.ask(upload).await.status() == StatusCode::NO_CONTENT);
    }
    assert!(there <= 2, "{there} uploads of 4 GB have room in 8 GiB");
}

#[tokio::test]
pub(super) async fn the_upload_whose_files_are_taken_over_does_not_go_to_make_room() {
    let mut test = fixture().await;
    let content = patterned(100_000);
    let first = test.visitor.begin_upload("all", &[("a.bin", &content)]).await;
    test.send(&first, 0, true, broken(&content[..70_000])).await;
    for _ in 0..31 {
        test.visitor.begin_upload("all", &[("b.bin", &content)]).await;
    }
    let mut plan = test.visitor.plan("all", &[("a.bin", &content)]);
    plan["files"][0]["from"] = json!(format!("{}/0", id_of(&first)));
    let reply = test.send_plan(&plan).await;
    assert_eq!(reply.json()["have"], json!([70_000]), "{}", reply.text());
}

#[tokio::test]
pub(super) async fn a_file_that_is_taken_over_twice_costs_no_other_file() {
    let mut test = fixture().await;
    let (one, two) = (patterned(1_000), patterned(2_000));
    let upload = test.visitor.begin_upload("all", &[("one.bin", &one), ("two.bin", &two)]).await;
    test.send(&upload, 0, true, broken(&[&one[..], &two[..1_500]].concat())).await;
    let id = id_of(&upload).to_owned();
    let mut plan = test.visitor.plan("all", &[("one.bin", &one), ("one.bin", &one)]);
    plan["files"][0]["from"] = json!(format!("{id}/0"));
    plan["files"][1]["from"] = json!(format!("{id}/0"));
    let reply = test.send_plan(&plan).await;
    assert_eq!(reply.json()["have"], json!([1_000, 0]), "{}", reply.text());
    let mut plan = test.visitor.plan("all", &[("two.bin", &two)]);
    plan["files"][0]["from"] = json!(format!("{id}/1"));
    let reply = test.send_plan(&plan).await;
    assert_eq!(reply.json()["have"], json!([1_500]), "{}", reply.text());
}

/// What is given up while the digest of its bytes is computed calls no event.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
pub(super) async fn an_upload_that_is_given_up_before_its_event_begins_calls_none() {
    let mut test = fixture().await;
    let content = [PNG, &patterned(48 << 20)].concat();
    let half = content.len() / 2;
    for _ in 0..3 {
        let upload = test.visitor.begin_upload("pictures", &[("a.png", &content)]).await;
        test.send(&upload, 0, false, content[..half].to_vec()).await;
        let mut other = test.visitor.clone();
        let request = other.part(&upload, half, true, content[half..].to_vec());
        let before = test.events();
        let sent = tokio::spawn(async move { other.send(request).await });
        until("most bytes are there", async || {
            let name = test.app.files().spooled().into_iter().find(|name| name.ends_with("/0"))?;
            let size = std::fs::metadata(test.app.files().path().join(".filekit").join(name)).ok()?.len();
            (size + 300_000 > content.len() as u64).then_some(())
        })
        .await;
        let early = test.events() == before;
        let given_up = test.visitor.discard(&upload).await;
        let was_early = early && test.events() == before;
        let reply = in_time("an answer", sent).await.expect("a reply");
        if given_up.status() == StatusCode::NO_CONTENT && was_early {
            assert_eq!(test.events(), before, "{} {}", reply.status(), reply.text());
            assert_eq!(test.app.stored_names(), [""; 0]);
        } else {
            assert!(!was_early, "it cannot be given up: {} {}", given_up.status(), given_up.text());
            for key in test.app.files().stored_keys() {
                test.app.files().remove(&key);
            }
        }
    }
}

#[tokio::test]
pub(super) async fn an_event_that_panics_ends_its_upload() {
    let mut test = fixture().await;
    let content = patterned(100_000);
    let upload = test.visitor.begin_upload("panics", &[("a.bin", &content)]).await;
    let reply = test.send(&upload, 0, true, content.clone()).await;
    assert_eq!((reply.status(), reply.header("upload-complete")), (StatusCode::INTERNAL_SERVER_ERROR, "?1"));
    let again = test.send(&upload, content.len(), true, Body::empty()).await;
    assert_eq!((again.status(), again.text()), (reply.status(), reply.text()));
    assert_eq!(test.app.stored_names(), [""; 0]);
    assert!(test.app.spool_is_empty(), "{:?}", test.app.files().spooled());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
pub(super) async fn a_crowd_of_requests_for_one_upload_runs_its_event_once() {
    let mut test = fixture().await;
    let content = patterned(200_000);
    let upload = test.visitor.begin_upload("all", &[("a.bin", &content)]).await;
    let crowd = (0..300).map(|nth| {
        let (mut visitor, upload, content) = (test.visitor.clone(), upload.clone(), content.clone());
        tokio::spawn(async move {
            match nth % 7 {
                0 => visitor.ask(&upload).await,
                1 => visitor.send(visitor.part(&upload, 200_000, true, Body::empty())).await,
                _ => visitor.send(visitor.part(&upload, 0, true, content)).await,
            }
        })
    });
    let replies = in_time("all answers", join_all(crowd)).await;
    for reply in replies {
        let reply = reply.expect("no panic");
        assert!(!reply.status().is_server_error(), "{} {}", reply.status(), reply.text());
    }
    if test.events() == 0 {
        let at = offset(&test.visitor.ask(&upload).await);
        let reply = test.send(&upload, at, true, content[at..].to_vec()).await;
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    }
    assert_eq!(test.events(), 1);
    assert!(test.app.files().stored("a.bin") == content);
}

/// Requests of all kinds for a few uploads at once, with content that may be stored and content that may not.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
pub(super) async fn whatever_races_what_is_stored_was_judged_and_came_once() {
    let seed =
        std::env::var("FILEKIT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    let mut random = fastrand::Rng::with_seed(seed);
    let mut test = fixture().await;
    let good = [PNG, &patterned(150_000)].concat();
    let evil = b"<script>alert(1)</script>".repeat(good.len() / 20)[..good.len()].to_vec();
    for round in 0..12 {
        let first = test.visitor.begin_upload("pictures", &[("a.png", &good), ("b.png", &good)]).await;
        let mut tasks = Vec::new();
        for _ in 0..25 {
            let (mut visitor, upload) = (test.visitor.clone(), first.clone());
            let at = [0, 1, 4_096, 70_000, good.len(), 2 * good.len() - 1][random.usize(..6)];
            let bytes = if random.bool() { [&good[..], &good].concat() } else { [&evil[..], &evil].concat() };
            let length = [1, 5_000, 70_000, good.len(), 2 * good.len()][random.usize(..5)].min(bytes.len() - at);
            let what = random.u8(..10);
            let piece = bytes[at..at + length].to_vec();
            let (good, id) = (good.clone(), id_of(&first).to_owned());
            tasks.push(tokio::spawn(async move {
                let reply = match what {
                    0 => visitor.ask(&upload).await,
                    1 => visitor.discard(&upload).await,
                    2 => {
                        let mut plan = visitor.plan("pictures", &[("a.png", &good)]);
                        plan["files"][0]["from"] = json!(format!("{id}/{}", at % 2));
                        let reply = visitor.send(visitor.plan_request(&plan)).await;
                        let upload = reply.header("location").to_owned();
                        let have = reply.json()["have"][0].as_u64().unwrap_or_default() as usize;
                        visitor.send(visitor.part(&upload, 0, true, good[have..].to_vec())).await
                    }
                    3 => visitor.send(visitor.part(&upload, at, true, broken(&piece))).await,
                    _ => {
                        // Wherever it is by now.
                        let asked = visitor.ask(&upload).await;
                        let at = asked.header("upload-offset").parse().unwrap_or(0).min(bytes.len());
                        let end = (at + length).min(bytes.len());
                        visitor.send(visitor.part(&upload, at, true, bytes[at..end].to_vec())).await
                    }
                };
                assert!(!reply.status().is_server_error(), "{} {}", reply.status(), reply.text());
            }));
        }
        for task in in_time("all answers", join_all(tasks)).await {
            task.unwrap_or_else(|error| panic!("seed {seed}, round {round}: {error}"));
        }
        for key in test.app.files().stored_keys() {
            let stored = test.app.files().content(&key);
            assert_eq!(stored.len(), good.len(), "seed {seed}, round {round}");
            assert!(stored.starts_with(PNG), "seed {seed}, round {round}: {key} is none that is accepted");
        }
        let stored = test.app.stored_names().len();
        test.visitor.open("/").await;
        assert_eq!(test.visitor.page().named("li").len(), stored, "seed {seed}, round {round}: state and files");
        test.visitor.discard(&first).await;
    }
}

#[tokio::test]
pub(super) async fn heads_that_are_no_heads_are_refused_and_cost_nothing() {
    let mut test = fixture().await;
    let address = test.app.listen_bare().await;
    let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(10))]).await;
    test.send(&upload, 0, false, patterned(4)).await;
    let request = test.visitor.part(&upload, 4, true, Body::empty());
    let cookie = request.headers()[header::COOKIE].to_str().expect("ASCII").to_owned();
    let type_line = "Content-Type: application/partial-upload\r\n";
    for (version, lines) in [
        ("1.1", "Upload-Offset: 4, 4\r\nContent-Length: 6\r\n"),
        ("1.1", "Upload-Offset: 4\r\nUpload-Offset: 4\r\nContent-Length: 6\r\n"),
        ("1.1", "Upload-Offset: 4\r\nContent-Length: 6\r\nContent-Length: 7\r\n"),
        ("1.1", "Upload-Offset: 4\r\nContent-Length: 6, 7\r\n"),
        ("1.1", "Upload-Offset: 4\r\nContent-Length: 6\r\nTransfer-Encoding: chunked, identity\r\n"),
        ("1.1", "Upload-Offset: +4\r\nContent-Length: 6\r\n"),
        ("1.1", "Upload-Offset: 4;a=1\r\nContent-Length: 6\r\n"),
        ("1.1", "Upload-Offset : 4\r\nContent-Length: 6\r\n"),
        ("1.1", "Upload-Offset: 4\r\nContent-Length: 6\r\nFilekit-Instance: none\r\n"),
    ] {
        let mut connection = Connection::open(address).await;
        let head = format!(
            "PATCH {upload} HTTP/{version}\r\nHost: filekit.test\r\nOrigin: http://filekit.test\r\nCookie: {cookie}\r\n\
             Connection: close\r\n{type_line}Upload-Complete: ?1\r\n{lines}\r\n"
        );
        connection.send(head.as_bytes()).await;
        connection.send(&patterned(10)[4..]).await;
        let answer = in_time("an answer", connection.read_until("\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{lines}: {answer}");
        assert_eq!(test.events(), 0, "{lines}");
        assert_eq!(offset(&test.visitor.ask(&upload).await), 4, "{lines}");
    }
    let mut connection = Connection::open(address).await;
    let head = format!(
        "PATCH {upload} HTTP/1.0\r\nHost: filekit.test\r\nOrigin: http://filekit.test\r\nCookie: {cookie}\r\n\
         {type_line}Upload-Complete: ?1\r\nUpload-Offset: 4\r\nContent-Length: 6\r\n\r\n"
    );
    connection.send(head.as_bytes()).await;
    connection.send(&patterned(10)[4..]).await;
    let answer = in_time("an answer", connection.read_until("\r\n\r\n")).await;
    assert!(answer.contains(" 200 OK"), "{answer}");
    assert_eq!(test.events(), 1);
}

#[tokio::test]
async fn the_directory_may_go_at_any_time() {
    let mut test = fixture().await;
    let content = patterned(300_000);
    for step in 0..3 {
        let upload = test.visitor.begin_upload("all", &[("small.txt", b"small"), ("a.bin", &content)]).await;
        let all = [b"small", &content[..]].concat();
        if step == 0 {
            std::fs::remove_dir_all(test.app.files().path()).expect("a directory");
            let reply = test.send(&upload, 0, true, all).await;
            assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{}", reply.text());
        } else {
            test.send(&upload, 0, false, all[..100_000 * step].to_vec()).await;
            let path = test.app.files().path();
            let rest = all[100_000 * step..].to_vec();
            let removes = stream::once(async move {
                std::fs::remove_dir_all(path).expect("a directory");
                io::Result::Ok(Bytes::from(rest))
            });
            let reply = test.send(&upload, 100_000 * step, true, Body::from_stream(removes)).await;
            assert!(!reply.status().is_success(), "{step} {} {}", reply.status(), reply.text());
        }
        assert_eq!(test.visitor.ask(&upload).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(test.app.stored_names(), [""; 0]);
    }
    let upload = test.visitor.begin_upload("all", &[("a.bin", &content)]).await;
    let reply = test.send(&upload, 0, true, content.clone()).await;
    assert_eq!(reply.status(), StatusCode::OK, "it works again: {}", reply.text());
}

#[tokio::test]
async fn ten_thousand_files_without_content_are_received_and_leave_nothing() {
    let mut test = fixture().await;
    let names: Vec<String> = (0..10_000).map(|nth| format!("{nth}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let upload = test.visitor.begin_upload("all", &files).await;
    let reply = test.send(&upload, 0, true, Body::empty()).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(test.app.stored_names().len(), 10_000);
    until("nothing lies about", async || test.app.spool_is_empty().then_some(())).await;
}

#[tokio::test]
pub(super) async fn uploads_may_be_kept_for_ever() {
    let mut test = fixture_with(|builder| builder.partial_ttl(Duration::MAX)).await;
    let upload = test.visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
    let reply = test.send(&upload, 0, true, patterned(100)).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let elements = test.visitor.page().named("code");
    let endpoint = elements.first().expect("an endpoint").text();
    for version in ["8", "6", ""] {
        let mut request = test.visitor.part(&endpoint, 0, false, Body::empty());
        *request.method_mut() = axum::http::Method::POST;
        let headers = request.headers_mut();
        headers.remove("upload-offset");
        match version {
            "" => {
                headers.remove("upload-complete");
                headers.remove("content-type");
                headers.insert("tus-resumable", "1.0.0".parse().expect("a value"));
                headers.insert("upload-length", "5".parse().expect("a value"));
            }
            version => _ = headers.insert("upload-draft-interop-version", version.parse().expect("a value")),
        }
        let reply = test.visitor.send(request).await;
        assert_eq!(reply.status(), StatusCode::CREATED, "{version}: {}", reply.text());
    }
}

#[tokio::test]
pub(super) async fn a_refusal_of_many_files_is_not_much_larger_than_what_was_said() {
    let mut test = fixture().await;
    let name = format!("../{}", "n".repeat(300));
    let files = vec![(name.as_str(), &b"1"[..]); 10_000];
    let plan = test.visitor.plan("all", &files);
    let said = plan.to_string().len();
    let reply = test.send_plan(&plan).await;
    assert!(reply.status().is_client_error());
    let answered = reply.bytes().len();
    assert!(answered < 2 * said, "said {said}, answered {answered}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
pub(super) async fn uploads_that_begin_and_end_at_once_are_no_fault() {
    let test = fixture().await;
    let tasks = (0..4).map(|_| {
        let mut visitor = test.visitor.clone();
        tokio::spawn(async move {
            for _ in 0..300 {
                let upload = visitor.begin_upload("all", &[("a.bin", &patterned(100))]).await;
                assert_eq!(visitor.discard(&upload).await.status(), StatusCode::NO_CONTENT);
            }
        })
    });
    for task in in_time("all", join_all(tasks)).await {
        task.expect("no fault");
    }
    assert!(test.app.spool_is_empty());
}

#[tokio::test]
async fn another_server_on_the_directory_undoes_an_event_that_was_killed_before_its_files_are_taken_over() {
    const FILES: usize = 300;
    let files = UploadDir::new();
    let server = Server::start_shelf(&files).await;
    let other = Server::start_shelf(&files).await;
    let mut visitor = server.visitor().await;
    let content = patterned(65 * 1024);
    let sent: Vec<(&str, &[u8])> = vec![("scan.bin", &content); FILES];
    let upload = visitor.begin_upload("files", &sent).await;
    let mut request = visitor.part(&upload, 0, true, Body::empty());
    request.headers_mut().insert(header::CONTENT_LENGTH, (FILES * content.len()).into());
    let mut connection = Connection::open(server.address()).await;
    connection.send_head(&request).await;
    connection.send(&content.repeat(FILES)).await;
    connection.read_until("/_upload/").await;
    server.kill().await;
    let saved = files.stored_names().len();
    assert!((1..FILES).contains(&saved), "it was killed in the middle, after {saved} files");

    let mut visitor = visitor.moved_to(other.site());
    visitor.open("/").await;
    let mut plan = visitor.plan("files", &sent);
    for (nth, file) in plan["files"].as_array_mut().expect("files").iter_mut().enumerate() {
        file["from"] = json!(format!("{}/{nth}", id_of(&upload)));
    }
    let reply = visitor.send(visitor.plan_request(&plan)).await;
    assert_eq!((reply.status(), reply.header("upload-length")), (StatusCode::CREATED, "0"), "{}", reply.text());
    let upload = reply.header("location").to_owned();
    let request = visitor.part(&upload, 0, true, Body::empty());
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names().len(), FILES, "of the event that was killed nothing is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
pub(super) async fn many_small_files_of_many_uploads_take_little_memory() {
    const FILES: usize = 10_000;
    let files = UploadDir::new();
    let server = Server::start_shelf(&files).await;
    let mut visitor = server.visitor().await;
    let names: Vec<String> = (0..FILES).map(|nth| format!("{nth}")).collect();
    let sent: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"1"[..])).collect();
    let mut uploads = Vec::new();
    for _ in 0..16 {
        let upload = visitor.begin_upload("files", &sent).await;
        let request = visitor.part(&upload, 0, false, vec![b'1'; FILES - 1]);
        let reply = visitor.send(request).await;
        assert_eq!(reply.status(), StatusCode::NO_CONTENT, "{}", reply.text());
        uploads.push(upload);
    }
    let before = server.peak_memory();
    let storm = uploads.iter().cycle().take(64).map(|upload| {
        let (mut visitor, upload) = (visitor.clone(), upload.clone());
        tokio::spawn(async move { visitor.send(visitor.part(&upload, FILES - 1, false, Body::empty())).await.status() })
    });
    for status in in_time("all answers", join_all(storm)).await {
        assert!(!status.expect("an answer").is_server_error());
    }
    let grown = server.peak_memory() - before;
    assert!(grown < 256 << 20, "it took {grown} bytes more");
}
