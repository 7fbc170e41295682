//! Several servers of one program, with a store and an upload directory that they share: each request may reach any of them.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Extension;
use axum::body::Body;
use axum::http::StatusCode;
use filekit::FileKit;
use filekit::prelude::*;
use filekit::state_store::{InProcessNotices, MemoryStates};
use filekit_tests::{Reply, TestApp, UploadDir, Visitor, in_time, patterned, until};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::sync::Notify;

/// Lets an event wait, and counts how often it has begun.
#[derive(Clone, Default)]
struct Gate(Arc<(Notify, AtomicU32)>);

impl Gate {
    async fn pass(&self) {
        self.0.1.fetch_add(1, Ordering::SeqCst);
        self.0.0.notified().await;
    }

    fn open(&self) {
        self.0.0.notify_one();
    }

    fn count(&self) -> u32 {
        self.0.1.load(Ordering::SeqCst)
    }
}

#[state]
#[derive(Default)]
struct Tray {
    lines: Vec<String>,
}

#[state]
impl Tray {
    #[event]
    fn write(&mut self) {
        self.lines.push("a line".to_owned());
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        Err(Error::user("No."))
    }

    #[event]
    async fn wait(&mut self, #[extract] gate: Extension<Gate>) {
        gate.pass().await;
        self.lines.push("waited".to_owned());
    }

    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<Toast> {
        if files.iter().any(|file| file.name() == "refused.txt") {
            return Err(Error::user("Not this one."));
        }
        for file in files {
            self.lines.push(file.save().await?.name().to_owned());
        }
        Ok(Toast::success("Kept"))
    }

    #[event]
    async fn keep_later(&mut self, file: UploadFile, #[extract] gate: Extension<Gate>) -> Result<()> {
        gate.pass().await;
        self.lines.push(file.save().await?.name().to_owned());
        Ok(())
    }

    /// Comes back before the file is saved.
    #[event]
    fn keep_behind(&mut self, file: UploadFile, #[extract] gate: Extension<Gate>) {
        tokio::spawn(async move {
            gate.pass().await;
            file.save().await.expect("the file is there");
        });
    }

    #[event]
    fn export(&mut self) -> Download {
        Download::data("0123456789".repeat(10_000)).filename("export.txt")
    }

    #[event]
    async fn sign_out(&self, #[extract] filekit: FileKit, #[extract] session: SessionId) -> Result<()> {
        filekit.end_session(&session).await
    }
}

async fn page(tray: Current<Tray>) -> View {
    view![
        for line in &tray.lines {
            li(line)
        },
        upload(id = "files", "Drop"),
        upload(id = "later", "Drop"),
        upload(id = "behind", "Drop"),
        button(on_click = Tray::write, "Write"),
        button(on_click = Tray::fail, "Fail"),
        button(on_click = Tray::wait, "Wait"),
        button(on_click = Tray::keep(upload_files("files")), "Keep"),
        button(on_click = Tray::keep_later(upload_files("later")), "Later"),
        button(on_click = Tray::keep_behind(upload_files("behind")), "Behind"),
        button(on_click = Tray::export, "Export"),
        button(on_click = Tray::sign_out, "Sign out"),
    ]
}

/// Two servers, what they share, and what holds their events.
struct Servers {
    one: TestApp,
    other: TestApp,
    files: UploadDir,
    gate: Gate,
}

impl Servers {
    fn start() -> Self {
        let (files, gate) = (UploadDir::new(), Gate::default());
        let (store, notices) = (Arc::new(MemoryStates::new()), InProcessNotices::new());
        let [one, other] = [(); 2].map(|()| {
            let pages = Router::new().route("/", get(page)).layer(Extension(gate.clone()));
            TestApp::with(pages, |kit| {
                let kit = kit.state_store(Arc::clone(&store)).notices(notices.neighbour());
                kit.secret("a secret that both servers share").upload_dir(files.path())
            })
        });
        Self { one, other, files, gate }
    }

    /// The same visitor, whose next request reaches the other server.
    fn moved(&self, visitor: &Visitor) -> Visitor {
        visitor.clone().moved_to(self.other.site())
    }
}

async fn lines(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    visitor.page().named("li").iter().map(|line| line.text()).collect()
}

/// Sends a call with the number by which one that is sent again is known.
async fn call(visitor: &mut Visitor, button: &str) -> Reply {
    let mut call = visitor.call_of(button);
    call["once"] = json!(0.5);
    visitor.send(visitor.event(&call)).await
}

#[tokio::test]
async fn a_call_that_is_sent_again_to_another_server_does_not_happen_twice() {
    for (button, codes, count) in
        [("Write", ["", "event.repeated"], 1), ("Fail", ["event.refused", "event.not-done"], 0)]
    {
        let servers = Servers::start();
        let mut visitor = servers.one.visitor().await;
        let mut again = servers.moved(&visitor);
        let replies = [call(&mut visitor, button).await, call(&mut again, button).await];
        assert_eq!(replies.map(|reply| reply.code()), codes, "{button}");
        assert_eq!(lines(&mut again).await.len(), count, "{button}");
    }
}

#[tokio::test]
async fn a_call_that_still_runs_on_another_server_is_waited_for() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    let mut again = servers.moved(&visitor);
    let first = tokio::spawn(async move { call(&mut visitor, "Wait").await });
    until("the event runs", async || (servers.gate.count() == 1).then_some(())).await;
    let mut repeated = again.clone();
    let second = tokio::spawn(async move { call(&mut repeated, "Wait").await });
    servers.gate.open();
    let [first, second] = [first.await.expect("a reply"), second.await.expect("a reply")];
    assert_eq!([first.code(), second.code()], ["", "event.repeated"]);
    let shown = second.view().expect("the page as it is").text();
    assert!(shown.contains("waited"), "{shown}");
    assert_eq!((lines(&mut again).await, servers.gate.count()), (vec!["waited".to_owned()], 1));
}

#[tokio::test]
async fn a_download_is_fetched_once_from_any_server() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    let reply = visitor.click("Export").await;
    let url = reply.actions()[0]["url"].as_str().expect("a link").to_owned();
    let mut elsewhere = servers.moved(&visitor);
    assert_eq!(
        servers.other.visitor().await.get(&url).await.status(),
        StatusCode::NOT_FOUND,
        "it is another visitor's"
    );
    let fetched = elsewhere.get(&url).await;
    assert_eq!((fetched.status(), fetched.bytes().len()), (StatusCode::OK, 100_000));
    for server in [&mut visitor, &mut elsewhere] {
        assert_eq!(server.get(&url).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_upload_goes_on_at_another_server() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    let mut elsewhere = servers.moved(&visitor);
    let upload = visitor.begin_upload("files", &[("a.txt", b"hello"), ("b.txt", b"world")]).await;
    let part = visitor.part(&upload, 0, false, &b"hel"[..]);
    assert_eq!(visitor.send(part).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(elsewhere.ask(&upload).await.header("upload-offset"), "3");
    let rest = elsewhere.part(&upload, 3, true, &b"loworld"[..]);
    let reply = elsewhere.send(rest).await;
    assert_eq!((reply.status(), reply.header("upload-complete")), (StatusCode::OK, "?1"), "{}", reply.text());
    assert_eq!(lines(&mut visitor).await, ["a.txt", "b.txt"]);
    // Its answer was lost, and is asked for where the event did not run.
    let asked = visitor.ask(&upload).await;
    assert_eq!((asked.header("upload-offset"), asked.header("upload-complete")), ("10", "?1"));
    let again = visitor.part(&upload, 10, true, Body::empty());
    let again = visitor.send(again).await;
    assert_eq!((again.status(), again.json()["actions"].clone()), (StatusCode::OK, reply.json()["actions"].clone()));
    assert_eq!(lines(&mut elsewhere).await, ["a.txt", "b.txt"], "the event ran once");
    assert_eq!(servers.files.stored_names().len(), 2);
}

#[tokio::test]
async fn a_newer_request_of_an_upload_ends_an_older_one_on_another_server() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    let mut elsewhere = servers.moved(&visitor);
    let content = patterned(800_000);
    let upload = visitor.begin_upload("files", &[("a.bin", &content)]).await;
    let begins = [Ok::<_, Infallible>(content[..400_000].to_vec())];
    let silent = Body::from_stream(stream::iter(begins).chain(stream::pending()));
    let silent = visitor.part(&upload, 0, true, silent);
    let first = tokio::spawn(async move { visitor.send(silent).await });
    until("it has come", async || servers.files.spooled().iter().any(|name| name.ends_with("/0")).then_some(())).await;
    let asked = in_time("the offset", elsewhere.ask(&upload)).await;
    assert_eq!(asked.header("upload-offset"), "400000", "{}", asked.text());
    assert_eq!(in_time("the end", first).await.expect("a reply").code(), "upload.superseded");
    let rest = elsewhere.part(&upload, 400_000, true, content[400_000..].to_vec());
    assert_eq!(elsewhere.send(rest).await.status(), StatusCode::OK);
    assert_eq!(lines(&mut elsewhere).await, ["a.bin"]);
}

#[tokio::test]
async fn what_an_event_has_refused_is_refused_by_the_others() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    let mut elsewhere = servers.moved(&visitor);
    let upload = visitor.begin_upload("files", &[("refused.txt", b"hello")]).await;
    let all = visitor.part(&upload, 0, true, &b"hello"[..]);
    assert_eq!(visitor.send(all).await.message(), "Not this one.");
    let again = elsewhere.part(&upload, 5, true, Body::empty());
    assert_eq!(elsewhere.send(again).await.message(), "Not this one.");
}

#[tokio::test]
async fn an_upload_whose_event_runs_elsewhere_is_waited_for_or_ended() {
    for ends in [false, true] {
        let servers = Servers::start();
        let mut visitor = servers.one.visitor().await;
        let mut elsewhere = servers.moved(&visitor);
        let upload = visitor.begin_upload("later", &[("a.txt", b"hello")]).await;
        let all = visitor.part(&upload, 0, true, &b"hello"[..]);
        let first = tokio::spawn(async move { visitor.send(all).await });
        until("the event runs", async || (servers.gate.count() == 1).then_some(())).await;
        let asked = elsewhere.ask(&upload).await;
        assert_eq!((asked.header("upload-offset"), asked.header("upload-complete")), ("5", "?1"));
        if ends {
            assert_eq!(elsewhere.discard(&upload).await.status(), StatusCode::NO_CONTENT);
            assert_eq!(first.await.expect("a reply").code(), "upload.gone");
            assert_eq!((lines(&mut elsewhere).await, servers.files.stored_names()), (Vec::new(), Vec::new()));
            assert!(servers.files.spool_is_empty());
        } else {
            let again = elsewhere.part(&upload, 5, true, Body::empty());
            let mut repeated = elsewhere.clone();
            let second = tokio::spawn(async move { repeated.send(again).await });
            servers.gate.open();
            for reply in [first.await, second.await] {
                assert_eq!(reply.expect("a reply").status(), StatusCode::OK);
            }
            assert_eq!((lines(&mut elsewhere).await, servers.gate.count()), (vec!["a.txt".to_owned()], 1));
        }
    }
}

#[tokio::test]
async fn a_file_stays_for_as_long_as_the_program_uses_it() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    // Larger than what is held in memory.
    let content = vec![b'x'; 300_000];
    let upload = visitor.begin_upload("behind", &[("a.txt", &content)]).await;
    let all = visitor.part(&upload, 0, true, content);
    assert_eq!(visitor.send(all).await.status(), StatusCode::OK);
    until("the file is about to be saved", async || (servers.gate.count() == 1).then_some(())).await;
    servers.gate.open();
    until("it is saved", async || (servers.files.stored_names().len() == 1).then_some(())).await;
    let asked = servers.moved(&visitor).ask(&upload).await;
    assert_eq!((asked.header("upload-offset"), asked.header("upload-complete")), ("300000", "?1"));
}

#[tokio::test]
async fn a_session_that_was_ended_is_worth_nothing_on_any_server() {
    let servers = Servers::start();
    let mut visitor = servers.one.visitor().await;
    let mut elsewhere = servers.moved(&visitor);
    assert_eq!(elsewhere.click("Write").await.status(), StatusCode::OK, "the other one knows the session");
    visitor.click("Sign out").await;
    until("the other one is told", async || {
        (elsewhere.click("Write").await.status() == StatusCode::FORBIDDEN).then_some(())
    })
    .await;
    assert_eq!(lines(&mut servers.moved(&visitor)).await, [""; 0]);
}
