//! `uploader`: one element with all that a visitor does to files before they are stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Extension;
use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, PNG, Samples, TestApp, patterned, until};
use serde_json::json;

/// The names of the chosen files.
pub(super) const NAMES: &str = "#filekit .fk-files > li:not([data-status='unfinished']) .fk-file-name";
/// What the browser did not take.
pub(super) const REFUSED: &str = ".fk-uploader-refused li";
/// What the events kept.
pub(super) const KEPT: &str = ".kept";

/// Whether the handler refuses what comes.
type Refuses = Extension<Arc<AtomicBool>>;

#[state]
#[derive(Default)]
struct Album {
    kept: Vec<String>,
}

#[state]
impl Album {
    #[event]
    fn keep(&mut self, photos: Vec<UploadFile>, #[extract] refuses: Refuses) -> Result<()> {
        if refuses.load(Ordering::Relaxed) {
            return Err(Error::user("Not today."));
        }
        self.kept.extend(photos.iter().map(|photo| photo.name().to_string()));
        Ok(())
    }
}

fn kept(album: &Album) -> View {
    view![for name in &album.kept {
        p(class = "kept", name)
    }]
}

async fn by_button(album: Current<Album>) -> View {
    view![
        heading("Album"),
        uploader(
            id = "photos",
            max_size = "5 MB",
            on_upload = Album::keep(upload_files("photos")),
            empty = view![text("No photo is chosen.")],
            footer = view![text("Photos of up to 5 MB.")],
        ),
        kept(&album),
    ]
}

async fn at_once(album: Current<Album>) -> View {
    view![
        heading("Album"),
        uploader(id = "photos", auto = true, on_upload = Album::keep(upload_files("photos")), "Drop photos here"),
        kept(&album),
    ]
}

/// A page with an uploader, in a browser.
pub(super) struct Visit {
    pub(super) _app: TestApp,
    pub(super) browser: Browser,
    pub(super) refuses: Arc<AtomicBool>,
}

impl Visit {
    pub(super) async fn to(path: &str) -> Self {
        Self::with(Browser::start().await, path).await
    }

    async fn with(browser: Browser, path: &str) -> Self {
        let refuses = Arc::<AtomicBool>::default();
        let pages = Router::new().route("/button", get(by_button)).route("/at-once", get(at_once));
        let app = TestApp::new(pages.layer(Extension(refuses.clone())));
        let address = app.listen().await;
        browser.open(&format!("http://{address}{path}")).await;
        Self { _app: app, browser, refuses }
    }
}

#[tokio::test]
async fn files_are_chosen_dropped_taken_out_refused_and_sent() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    let samples = Samples::new();
    let [a, b, c] = ["a.png", "b.txt", "c.txt"].map(|name| samples.file(name, PNG));
    browser.see("No photo is chosen.").await;
    browser.see("Photos of up to 5 MB.").await;
    let send = "return document.querySelector('.fk-uploader-send').getClientRects().length > 0";
    assert_eq!(browser.run(send, &[]).await, false, "there is nothing to send");

    browser.choose("photos", &[&a]).await;
    browser.drop_files(".fk-upload", &[&b, &c]).await;
    browser.see_texts(NAMES, &["a.png", "b.txt", "c.txt"]).await;
    assert!(!browser.text().await.contains("No photo is chosen."));
    assert_eq!(browser.run(send, &[]).await, true);

    browser.choose("photos", &[&samples.file("large.bin", patterned(5_000_001))]).await;
    browser.see_texts(REFUSED, &["“large.bin” is larger than 5 MB."]).await;
    browser.see_texts(NAMES, &["a.png", "b.txt", "c.txt"]).await;

    browser.click("Remove b.txt").await;
    browser.see_texts(NAMES, &["a.png", "c.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(KEPT, &["a.png", "c.txt"]).await;
    browser.see_texts(NAMES, &[]).await;
    browser.see("No photo is chosen.").await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn an_image_has_a_thumbnail_and_other_files_have_none() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    let samples = Samples::new();
    let [image, text] = [("a.png", PNG), ("b.txt", b"x")].map(|(name, bytes)| samples.file(name, bytes));
    browser.choose("photos", &[&image, &text]).await;
    browser.see_texts(NAMES, &["a.png", "b.txt"]).await;
    let shown = "return Array.from(document.querySelectorAll('.fk-file-picture img'), image => image.naturalWidth > 0)";
    until("the thumbnail", async || (browser.run(shown, &[]).await == json!([true, false])).then_some(())).await;
}

#[tokio::test]
async fn an_upload_pauses_goes_on_and_comes_to_its_end() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("film.bin", patterned(4_000_000))]).await;
    browser.see_texts(NAMES, &["film.bin"]).await;
    browser.send_slowly(Some(200_000)).await;
    browser.click("Send").await;
    browser.see("s left").await;
    browser.find(Locator::Css(".fk-uploader-total progress")).await;
    browser.click("Pause").await;
    browser.find(Locator::Css(".fk-file[data-status='paused']")).await;
    browser.see("Paused").await;
    browser.send_slowly(None).await;
    browser.click("Go on").await;
    browser.see_texts(KEPT, &["film.bin"]).await;
    browser.see_texts(NAMES, &[]).await;
}

#[tokio::test]
async fn what_has_failed_says_why_and_is_sent_again() {
    let Visit { browser, refuses, _app } = &Visit::to("/button").await;
    let samples = Samples::new();
    refuses.store(true, Ordering::Relaxed);
    browser.choose("photos", &[&samples.file("a.txt", "a"), &samples.file("b.txt", "b")]).await;
    browser.click("Send").await;
    browser.see_texts(".fk-file[data-status='failed'] .fk-file-error", &["Not today.", "Not today."]).await;
    refuses.store(false, Ordering::Relaxed);
    browser.click("Send again b.txt").await;
    browser.see_texts(KEPT, &["b.txt"]).await;
    browser.see_texts(NAMES, &["a.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(KEPT, &["b.txt", "a.txt"]).await;
}

#[tokio::test]
async fn what_was_on_its_way_when_the_page_was_left_is_named_and_discarded() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("film.bin", patterned(4_000_000))]).await;
    browser.send_slowly(Some(400_000)).await;
    browser.click("Send").await;
    browser.see("s left").await;
    browser.reload().await;
    browser.send_slowly(None).await;
    browser.see_texts(".fk-uploader-unfinished .fk-file-name", &["film.bin"]).await;
    browser.click("Discard").await;
    browser.see_texts(".fk-uploader-unfinished .fk-file-name", &[]).await;
}

#[tokio::test]
async fn files_are_sent_at_once_where_the_page_says_so() {
    let Visit { browser, _app, .. } = &Visit::to("/at-once").await;
    let samples = Samples::new();
    browser.drop_files(".fk-upload", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(KEPT, &["a.txt"]).await;
    assert!(browser.find_all(Locator::Css(".fk-uploader-send")).await.is_empty(), "nothing is left to be pressed");
}

#[tokio::test]
async fn without_scripts_it_is_a_form() {
    for path in ["/button", "/at-once"] {
        let Visit { browser, _app, .. } = &Visit::with(Browser::start_without_scripts().await, path).await;
        let samples = Samples::new();
        browser.choose("photos", &[&samples.file("a.txt", "a"), &samples.file("b.txt", "b")]).await;
        browser.click("Send").await;
        browser.see_texts(KEPT, &["a.txt", "b.txt"]).await;
    }
}
