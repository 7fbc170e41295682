//! Downloads that break off, fail or are elsewhere, in a real browser: what it keeps of them, and what the page says.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Extension, http::header::CONTENT_DISPOSITION};
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp, until};
use futures_util::stream;

/// How often a file has been asked for.
type Asked = Arc<AtomicUsize>;

const WHOLE: &str = "the whole of it";

#[state]
#[derive(Default)]
struct Desk {
    made: u32,
}

#[state]
impl Desk {
    /// Breaks in its middle twice, after more than what browsers and servers hold back.
    #[event]
    fn breaking(&self, #[extract] asked: Extension<Asked>) -> Download {
        let beginning = vec![Ok("x".repeat(200_000)), Err(io::Error::other("in the middle"))];
        let parts = match asked.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => beginning,
            _ => vec![Ok(WHOLE.to_owned())],
        };
        Download::stream(stream::iter(parts)).filename("report.txt")
    }

    /// The same after the page has changed: nothing has changed, and there is nothing to fetch.
    #[event]
    fn breaking_first(&mut self) -> Download {
        self.made += 1;
        let parts = [Ok("x".repeat(200_000)), Err(io::Error::other("in the middle"))];
        Download::stream(stream::iter(parts)).filename("first.txt")
    }

    #[event]
    fn refuse(&mut self) -> Result<Download> {
        self.made += 1;
        Err(Error::user("Not today."))
    }

    #[event]
    fn good(&mut self) -> Download {
        self.made += 1;
        Download::data(WHOLE).filename("good.txt")
    }
}

async fn page(desk: Current<Desk>, elsewhere: Extension<String>) -> View {
    view![
        heading("Made ", desk.made),
        button(on_click = Desk::breaking, "Breaking"),
        button(on_click = Desk::breaking_first, "Breaking first"),
        button(
            on_click = [Desk::refuse, Desk::good, download(data = "after", filename = "after.txt")],
            "Refused chain",
        ),
        button(on_click = Desk::good, "Good"),
        button(on_click = download(url = format!("{}/named", *elsewhere)), "Named elsewhere"),
        button(on_click = Download::url(format!("{}/table.csv", *elsewhere)).filename("mine.csv"), "Table elsewhere"),
    ]
}

struct Site {
    _app: TestApp,
    browser: Browser,
    asked: Asked,
}

impl Site {
    async fn start() -> Self {
        let asked = Asked::default();
        let elsewhere = format!("http://{}", elsewhere().listen().await);
        let pages = Router::new().route("/", get(page));
        let pages = pages.layer(Extension(elsewhere)).layer(Extension(Arc::clone(&asked)));
        // Chromium asks again twice where the document holds no connection of its own, and once otherwise.
        let app = TestApp::with(pages, |kit| kit.live(false));
        let browser = Browser::start().await;
        browser.open(&format!("http://{}/", app.listen().await)).await;
        browser.run("window.loaded_once = true", &[]).await;
        Self { _app: app, browser, asked }
    }

    async fn assert_same_page(&self) {
        let loaded = self.browser.run("return window.loaded_once", &[]).await;
        assert_eq!(loaded, true, "the page is still the same one");
    }
}

/// Another site: of one file it says that it is to be saved, of another it says nothing.
fn elsewhere() -> TestApp {
    let named = || async { ([(CONTENT_DISPOSITION, "attachment; filename=\"theirs.txt\"")], "named there") };
    let table = || async { ([("content-type", "text/csv")], "1,2") };
    TestApp::new(Router::new().route("/named", get(named)).route("/table.csv", get(table)))
}

#[tokio::test]
async fn a_link_that_breaks_leaves_no_file_that_looks_whole() {
    let site = Site::start().await;
    let Site { browser, asked, .. } = &site;
    browser.click("Breaking").await;
    // The browser asks again by itself. Until a file has come to its end, there is none of its name.
    until("the browser asks again and again", async || {
        let before = asked.load(Ordering::SeqCst);
        let names = browser.downloads();
        // Looked at after the names: so those names are of a time when only broken answers had come.
        let only_broken = asked.load(Ordering::SeqCst) < 3;
        let is_whole = |name: &String| name.starts_with("report") && !name.ends_with(".crdownload");
        assert!(!only_broken || !names.iter().any(is_whole), "{names:?} after {before} answers");
        (!only_broken).then_some(())
    })
    .await;
    assert_eq!(browser.downloaded("report.txt").await, WHOLE.as_bytes());
    assert_eq!(browser.downloads(), ["report.txt"], "nothing is left of the others");
    site.assert_same_page().await;
}

#[tokio::test]
async fn a_download_that_breaks_before_the_page_changes_changes_nothing() {
    let site = Site::start().await;
    let Site { browser, .. } = &site;
    browser.click("Breaking first").await;
    browser.see("Something went wrong on the server.\nReference: ").await;
    browser.see("Made 0").await;
    browser.click("Good").await;
    assert_eq!(browser.downloaded("good.txt").await, WHOLE.as_bytes());
    assert_eq!(browser.downloads(), ["good.txt"]);
    site.assert_same_page().await;
}

#[tokio::test]
pub(super) async fn a_chain_ends_where_one_of_its_events_fails() {
    let site = Site::start().await;
    let Site { browser, .. } = &site;
    browser.click("Refused chain").await;
    browser.see("Not today.").await;
    browser.see("Made 0").await;
    browser.click("Good").await;
    browser.see("Made 1").await;
    assert_eq!(browser.downloaded("good.txt").await, WHOLE.as_bytes());
    assert_eq!(browser.downloads(), ["good.txt"], "what came after it was left out");
}

/// The attribute `download` has no say over other sites: the header's name counts, then the address's.
#[tokio::test]
async fn a_file_of_another_site_is_saved_as_that_site_says() {
    let site = Site::start().await;
    let Site { browser, .. } = &site;
    browser.click("Named elsewhere").await;
    assert_eq!(browser.downloaded("theirs.txt").await, b"named there");
    browser.click("Table elsewhere").await;
    assert_eq!(browser.downloaded("table.csv").await, b"1,2");
    assert_eq!(browser.downloads(), ["table.csv", "theirs.txt"]);
    site.assert_same_page().await;
}
