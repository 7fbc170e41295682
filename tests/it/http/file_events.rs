//! What a program is told of its files by `on_event`, whatever way they take.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Extension;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use filekit::guard::{FileEvent, FileEventKind};
use filekit::prelude::*;
use filekit_files::{Store, StoreOptions};
use filekit_tests::{BOUNDARY, Connection, Entries, Log, Multipart, TestApp, UploadDir, Visitor, patterned, until};
use http_body_util::BodyExt as _;

/// The size of a file that no buffer on the way to a client holds.
const LARGE: usize = 32 << 20;

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
    async fn keep_and_fail(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.keep(files).await?;
        Err(Error::user("Not today."))
    }

    #[event]
    async fn keep_and_panic(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.keep(files).await?;
        panic!("in the handler")
    }

    #[event]
    async fn replace(&mut self, file: UploadFile) -> Result<()> {
        self.files = vec![file.save_as("desk/current.txt").await?];
        Ok(())
    }

    #[event]
    async fn read(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            while file.next_chunk().await?.is_some() {}
        }
        Ok(())
    }

    #[event]
    async fn keep_rest(&mut self, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            file.next_chunk().await?;
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn remove(&mut self, #[extract] files: Files) -> Result<()> {
        for file in self.files.drain(..) {
            files.remove(&file).await?;
        }
        Ok(())
    }

    #[event]
    async fn remove_and_fail(&mut self, #[extract] files: Files) -> Result<()> {
        self.remove(files).await?;
        Err(Error::user("Not today."))
    }

    #[event]
    async fn rename(&mut self, #[extract] files: Files) -> Result<()> {
        for file in &mut self.files {
            *file = files.rename(&*file, "renamed.txt").await?;
        }
        Ok(())
    }

    #[event]
    fn count(&mut self) -> Download {
        Download::data(self.files.len().to_string()).filename("count.txt")
    }

    #[event]
    fn report(&self) -> Download {
        Download::data("1,2,3").filename("report.csv")
    }
}

#[derive(Clone)]
struct Team;

impl Owner for Team {
    fn key(&self) -> Cow<'_, str> {
        "red".into()
    }
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Team {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        _: &mut axum::http::request::Parts,
        _: &S,
    ) -> std::result::Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

#[state(owner = Team)]
#[derive(Default)]
struct Shared {
    count: usize,
}

#[state]
impl Shared {
    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        file.save().await?;
        self.count += 1;
        Ok(())
    }
}

async fn page(desk: Current<Desk>, shared: Current<Shared>) -> View {
    view![
        upload(id = "files", max_size = "40 MiB", "Keep"),
        button(on_click = Desk::keep(upload_files("files")), "Send"),
        upload(id = "small", max_size = "10 B", "Keep small ones"),
        button(on_click = Desk::keep(upload_files("small")), "Send small ones"),
        upload(id = "failing", "Keep and fail"),
        button(on_click = Desk::keep_and_fail(upload_files("failing")), "Send and fail"),
        upload(id = "panicking", "Keep and panic"),
        button(on_click = Desk::keep_and_panic(upload_files("panicking")), "Send and panic"),
        upload(id = "current", "Replace"),
        button(on_click = Desk::replace(upload_files("current")), "Send another"),
        upload(id = "read", "Read"),
        button(on_click = Desk::read(upload_files("read")), "Send to read"),
        upload(id = "rest", "Keep the rest"),
        button(on_click = Desk::keep_rest(upload_files("rest")), "Send the rest"),
        upload(id = "shared", "Keep for the team"),
        button(on_click = Shared::keep(upload_files("shared")), "Send to the team"),
        button(on_click = Desk::remove, "Remove"),
        button(on_click = Desk::remove_and_fail, "Remove and fail"),
        button(on_click = Desk::rename, "Rename"),
        button(on_click = Desk::report, "Report"),
        button(on_click = Desk::count, "Count"),
        text(shared.count),
        code(id = "endpoint", upload_endpoint(Desk::keep(upload_files("files")))),
        for file in &desk.files {
            link(href = upload_url(file), file.name())
        },
    ]
}

/// The events that a program was told of.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<FileEvent>>>);

impl Told {
    fn observer(&self) -> impl Fn(&FileEvent) + Send + Sync + use<> {
        let told = self.clone();
        move |event| told.0.lock().expect("no panic").push(event.clone())
    }

    /// What came since the last look.
    fn take(&self) -> Vec<FileEvent> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }

    /// Kind, name and bytes of what came since the last look, one line for each.
    fn lines(&self) -> Vec<String> {
        self.take().iter().map(line).collect()
    }
}

fn line(event: &FileEvent) -> String {
    let name = event.name.as_deref().unwrap_or("-");
    let bytes = event.bytes.map_or("-".to_owned(), |bytes| bytes.to_string());
    format!("{} {name} {bytes}", event.kind)
}

struct Fixture {
    app: TestApp,
    told: Told,
    visitor: Visitor,
}

async fn fixture() -> Fixture {
    let told = Told::default();
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.on_event(told.observer()));
    let app = app.layered(|router| router.layer(Extension(ConnectInfo(SocketAddr::from(([203, 0, 113, 7], 4_711))))));
    let visitor = app.visitor().await;
    assert!(told.take().is_empty(), "a page is no event");
    Fixture { app, told, visitor }
}

#[tokio::test]
pub(super) async fn an_upload_is_sent_then_stored_and_says_who_has_sent_it() {
    let mut test = fixture().await;
    let reply = test.visitor.upload("files", [("a.txt", "12345"), ("b.txt", "")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let events = test.told.take();
    let lines: Vec<_> = events.iter().map(line).collect();
    assert_eq!(lines, ["sent a.txt 5", "sent b.txt 0", "stored a.txt 5", "stored b.txt 0"]);
    assert_eq!(events[2].key, Some(test.app.files().key_of("a.txt")));
    assert!(events[0].duration.is_some() && events[0].key.is_none());
    let others: HashSet<_> = events.iter().map(|event| event.who.session.expect("a session")).collect();
    assert_eq!(others.len(), 1, "all are of one session");
    assert!(events.iter().all(|event| event.who.address == Some([203, 0, 113, 7].into())));

    let mut other = test.app.visitor().await;
    other.upload("files", [("a.txt", "12345")]).await;
    let of_other = test.told.take()[0].who.session.expect("a session");
    assert!(!others.contains(&of_other), "another visitor has another digest");
    for cookie in other.cookies().values() {
        assert!(!cookie.contains(&of_other.to_string()), "the digest is no part of the cookie");
    }
}

#[tokio::test]
pub(super) async fn an_upload_in_parts_is_sent_once() {
    let mut test = fixture().await;
    let (bytes, empty) = (patterned(300_000), b"");
    let upload = test.visitor.begin_upload("files", &[("a.bin", &bytes), ("b.bin", empty)]).await;
    assert!(test.told.take().is_empty());
    let part = test.visitor.part(&upload, 0, false, bytes[..100_000].to_vec());
    assert_eq!(test.visitor.send(part).await.status(), StatusCode::NO_CONTENT);
    assert!(test.told.take().is_empty(), "a part is no file");
    let part = test.visitor.part(&upload, 100_000, true, bytes[100_000..].to_vec());
    assert_eq!(test.visitor.send(part).await.status(), StatusCode::OK);
    let events = test.told.take();
    let lines: Vec<_> = events.iter().map(line).collect();
    assert_eq!(lines, ["sent a.bin 300000", "sent b.bin 0", "stored a.bin 300000", "stored b.bin 0"]);
    assert!(events.iter().all(|event| event.who.session.is_some() && event.who.address.is_some()), "{events:?}");
}

#[tokio::test]
pub(super) async fn files_of_a_form_without_scripts_are_told() {
    let mut test = fixture().await;
    let form = test.visitor.submission("Send", Entries::new().file("files", "a.txt", "12345"));
    let reply = test.visitor.send(form).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER, "{}", reply.text());
    assert_eq!(test.told.lines(), ["sent a.txt 5", "stored a.txt 5"]);
}

#[tokio::test]
pub(super) async fn a_file_that_is_read_while_it_comes_is_told_when_all_of_it_has_come() {
    let mut test = fixture().await;
    test.visitor.upload("read", [("a.txt", "12345")]).await;
    assert_eq!(test.told.lines(), ["sent a.txt 5"]);
    let bytes = patterned(200_000);
    test.visitor.upload("rest", [("b.bin", &bytes)]).await;
    let lines = test.told.lines();
    assert_eq!(lines[0], "sent b.bin 200000", "{lines:?}");
    assert!(lines[1].starts_with("stored b.bin ") && lines.len() == 2, "{lines:?}");
}

#[tokio::test]
pub(super) async fn a_refusal_is_told_with_its_code_and_the_file_to_blame() {
    let mut test = fixture().await;
    let reply = test.visitor.upload("small", [("large.txt", "0123456789-")]).await;
    assert_eq!(reply.code(), "upload.too-large");
    let events = test.told.take();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].kind, FileEventKind::Refused { code: "upload.too-large" });
    assert_eq!(events[0].name.as_deref(), Some("large.txt"));
    assert!(events[0].who.session.is_some());

    let request = Request::get("/_upload/none.7k2mq9xwh3dp.txt").body(Body::empty()).expect("a request");
    assert_eq!(test.visitor.send(request).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(test.told.lines(), ["refused (request.not-found) - -"]);

    let reply =
        test.visitor.send(test.visitor.plan_request(&test.visitor.plan("small", &[("large.txt", &[0; 11])]))).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE, "{}", reply.text());
    assert_eq!(test.told.lines(), ["refused (upload.too-large) large.txt -"]);
}

#[tokio::test]
pub(super) async fn an_event_that_fails_is_told_and_its_files_are_not_stored() {
    let mut test = fixture().await;
    for (upload, event, code) in
        [("failing", "keep_and_fail", "event.refused"), ("panicking", "keep_and_panic", "event.failed")]
    {
        test.visitor.upload(upload, [("a.txt", "12345")]).await;
        let failed = format!("call-failed ({event}: {code}) - -");
        assert_eq!(test.told.lines(), ["sent a.txt 5".to_owned(), failed, format!("refused ({code}) - -")]);
    }
    assert!(test.app.stored_names().is_empty());
}

#[tokio::test]
pub(super) async fn an_event_of_an_upload_in_parts_that_fails_is_told() {
    let mut test = fixture().await;
    let upload = test.visitor.begin_upload("failing", &[("a.txt", b"12345")]).await;
    let part = test.visitor.part(&upload, 0, true, "12345");
    assert_eq!(test.visitor.send(part).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let events = test.told.take();
    let lines: Vec<_> = events.iter().map(line).collect();
    assert_eq!(
        lines,
        ["sent a.txt 5", "call-failed (keep_and_fail: event.refused) - -", "refused (event.refused) - -"]
    );
    assert!(events.iter().all(|event| event.who.session.is_some()), "{events:?}");
}

#[tokio::test]
pub(super) async fn what_replaces_is_renamed_or_removed_is_told_when_the_event_has_succeeded() {
    let mut test = fixture().await;
    for _ in 0..2 {
        test.visitor.upload("current", [("a.txt", "12345")]).await;
        assert_eq!(test.told.lines(), ["sent a.txt 5", "stored current.txt 5"]);
    }
    test.visitor.open("/").await;
    test.visitor.click("Rename").await;
    let events = test.told.take();
    let keys: Vec<_> = events.iter().map(|event| event.key.as_deref().expect("a key")).collect();
    assert_eq!(keys[1], "desk/current.txt");
    assert!(keys[0].starts_with("desk/renamed."), "{keys:?}");
    assert_eq!(events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["stored", "removed"]);

    test.visitor.click("Remove and fail").await;
    let lines = test.told.lines();
    assert!(lines.iter().all(|line| !line.starts_with("removed")), "{lines:?}");
    test.visitor.click("Remove").await;
    assert_eq!(test.told.lines(), ["removed renamed.txt 5"]);

    let stored = test.app.files().path().join("by-hand.txt");
    std::fs::write(stored, "123").expect("a directory to write to");
    assert!(test.app.kit().files().remove("by-hand.txt").await.expect("a disk"));
    let events = test.told.take();
    assert_eq!(line(&events[0]), "removed by-hand.txt 3");
    assert_eq!(events[0].who, filekit::guard::Who::default(), "the program itself has done it");
}

#[tokio::test]
pub(super) async fn what_is_sent_is_told_with_the_bytes_that_went() {
    let mut test = fixture().await;
    test.visitor.upload("files", [("a.txt", "0123456789")]).await;
    test.visitor.open("/").await;
    test.told.take();
    let link = test.visitor.page().href("a.txt").to_owned();
    assert_eq!(test.visitor.get(&link).await.text(), "0123456789");
    let events = test.told.take();
    assert_eq!(events.iter().map(line).collect::<Vec<_>>(), ["served a.txt 10"]);
    assert_eq!(events[0].key, Some(test.app.files().key_of("a.txt")));
    assert!(events[0].duration.is_some() && events[0].who.address.is_some());

    let part = Request::get(&link).header(header::RANGE, "bytes=2-4").body(Body::empty()).expect("a request");
    assert_eq!(test.visitor.send(part).await.text(), "234");
    assert_eq!(test.told.lines(), ["served a.txt 3"]);

    let head = Request::head(&link).body(Body::empty()).expect("a request");
    assert_eq!(test.visitor.send(head).await.status(), StatusCode::OK);
    let known = Request::get(&link).header(header::IF_NONE_MATCH, "*").body(Body::empty()).expect("a request");
    assert_eq!(test.visitor.send(known).await.status(), StatusCode::NOT_MODIFIED);
    assert!(test.told.take().is_empty(), "no bytes were sent");

    let report = test.visitor.page().href("Report").to_owned();
    assert_eq!(test.visitor.get(&report).await.text(), "1,2,3");
    assert_eq!(test.told.lines(), ["served report.csv 5"]);
    assert_eq!(test.visitor.click("Count").await.actions()[0]["filename"], "count.txt");
    assert_eq!(test.told.lines(), ["served count.txt 1"], "it comes within the reply");
}

#[tokio::test]
pub(super) async fn a_client_that_breaks_off_is_told_with_less_than_the_file() {
    let mut test = fixture().await;
    test.visitor.upload("files", [("a.bin", patterned(LARGE))]).await;
    test.visitor.open("/").await;
    test.told.take();
    let link = test.visitor.page().href("a.bin").to_owned();
    let mut connection = Connection::open(test.app.listen_bare().await).await;
    connection.send(format!("GET {link} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await;
    connection.read_until("\r\n\r\n").await;
    drop(connection);
    let event = until("the answer is given up", async || test.told.take().pop()).await;
    let bytes = event.bytes.expect("a count");
    assert_eq!(event.kind, FileEventKind::Served);
    assert!(bytes > 0 && bytes < LARGE as u64, "{bytes}");
}

#[tokio::test]
pub(super) async fn an_event_of_another_owner_says_whose_state_it_is() {
    let mut test = fixture().await;
    test.visitor.upload("shared", [("a.txt", "12345")]).await;
    let events = test.told.take();
    let stored = events.iter().find(|event| event.kind == FileEventKind::Stored).expect("it is stored");
    assert_eq!(stored.who.owner.as_deref(), Some("red"));
}

#[tokio::test]
pub(super) async fn an_observer_that_panics_harms_no_request() {
    let log = Log::record();
    let told = Told::default();
    let settings = |kit: filekit::FileKitBuilder| kit.on_event(|_| panic!("in an observer")).on_event(told.observer());
    let app = TestApp::with(Router::new().route("/", get(page)), settings);
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("files", [("a.txt", "12345")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(app.stored_names(), ["a.txt"]);
    assert_eq!(told.lines(), ["sent a.txt 5", "stored a.txt 5"], "the next observer is told");
    assert_eq!(log.text().matches("an observer of events panicked").count(), 2, "{}", log.text());
}

#[tokio::test]
async fn a_program_without_pages_is_told_in_the_same_way() {
    let (told, folder) = (Told::default(), UploadDir::new());
    let store = Store::open(folder.path(), StoreOptions::new()).expect("a directory").on_event(told.observer());
    let address = std::net::IpAddr::from([203, 0, 113, 7]);
    let request = |form: Multipart| {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = Request::post("/").header(header::CONTENT_TYPE, kind).extension(address);
        request.body(Body::from(form.finish())).expect("a request")
    };
    const SMALL: Upload = Upload::new("small").max_size(10);

    let mut form =
        store.receive(request(Multipart::default().file("small", "a.txt", b"12345")), &[SMALL]).await.expect("a form");
    let key = form.files(SMALL).pop().expect("a file").save().await.expect("a disk");
    assert_eq!(told.lines(), ["sent a.txt 5"]);
    form.commit().await.expect("a disk");
    let events = told.take();
    assert_eq!(events.iter().map(line).collect::<Vec<_>>(), ["stored a.txt 5"]);
    assert_eq!(events[0].who.address, Some(address));

    let refused = store.receive(request(Multipart::default().file("small", "b.txt", &[0; 11])), &[SMALL]).await;
    assert!(refused.is_err());
    assert_eq!(told.lines(), ["refused (upload.too-large) b.txt -"]);

    let url = store.url("", &key);
    let response =
        store.serve(key.key(), Request::get(url).body(Body::empty()).expect("a request")).await.expect("a file");
    assert!(told.take().is_empty(), "nothing was sent yet");
    assert_eq!(response.into_body().collect().await.expect("a body").to_bytes(), "12345");
    assert_eq!(told.lines(), ["served a.txt 5"]);
    assert!(store.files().remove(&key).await.expect("a disk"));
    assert_eq!(told.lines(), ["removed a.txt 5"]);
}
