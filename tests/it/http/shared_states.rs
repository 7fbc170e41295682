//! States in a store: they outlive the server, and several servers share them.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;
use filekit::FileKit;
use filekit::prelude::*;
use filekit::state_store::{
    self, InProcessNotices, Lease, MemoryStates, StateStore, StoreError, Stored, Swap, Version,
};
use filekit_tests::{
    Log, Multipart, RedisProgram, RedisServer, Server, Site, TestApp, UploadDir, Visitor, follow, instance, next_event,
};
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::sync::oneshot;

#[state]
#[derive(Default)]
struct Notes {
    lines: Vec<String>,
}

#[state]
impl Notes {
    #[event]
    fn write(&mut self, line: String) {
        self.lines.push(line);
    }

    /// Gives way to others in the middle.
    #[event]
    async fn count(&mut self) {
        let count = self.lines.len();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.lines.truncate(count);
        self.lines.push(count.to_string());
    }

    #[event]
    async fn keep_and_fail(&mut self, file: UploadFile) -> Result<()> {
        self.lines.push(file.save().await?.name().to_owned());
        Err(Error::user("No."))
    }

    #[event]
    fn sign_in(&mut self) -> filekit::event::RenewSession {
        filekit::event::RenewSession
    }
}

#[state(owner = Everyone)]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

#[state]
impl Board {
    #[event]
    fn pin(&mut self) {
        self.notes.push("pinned".to_owned());
    }
}

async fn page(notes: Current<Notes>, board: Current<Board>) -> View {
    view![
        for line in &notes.lines {
            li(line)
        },
        for note in &board.notes {
            li(note)
        },
        upload(id = "file", "Drop"),
        button(on_click = Notes::write("a line"), "Write"),
        button(on_click = Notes::count, "Count"),
        button(on_click = Notes::keep_and_fail(upload_files("file")), "Keep"),
        button(on_click = Notes::sign_in, "Sign in"),
        button(on_click = Board::pin, "Pin"),
    ]
}

/// A state of which a part is not written.
#[state]
#[derive(Default)]
struct Draft {
    lines: Vec<String>,
    #[serde(skip)]
    typed: String,
}

#[state]
impl Draft {
    #[event]
    fn add(&mut self) {
        self.lines.push("a line".to_owned());
        self.typed = "not written".to_owned();
    }
}

/// Servers that share a store, a secret and notices.
fn servers<const N: usize>() -> [TestApp; N] {
    let (store, notices) = (Arc::new(MemoryStates::new()), InProcessNotices::new());
    std::array::from_fn(|_| {
        TestApp::with(Router::new().route("/", get(page)), |kit| {
            let kit = kit.state_store(Arc::clone(&store)).notices(notices.neighbour());
            kit.secret("a secret that several servers share")
        })
    })
}

fn lines(visitor: &Visitor) -> Vec<String> {
    visitor.page().named("li").iter().map(|line| line.text()).collect()
}

#[tokio::test]
async fn the_page_after_an_event_shows_what_is_stored() {
    let page = async |draft: Current<Draft>| {
        view![p(draft.lines.len(), " lines, ", &draft.typed), button(on_click = Draft::add, "Add")]
    };
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.state_store(MemoryStates::new()));
    let mut visitor = app.visitor().await;
    visitor.click("Add").await;
    let after = visitor.page().text();
    visitor.open("/").await;
    assert_eq!(after, visitor.page().text());
    assert!(after.starts_with("1 lines, Add"), "{after}");
}

#[tokio::test]
async fn any_server_shows_and_changes_a_state() {
    let [one, other] = servers();
    let mut visitor = one.visitor().await;
    visitor.click("Write").await;
    // Without a word to the visitor, the next call reaches the other server: with the capability that the first one signed.
    let mut visitor = visitor.moved_to(other.site());
    visitor.click("Write").await;
    assert_eq!(lines(&visitor), ["a line", "a line"]);
    let mut visitor = visitor.moved_to(one.site());
    visitor.open("/").await;
    assert_eq!(lines(&visitor), ["a line", "a line"]);
    assert_eq!(lines(&other.visitor().await), [""; 0], "others have their own");
}

#[tokio::test]
async fn events_of_one_state_take_turns_on_all_servers() {
    let apps = servers::<2>();
    let visitor = apps[0].visitor().await;
    let calls = (0..20).map(|nth| {
        let mut visitor = visitor.clone().moved_to(apps[nth % 2].site());
        tokio::spawn(async move { visitor.click("Count").await })
    });
    for call in calls.collect::<Vec<_>>() {
        let reply = call.await.expect("a reply");
        assert!(reply.status().is_success(), "{}", reply.text());
    }
    let mut visitor = visitor;
    visitor.open("/").await;
    let expected: Vec<String> = (0..20).map(|count| count.to_string()).collect();
    assert_eq!(lines(&visitor), expected);
}

#[tokio::test]
async fn an_open_document_follows_what_happens_on_another_server() {
    let [one, other] = servers();
    let site = Site::Address(one.listen().await);
    let visitor = Visitor::at(site.clone(), "/").await;
    let mut connection = follow(&site, &visitor, "/", &instance(&visitor)).await;
    connection.read_until(":\n\n").await;
    // Its own state, and that of everyone, by a stranger.
    visitor.clone().moved_to(other.site()).click("Write").await;
    let event = next_event(&mut connection).await;
    assert!(event["view"]["patch"].to_string().contains("a line"), "{event}");
    other.visitor().await.click("Pin").await;
    let event = next_event(&mut connection).await;
    assert!(event["view"]["patch"].to_string().contains("pinned"), "{event}");
}

#[tokio::test]
async fn a_failed_event_keeps_neither_its_files_nor_its_state() {
    let [app] = servers();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("file", [("a.txt", "content")]).await;
    assert_eq!(reply.message(), "No.");
    visitor.open("/").await;
    assert_eq!((lines(&visitor), app.stored_names()), (Vec::<String>::new(), Vec::<String>::new()));
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn a_renewed_session_has_its_states_on_all_servers() {
    let [one, other] = servers();
    let mut visitor = one.visitor().await;
    visitor.click("Write").await;
    let before = visitor.clone();
    visitor.click("Sign in").await;
    let mut visitor = visitor.moved_to(other.site());
    visitor.open("/").await;
    assert_eq!(lines(&visitor), ["a line"]);
    let mut before = before.moved_to(other.site());
    before.open("/").await;
    assert_eq!(lines(&before), [""; 0], "the session of before is worth nothing");
}

/// Puts files on the shelf.
async fn add(visitor: &mut Visitor, names: &[&str]) {
    let mut body = Multipart::new(&visitor.upload_call("files"));
    for name in names {
        body = body.file("files", name, b"content");
    }
    let reply = visitor.send(visitor.upload_request(body.finish())).await;
    assert!(reply.status().is_success(), "{}", reply.text());
}

#[tokio::test]
async fn a_list_survives_that_its_server_is_killed() {
    let files = UploadDir::new();
    let shelf = || {
        let mut command = Server::shelf();
        command.env("FILEKIT_STATE", "redb");
        command
    };
    let server = Server::start_again(shelf(), &files, ([127, 0, 0, 1], 0).into()).await;
    let mut visitor = server.visitor().await;
    add(&mut visitor, &["a.txt", "b.txt"]).await;
    let address = server.address();
    server.kill().await;
    let server = Server::start_again(shelf(), &files, address).await;
    let mut visitor = visitor.moved_to(server.site());
    visitor.open("/").await;
    let text = visitor.page().text();
    assert!(text.contains("a.txt") && text.contains("b.txt"), "{text}");
    add(&mut visitor, &["c.txt"]).await;
    visitor.open("/").await;
    assert!(visitor.page().text().contains("c.txt"));
}

#[tokio::test]
async fn what_is_wrong_with_the_store_is_said_at_the_start() {
    let files = UploadDir::new();
    let said = Server::refusing_to_start(&files, &[("FILEKIT_STATE", "postgres")]).await;
    assert!(said.contains("there is `memory`, `redb` and `redis://HOST:6379`"), "{said}");
    let said = Server::refusing_to_start(&files, &[("FILEKIT_STATE", "redis://127.0.0.1:1")]).await;
    assert!(said.contains("127.0.0.1:1"), "{said}");
}

/// A store that can be out of reach.
#[derive(Default)]
struct Distant {
    store: MemoryStates,
    is_away: Arc<AtomicBool>,
    /// Whether it keeps the next content without an answer.
    loses_answer: Arc<AtomicBool>,
}

/// What is said of a store that does not answer.
fn unanswered() -> StoreError {
    StoreError::unavailable("the store at `db:5432` does not answer: is it running?")
}

impl Distant {
    fn check(&self) -> state_store::Result<&MemoryStates> {
        match self.is_away.load(Ordering::SeqCst) {
            true => Err(unanswered()),
            false => Ok(&self.store),
        }
    }
}

impl StateStore for Distant {
    async fn load(&self, key: &str) -> state_store::Result<Option<Stored>> {
        self.check()?.load(key).await
    }

    async fn swap(
        &self,
        key: &str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> state_store::Result<Swap> {
        let swapped = self.check()?.swap(key, expected, content, ttl).await;
        if self.loses_answer.swap(false, Ordering::SeqCst) { Err(unanswered()) } else { swapped }
    }

    async fn remove(&self, key: &str) -> state_store::Result<()> {
        self.check()?.remove(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> state_store::Result<()> {
        self.check()?.touch(key, ttl).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> state_store::Result<Option<Lease>> {
        self.check()?.lease(key, ttl, patience).await
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> state_store::Result<bool> {
        self.check()?.insert_once(key, ttl).await
    }
}

#[tokio::test]
async fn a_store_that_is_out_of_reach_is_said_and_heals() {
    let is_away = Arc::<AtomicBool>::default();
    let store = Arc::new(Distant { is_away: Arc::clone(&is_away), ..Distant::default() });
    let pages = Router::new().route("/", get(page)).route("/about", get(async || view![p("About us")]));
    let app = TestApp::with(pages, |kit| kit.state_store(Arc::clone(&store)));
    let mut visitor = app.visitor().await;
    visitor.click("Write").await;
    let log = Log::record();
    is_away.store(true, Ordering::SeqCst);
    let call = visitor.call_of("Write");
    let request = visitor.event(&call);
    let reply = visitor.send(request).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "state.unavailable".to_owned()));
    assert_eq!(reply.message(), "The server cannot reach its data at the moment. Please try again in a moment.");
    let reply = visitor.get("/").await;
    assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.text().contains("cannot reach its data"), "{}", reply.text());
    assert_eq!(visitor.get("/about").await.status(), StatusCode::OK, "it shows no state");
    assert!(log.text().contains("`db:5432` does not answer: is it running?"), "{}", log.text());
    assert!(app.kit().check_states().await.expect_err("it is away").to_string().contains("db:5432"));
    is_away.store(false, Ordering::SeqCst);
    visitor.open("/").await;
    visitor.click("Write").await;
    assert_eq!(lines(&visitor), ["a line", "a line"]);
}

/// The visitor is told to look, and the page shows it: also that of an open document, to which nothing else says so.
#[tokio::test]
async fn what_a_store_keeps_without_an_answer_is_not_known_and_is_seen() {
    let loses_answer = Arc::<AtomicBool>::default();
    let store = Arc::new(Distant { loses_answer: Arc::clone(&loses_answer), ..Distant::default() });
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.state_store(Arc::clone(&store)));
    let site = Site::Address(app.listen().await);
    let mut visitor = Visitor::at(site.clone(), "/").await;
    let mut connection = follow(&site, &visitor, "/", &instance(&visitor)).await;
    connection.read_until(":\n\n").await;
    loses_answer.store(true, Ordering::SeqCst);
    let request = visitor.event(&visitor.call_of("Write"));
    let reply = visitor.send(request).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::CONFLICT, "event.outcome-unknown".to_owned()));
    let event = next_event(&mut connection).await;
    assert!(event["view"]["patch"].to_string().contains("a line"), "{event}");
}

/// A store whose answers wait until they are let go.
#[derive(Default)]
struct Held {
    store: MemoryStates,
    waiting: Mutex<Vec<oneshot::Sender<()>>>,
}

impl Held {
    async fn wait(&self) -> &MemoryStates {
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().expect("a lock").push(answer);
        answered.await.expect("it is let go");
        &self.store
    }

    /// Runs something to its end, and returns how often it had to wait for the store: for one answer, or for several at once.
    async fn round_trips(&self, work: impl Future<Output = ()>) -> usize {
        let mut count = 0;
        let mut work = pin!(work);
        loop {
            // As far as it comes by itself, with all that it has begun.
            for _ in 0..100 {
                if (&mut work).now_or_never().is_some() {
                    return count;
                }
                tokio::task::yield_now().await;
            }
            let waiting = std::mem::take(&mut *self.waiting.lock().expect("a lock"));
            assert!(!waiting.is_empty(), "it waits for something else");
            count += 1;
            waiting.into_iter().for_each(|answer| _ = answer.send(()));
        }
    }
}

impl StateStore for Held {
    async fn load(&self, key: &str) -> state_store::Result<Option<Stored>> {
        self.wait().await.load(key).await
    }

    async fn swap(
        &self,
        key: &str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> state_store::Result<Swap> {
        self.wait().await.swap(key, expected, content, ttl).await
    }

    async fn remove(&self, key: &str) -> state_store::Result<()> {
        self.wait().await.remove(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> state_store::Result<()> {
        self.wait().await.touch(key, ttl).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> state_store::Result<Option<Lease>> {
        self.wait().await.lease(key, ttl, patience).await
    }

    async fn lease_and_load(
        &self,
        key: &str,
        ttl: Duration,
        patience: Duration,
    ) -> state_store::Result<Option<(Lease, Option<Stored>)>> {
        self.wait().await.lease_and_load(key, ttl, patience).await
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> state_store::Result<bool> {
        self.wait().await.insert_once(key, ttl).await
    }
}

#[tokio::test]
async fn a_click_waits_for_the_store_twice() {
    let note =
        async |notes: Current<Notes>| view![p(notes.lines.len()), button(on_click = Notes::write("a line"), "Write")];
    let store = Arc::<Held>::default();
    let app = TestApp::with(Router::new().route("/", get(note)), |kit| kit.state_store(Arc::clone(&store)));
    let mut visitor = app.stranger();
    store.round_trips(async { _ = visitor.open("/").await }).await;
    for nth in 1..=3 {
        let click = async {
            let mut call = visitor.call_of("Write");
            call["once"] = json!(nth);
            let request = visitor.event(&call);
            let reply = visitor.send_event(request).await;
            assert!(reply.view().expect("the page after it").text().starts_with(&nth.to_string()), "{}", reply.text());
        };
        let count = store.round_trips(click).await;
        // At first it is asked whether the session has ended, and told that the state is used.
        assert!(count == 2 || nth == 1, "{count} for click {nth}");
    }
}

#[tokio::test]
async fn a_filekit_of_ones_own_server_can_be_checked() {
    let files = UploadDir::new();
    let kit = FileKit::builder().upload_dir(files.path()).state_store(MemoryStates::new()).build().expect("a filekit");
    kit.check_states().await.expect("it is there");
}

#[tokio::test]
async fn servers_that_share_a_redis_answer_in_turn_and_one_of_them_may_be_killed() {
    let redis = RedisServer::start(RedisProgram::Redis).await;
    let files = UploadDir::new();
    let start = async || {
        let mut command = Server::shelf();
        command.env("FILEKIT_STATE", redis.url());
        Server::start_again(command, &files, ([127, 0, 0, 1], 0).into()).await
    };
    let (one, other) = (start().await, start().await);
    // Cookies are for a host, whatever its port.
    let mut visitor = one.visitor().await;
    for (nth, name) in ["a.txt", "b.txt", "c.txt", "d.txt"].into_iter().enumerate() {
        visitor = visitor.moved_to(if nth % 2 == 0 { other.site() } else { one.site() });
        add(&mut visitor, &[name]).await;
    }
    one.kill().await;
    let mut visitor = visitor.moved_to(other.site());
    visitor.open("/").await;
    let text = visitor.page().text();
    assert!(["a.txt", "b.txt", "c.txt", "d.txt"].iter().all(|name| text.contains(name)), "{text}");
    add(&mut visitor, &["e.txt"]).await;
    assert_eq!(files.stored_names().len(), 5);
}
