//! Events: whose state they change, in which order they run, and what happens when one fails.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Log, TestApp};
use futures_util::future::join_all;
use serde_json::json;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
    name: String,
}

/// How many of `Counter::slowly` run now, and the most that ever did.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
static MOST_RUNNING: AtomicUsize = AtomicUsize::new(0);

#[state]
impl Counter {
    #[event]
    fn add(&mut self, step: u32) {
        self.count += step;
    }

    /// Reads, lets others run, and writes: loses counts unless it has the state for itself.
    #[event]
    async fn slowly(&mut self) {
        let running = RUNNING.fetch_add(1, Ordering::SeqCst) + 1;
        MOST_RUNNING.fetch_max(running, Ordering::SeqCst);
        let before = self.count;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        self.count = before + 1;
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }

    #[event]
    fn rename(&mut self, name: String) {
        self.name = name;
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        self.count += 100;
        Err(io::Error::other("the disk is on fire"))?;
        Ok(())
    }

    #[event]
    fn refuse(&mut self) -> Result<()> {
        self.count += 100;
        Err(Error::user("That name is taken."))
    }

    #[event]
    fn panic(&mut self) {
        self.count += 100;
        panic!("nobody expected this");
    }

    #[event]
    fn greet(&mut self) -> Toast {
        Toast::success("Hello.")
    }
}

async fn page(counter: Current<Counter>) -> View {
    view![
        heading("Count ", counter.count, " of ", &counter.name),
        input(id = "name"),
        button(on_click = Counter::add(2), "Add two"),
        button(on_click = Counter::add(5), "Add five"),
        button(on_click = [Counter::add(1), Counter::greet], "Add and greet"),
        button(on_click = Counter::slowly, "Slowly"),
        button(on_click = Counter::rename(value_of::<String>("name")), "Rename"),
        button(on_click = Counter::fail, "Fail"),
        button(on_click = Counter::refuse, "Refuse"),
        button(on_click = Counter::panic, "Panic"),
        button(on_click = Counter::greet, "Greet"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

fn heading(visitor: &filekit_tests::Visitor) -> String {
    visitor.page().named("h2")[0].text()
}

#[tokio::test]
async fn an_event_changes_the_page_and_the_change_lasts() {
    let app = app();
    let mut visitor = app.visitor().await;
    assert_eq!(heading(&visitor), "Count 0 of");

    let reply = visitor.click("Add two").await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(heading(&visitor), "Count 2 of", "the reply carries the new page");
    visitor.click("Add five").await;
    assert_eq!(heading(&visitor), "Count 7 of", "the page that came with a reply has capabilities too");

    visitor.open("/").await;
    assert_eq!(heading(&visitor), "Count 7 of", "a page loaded afresh shows the same");
}

#[tokio::test]
async fn an_event_of_one_visitor_changes_nothing_for_another() {
    let app = app();
    let mut one = app.visitor().await;
    let mut other = app.visitor().await;
    assert_ne!(one.cookies(), other.cookies());

    one.click("Add two").await;
    other.open("/").await;
    assert_eq!(heading(&other), "Count 0 of");
    other.click("Add five").await;
    one.open("/").await;
    assert_eq!(heading(&one), "Count 2 of");
}

#[tokio::test]
async fn looking_at_a_page_gives_a_session_that_scripts_and_other_sites_cannot_use() {
    let app = app();
    let mut visitor = app.visitor().await;
    // A visitor who has a session doesn't get another one.
    let session = visitor.cookies().clone();
    visitor.open("/").await;
    visitor.click("Add two").await;
    assert_eq!(visitor.cookies(), &session);

    let reply = app.visitor().await.get("/").await;
    assert_eq!(reply.status(), StatusCode::OK);
    let mut stranger = app.stranger();
    let reply = stranger.get("/").await;
    let cookie = reply.header("set-cookie").to_ascii_lowercase();
    assert!(cookie.contains("httponly"), "{cookie}");
    assert!(cookie.contains("samesite=lax"), "{cookie}");
}

#[tokio::test]
async fn chained_events_run_in_their_order() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Add and greet").await;
    assert_eq!(reply.actions(), [json!({ "action": "toast", "kind": "success", "text": "Hello." })]);
    assert_eq!(heading(&visitor), "Count 1 of");
}

#[tokio::test]
async fn a_value_that_the_browser_computes_arrives_and_is_shown_as_text() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click_with("Rename", &[("name", json!("<b>Ann</b> & Bo"))]).await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(heading(&visitor), "Count 0 of <b>Ann</b> & Bo");
    assert_eq!(visitor.page().named("b").len(), 0, "what a visitor typed never becomes markup");
}

#[tokio::test]
async fn arguments_of_the_wrong_kind_or_number_are_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    for arguments in [json!([]), json!([{}]), json!([null]), json!(["a", "b"]), json!({ "name": "a" }), json!("a")] {
        let mut call = visitor.call_with("Rename", &[("name", json!("a"))]);
        call["arguments"] = arguments.clone();
        let request = visitor.event(&call);
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{arguments}: {} {}", reply.status(), reply.text());
        assert_ne!(reply.code(), "", "{arguments}: {}", reply.text());
    }
    visitor.open("/").await;
    assert_eq!(heading(&visitor), "Count 0 of");
}

#[tokio::test]
async fn concurrent_events_of_one_visitor_run_one_after_the_other() {
    let app = app();
    let visitor = app.visitor().await;
    let mut tabs = vec![visitor.clone(); 10];
    let replies = join_all(tabs.iter_mut().map(|tab| tab.click("Slowly"))).await;
    assert!(replies.iter().all(|reply| reply.status() == StatusCode::OK));
    assert_eq!(MOST_RUNNING.load(Ordering::SeqCst), 1);

    let mut visitor = visitor;
    visitor.open("/").await;
    assert_eq!(heading(&visitor), "Count 10 of");
}

#[tokio::test]
async fn an_error_leaves_the_state_alone_and_tells_details_only_to_the_log() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    visitor.click("Add two").await;

    let reply = visitor.click("Fail").await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text().contains("fire"), "{}", reply.text());
    assert_ne!(reply.message(), "");
    assert_ne!(reply.reference(), "");
    assert!(log.text().contains("the disk is on fire"), "{}", log.text());
    assert!(log.text().contains(&reply.reference()), "{}", log.text());

    visitor.open("/").await;
    assert_eq!(heading(&visitor), "Count 2 of");
}

#[tokio::test]
async fn two_errors_have_two_references() {
    let app = app();
    let mut visitor = app.visitor().await;
    let first = visitor.click("Fail").await.reference();
    let second = visitor.click("Fail").await.reference();
    assert_ne!(first, second);
}

#[tokio::test]
async fn an_error_for_the_visitor_shows_its_words_and_leaves_the_state_alone() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Refuse").await;
    assert!(reply.status().is_client_error(), "{}", reply.status());
    assert_eq!(reply.message(), "That name is taken.");
    visitor.open("/").await;
    assert_eq!(heading(&visitor), "Count 0 of");
}

#[tokio::test]
async fn a_panic_is_an_error_like_any_other_and_the_app_lives_on() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Panic").await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text().contains("expected"), "{}", reply.text());
    assert_ne!(reply.reference(), "");
    assert!(log.text().contains("nobody expected this"), "{}", log.text());
    assert!(log.text().contains(&reply.reference()), "{}", log.text());

    visitor.click("Add two").await;
    visitor.open("/").await;
    assert_eq!(heading(&visitor), "Count 2 of");
}

#[tokio::test]
async fn a_page_after_an_event_is_the_page_as_it_would_be_loaded() {
    #[state]
    #[derive(Default)]
    struct Report {
        pages: u32,
    }

    #[state]
    impl Report {
        #[event]
        fn write(&mut self) {
            self.pages += 1;
        }

        #[event]
        fn fetch(&self) -> Download {
            Download::data(self.pages.to_string())
        }
    }

    async fn page(report: Current<Report>) -> View {
        view![button(on_click = Report::write, "Write ", report.pages), button(on_click = Report::fetch, "Fetch")]
    }

    let app = TestApp::new(Router::new().route("/", get(page)).route("/deep/", get(page)));
    for path in ["/", "/deep/", "/?sort=name"] {
        let mut visitor = app.stranger();
        visitor.open(path).await;
        let reply = visitor.click("Write 0").await;
        let reply: serde_json::Value = serde_json::from_str(reply.text()).expect("a reply");
        let loaded = visitor.get(path).await;
        let body = reply["view"]["body"].as_str().expect("a view");
        // Which form a button names matters where no script shows the page.
        let loaded = loaded.text().replace(" form=\"filekit-event\"", "");
        assert!(loaded.contains(body), "{path}: {body}\nis not in\n{loaded}");
    }
}
