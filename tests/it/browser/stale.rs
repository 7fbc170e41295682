//! A page that the server has left behind: one from before a deploy, one whose visitor has to sign in again, one whose server was
//! away. Each comes right by itself, and no event happens that nobody asked for.

use axum::http::Uri;
use axum::response::{IntoResponse as _, Redirect, Response};
use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, Relay, Samples, Server, TestApp, UploadDir, paths, until};

use super::board::{COUNT, EVENT, UPLOAD, VIEW, Visit};
use super::{CHOSEN, Example, UPLOADED};

#[state]
#[derive(Default)]
struct Account {
    name: String,
    clicks: u32,
}

#[state]
impl Account {
    #[event]
    fn sign_in(&mut self) -> Redirect {
        self.name = "Ada".to_owned();
        Redirect::to("/")
    }

    #[event]
    fn click(&mut self) {
        self.clicks += 1;
    }
}

async fn home(account: Current<Account>) -> Response {
    if account.name.is_empty() {
        return Redirect::to("/sign-in").into_response();
    }
    view![p(id = "hello", "Hello ", &account.name, ", ", account.clicks), button(on_click = Account::click, "Click")]
        .into_response()
}

async fn sign_in(_: Current<Account>) -> View {
    view![p("Who are you?"), button(on_click = Account::sign_in, "Sign in")]
}

/// Shows how it is sorted, which its address says.
async fn sorted(account: Current<Account>, uri: Uri) -> View {
    let query = uri.query().unwrap_or_default();
    view![p(id = "sorted", query, ", ", account.clicks), button(on_click = Account::click, "Click")]
}

fn pages() -> Router {
    Router::new().route("/", get(home)).route("/sign-in", get(sign_in)).route("/sorted", get(sorted))
}

/// An app on the upload directory, and so with the secret, of another.
fn app_on(files: &UploadDir) -> TestApp {
    TestApp::with(pages(), |kit| kit.upload_dir(files.path()).live(false))
}

/// The old build is a process, and the new one takes its place: another page, with other events.
#[tokio::test]
pub(super) async fn a_page_from_before_a_deploy_is_loaded_again_once() {
    let files = UploadDir::new();
    let samples = Samples::new();
    let old = Server::start(&files).await;
    let browser = Browser::start().await;
    browser.open(&old.url("/")).await;
    browser.choose("file_upload", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    let address = old.address();
    old.kill().await;

    let app = app_on(&files);
    let relay = Relay::of(&app);
    relay.listen_at(address).await;
    browser.click("Upload Files").await;
    browser.see("Who are you?").await;
    assert_eq!(relay.asked(), [UPLOAD, "/sign-in"]);
    assert_eq!(app.stored_names(), [""; 0]);

    browser.click("Sign in").await;
    browser.see_texts("#hello", &["Hello Ada, 0"]).await;
    assert_eq!(relay.asked(), [EVENT, "/"]);
}

#[tokio::test]
pub(super) async fn whoever_has_to_sign_in_again_is_led_there() {
    let app = TestApp::with(pages(), |kit| kit.live(false));
    let relay = Relay::of(&app);
    let address = relay.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    browser.click("Sign in").await;
    browser.click("Click").await;
    browser.see_texts("#hello", &["Hello Ada, 1"]).await;
    relay.take();
    browser.forget_cookies().await;
    browser.click("Click").await;
    browser.see("Who are you?").await;
    assert_eq!(relay.asked(), [EVENT, "/sign-in"]);
    browser.click("Sign in").await;
    browser.see_texts("#hello", &["Hello Ada, 0"]).await;
}

/// What was offered for one query is not asked of another; the page gets new offers with the view of its new query.
#[tokio::test]
async fn a_page_whose_script_has_changed_its_query_is_loaded_again_and_then_works() {
    let app = TestApp::with(pages(), |kit| kit.live(false));
    let browser = Browser::start().await;
    browser.open(&format!("http://{}/sorted?name", app.listen().await)).await;
    browser.click("Click").await;
    browser.see_texts("#sorted", &["name, 1"]).await;
    for (query, seen) in [("?size", ["size, 1", "size, 2"]), ("?", [", 2", ", 3"])] {
        browser.run("history.replaceState(null, '', arguments[0])", &[query.into()]).await;
        browser.click("Click").await;
        browser.see_texts("#sorted", &[seen[0]]).await;
        browser.click("Click").await;
        browser.see_texts("#sorted", &[seen[1]]).await;
    }
}

#[tokio::test]
pub(super) async fn a_server_that_was_away_is_used_again_when_it_is_back() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    browser.find(Locator::Id("text")).await.send_keys("half a word").await.expect("a field");
    relay.leave();
    browser.click("Count").await;
    let told =
        async || browser.texts("[role='alert']").await.pop().filter(|text| text.contains("could not be reached"));
    until("the visitor is told", told).await;
    assert_eq!(visit.runs(), 0);
    assert_eq!(relay.asked(), [""; 0]);

    relay.come_back();
    browser.click("Count").await;
    browser.see_texts(COUNT, &["1"]).await;
    let exchanges = relay.take();
    // The question after the first try may still be on its way.
    assert!([&[EVENT][..], &[VIEW, EVENT]].contains(&paths(&exchanges).as_slice()), "{exchanges:?}");
    assert_eq!(visit.runs(), 1);
    let text = "return document.getElementById('text').value";
    assert_eq!(browser.run(text, &[]).await, "half a word");
}

/// The state was in the old process's memory; the secret and the files lie on the disk.
#[tokio::test]
async fn a_process_that_was_started_again_takes_what_was_chosen_before() {
    let example = Example::start().await;
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    example.choose(&[&a]).await;
    example.browser.click("Upload Files").await;
    example.browser.see_texts(UPLOADED, &["a.txt"]).await;
    example.browser.see_texts(CHOSEN, &[]).await;
    example.choose(&[&b]).await;
    example.browser.run("window.loaded_once = true", &[]).await;

    let Example { browser, files, server } = example;
    let address = server.address();
    server.kill().await;
    let _server = Server::start_again(Server::upload(), &files, address).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["b.txt"]).await;
    browser.see_texts(CHOSEN, &[]).await;
    assert_eq!(files.stored_names(), ["a.txt", "b.txt"]);
    assert_eq!(browser.run("return window.loaded_once", &[]).await, true, "the page was loaded again");
    assert_eq!(browser.texts("[role='alert']").await, [""; 0]);
}

/// Nothing tells a tab of what happens in another here; the answer to its own next event does.
#[tokio::test]
pub(super) async fn another_tab_catches_up_by_its_next_event() {
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    browser.run("window.open(location.href)", &[]).await;
    browser.newest_tab(2).await;
    browser.see_texts(COUNT, &["0"]).await;
    browser.click("Rename").await;
    browser.see_texts(COUNT, &["1"]).await;
    browser.oldest_tab().await;
    assert_eq!(browser.texts(COUNT).await, ["0"]);
    relay.take();
    browser.click("Rotate").await;
    browser.see_texts(COUNT, &["2"]).await;
    visit.assert_patched(EVENT);
    browser.see_texts(".row .name", &["row 3!", "row 1!", "row 2!"]).await;
}

/// The browser has the page as it was left, or the document as it was loaded.
#[tokio::test]
pub(super) async fn a_page_that_is_come_back_to_goes_on_from_the_truth() {
    for is_left_for_good in [false, true] {
        let visit = Visit::open().await;
        let Visit { browser, relay, .. } = &visit;
        browser.click("Count").await;
        browser.see_texts(COUNT, &["1"]).await;
        if is_left_for_good {
            // A page that listens for this is not kept.
            browser.run("window.addEventListener('unload', () => undefined)", &[]).await;
        }
        let home = browser.run("return location.href", &[]).await;
        browser.open("about:blank").await;
        relay.take();
        browser.back().await;
        until("the page is back", async || (browser.run("return location.href", &[]).await == home).then_some(()))
            .await;
        browser.click("Count").await;
        browser.see_texts(COUNT, &["2"]).await;
        let exchanges = relay.take();
        assert!([&[EVENT][..], &[EVENT, VIEW]].contains(&paths(&exchanges).as_slice()), "{exchanges:?}");
        assert_eq!(visit.runs(), 2);
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

/// Whoever follows the state need not do anything.
#[tokio::test]
pub(super) async fn a_page_that_is_come_back_to_and_follows_its_state_shows_the_truth() {
    let visit = Visit::on(|kit| kit).await;
    visit.let_through(1);
    let Visit { browser, .. } = &visit;
    browser.click("Count").await;
    browser.see_texts(COUNT, &["1"]).await;
    // A page that listens for this is not kept.
    browser.run("window.addEventListener('unload', () => undefined)", &[]).await;
    browser.open("about:blank").await;
    browser.back().await;
    browser.see_texts(COUNT, &["1"]).await;
    assert_eq!(visit.runs(), 1);
}
