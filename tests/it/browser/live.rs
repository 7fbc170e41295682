//! Documents that follow what changes without an event of theirs: in another window, by a task of the program, and after their server
//! was started anew. What the server sends is for the HTTP tests.

use std::sync::Arc;

use axum::Extension;
use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, Relay, TestApp, until};
use tokio::sync::Notify;

use super::board::{COUNT, EVENT, SECRET, VIEW};

const LIVE: &str = "/_filekit/live";

#[state]
#[derive(Default)]
struct Tally {
    count: u32,
}

#[state]
impl Tally {
    #[event]
    fn count(&mut self) {
        self.count += 1;
    }

    /// Begins a task that counts ten more when the test says so, long after this event has ended.
    #[event]
    fn count_later(
        &self,
        #[extract] task: Extension<Arc<Notify>>,
        #[extract] filekit: FileKit,
        #[extract] session: SessionId,
    ) {
        tokio::spawn(async move {
            task.notified().await;
            filekit.update::<Tally>(&session, |tally| tally.count += 10).await
        });
    }
}

async fn page(tally: Current<Tally>) -> View {
    view![
        p("Counted: ", span(id = "count", tally.count)),
        input(id = "text", aria_label = "Text"),
        button(on_click = Tally::count, "Count"),
        button(on_click = Tally::count_later, "Count later"),
    ]
}

fn app(task: &Arc<Notify>) -> TestApp {
    let pages = Router::new().route("/", get(page)).layer(Extension(Arc::clone(task)));
    TestApp::with(pages, |kit| kit.secret(SECRET))
}

/// Opens the page, with something that its visitor is writing.
async fn open(relay: &Relay) -> Browser {
    let address = relay.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    browser.see_texts(COUNT, &["0"]).await;
    browser.find(Locator::Id("text")).await.send_keys("half a wo").await.expect("a field");
    relay.take();
    browser
}

/// Opens the page in a window beside the first one, and stays there.
async fn open_beside(browser: &Browser) {
    browser.run("open(location.href, '', 'popup')", &[]).await;
    browser.newest_tab(2).await;
    browser.see_texts(COUNT, &["0"]).await;
}

async fn assert_half_typed(browser: &Browser) {
    assert_eq!(browser.run("return document.getElementById('text').value", &[]).await, "half a wo");
}

#[tokio::test]
pub(super) async fn windows_of_a_visitor_agree() {
    let relay = Relay::of(&app(&Arc::default()));
    let browser = open(&relay).await;
    open_beside(&browser).await;
    for count in ["1", "2"] {
        browser.click("Count").await;
        browser.see_texts(COUNT, &[count]).await;
        browser.oldest_tab().await;
        browser.see_texts(COUNT, &[count]).await;
        assert_half_typed(&browser).await;
        browser.newest_tab(2).await;
    }
    // The first window changes the second one too, and nobody had to ask for the page.
    browser.oldest_tab().await;
    browser.click("Count").await;
    browser.newest_tab(2).await;
    browser.see_texts(COUNT, &["3"]).await;
    assert_eq!(relay.asked(), ["/", EVENT, EVENT, EVENT]);
}

#[tokio::test]
pub(super) async fn a_hidden_window_has_no_connection_and_catches_up_when_it_is_seen() {
    let relay = Relay::of(&app(&Arc::default()));
    let browser = open(&relay).await;
    let hide = async |is_hidden: bool| {
        let script = "Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));";
        browser.run(script, &[is_hidden.into()]).await;
    };
    let remember = "window.connections = [];
        window.EventSource = class extends EventSource {
            constructor(url) {
                super(url);
                connections.push(this);
            }
        };";
    browser.run(remember, &[]).await;
    hide(true).await;
    hide(false).await;
    let states = async || browser.run("return connections.map(each => each.readyState)", &[]).await;
    until("a connection is open", async || (states().await == serde_json::json!([1])).then_some(())).await;
    hide(true).await;
    assert_eq!(states().await, serde_json::json!([2]));

    open_beside(&browser).await;
    browser.click("Count").await;
    browser.see_texts(COUNT, &["1"]).await;
    browser.oldest_tab().await;
    assert_eq!(browser.texts(COUNT).await, ["0"]);
    hide(false).await;
    browser.see_texts(COUNT, &["1"]).await;
    assert_half_typed(&browser).await;
    assert_eq!(relay.asked(), ["/", EVENT]);
}

#[tokio::test]
pub(super) async fn a_task_of_the_program_reaches_an_open_page() {
    let task = Arc::default();
    let relay = Relay::of(&app(&task));
    let browser = open(&relay).await;
    browser.click("Count later").await;
    browser.click("Count").await;
    browser.see_texts(COUNT, &["1"]).await;
    task.notify_one();
    browser.see_texts(COUNT, &["11"]).await;
    assert_half_typed(&browser).await;
    assert_eq!(relay.asked(), [EVENT, EVENT]);
}

#[tokio::test]
async fn a_page_follows_the_server_that_was_started_anew() {
    let task = Arc::default();
    let old = app(&task);
    let relay = Relay::of(&old);
    let connection = relay.cut(LIVE);
    let browser = open(&relay).await;
    browser.click("Count").await;
    browser.see_texts(COUNT, &["1"]).await;

    let new = app(&task);
    relay.move_to(&new);
    drop(connection);
    // What the old one had in memory is gone.
    browser.see_texts(COUNT, &["0"]).await;
    assert_half_typed(&browser).await;
    open_beside(&browser).await;
    browser.click("Count").await;
    browser.oldest_tab().await;
    browser.see_texts(COUNT, &["1"]).await;
    assert!(!relay.asked().iter().any(|path| path == VIEW), "the page need not ask");
}

#[tokio::test]
pub(super) async fn a_page_waits_for_a_server_that_is_away() {
    let relay = Relay::of(&app(&Arc::default()));
    let connection = relay.cut(LIVE);
    let browser = open(&relay).await;
    relay.leave();
    drop(connection);
    until("it has tried again", async || relay.has_turned_away(LIVE).then_some(())).await;
    relay.come_back();
    open_beside(&browser).await;
    browser.click("Count").await;
    browser.oldest_tab().await;
    browser.see_texts(COUNT, &["1"]).await;
    assert_eq!(browser.texts("[role='alert']").await, [""; 0]);
}
