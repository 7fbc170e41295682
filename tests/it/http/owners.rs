//! States that belong to everyone, to a path, or to who is signed in: who sees them, who changes them, and which documents follow.

use std::borrow::Cow;
use std::fmt;

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use filekit::event::{EventRef, Post};
use filekit::prelude::*;
use filekit_tests::{Log, Site, TestApp, Visitor, follow, instance, next_event};
use serde::Deserialize;

/// The number of a room.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
struct RoomId(u32);

impl fmt::Display for RoomId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[state(owner = Path<RoomId>)]
#[derive(Default)]
struct Room {
    lines: Vec<String>,
}

#[state]
impl Room {
    #[event]
    fn say(&mut self, line: String) {
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
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        self.lines.push(file.save().await?.name().to_owned());
        Ok(())
    }

    #[event]
    fn all(&self) -> Download {
        Download::data(self.lines.join("\n")).filename("room.txt")
    }

    #[event]
    fn say_twice(&mut self) -> EventRef<Post> {
        self.lines.push("once".to_owned());
        event_reference!(Room::say("twice"))
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
    fn pin(&mut self, note: String) {
        self.notes.push(note);
    }
}

/// Who is signed in, as a layer around the pages has found out.
#[derive(Clone)]
struct User(String);

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or((StatusCode::UNAUTHORIZED, "Sign in first."))
    }
}

impl Owner for User {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

#[state(owner = User)]
#[derive(Default)]
struct Desk {
    papers: Vec<String>,
}

#[state]
impl Desk {
    #[event]
    fn lay(&mut self, paper: String) {
        self.papers.push(paper);
    }
}

async fn room(room: Current<Room>) -> View {
    view![
        ul(for line in &room.lines {
            li(line)
        }),
        upload(id = "file", "Drop"),
        button(on_click = Room::say("hello"), "Say hello"),
        button(on_click = Room::count, "Count"),
        button(on_click = Room::keep(upload_files("file")), "Keep"),
        button(on_click = Room::say_twice, "Say twice"),
        link(href = Room::all, "All"),
    ]
}

async fn board(board: Current<Board>) -> View {
    view![
        ul(for note in &board.notes {
            li(note)
        }),
        button(on_click = Board::pin("a note"), "Pin"),
    ]
}

async fn desk(desk: Current<Desk>) -> View {
    view![
        ul(for paper in &desk.papers {
            li(paper)
        }),
        button(on_click = Desk::lay("a letter"), "Lay"),
    ]
}

/// Offers an event of a state that it does not show.
async fn blind() -> View {
    view![button(on_click = Room::say("from elsewhere"), "Say it")]
}

/// A layer that believes what a header says.
async fn signed_in(mut request: Request, next: Next) -> Response {
    if let Some(name) = request.headers().get("x-user").and_then(|name| name.to_str().ok()) {
        let user = User(name.to_owned());
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}

fn app() -> TestApp {
    let pages = Router::new()
        .route("/rooms/{room}", get(room))
        .route("/about", get(room))
        .route("/blind/{room}", get(blind))
        .route("/board", get(board))
        .route("/desk", get(desk))
        .layer(from_fn(signed_in));
    TestApp::new(pages)
}

async fn visitor_at(app: &TestApp, path: &str) -> Visitor {
    Visitor::at(app.site(), path).await
}

fn lines(visitor: &Visitor) -> Vec<String> {
    visitor.page().named("li").iter().map(|line| line.text()).collect()
}

/// The lines on the page as it is now.
async fn lines_at(visitor: &mut Visitor, path: &str) -> Vec<String> {
    visitor.open(path).await;
    lines(visitor)
}

#[tokio::test]
async fn a_room_is_shared_by_all_who_are_in_it() {
    let app = app();
    let (mut ann, mut ben) = (visitor_at(&app, "/rooms/1").await, visitor_at(&app, "/rooms/1").await);
    ann.click("Say hello").await;
    assert_eq!(lines(&ann), ["hello"]);
    ben.click("Say hello").await;
    assert_eq!(lines(&ben), ["hello", "hello"]);
    assert_eq!(lines_at(&mut ann, "/rooms/1").await, ["hello", "hello"]);
    assert_eq!(lines_at(&mut ann, "/rooms/2").await, [""; 0]);
    // The same number, written otherwise.
    assert_eq!(lines_at(&mut ann, "/rooms/01").await, ["hello", "hello"]);
}

#[tokio::test]
async fn files_and_downloads_are_those_of_the_room() {
    let app = app();
    let (mut ann, mut ben) = (visitor_at(&app, "/rooms/1").await, visitor_at(&app, "/rooms/1").await);
    ann.upload("file", [("a.txt", "content")]).await;
    assert_eq!(lines_at(&mut ben, "/rooms/1").await, ["a.txt"]);
    let link = ben.page().named("a")[0].attribute("href").expect("a link").to_owned();
    assert_eq!(ben.get(&link).await.text(), "a.txt");
    ben.open("/rooms/2").await;
    let elsewhere = ben.page().named("a")[0].attribute("href").expect("a link").to_owned();
    assert_eq!(ben.get(&elsewhere).await.text(), "");
}

#[tokio::test]
async fn an_event_that_an_event_returns_is_for_the_same_owner() {
    let app = app();
    let mut ann = visitor_at(&app, "/rooms/1").await;
    let reply = ann.click("Say twice").await;
    let action = &reply.actions()[0];
    let call = ann.call_to(&action["event"], &action["arguments"]);
    let request = ann.event(&call);
    assert_eq!(ann.send(request).await.status(), StatusCode::OK);
    assert_eq!(lines_at(&mut ann, "/rooms/1").await, ["once", "twice"]);
    // The same capability elsewhere.
    ann.open("/rooms/2").await;
    let call = ann.call_to(&action["event"], &action["arguments"]);
    let request = ann.event(&call);
    assert_eq!(ann.send(request).await.code(), "event.capability-refused");
}

#[tokio::test]
async fn without_scripts_a_form_calls_the_events_of_the_room() {
    let app = app();
    let (mut ann, mut ben) = (visitor_at(&app, "/rooms/1").await, visitor_at(&app, "/rooms/1").await);
    let reply = ann.submit("Say twice", filekit_tests::Entries::new()).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER, "{}", reply.text());
    assert_eq!(lines_at(&mut ben, "/rooms/1").await, ["once", "twice"]);
}

#[tokio::test]
async fn events_of_one_owner_run_one_after_the_other_whoever_calls_them() {
    let app = app();
    let visitors = 20;
    let mut calls = Vec::new();
    for _ in 0..visitors {
        let mut visitor = visitor_at(&app, "/rooms/7").await;
        calls.push(tokio::spawn(async move { visitor.click("Count").await }));
    }
    for call in calls {
        assert_eq!(call.await.expect("a reply").status(), StatusCode::OK);
    }
    let expected: Vec<String> = (0..visitors).map(|count| count.to_string()).collect();
    assert_eq!(lines(&visitor_at(&app, "/rooms/7").await), expected);
}

#[tokio::test]
async fn there_is_one_board_for_everyone() {
    let app = app();
    let mut ann = visitor_at(&app, "/board").await;
    ann.click("Pin").await;
    assert_eq!(lines(&visitor_at(&app, "/board").await), ["a note"]);
    app.kit().update::<Board>(&Everyone, |board| board.notes.push("by a task".to_owned())).await.expect("an update");
    assert_eq!(lines_at(&mut ann, "/board").await, ["a note", "by a task"]);
    assert_eq!(app.kit().read::<Board>(&Everyone).await.expect("a state").notes.len(), 2);
    let room = app.kit().read::<Room>(&Path(RoomId(3))).await.expect("a state");
    assert_eq!(room.lines, [""; 0], "nothing was ever said there");
}

#[tokio::test]
async fn a_user_has_one_desk_on_all_devices() {
    let app = app();
    let [mut laptop, mut phone, mut other] = [app.stranger(), app.stranger(), app.stranger()];
    laptop.always_send("x-user", "ann");
    phone.always_send("x-user", "ann");
    other.always_send("x-user", "ben");
    laptop.open("/desk").await;
    laptop.click("Lay").await;
    assert_eq!(lines_at(&mut phone, "/desk").await, ["a letter"]);
    assert_eq!(lines_at(&mut other, "/desk").await, [""; 0]);
    let reply = app.stranger().get("/desk").await;
    assert_eq!((reply.status(), reply.text()), (StatusCode::UNAUTHORIZED, "Sign in first."));
}

#[tokio::test]
async fn a_page_that_was_made_for_one_user_calls_nothing_for_the_next_one() {
    let app = app();
    let mut browser = app.stranger();
    browser.always_send("x-user", "ann");
    browser.open("/desk").await;
    browser.click("Lay").await;
    let call = browser.call_of("Lay");
    browser.always_send("x-user", "ben");
    let request = browser.event(&call);
    let refused = browser.send(request).await;
    assert_eq!(refused.code(), "event.capability-refused");
    let page = refused.view().expect("the page as it is for the other user");
    assert_eq!(page.named("li").len(), 0);
    browser.open("/desk").await;
    assert_eq!(lines(&browser), [""; 0]);
    browser.click("Lay").await;
    assert_eq!(lines(&browser), ["a letter"]);
}

#[tokio::test]
async fn a_path_that_lacks_the_parameter_is_said_with_its_route() {
    let app = app();
    let log = Log::record();
    let reply = app.stranger().get("/about").await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let log = log.text();
    assert!(log.contains("does not fit `/about`") && log.contains("RoomId"), "{log}");
    let reply = app.stranger().get("/rooms/attic").await;
    assert_eq!(reply.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_that_offers_what_it_does_not_show_is_told_the_cure() {
    let app = app();
    let log = Log::record();
    let mut visitor = visitor_at(&app, "/blind/1").await;
    assert!(log.text().contains("take `Current` of that state in the page's handler"), "{}", log.text());
    let reply = visitor.click("Say it").await;
    assert!(!reply.status().is_success(), "{}", reply.text());
    assert_eq!(lines_at(&mut visitor, "/rooms/1").await, [""; 0]);
}

/// A visitor of a page behind a socket, whose document follows.
async fn following(site: &Site, path: &str) -> (Visitor, filekit_tests::Connection) {
    let visitor = Visitor::at(site.clone(), path).await;
    let mut connection = follow(site, &visitor, path, &instance(&visitor)).await;
    connection.read_until(":\n\n").await;
    (visitor, connection)
}

#[tokio::test]
async fn documents_follow_the_owners_whose_states_they_show() {
    let app = app();
    let site = Site::Address(app.listen().await);
    let mut ann = Visitor::at(site.clone(), "/rooms/1").await;
    let (_ben, mut ben_sees) = following(&site, "/rooms/1").await;
    let (mut carl, mut carl_sees) = following(&site, "/rooms/2").await;
    ann.click("Say hello").await;
    let event = next_event(&mut ben_sees).await;
    assert!(event["view"]["patch"].to_string().contains("hello"), "{event}");
    carl.open("/rooms/2").await;
    carl.click("Count").await;
    let event = next_event(&mut carl_sees).await;
    assert!(!event.to_string().contains("hello"), "nothing of another room: {event}");
    app.kit().update::<Room>(&Path(RoomId(1)), |room| room.lines.push("later".to_owned())).await.expect("an update");
    let event = next_event(&mut ben_sees).await;
    assert!(event.to_string().contains("later"), "{event}");
}

/// What stands in for a database.
static CLAIMS: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

async fn claims() -> View {
    let claims = CLAIMS.lock().expect("no panic").clone();
    view![ul(for claim in claims {
        li(claim)
    })]
    .follow("claims")
}

#[tokio::test]
async fn documents_follow_topics() {
    let app = TestApp::new(Router::new().route("/claims", get(claims)).route("/board", get(board)));
    let site = Site::Address(app.listen().await);
    let (_ann, mut ann_sees) = following(&site, "/claims").await;
    let (_ben, mut ben_sees) = following(&site, "/claims").await;
    for claim in ["first", "second"] {
        CLAIMS.lock().expect("no panic").push(claim.to_owned());
        app.kit().notify("other claims").await;
        app.kit().notify("claims").await;
        for connection in [&mut ann_sees, &mut ben_sees] {
            let event = next_event(connection).await;
            assert!(event["view"]["patch"].to_string().contains(claim), "{event}");
        }
    }
}
