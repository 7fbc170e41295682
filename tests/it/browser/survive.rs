//! Uploads that go on: what is cut, refused, killed, offline, asleep or reloaded on the way arrives as it was chosen, once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Extension;
use filekit::prelude::*;
use filekit_tests::{
    Browser, Cable, Lost, Relay, Samples, Server, TestApp, UploadDir, patterned, until, with_body_limit,
};
use serde_json::json;

use super::board::PARTIAL;

const MB: usize = 1_000_000;

/// Slow enough for a test to act while bytes move.
const SLOW: u32 = 1_000_000;

/// The states of the selected files, those of files from before, and the names of those that arrived.
const STATES: &str = ".chosen .state";
const UNFINISHED: &str = ".unfinished";
const KEPT: &str = ".kept";

/// How often the event ran.
#[derive(Clone, Debug, Default)]
struct Runs(Arc<AtomicUsize>);

#[state]
#[derive(Default)]
struct Films {
    kept: Vec<String>,
}

#[state]
impl Films {
    #[event]
    async fn keep(&mut self, films: Vec<UploadFile>, #[extract] runs: Extension<Runs>) -> Result<()> {
        runs.0.0.fetch_add(1, Ordering::Relaxed);
        for film in films {
            self.kept.push(film.save().await?.name().to_owned());
        }
        Ok(())
    }
}

async fn page(films: Current<Films>) -> View {
    view![
        upload(id = "films", "Drop here"),
        for film in selected_files("films") {
            p(
                class = "chosen",
                film.name(),
                " ",
                span(class = "state", film.status()),
                " ",
                span(class = "progress", film.progress()),
                button(on_click = cancel_file(&film), "Drop ", film.name()),
                button(on_click = retry_file(&film), "Retry ", film.name()),
            )
        },
        for film in unfinished_files("films") {
            p(class = "unfinished", film.name(), " ", film.progress())
        },
        button(on_click = Films::keep(upload_files("films")), "Send"),
        button(on_click = pause_upload("films"), "Pause"),
        button(on_click = resume_upload("films"), "Resume"),
        button(on_click = cancel_upload("films"), "Cancel"),
        button(on_click = discard_unfinished("films"), "Forget"),
        if is_waiting("films") {
            p(id = "waits", "It waits.")
        },
        for name in &films.kept {
            p(class = "kept", name);
            if name == "long.bin" {
                p(class = "long", "much ".repeat(10_000))
            }
        },
    ]
}

/// The page in a browser, at the end of a cable.
struct Visit {
    app: TestApp,
    runs: Runs,
    relay: Relay,
    cable: Cable,
    browser: Browser,
    samples: Samples,
}

impl Visit {
    async fn open() -> Self {
        Self::behind(None).await
    }

    /// Behind a proxy that takes no larger bodies, if there is a limit.
    async fn behind(limit: Option<u64>) -> Self {
        let runs = Runs::default();
        let app = TestApp::new(Router::new().route("/", get(page)).layer(Extension(runs.clone())));
        let relay = Relay::of(&app);
        let mut server = relay.listen().await;
        if let Some(limit) = limit {
            server = with_body_limit(server, limit).await;
        }
        let cable = Cable::to(server).await;
        let browser = Browser::start().await;
        browser.open(&cable.url("/")).await;
        Self { app, runs, relay, cable, browser, samples: Samples::new() }
    }

    fn file(&self, name: &str, size: usize) -> PathBuf {
        self.samples.file(name, patterned(size))
    }

    /// Chooses a file and begins to send it.
    async fn send(&self, size: usize) {
        self.browser.choose("films", &[&self.file("film.bin", size)]).await;
        self.browser.see_texts(STATES, &["selected"]).await;
        self.browser.click("Send").await;
    }

    /// Waits until some of it has arrived, and the rest is on its way. What the page counts may still be in buffers.
    async fn until_under_way(&self) {
        let percent = "return Number(document.querySelector('.progress')?.textContent ?? 0)";
        until("some of it is there", async || {
            let percent = self.browser.run(percent, &[]).await.as_u64()?;
            (percent > 25).then_some(())
        })
        .await;
    }

    /// Waits until the file is there, and checks that it is the one that was sent, and that the event ran once.
    async fn arrives(&self, size: usize) {
        self.browser.see_texts(KEPT, &["film.bin"]).await;
        self.browser.see_texts(STATES, &[]).await;
        assert!(self.app.files().stored("film.bin") == patterned(size), "it is another file");
        assert_eq!(self.runs.0.load(Ordering::Relaxed), 1);
        until("nothing is left of it", async || self.app.spool_is_empty().then_some(())).await;
    }
}

#[tokio::test]
pub(super) async fn it_goes_on_after_connections_that_are_cut_at_random_places() {
    let visit = Visit::open().await;
    let cuts: Vec<u64> = std::iter::repeat_with(|| fastrand::u64(200_000..2_500_000)).take(6).collect();
    visit.cable.cut_after(cuts.clone());
    visit.send(8 * MB).await;
    visit.arrives(8 * MB).await;
    assert_eq!(visit.browser.texts("[role='alert']").await, [""; 0], "cut after {cuts:?}");
}

/// What a proxy with a limit of its own does. Only what the server has not read when it is asked is sent twice, which is more on a
/// busy machine; how much it is on an idle one, `benches/broken.rs` measures.
#[tokio::test]
pub(super) async fn a_proxy_that_cuts_every_connection_after_some_bytes_costs_little() {
    let visit = Visit::open().await;
    visit.cable.cut_each_after(5 * MB as u64);
    visit.send(40 * MB).await;
    visit.arrives(40 * MB).await;
    assert!(visit.cable.broken() >= 8, "{} connections", visit.cable.broken());
    let passed = visit.cable.passed();
    assert!(passed < 60_000_000, "{passed} bytes were sent");
}

#[tokio::test]
pub(super) async fn a_proxy_that_refuses_large_bodies_gets_small_ones() {
    let visit = Visit::behind(Some(1 << 20)).await;
    visit.send(5 * MB).await;
    visit.arrives(5 * MB).await;
    assert_eq!(visit.browser.texts("[role='alert']").await, [""; 0]);
}

#[tokio::test]
pub(super) async fn it_waits_while_the_browser_is_offline_and_goes_on_by_itself() {
    let visit = Visit::open().await;
    let Visit { browser, cable, .. } = &visit;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    cable.pull_out();
    browser.set_online(false).await;
    browser.see_texts("#waits", &["It waits."]).await;
    browser.see_texts(STATES, &["waiting"]).await;
    // A minute, and more: nothing is asked meanwhile, so it cannot fail.
    browser.hurry(1000).await;
    browser.send_slowly(None).await;
    browser.set_online(false).await;
    cable.plug_in();
    browser.set_online(true).await;
    visit.arrives(8 * MB).await;
    browser.see_texts("#waits", &[]).await;
}

/// No word that the connection is gone comes from the system; the page tries again by itself.
#[tokio::test]
pub(super) async fn a_cable_that_was_pulled_out_is_noticed_and_told() {
    let visit = Visit::open().await;
    let Visit { browser, cable, .. } = &visit;
    browser.listen().await;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    cable.pull_out();
    browser.hear("Waiting for the connection").await;
    browser.see_texts(STATES, &["waiting"]).await;
    cable.plug_in();
    browser.send_slowly(None).await;
    browser.click("Resume").await;
    visit.arrives(8 * MB).await;
    browser.hear("Going on").await;
}

#[tokio::test]
pub(super) async fn it_fails_after_minutes_and_another_try_goes_on_with_what_is_there() {
    let visit = Visit::open().await;
    let Visit { browser, cable, .. } = &visit;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    browser.hurry(1000).await;
    cable.pull_out();
    browser.see_texts(STATES, &["failed"]).await;
    browser.see("The server could not be reached.").await;
    cable.plug_in();
    let before = cable.passed();
    browser.send_slowly(None).await;
    browser.click("Retry film.bin").await;
    visit.arrives(8 * MB).await;
    let again = cable.passed() - before;
    assert!(again < 7_500_000, "{again} bytes were sent by the second try");
}

/// The connections of before lead nowhere after a sleep, but nothing says so.
#[tokio::test]
pub(super) async fn a_computer_that_has_slept_goes_on() {
    let visit = Visit::open().await;
    let Visit { browser, cable, .. } = &visit;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    cable.hold_still();
    browser.sleep_for(2).await;
    browser.send_slowly(None).await;
    visit.arrives(8 * MB).await;
}

#[tokio::test]
pub(super) async fn a_pause_keeps_what_is_there() {
    let visit = Visit::open().await;
    let Visit { browser, cable, .. } = &visit;
    browser.listen().await;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    browser.click("Pause").await;
    browser.see_texts(STATES, &["paused"]).await;
    browser.hear("Paused").await;
    let before = cable.passed();
    browser.send_slowly(None).await;
    browser.click("Resume").await;
    visit.arrives(8 * MB).await;
    let again = cable.passed() - before;
    assert!(again < 7_500_000, "{again} bytes were sent after the pause");
}

#[tokio::test]
pub(super) async fn after_a_reload_the_file_is_chosen_again_and_only_the_rest_is_sent() {
    let visit = Visit::open().await;
    let Visit { browser, cable, .. } = &visit;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    cable.pull_out();
    browser.see_texts(STATES, &["waiting"]).await;
    cable.plug_in();
    browser.send_slowly(None).await;
    browser.reload().await;
    let unfinished = until("it is offered", async || browser.texts(UNFINISHED).await.pop()).await;
    let percent: u32 =
        unfinished.strip_prefix("film.bin ").and_then(|percent| percent.parse().ok()).expect("its progress");
    assert!((1..100).contains(&percent), "{unfinished}");

    browser.choose("films", &[&visit.samples.path().join("film.bin")]).await;
    browser.see_texts(UNFINISHED, &[]).await;
    browser.see_texts(".progress", &[&percent.to_string()]).await;
    let before = cable.passed();
    browser.click("Send").await;
    visit.arrives(8 * MB).await;
    let again = cable.passed() - before;
    assert!(again < 7_500_000, "{again} bytes were sent after the reload");
    browser.reload().await;
    browser.see_texts(KEPT, &["film.bin"]).await;
    assert_eq!(browser.texts(UNFINISHED).await, [""; 0]);
}

#[tokio::test]
pub(super) async fn what_is_unfinished_is_forgotten_on_both_sides() {
    let visit = Visit::open().await;
    let Visit { browser, cable, app, .. } = &visit;
    browser.send_slowly(Some(SLOW)).await;
    visit.send(8 * MB).await;
    visit.until_under_way().await;
    cable.pull_out();
    browser.see_texts(STATES, &["waiting"]).await;
    cable.plug_in();
    browser.send_slowly(None).await;
    browser.reload().await;
    until("it is offered", async || browser.texts(UNFINISHED).await.pop()).await;
    assert!(!app.spool_is_empty());
    browser.click("Forget").await;
    browser.see_texts(UNFINISHED, &[]).await;
    until("nothing is left of it", async || app.spool_is_empty().then_some(())).await;
    browser.reload().await;
    browser.see_texts(KEPT, &[]).await;
    assert_eq!(browser.run("return localStorage.length", &[]).await, json!(0));
}

#[tokio::test]
pub(super) async fn an_answer_that_was_lost_is_asked_for_and_the_event_runs_once() {
    let visit = Visit::open().await;
    visit.relay.lose(PARTIAL, Lost::Whole);
    visit.send(2 * MB).await;
    visit.arrives(2 * MB).await;
    assert_eq!(visit.browser.texts("[role='alert']").await, [""; 0]);
}

/// Of a long page the server does not remember what was shown.
#[tokio::test]
pub(super) async fn an_answer_that_was_lost_leads_to_a_long_page_as_well() {
    let visit = Visit::open().await;
    visit.relay.lose(PARTIAL, Lost::Whole);
    visit.browser.choose("films", &[&visit.file("long.bin", 2 * MB)]).await;
    visit.browser.see_texts(STATES, &["selected"]).await;
    visit.browser.click("Send").await;
    visit.browser.see_texts(KEPT, &["long.bin"]).await;
    assert_eq!(visit.browser.texts(".long").await, ["much ".repeat(10_000).trim_end()]);
    assert_eq!(visit.browser.texts("[role='alert']").await, [""; 0]);
    assert_eq!(visit.runs.0.load(Ordering::Relaxed), 1);
}

/// Everything is done by the page: the old process is gone before it can say or store anything.
#[tokio::test]
pub(super) async fn a_server_that_is_killed_and_started_again_goes_on() {
    let files = UploadDir::new();
    let samples = Samples::new();
    let server = Server::start_unplugged(&files).await;
    let address = server.address();
    let browser = Browser::start().await;
    browser.open(&server.url("/")).await;
    browser.choose("files", &[&samples.file("film.bin", patterned(12 * MB))]).await;
    browser.see("12 MB").await;
    browser.click("Send").await;
    let percent = "return Number(document.querySelector('progress')?.value ?? 0)";
    let is_under_way = async || (browser.run(percent, &[]).await.as_u64()? > 20).then_some(());
    until("some of it is there", is_under_way).await;
    server.kill().await;
    browser.see("waiting for the connection").await;

    let _server = Server::start_again(Server::unplugged(), &files, address).await;
    browser.see("One file has arrived, whole.").await;
    assert!(files.stored("film.bin") == patterned(12 * MB), "it is another file");
}
