//! Rules of an upload: what the page refuses before any byte is sent, what the server refuses of a page that doesn't, and
//! what the zone's own events hear of it.

use std::path::Path;

use filekit::prelude::*;
use filekit_tests::{Browser, PNG, Samples, TestApp, patterned, until};
use serde_json::json;

const PHOTOS: Upload =
    Upload::new("photos").accept(&["image/png", ".txt"]).max_files(3).max_size(MB).max_total(1_500 * KB);

#[state]
#[derive(Default)]
struct Album {
    kept: Vec<String>,
    heard: Vec<String>,
}

#[state]
impl Album {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let stored = file.save().await?;
            self.kept.push(stored.name().to_owned());
        }
        Ok(())
    }

    #[event]
    fn chosen(&mut self, files: Vec<SelectedFileInfo>) {
        self.heard.extend(files.iter().map(|file| format!("chosen {} {} {}", file.name, file.size, file.mime)));
    }

    #[event]
    fn refused(&mut self, files: Vec<RejectedFileInfo>) {
        self.heard.extend(files.iter().map(|file| format!("refused {} {}", file.name, file.code)));
    }

    #[event]
    fn progress(&mut self, progress: ProgressInfo) {
        self.heard.push(format!("{} of {} bytes, {} %", progress.loaded, progress.total, progress.percent));
    }
}

fn lists(id: impl Into<filekit::upload::UploadId>) -> View {
    let id = id.into();
    view![
        ul(for file in selected_files(id.clone()) {
            li(class = "chosen", file.name())
        }),
        ul(for file in rejected_files(id.clone()) {
            li(class = "refused", file.message())
        }),
        button(on_click = Album::take(upload_files(id)), "Send"),
    ]
}

async fn page(album: Current<Album>) -> View {
    view![
        upload(id = PHOTOS, button("Choose")),
        lists(PHOTOS),
        for name in &album.kept {
            p(class = "kept", name)
        },
    ]
}

async fn with_events(album: Current<Album>) -> View {
    view![
        upload(
            id = "files",
            max_size = "2 MB",
            on_drop = Album::chosen(selected_files("files")),
            on_drop_rejected = Album::refused(rejected_files("files")),
            on_progress = Album::progress(upload_progress("files")),
            button("Choose"),
        ),
        lists("files"),
        for words in &album.heard {
            p(class = "heard", words)
        },
        for name in &album.kept {
            p(class = "kept", name)
        },
    ]
}

async fn with_options() -> View {
    view![
        upload(
            id = "files",
            min_files = 2,
            replace = true,
            no_click = true,
            drag_active = "bright",
            button(on_click = open_file_dialog("files"), "Choose"),
        ),
        lists("files"),
    ]
}

async fn open(path: &str) -> (TestApp, Browser) {
    let pages =
        Router::new().route("/", get(page)).route("/events", get(with_events)).route("/options", get(with_options));
    let app = TestApp::new(pages);
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}{path}")).await;
    (app, browser)
}

#[tokio::test]
pub(super) async fn files_against_the_rules_are_refused_one_by_one_and_the_rest_is_sent() {
    let (app, browser) = open("/").await;
    let samples = Samples::new();
    let good = samples.file("good.png", PNG);
    let large = samples.file("large.txt", "x".repeat(1_000_001));
    let wrong = samples.file("wrong.exe", "MZ");
    browser.listen().await;
    browser.choose("photos", &[&large, &good, &wrong]).await;
    browser.see_texts(".chosen", &["good.png"]).await;
    let refusals = ["“large.txt” is larger than 1 MB.", "“wrong.exe” is not accepted here. Accepted: PNG, TXT."];
    browser.see_texts(".refused", &refusals).await;
    browser.hear(&format!("{}\n1 file selected", refusals.join("\n"))).await;

    let more = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, "x".repeat(700_000)));
    browser.choose("photos", &[&more[0], &more[1], &more[2]]).await;
    browser.see_texts(".chosen", &["good.png", "a.txt", "b.txt"]).await;
    browser.see_texts(".refused", &["Too many files: at most 3 can be sent."]).await;
    assert_eq!(app.stored_names(), [""; 0], "nothing was sent so far");
    browser.click("Send").await;
    browser.see_texts(".kept", &["good.png", "a.txt", "b.txt"]).await;
    browser.see_texts(".chosen", &[]).await;
    assert_eq!(app.stored_names(), ["a.txt", "b.txt", "good.png"]);
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn what_is_too_much_together_is_refused_and_smaller_files_are_taken() {
    let (_app, browser) = open("/").await;
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, "x".repeat(800_000)));
    let small = samples.file("small.txt", "x");
    browser.choose("photos", &[&a, &b, &small]).await;
    browser.see_texts(".chosen", &["a.txt", "small.txt"]).await;
    browser.see_texts(".refused", &["The files are larger than 1.5 MB together."]).await;
}

/// Sends a file that the page lets pass, and returns what the page shows of the server's refusal.
async fn refused_by_server(browser: &Browser, app: &TestApp, id: &str, file: &Path) -> String {
    browser.choose(id, &[file]).await;
    browser.find(fantoccini::Locator::Css(".chosen")).await;
    browser.click("Send").await;
    let alert = until("an alert", async || browser.texts("[role='alert'] p").await.pop()).await;
    assert_eq!(app.stored_names(), [""; 0]);
    until("nothing is left of it", async || app.spool_is_empty().then_some(())).await;
    assert_eq!(browser.texts(".chosen").await.len(), 1, "the selection stays");
    alert
}

#[tokio::test]
pub(super) async fn a_page_that_lets_everything_pass_is_told_by_the_server_before_it_sends() {
    for (path, id, words) in
        [("/", "photos", "“large.txt” is larger than 1 MB."), ("/events", "files", "“large.txt” is larger than 2 MB.")]
    {
        let (app, browser) = open(path).await;
        browser.run("document.querySelector('.fk-upload').removeAttribute('data-filekit-rules')", &[]).await;
        let samples = Samples::new();
        let large = samples.file("large.txt", "x".repeat(40_000_000));
        assert_eq!(refused_by_server(&browser, &app, id, &large).await, words);
    }
}

#[tokio::test]
pub(super) async fn contents_that_are_not_what_the_name_says_are_refused_by_the_server() {
    let (app, browser) = open("/").await;
    let samples = Samples::new();
    let mut pdf = filekit_tests::PDF.to_vec();
    pdf.extend(patterned(900_000));
    let alert = refused_by_server(&browser, &app, "photos", &samples.file("fake.png", pdf)).await;
    assert_eq!(alert, "“fake.png” is a PDF file, although its name says otherwise. Accepted: PNG, TXT.");
}

#[tokio::test]
async fn a_zone_tells_its_events_what_came_and_what_was_refused() {
    let (_app, browser) = open("/events").await;
    let samples = Samples::new();
    let good = samples.file("good.png", PNG);
    let large = samples.file("large.txt", "x".repeat(2_000_001));
    browser.choose("files", &[&good, &large]).await;
    let chosen = format!("chosen good.png {} image/png", PNG.len());
    browser.see_texts(".heard", &[&chosen, "refused large.txt upload.too-large"]).await;
    browser.see_texts(".chosen", &["good.png"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn a_zone_tells_its_event_of_progress_while_the_upload_runs() {
    let (_app, browser) = open("/events").await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("a.bin", patterned(1_500_000))]).await;
    browser.see_texts(".heard", &["chosen a.bin 1500000 application/octet-stream"]).await;
    browser.send_slowly(Some(300_000)).await;
    browser.click("Send").await;
    let steps = until("some progress", async || {
        let heard = browser.texts(".heard").await;
        assert_eq!(browser.texts(".kept").await, [""; 0], "{heard:?}");
        (heard.len() > 2).then_some(heard)
    });
    assert!(steps.await[1].contains(" of 1500000 bytes, "));
    browser.send_slowly(None).await;
    browser.see_texts(".kept", &["a.bin"]).await;
    browser.see("1500000 of 1500000 bytes, 100 %").await;
    let heard = browser.texts(".heard").await;
    assert!(heard.len() < 15, "about one a second: {heard:?}");
}

#[tokio::test]
async fn too_few_files_are_not_sent_and_the_page_says_so() {
    let (_app, browser) = open("/options").await;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, name));
    browser.choose("files", &[&a]).await;
    browser.see_texts(".chosen", &["a.txt"]).await;
    let count = "window.requests = 0;
        const { send } = XMLHttpRequest.prototype;
        XMLHttpRequest.prototype.send = function (body) { requests += 1; send.call(this, body); };";
    browser.run(count, &[]).await;
    browser.click("Send").await;
    browser.see_texts("[role='alert'] p", &["Too few files: at least 2 must be sent."]).await;
    assert_eq!(browser.run("return requests", &[]).await, json!(0));
    // New files take the place of the old ones here.
    browser.choose("files", &[&b, &c]).await;
    browser.see_texts(".chosen", &["b.txt", "c.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(".chosen", &[]).await;
    assert_eq!(browser.run("return requests", &[]).await, json!(1));
}

#[tokio::test]
async fn a_zone_behaves_as_its_options_say() {
    let (_app, browser) = open("/options").await;
    let count = "window.dialogs = 0;
        document.getElementById('files').addEventListener('click', event => {
            window.dialogs += 1;
            event.preventDefault();
        });
        document.querySelector('.fk-upload').click();
        return dialogs";
    assert_eq!(browser.run(count, &[]).await, json!(0), "the zone itself opens nothing");
    browser.click("Choose").await;
    assert_eq!(browser.run("return dialogs", &[]).await, json!(1));
    browser.drag_over(".fk-upload").await;
    browser.find(fantoccini::Locator::Css(".fk-upload.bright")).await;
    browser.drag_away().await;
    browser.find(fantoccini::Locator::Css(".fk-upload:not(.bright)")).await;
}
