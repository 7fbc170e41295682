//! What a stranger would gain who knows a session and has a request under way on it while its visitor signs in.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::Redirect;
use filekit::event::RenewSession;
use filekit::prelude::*;
use filekit_tests::{Entries, Multipart, Reply, TestApp, Visitor};
use futures_util::future::join3;
use futures_util::stream::{self, StreamExt as _};
use tokio::join;
use tokio::sync::{Barrier, Notify};

#[state]
#[derive(Default)]
struct Account {
    user: String,
    notes: Vec<String>,
}

#[state]
impl Account {
    #[event]
    fn sign_in(&mut self) -> RenewSession {
        self.user = "Ada Lovelace".to_owned();
        RenewSession
    }

    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.notes.push(file.save().await?.name().to_owned());
        }
        Ok(())
    }
}

#[state]
#[derive(Default)]
struct Draft(String);

/// Where a test waits for an event, and the event for the test.
type Meeting = Extension<Arc<Barrier>>;

async fn meet_twice(meeting: &Barrier) {
    meeting.wait().await;
    meeting.wait().await;
}

#[state]
impl Draft {
    #[event]
    async fn write(&mut self, files: Vec<UploadFile>, #[extract] meeting: Meeting) -> Result<()> {
        self.0 = "old".to_owned();
        save(files).await?;
        meet_twice(&meeting).await;
        Ok(())
    }

    #[event]
    async fn read(&self, files: Vec<UploadFile>, #[extract] meeting: Meeting) -> Result<()> {
        save(files).await?;
        meet_twice(&meeting).await;
        Ok(())
    }

    #[event]
    async fn show(&mut self, files: Vec<UploadFile>, #[extract] meeting: Meeting, updates: Updates) -> Result<()> {
        save(files).await?;
        self.0 = "old".to_owned();
        meet_twice(&meeting).await;
        updates.send(self).await
    }

    #[event]
    fn renew(&mut self) {
        self.0 = "new".to_owned();
    }

    #[event]
    fn append(&mut self) {
        self.0.push_str(" appended");
    }
}

async fn save(files: Vec<UploadFile>) -> Result<()> {
    for file in files {
        file.save().await?;
    }
    Ok(())
}

async fn page(account: Current<Account>, draft: Current<Draft>) -> View {
    view![
        p("user ", &account.user, ": ", account.notes.join(", "), "; draft ", &draft.0),
        button(on_click = Account::sign_in, "Sign in"),
        button(on_click = Draft::renew, "Renew"),
        button(on_click = Draft::append, "Append"),
        upload(id = "files", "Drop"),
        button(on_click = Account::keep(upload_files("files")), "Keep"),
        upload(id = "write", "Drop"),
        button(on_click = Draft::write(upload_files("write")), "Write"),
        upload(id = "read", "Drop"),
        button(on_click = Draft::read(upload_files("read")), "Read"),
        upload(id = "show", "Drop"),
        button(on_click = Draft::show(upload_files("show")), "Show"),
    ]
}

async fn signed_in(filekit: FileKit, session: SessionId) -> Result<Redirect> {
    filekit.renew_session(&session).await?;
    filekit.update::<Account>(&session, |account| account.user = "Ada Lovelace".to_owned()).await?;
    Ok(Redirect::to("/"))
}

fn app(meeting: &Arc<Barrier>) -> TestApp {
    let pages = Router::new().route("/", get(page)).route("/sign-in", post(signed_in));
    TestApp::new(pages.layer(Extension(Arc::clone(meeting))))
}

fn meeting() -> Arc<Barrier> {
    Arc::new(Barrier::new(2))
}

async fn sign_in(visitor: &mut Visitor, way: &str) {
    let reply = match way {
        "event" => visitor.click("Sign in").await,
        "form" => visitor.submit("Sign in", Entries::new()).await,
        _ => {
            let mut request = visitor.event(&serde_json::Value::Null);
            *request.uri_mut() = "/sign-in".parse().expect("a path");
            visitor.send(request).await
        }
    };
    assert!(!reply.status().is_client_error() && !reply.status().is_server_error(), "{way}: {}", reply.text());
    visitor.open("/").await;
}

fn line(visitor: &Visitor) -> String {
    visitor.page().named("p").last().expect("a line").text()
}

fn upload(visitor: &Visitor, id: &str) -> Request<Body> {
    visitor.upload_request(Multipart::new(&visitor.upload_call(id)).file(id, "old.txt", b"one half").finish())
}

/// The other half of a request that was sent in part.
struct OtherHalf {
    awaited: Arc<Notify>,
    sent: Arc<Notify>,
}

/// The same request, whose body pauses in the middle of its file.
async fn halved(request: Request<Body>) -> (Request<Body>, OtherHalf) {
    let (head, body) = request.into_parts();
    let mut first = to_bytes(body, usize::MAX).await.expect("a body");
    let middle = first.windows(4).position(|bytes| bytes == b"half").expect("a file");
    let second = first.split_off(middle);
    let other = OtherHalf { awaited: Arc::default(), sent: Arc::default() };
    let (awaited, sent) = (Arc::clone(&other.awaited), Arc::clone(&other.sent));
    let rest = stream::once(async move {
        awaited.notify_one();
        sent.notified().await;
        second
    });
    let body = stream::iter([first]).chain(rest).map(Ok::<Bytes, std::io::Error>);
    (Request::from_parts(head, Body::from_stream(body)), other)
}

/// A request on a session that has ended gets no page of the visitor, and leaves them the session that they have by now.
fn assert_refused(reply: &Reply, what: &str) {
    assert!(!reply.text().contains("Ada Lovelace"), "{what}: {}", reply.text());
    assert_eq!(reply.headers().get("set-cookie"), None, "{what}: it would undo the sign-in");
}

#[tokio::test]
async fn an_upload_that_was_half_sent_before_a_sign_in_gains_nothing_after_it() {
    for way in ["event", "form", "handler"] {
        for form in ["script", "plain"] {
            let app = app(&meeting());
            let mut visitor = app.visitor().await;
            let mut stranger = visitor.clone();
            let entries = Entries::new().file("files", "old.txt", "one half");
            let request = match form {
                "script" => upload(&stranger, "files"),
                _ => stranger.submission("Keep", entries),
            };
            let (request, other) = halved(request).await;
            let victim = async {
                other.awaited.notified().await;
                sign_in(&mut visitor, way).await;
                other.sent.notify_one();
            };
            let (reply, ()) = join!(stranger.send(request), victim);

            assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{form}, {way}: {}", reply.text());
            assert_refused(&reply, form);
            visitor.open("/").await;
            assert_eq!(line(&visitor), "user Ada Lovelace: ; draft", "{form}, {way}");
            assert_eq!((app.stored_names().len(), app.spool_is_empty()), (0, true), "{form}, {way}");
        }
    }
}

#[tokio::test]
async fn an_event_that_runs_while_its_visitor_signs_in_neither_sees_nor_changes_what_is_theirs_then() {
    for way in ["event", "form", "handler"] {
        for id in ["write", "read", "show"] {
            let meeting = meeting();
            let app = app(&meeting);
            let mut visitor = app.visitor().await;
            let mut stranger = visitor.clone();
            let request = upload(&stranger, id);
            let victim = async {
                meeting.wait().await;
                sign_in(&mut visitor, way).await;
                visitor.click("Renew").await;
                meeting.wait().await;
            };
            let (reply, ()) = join!(stranger.send(request), victim);

            assert!(reply.text().contains("event.capability-refused"), "{id}, {way}: {}", reply.text());
            assert_refused(&reply, id);
            visitor.open("/").await;
            assert_eq!(line(&visitor), "user Ada Lovelace: ; draft new", "{id}, {way}");
            assert_eq!((app.stored_names().len(), app.spool_is_empty()), (0, true), "{id}, {way}");
        }
    }
}

#[tokio::test]
async fn an_event_that_waits_for_another_while_its_visitor_signs_in_changes_nothing() {
    let meeting = meeting();
    let app = app(&meeting);
    let mut visitor = app.visitor().await;
    let (mut stranger, mut other) = (visitor.clone(), visitor.clone());
    let [running, waiting] = [upload(&stranger, "write"), other.event(&other.call_of("Append"))];
    let victim = async {
        meeting.wait().await;
        sign_in(&mut visitor, "handler").await;
        meeting.wait().await;
    };
    let (running, waiting, ()) = join3(stranger.send(running), other.send(waiting), victim).await;
    for reply in [running, waiting] {
        assert_eq!((reply.status(), &*reply.code()), (StatusCode::FORBIDDEN, "event.capability-refused"));
        assert_refused(&reply, "an event");
    }
    visitor.open("/").await;
    assert_eq!(line(&visitor), "user Ada Lovelace: ; draft");
}
