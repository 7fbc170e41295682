//! Layers around the pages hold for the events and downloads of those pages too, and layers in front of filekit break
//! nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Extension, Path, Query, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use filekit::prelude::*;
use filekit_tests::{LAYERS, TestApp, Visitor, behind_layers, decompressed};
use serde_json::json;
use tokio::sync::Notify;

/// What a layer around the pages adds.
#[derive(Clone)]
struct Database(&'static str);

#[derive(serde::Deserialize)]
struct Sorting {
    sort: Option<String>,
}

#[state]
#[derive(Default)]
struct Ledger {
    lines: Vec<String>,
}

#[state]
#[derive(Default)]
struct Names {
    own: String,
}

#[state]
impl Names {
    #[event]
    fn call_me(&mut self, name: String) {
        self.own = name;
    }
}

#[state]
impl Ledger {
    #[event]
    fn write(
        &mut self,
        #[extract] Extension(database): Extension<Database>,
        #[extract] Path(room): Path<String>,
        #[extract] Query(sorting): Query<Sorting>,
        #[extract] names: Current<Names>,
    ) {
        let sort = sorting.sort.unwrap_or_else(|| "unsorted".to_owned());
        self.lines.push(format!("{} {room} {sort} {}", database.0, names.own));
    }

    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        self.lines.push(file.save().await?.name().to_owned());
        Ok(())
    }

    #[event]
    fn export(&self, #[extract] Extension(database): Extension<Database>) -> Download {
        Download::data(format!("{}:{}", database.0, self.lines.len())).filename("export.txt")
    }
}

async fn page(ledger: Current<Ledger>) -> View {
    view![
        ul(for line in &ledger.lines {
            li(line)
        }),
        upload(id = "file", "Drop"),
        button(on_click = Ledger::keep(upload_files("file")), "Keep"),
        button(on_click = Ledger::write, "Write"),
        button(on_click = Ledger::export, "Export"),
        button(on_click = Names::call_me("Ada"), "Ada"),
    ]
}

fn pages() -> Router {
    Router::new().route("/{room}", get(page)).layer(Extension(Database("db")))
}

fn lines(page: &filekit_tests::Html) -> Vec<String> {
    page.named("li").iter().map(|line| line.text()).collect()
}

#[tokio::test]
async fn an_event_extracts_what_the_handler_of_its_page_could() {
    let app = TestApp::new(pages());
    let mut visitor = app.stranger();
    visitor.open("/kitchen").await;
    visitor.click("Ada").await;
    visitor.click("Write").await;
    assert_eq!(lines(visitor.page()), ["db kitchen unsorted Ada"]);
    visitor.open("/cellar?sort=age").await;
    visitor.click("Write").await;
    assert_eq!(lines(visitor.page()), ["db kitchen unsorted Ada", "db cellar age Ada"]);
    assert_eq!(visitor.click("Export").await.text(), "db:2");
}

/// Whether the guard of the test below lets people in. No other test uses it.
static OPEN: AtomicBool = AtomicBool::new(true);

async fn guard(request: Request, next: Next) -> Response {
    if OPEN.load(Ordering::SeqCst) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Closed.").into_response()
    }
}

#[tokio::test]
async fn a_layer_that_refuses_a_visitor_refuses_events_uploads_and_downloads_before_anything_happens() {
    let app = TestApp::new(pages().layer(from_fn(guard)));
    let mut visitor = app.stranger();
    visitor.open("/kitchen").await;
    OPEN.store(false, Ordering::SeqCst);
    let reply = visitor.click("Write").await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN);
    assert_eq!(reply.message(), "Closed.");
    assert_eq!(visitor.upload("file", [("a.txt", "x")]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(visitor.click("Export").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(app.stored_names(), [""; 0]);
    assert!(app.spool_is_empty());
    OPEN.store(true, Ordering::SeqCst);
    visitor.open("/kitchen").await;
    assert_eq!(lines(visitor.page()), [""; 0]);
}

async fn sign_in_first(request: Request, next: Next) -> Response {
    if request.headers().contains_key("user") {
        next.run(request).await
    } else {
        Redirect::to("/sign-in").into_response()
    }
}

#[tokio::test]
async fn a_layer_that_sends_visitors_to_sign_in_does_so_for_events_and_downloads() {
    let app = TestApp::new(pages().layer(from_fn(sign_in_first)));
    let mut visitor = app.stranger();
    visitor.always_send("user", "ada");
    visitor.open("/kitchen").await;
    visitor.always_send("user", "");
    let reply = visitor.click("Write").await;
    assert_eq!(reply.actions()[0]["url"], "/sign-in");
    let reply = visitor.click("Export").await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
}

#[tokio::test]
async fn a_page_without_state_is_asked_too() {
    async fn plain() -> View {
        view![button(on_click = Names::call_me("Ada"), "Ada")]
    }
    let app = TestApp::new(Router::new().route("/", get(plain)));
    assert_eq!(app.visitor().await.click("Ada").await.status(), StatusCode::OK);
}

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}

#[state]
impl Counter {
    /// Counts to three, and shows each number.
    #[event]
    async fn count_slowly(&mut self, updates: Updates) -> Result<Toast> {
        for _ in 0..3 {
            self.count += 1;
            updates.send(self).await?;
        }
        Ok(Toast::success("counted"))
    }

    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        file.save().await?;
        Ok(())
    }

    #[event]
    fn numbers(&self) -> Download {
        let lines = (0..10_000).map(|number| Ok::<_, std::io::Error>(format!("{number}\n")));
        Download::stream(futures_util::stream::iter(lines)).filename("numbers.txt")
    }
}

async fn counter(counter: Current<Counter>) -> View {
    view![
        p(counter.count),
        upload(id = "file", "Drop"),
        button(on_click = Counter::keep(upload_files("file")), "Keep"),
        button(on_click = Counter::count_slowly, "Count"),
        button(on_click = Counter::numbers, "Numbers"),
    ]
}

fn counters() -> Router {
    Router::new().route("/", get(counter)).route("/room", get(counter)).route("/room/{number}", get(counter))
}

/// What a visitor does on a page, behind these layers.
async fn use_page(app: &TestApp, path: &str, layers: &str) {
    let mut visitor = app.stranger();
    visitor.open(path).await;
    let path = format!("{path} behind {layers}");
    let count = visitor.event(&visitor.call_of("Count"));
    let counted = visitor.send(count).await;
    let lines: Vec<serde_json::Value> =
        counted.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 4, "{path}: three updates and the reply: {}", counted.text());
    assert_eq!(lines[3]["actions"][0]["text"], "counted", "{path}: {}", counted.text());
    let before = app.stored_names().len();
    let kept = visitor.upload("file", [("a.txt", "x")]).await;
    assert_eq!((kept.status(), app.stored_names().len()), (StatusCode::OK, before + 1), "{path}: {}", kept.text());
    let numbers = visitor.click("Numbers").await;
    assert_eq!((numbers.status(), numbers.text().lines().last()), (StatusCode::OK, Some("9999")), "{path}");
}

#[tokio::test]
async fn pages_work_behind_each_layer_of_tower_http() {
    for (name, in_front) in LAYERS {
        let app = TestApp::new(counters()).layered(in_front).layered(decompressed);
        use_page(&app, "/", name).await;
        use_page(&app, "/room/1?sort=age", name).await;
    }
}

#[tokio::test]
async fn pages_work_behind_all_layers_of_tower_http_at_once() {
    let app = TestApp::new(counters()).layered(behind_layers).layered(decompressed);
    for path in ["/", "/room", "/room/", "/room/1/?sort=age"] {
        use_page(&app, path, "all layers").await;
    }
    let app = TestApp::mounted("/app", counters()).layered(behind_layers).layered(decompressed);
    for path in ["/app", "/app/", "/app/room", "/app/room/", "/app/room/1/"] {
        use_page(&app, path, "all layers").await;
    }
}

/// Lets a test know when an event has begun that does not end by itself.
#[derive(Clone, Default)]
struct Begun(Arc<Notify>);

#[state]
#[derive(Default)]
struct Attempts {
    count: u32,
}

#[state]
impl Attempts {
    /// Does not end by itself.
    #[event]
    async fn hold(&mut self, #[extract] Extension(begun): Extension<Begun>) {
        self.count += 1;
        begun.0.notify_one();
        std::future::pending::<()>().await;
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        self.count += 1;
        Err(Error::user("It did not work."))
    }

    #[event]
    fn succeed(&mut self) {
        self.count += 1;
    }
}

async fn attempts(attempts: Current<Attempts>) -> View {
    view![
        p(attempts.count),
        button(on_click = Attempts::hold, "Hold"),
        button(on_click = Attempts::fail, "Fail"),
        button(on_click = Attempts::succeed, "Succeed"),
    ]
}

/// The call of a button, with the number by which a call that is sent again is known.
fn numbered_call(visitor: &Visitor, button: &str) -> serde_json::Value {
    let mut call = visitor.call_of(button);
    call["once"] = json!(0.5);
    call
}

/// Sends a call twice, as browsers do, and returns what is answered.
async fn codes_of(app: &TestApp, button: &str) -> [String; 2] {
    let mut visitor = app.visitor().await;
    let call = numbered_call(&visitor, button);
    let first = visitor.send(visitor.event(&call)).await;
    let second = visitor.send(visitor.event(&call)).await;
    [first, second].map(|reply| reply.code())
}

#[tokio::test]
async fn only_of_a_call_that_has_succeeded_it_is_said_that_the_page_shows_what_was_done() {
    let app = TestApp::new(Router::new().route("/", get(attempts)).layer(Extension(Begun::default())));
    assert_eq!(codes_of(&app, "Succeed").await, ["", "event.repeated"]);
    assert_eq!(codes_of(&app, "Fail").await, ["event.refused", "event.not-done"]);
}

#[tokio::test]
async fn a_call_that_a_layer_has_cut_off_is_said_to_be_not_done() {
    let begun = Begun::default();
    let app = TestApp::new(Router::new().route("/", get(attempts)).layer(Extension(begun.clone())));
    let mut visitor = app.visitor().await;
    let call = numbered_call(&visitor, "Hold");
    let mut cut_off = visitor.clone();
    let first = cut_off.event(&call);
    tokio::select! {
        reply = cut_off.send(first) => panic!("the event holds: {}", reply.text()),
        () = begun.0.notified() => {}
    }
    let reply = visitor.send(visitor.event(&call)).await;
    assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::CONFLICT, "event.not-done"));
    assert_eq!(reply.message(), "The connection broke before this was done. Please try again.");
    assert!(reply.view().expect("the page as it is").text().starts_with('0'));
}

#[tokio::test]
async fn no_status_of_a_layer_around_the_pages_lets_browsers_send_a_call_again() {
    async fn too_slow(request: Request, next: Next) -> Response {
        if request.headers().contains_key("slow") {
            return StatusCode::REQUEST_TIMEOUT.into_response();
        }
        next.run(request).await
    }
    let pages = Router::new().route("/", get(attempts)).layer(Extension(Begun::default())).layer(from_fn(too_slow));
    let app = TestApp::new(pages);
    let mut visitor = app.visitor().await;
    visitor.always_send("slow", "yes");
    let reply = visitor.click("Succeed").await;
    assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::BAD_REQUEST, "event.extractor-refused"));
    assert_eq!(reply.message(), "That took longer than the server allows. Please try again.");
}
