//! Documents that follow their visitor's state, and changes from outside of events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use filekit::prelude::*;
use filekit_tests::{
    Connection, Log, Server, Site, TestApp, UploadDir, Visitor, instance, live_request, next_event, until,
};
use serde_json::{Value, json};

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

    #[event]
    async fn try_and_fail(&mut self, updates: Updates) -> Result<()> {
        self.lines.push("tried".to_owned());
        updates.send(self).await?;
        Err(Error::user("No."))
    }

    #[event]
    fn write_later(&mut self, #[extract] filekit: FileKit, #[extract] session: SessionId) {
        tokio::spawn(
            async move { filekit.update::<Notes>(&session, |notes| notes.lines.push("later".to_owned())).await },
        );
    }

    #[event]
    fn close(&mut self) {
        self.lines.push("closed".to_owned());
    }
}

#[state]
#[derive(Default)]
struct Attempts {
    answers: Vec<String>,
}

#[state]
impl Attempts {
    /// An event that holds no state can wait for changes of one.
    #[event]
    async fn panic(&self, #[extract] filekit: FileKit, #[extract] session: SessionId) -> Toast {
        let changed = filekit.update::<Notes>(&session, |notes| {
            notes.lines.push("half".to_owned());
            panic!("nobody expected this");
        });
        Toast::info(format!("changed: {}", changed.await.is_ok()))
    }

    #[event]
    async fn wait_for_itself(&mut self, #[extract] filekit: FileKit, #[extract] session: SessionId) -> Result<()> {
        filekit.update::<Attempts>(&session, |attempts| attempts.answers.clear()).await
    }

    /// An event of the notes may wait for a change of this state meanwhile.
    #[event]
    async fn wait_for_notes(&mut self, #[extract] filekit: FileKit, #[extract] session: SessionId) -> Result<()> {
        filekit.update::<Notes>(&session, |notes| notes.lines.clear()).await
    }
}

async fn page(notes: Current<Notes>, attempts: Current<Attempts>) -> Result<View, StatusCode> {
    if notes.lines.iter().any(|line| line == "closed") {
        return Err(StatusCode::FORBIDDEN);
    }
    Ok(view![
        ul(for line in &notes.lines {
            li(line)
        }),
        ul(for line in &attempts.answers {
            li(line)
        }),
        button(on_click = Notes::write("a line"), "Write"),
        button(on_click = Notes::try_and_fail, "Try"),
        button(on_click = Notes::write_later, "Later"),
        button(on_click = Notes::close, "Close"),
        button(on_click = Attempts::panic, "Panic"),
        button(on_click = Attempts::wait_for_itself, "Wait"),
        button(on_click = Attempts::wait_for_notes, "Wait for notes"),
    ])
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// The app behind a socket, with a visitor.
async fn listening(app: &TestApp) -> (Site, Visitor) {
    let site = Site::Address(app.listen().await);
    let visitor = Visitor::at(site.clone(), "/").await;
    (site, visitor)
}

/// An instance that nobody knows, of a page that the visitor was shown.
fn unknown(visitor: &Visitor, id: u64, version: u64) -> String {
    let shown = instance(visitor);
    let name = shown.split('.').next().expect("a name");
    format!("{id:016x}{}.{version}", &name[16..])
}

fn request(visitor: &Visitor, instance: &str) -> Request<Body> {
    live_request(visitor, "/", instance)
}

/// A document that follows, from its beginning on.
async fn follow(site: &Site, visitor: &Visitor, instance: &str) -> Connection {
    filekit_tests::follow(site, visitor, "/", instance).await
}

async fn click_at(visitor: &mut Visitor, text: &str, instance: &str) -> Value {
    let mut call = visitor.call_of(text);
    call["instance"] = json!(instance);
    let request = visitor.event(&call);
    let reply = visitor.send(request).await;
    let last = reply.text().lines().last().expect("an answer");
    serde_json::from_str(last).expect("JSON")
}

#[tokio::test]
async fn what_happens_in_one_tab_is_seen_in_another() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    let mut connection = follow(&site, &visitor, &shown).await;
    connection.read_until(":\n\n").await;
    for version in 0..2 {
        visitor.click("Write").await;
        let event = next_event(&mut connection).await;
        assert_eq!(event["view"]["instance"], shown.split('.').next().expect("an id"));
        assert_eq!((&event["view"]["from"], &event["view"]["version"]), (&json!(version), &json!(version + 1)));
        assert!(event["view"]["patch"].to_string().contains("a line"), "{event}");
    }
}

#[tokio::test]
async fn nobody_sees_what_happens_to_others() {
    let app = app();
    let (site, visitor) = listening(&app).await;
    let mut other = Visitor::at(site.clone(), "/").await;
    let mut connection = follow(&site, &visitor, &instance(&visitor)).await;
    connection.read_until(":\n\n").await;
    other.click("Write").await;
    // What comes first is the visitor's own.
    let mut tab = visitor.clone();
    tab.click("Later").await;
    let event = next_event(&mut connection).await;
    assert!(!event.to_string().contains("a line"), "{event}");
}

#[tokio::test]
async fn a_document_is_not_told_twice_what_its_own_event_did() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    let mut connection = follow(&site, &visitor, &shown).await;
    connection.read_until(":\n\n").await;
    let reply = click_at(&mut visitor, "Try", &shown).await;
    assert_eq!((&reply["view"]["from"], &reply["view"]["version"]), (&json!(1), &json!(2)), "{reply}");
    visitor.click("Write").await;
    assert_eq!(next_event(&mut connection).await["view"]["from"], 2, "an event that fails has nothing else to say");

    // Whichever of the two comes first says it.
    let reply = click_at(&mut visitor, "Write", &shown).await;
    visitor.click("Write").await;
    let mut told: Vec<u64> = Vec::new();
    let mut note = |view: &Value| {
        let from = view["from"].as_u64().expect("a patch");
        told.extend((view["version"] != view["from"]).then_some(from));
        view["version"].as_u64().expect("a version")
    };
    note(&reply["view"]);
    while note(&next_event(&mut connection).await["view"]) < 5 {}
    told.sort_unstable();
    assert_eq!(told, [3, 4]);
}

#[tokio::test]
async fn who_comes_late_is_told_what_has_changed_and_else_nothing() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    let mut connection = follow(&site, &visitor, &shown).await;
    let first = connection.read_until(":\n\n").await;
    assert!(!first.contains("data"), "{first}");
    drop(connection);

    visitor.click("Write").await;
    let mut connection = follow(&site, &visitor, &shown).await;
    assert_eq!(next_event(&mut connection).await["view"]["from"], 0);
}

#[tokio::test]
async fn a_page_that_does_not_show_a_change_is_called_for_it_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let page = async move |attempts: Current<Attempts>| {
        counted.fetch_add(1, Ordering::SeqCst);
        view![text(attempts.answers.len()), button(on_click = Notes::write("a line"), "Write")]
    };
    let app = TestApp::new(Router::new().route("/", get(page)));
    let (site, visitor) = listening(&app).await;
    visitor.clone().click("Write").await;
    let before = calls.load(Ordering::SeqCst);
    for _ in 0..2 {
        let said = follow(&site, &visitor, &instance(&visitor)).await.read_until(":\n\n").await;
        assert!(!said.contains("data"), "{said}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), before + 1);
}

#[tokio::test]
async fn a_page_that_is_too_large_to_be_remembered_is_told_when_it_changes_and_only_then() {
    let page = async |notes: Current<Notes>| {
        let title = if notes.lines.is_empty() { "x".repeat(4 << 20) } else { "short".to_owned() };
        view![text(notes.lines.len(), " lines"), button(on_click = Notes::write("a line"), "Write")].title(title)
    };
    let app = TestApp::new(Router::new().route("/", get(page)));
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    let mut connection = follow(&site, &visitor, &shown).await;
    let said = connection.read_until(":\n\n").await;
    assert!(!said.contains("data"), "{} bytes", said.len());
    visitor.click("Write").await;
    let event = next_event(&mut connection).await;
    assert!(event["view"]["body"].as_str().expect("a body").contains("1 lines"), "{event}");
}

#[tokio::test]
async fn who_shows_another_version_than_the_server_knows_gets_the_whole_view() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    click_at(&mut visitor, "Write", &shown).await;
    for lost in [shown.clone(), unknown(&visitor, 0xab, 3)] {
        let mut connection = follow(&site, &visitor, &lost).await;
        let event = next_event(&mut connection).await;
        assert!(event["view"]["body"].as_str().expect("a body").contains("a line"), "{event}");
        assert_eq!(event["view"].get("from"), None);
    }
}

#[tokio::test]
async fn a_task_changes_a_visitors_state_and_open_documents_follow() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let mut connection = follow(&site, &visitor, &instance(&visitor)).await;
    visitor.click("Later").await;
    let event = next_event(&mut connection).await;
    assert!(event["view"]["patch"].to_string().contains("later"), "{event}");
    visitor.open("/").await;
    assert_eq!(visitor.page().named("li")[0].text(), "later");
}

#[tokio::test]
async fn a_change_that_panics_leaves_the_state_as_it_was() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Panic").await;
    assert_eq!(reply.actions()[0]["text"], "changed: false");
    assert!(visitor.page().named("li").is_empty());
}

#[tokio::test]
async fn an_event_that_holds_a_state_and_waits_for_a_change_fails_instead_of_waiting_for_ever() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    for (button, state) in [("Wait", "Attempts"), ("Wait for notes", "Notes")] {
        assert_eq!(visitor.click(button).await.status(), StatusCode::INTERNAL_SERVER_ERROR, "{button}");
        let words =
            format!("an event that holds `{0}::Attempts` waits for an update of `{0}::{state}`", module_path!());
        assert!(log.text().contains(&words), "{}", log.text());
    }
}

#[tokio::test]
async fn a_page_that_waits_for_a_change_after_an_event_fails_instead_of_waiting_for_ever() {
    async fn page(filekit: FileKit, visitor: SessionId, _: Current<Notes>) -> View {
        let changed = filekit.update::<Notes>(&visitor, |_| ()).await;
        view![button(on_click = Notes::close, "Close"), p(changed.err().map(|error| error.to_string()))]
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    visitor.click("Close").await;
    let said = visitor.page().named("p")[0].text();
    assert!(said.contains("a page waits for an update of"), "{said}");
}

#[tokio::test]
async fn a_visitor_without_a_session_gets_one_and_their_page_with_it() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    click_at(&mut visitor, "Write", &shown).await;
    let forgotten = Visitor::stranger(site.clone());
    let Site::Address(address) = site else { panic!("only a connection can be followed") };
    let mut connection = Connection::open(address).await;
    connection.send_head(&request(&forgotten, &shown)).await;
    let head = connection.read_until("\r\n\r\n").await.to_ascii_lowercase();
    assert!(head.contains("set-cookie: filekit_session_"), "{head}");
    let event = next_event(&mut connection).await;
    let body = event["view"]["body"].as_str().expect("a body");
    assert!(!body.contains("a line"), "{body}");
}

#[tokio::test]
async fn a_document_that_is_followed_anew_is_not_followed_twice() {
    let app = app();
    let (site, visitor) = listening(&app).await;
    let shown = instance(&visitor);
    let mut before = follow(&site, &visitor, &shown).await;
    before.read_until(":\n\n").await;
    let mut after = follow(&site, &visitor, &shown).await;
    after.read_until(":\n\n").await;
    assert_eq!(
        next_event(&mut before).await,
        json!({ "replaced": true }),
        "a copy of the document asks for a name of its own"
    );
    before.read_until("0\r\n\r\n").await;
}

#[tokio::test]
async fn a_page_that_lets_the_visitor_in_no_more_ends_what_follows_it() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let shown = instance(&visitor);
    let mut connection = follow(&site, &visitor, &shown).await;
    connection.read_until(":\n\n").await;
    visitor.click("Close").await;
    connection.read_until("0\r\n\r\n").await;

    let refused = request(&visitor, &shown);
    assert_eq!(visitor.send(refused).await.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn layers_of_a_page_hold_for_who_follows_it() {
    let guard = axum::middleware::from_fn(async |request: axum::extract::Request, next: axum::middleware::Next| {
        let is_known = request.headers().contains_key("x-known");
        if is_known { Ok(next.run(request).await) } else { Err(StatusCode::UNAUTHORIZED) }
    });
    let app = TestApp::new(Router::new().route("/", get(page)).layer(guard));
    let mut visitor = app.stranger();
    visitor.always_send("x-known", "yes");
    visitor.open("/").await;
    visitor.always_send("x-known", "");
    let refused = request(&visitor, &instance(&visitor));
    assert_eq!(visitor.send(refused).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_layer_that_lets_the_visitor_in_no_more_ends_what_follows_its_page() {
    async fn change(filekit: FileKit, session: SessionId) -> Result<&'static str> {
        filekit.update::<Notes>(&session, |notes| notes.lines.push("secret".to_owned())).await?;
        Ok("changed")
    }
    let signed_out = Arc::new(AtomicBool::new(false));
    let is_signed_out = Arc::clone(&signed_out);
    let guard = axum::middleware::from_fn(move |request: axum::extract::Request, next: axum::middleware::Next| {
        let is_signed_out = is_signed_out.load(Ordering::SeqCst);
        async move { if is_signed_out { Err(StatusCode::UNAUTHORIZED) } else { Ok(next.run(request).await) } }
    });
    let pages = Router::new().route("/", get(page)).layer(guard).route("/change", get(change));
    let app = TestApp::new(pages);
    let (site, mut visitor) = listening(&app).await;
    let mut connection = follow(&site, &visitor, &instance(&visitor)).await;
    connection.read_until(":\n\n").await;
    signed_out.store(true, Ordering::SeqCst);
    visitor.get("/change").await;
    let rest = connection.read_until("0\r\n\r\n").await;
    assert!(!rest.contains("secret"), "{rest}");
}

#[tokio::test]
async fn a_visitor_follows_in_so_many_documents_and_no_more() {
    let app = app();
    let (site, mut visitor) = listening(&app).await;
    let mut connections = Vec::new();
    for nth in 0..16 {
        connections.push(follow(&site, &visitor, &unknown(&visitor, nth, 0)).await);
    }
    let shown = instance(&visitor);
    let one_more = request(&visitor, &shown);
    assert_eq!(visitor.send(one_more).await.status(), StatusCode::TOO_MANY_REQUESTS);

    drop(connections);
    until("those who left make room", async || {
        let Site::Address(address) = &site else { return None };
        let mut connection = Connection::open(*address).await;
        connection.send_head(&request(&visitor, &shown)).await;
        connection.read_until("\r\n").await.contains(" 200 ").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_app_that_wants_no_document_to_follow_says_so() {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.live(false));
    let mut visitor = app.visitor().await;
    assert_eq!(visitor.page().named("body")[0].attribute("data-filekit-live"), None);
    let request = request(&visitor, &instance(&visitor));
    assert_eq!(visitor.send(request).await.status(), StatusCode::NOT_FOUND);

    let visitor = self::app().visitor().await;
    assert_eq!(visitor.page().named("body")[0].attribute("data-filekit-live"), Some(""));
}

#[tokio::test]
async fn only_pages_of_this_site_are_followed_and_by_this_site_only() {
    let app = app();
    let mut visitor = app.visitor().await;
    for query in ["", "page=%2F", "page=%2F&instance=x", "page=%2F%2Fother.test&instance=00000000000000ab.0"] {
        let mut request = request(&visitor, "");
        *request.uri_mut() = format!("/_filekit/live?{query}").parse().expect("a path");
        assert_eq!(visitor.send(request).await.status(), StatusCode::BAD_REQUEST, "{query}");
    }
    let mut foreign = request(&visitor, &instance(&visitor));
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a value"));
    assert_eq!(visitor.send(foreign).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_server_that_stops_ends_what_follows_its_pages() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let visitor = server.visitor().await;
    let mut connection = follow(&server.site(), &visitor, &instance(&visitor)).await;
    connection.read_until(":\n\n").await;
    let stopping = tokio::spawn(server.stop());
    connection.read_until("0\r\n\r\n").await;
    assert!(stopping.await.expect("no panic").success());
}
