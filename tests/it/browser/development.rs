//! A program in development that is rebuilt while a page of it is open: what is new shows itself, and what was done on the page stays.

use std::net::SocketAddr;

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, Server, UploadDir, until};
use serde_json::{Value, json};
use tokio::process::Command;

const EDITION: &str = "#edition";
const CHOSEN: &str = ".chosen";
const NOTICES: &str = ".fk-toast[data-kind=info] p";

/// What is said where there is no program.
const AWAY: &str =
    "The program is not running: its terminal says why. This page waits for it, and keeps what was typed and chosen.";

/// An edition of the program, in development as `cargo run` makes it.
fn program(edition: &str, is_live: bool) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_edition"));
    // Tests switch it off for all others.
    program.env_remove("FILEKIT_DEVELOPMENT").env("EDITION", edition).env("LIVE", is_live.to_string());
    program
}

/// A visitor of the first edition, who has typed half a title and chosen two files.
struct Reader {
    browser: Browser,
    address: SocketAddr,
    is_live: bool,
    files: UploadDir,
    _samples: Samples,
}

impl Reader {
    async fn of_first_edition(is_live: bool) -> (Self, Server) {
        let (files, samples) = (UploadDir::new(), Samples::new());
        let server = Server::start_program(program("first", is_live), &files).await;
        let browser = Browser::start().await;
        browser.open(&server.url("/")).await;
        browser.choose("papers", &[&samples.file("a.txt", "a"), &samples.file("b.txt", "b")]).await;
        browser.see_texts(CHOSEN, &["a.txt", "b.txt"]).await;
        let reader = Self { browser, address: server.address(), is_live, files, _samples: samples };
        reader.type_text("Half a ti").await;
        reader.browser.run("window.loaded_once = true", &[]).await;
        (reader, server)
    }

    async fn type_text(&self, text: &str) {
        self.browser.find(Locator::Id("title")).await.send_keys(text).await.expect("a field");
    }

    /// What is in the field, where its caret is, and whether it has the focus.
    async fn title(&self) -> Value {
        let script = "const field = document.getElementById('title');
            return [field.value, field.selectionStart, document.activeElement === field]";
        self.browser.run(script, &[]).await
    }

    /// Starts another edition in the place of the one that has ended.
    async fn rebuilt(&self, edition: &str) -> Server {
        Server::start_again(program(edition, self.is_live), &self.files, self.address).await
    }

    async fn was_loaded_again(&self) -> bool {
        self.browser.run("return !window.loaded_once", &[]).await == true
    }
}

async fn takes_the_new_view(is_live: bool) {
    let (reader, server) = Reader::of_first_edition(is_live).await;
    let browser = &reader.browser;
    server.stop().await;
    let _server = reader.rebuilt("second").await;
    browser.see_texts(EDITION, &["Second edition"]).await;
    assert_eq!(reader.title().await, json!(["Half a ti", 9, true]));
    assert_eq!(browser.texts(CHOSEN).await, ["a.txt", "b.txt"]);

    let color = "return getComputedStyle(document.getElementById('edition')).color";
    let is_green = async || (browser.run(color, &[]).await == "rgb(0, 128, 0)").then_some(());
    until("it has the new style", is_green).await;

    // It is a page of the new program in every respect.
    reader.type_text("tle").await;
    browser.click("Print").await;
    browser.see_texts(".printed", &["Half a title", "Half a title"]).await;
    assert_eq!(reader.files.stored_names(), ["a.txt", "b.txt"]);
    assert!(!reader.was_loaded_again().await);
    browser.see_texts(NOTICES, &[]).await;
}

#[tokio::test]
pub(super) async fn a_rebuilt_program_shows_itself_and_what_was_typed_and_chosen_stays() {
    takes_the_new_view(false).await;
}

#[tokio::test]
pub(super) async fn a_page_that_follows_its_state_takes_the_new_view_too() {
    takes_the_new_view(true).await;
}

/// It does not compile for a while.
#[tokio::test]
async fn while_the_program_is_away_the_page_says_so_and_can_be_used() {
    let (reader, server) = Reader::of_first_edition(false).await;
    let browser = &reader.browser;
    server.kill().await;
    browser.see_texts(NOTICES, &[AWAY]).await;
    reader.type_text("tle").await;
    assert_eq!(browser.texts(EDITION).await, ["First edition"]);
    assert_eq!(browser.texts("[role='alert']").await, [""; 0]);

    let _server = reader.rebuilt("second").await;
    browser.see_texts(EDITION, &["Second edition"]).await;
    browser.see_texts(NOTICES, &[]).await;
    assert_eq!(reader.title().await, json!(["Half a title", 12, true]));
    assert!(!reader.was_loaded_again().await);
}

/// The page that was there stays, and takes the next view.
#[tokio::test]
async fn a_new_page_that_fails_takes_nothing_away() {
    let (reader, mut server) = Reader::of_first_edition(false).await;
    let browser = &reader.browser;
    for (edition, status) in [("broken", 422), ("panicking", 500), ("failing", 422)] {
        server.stop().await;
        server = reader.rebuilt(edition).await;
        let notice =
            format!("The program was started anew and cannot show this page ({status}): its terminal says why.");
        browser.see_texts(NOTICES, &[&notice]).await;
        assert_eq!(browser.texts(EDITION).await, ["First edition"]);
    }

    server.stop().await;
    let _server = reader.rebuilt("second").await;
    browser.see_texts(EDITION, &["Second edition"]).await;
    browser.see_texts(NOTICES, &[]).await;
    assert_eq!(reader.title().await, json!(["Half a ti", 9, true]));
    assert_eq!(browser.texts(CHOSEN).await, ["a.txt", "b.txt"]);
    assert!(!reader.was_loaded_again().await);
}

/// A view can be shown in a document, but not another document in one.
#[tokio::test]
async fn what_is_around_the_view_comes_with_a_new_document() {
    let (reader, server) = Reader::of_first_edition(false).await;
    server.stop().await;
    let _server = reader.rebuilt("german").await;
    let language = async || reader.browser.run("return document.documentElement.lang", &[]).await;
    until("there is a German document", async || (language().await == "de").then_some(())).await;
    reader.browser.see_texts(EDITION, &["Second edition"]).await;
    assert!(reader.was_loaded_again().await);
}

/// The new program knows nothing of what the old one has signed.
#[tokio::test]
async fn a_program_with_another_secret_is_loaded_again() {
    let (reader, server) = Reader::of_first_edition(false).await;
    server.stop().await;
    let mut program = program("second", false);
    program.env("FILEKIT_SECRET", "another secret of sufficient length");
    let _server = Server::start_again(program, &reader.files, reader.address).await;
    reader.browser.see_texts(EDITION, &["Second edition"]).await;
    assert!(reader.was_loaded_again().await);
}

/// The same build has lost the state that it had in memory.
#[tokio::test]
async fn a_program_that_was_started_again_shows_what_it_knows() {
    let (reader, server) = Reader::of_first_edition(false).await;
    let browser = &reader.browser;
    browser.click("Click 0").await;
    browser.control("Click 1").await;
    server.stop().await;
    let _server = reader.rebuilt("first").await;
    browser.control("Click 0").await;
    assert!(!reader.was_loaded_again().await);
}

/// There is nothing to keep, so it is the next document.
#[tokio::test]
async fn an_error_in_place_of_a_page_says_what_has_failed_and_gives_way_to_the_next_program() {
    let files = UploadDir::new();
    let server = Server::start_program(program("panicking", false), &files).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/")).await;
    browser.see_texts("pre", &["a handler panicked: the press has stopped"]).await;
    let address = server.address();
    server.stop().await;

    let server = Server::start_again(program("broken", false), &files, address).await;
    browser.see_texts("body > p", &["Nothing is printed today."]).await;
    browser.see_texts("pre", &[]).await;
    server.stop().await;

    let _server = Server::start_again(program("second", false), &files, address).await;
    browser.see_texts(EDITION, &["Second edition"]).await;
}
