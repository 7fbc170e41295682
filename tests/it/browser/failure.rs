//! When something goes wrong the page says so, keeps what the visitor has chosen, and goes on working.

use filekit::prelude::*;
use filekit_tests::{Browser, Samples, Server, TestApp, until};

use super::{CHOSEN, Example, UPLOADED};

#[state]
#[derive(Default)]
struct Moody {
    attempts: u32,
    files: Vec<StoredFile>,
}

#[state]
impl Moody {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            if file.name().to_string().starts_with("bad") {
                return Err(Error::user("No bad files, please."));
            }
            if file.name().to_string().starts_with("awful") {
                Err(std::io::Error::other("the detail that nobody should see"))?;
            }
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn watch(&mut self, mut films: UploadStream) -> Result<()> {
        if let Some(mut film) = films.next_file().await? {
            film.next_chunk().await?;
        }
        Err(Error::user("No films, please."))
    }
}

async fn page(moody: Current<Moody>) -> View {
    view![
        upload(id = "files", "Drop here"),
        hstack(for file in selected_files("files") {
            text(file.name())
        }),
        button(on_click = Moody::take(upload_files("files")), "Send"),
        button(on_click = clear_selected_files("files"), "Clear"),
        upload(id = "pictures", accept = "image/png", "Drop pictures here"),
        button(on_click = Moody::take(upload_files("pictures")), "Send pictures"),
        upload(id = "films", "Drop films here"),
        button(on_click = Moody::watch(upload_files("films")), "Watch films"),
        for file in &moody.files {
            link(href = file.url(), file.name())
        },
    ]
}

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    (app, browser)
}

/// The text of the message that interrupts the visitor.
async fn alert(browser: &Browser) -> String {
    until("an alert", async || {
        let texts = browser.texts("[role='alert']").await;
        texts.into_iter().find(|text| !text.is_empty())
    })
    .await
}

#[tokio::test]
pub(super) async fn the_words_of_a_handler_are_shown_and_the_selection_stays() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    let [good, bad] = ["good.txt", "bad.txt"].map(|name| samples.file(name, name));
    browser.choose("files", &[&good, &bad]).await;
    browser.see_texts(CHOSEN, &["good.txt", "bad.txt"]).await;
    browser.click("Send").await;
    let alert = alert(&browser).await;
    assert!(alert.contains("No bad files, please."), "{alert}");
    browser.see_texts(CHOSEN, &["good.txt", "bad.txt"]).await;
    assert_eq!(app.stored_names(), [""; 0]);

    // The page works on: without the bad one the rest goes through.
    browser.click("Clear").await;
    browser.see_texts(CHOSEN, &[]).await;
    browser.choose("files", &[&good]).await;
    browser.see_texts(CHOSEN, &["good.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(UPLOADED, &["good.txt"]).await;
    browser.see_texts(CHOSEN, &[]).await;
}

#[tokio::test]
async fn an_error_is_told_without_its_details_and_the_selection_stays() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("awful.txt", "awful")]).await;
    browser.see_texts(CHOSEN, &["awful.txt"]).await;
    browser.click("Send").await;
    alert(&browser).await;
    assert!(!browser.text().await.contains("nobody should see"), "{}", browser.text().await);
    browser.see_texts(CHOSEN, &["awful.txt"]).await;
    assert_eq!(app.stored_names(), [""; 0]);
}

#[tokio::test]
pub(super) async fn a_lost_server_is_told_and_waited_for() {
    let Example { browser, server, files } = Example::start().await;
    let samples = Samples::new();
    browser.choose("file_upload", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    let address = server.address();
    server.kill().await;
    browser.click("Upload Files").await;
    browser.see("Waiting for the connection").await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    let _server = Server::start_again(Server::upload(), &files, address).await;
    browser.see_texts(UPLOADED, &["a.txt"]).await;
    browser.see_texts(CHOSEN, &[]).await;
}

#[tokio::test]
pub(super) async fn a_server_that_stays_away_is_told_and_the_selection_stays() {
    let Example { browser, server, files: _files } = Example::start().await;
    let samples = Samples::new();
    browser.choose("file_upload", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    server.kill().await;
    browser.hurry(1000).await;
    browser.click("Upload Files").await;
    let alert = alert(&browser).await;
    assert!(alert.contains("The server could not be reached."), "{alert}");
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    assert_eq!(browser.texts(UPLOADED).await, [""; 0]);
}

/// What is refused in the middle of a large body: the browser still sends, and gets the answer all the same.
#[tokio::test]
pub(super) async fn a_refusal_in_the_middle_of_a_large_file_is_told_in_its_own_words() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    let disguised = samples.file("disguised.png", vec![b'x'; 200_000_000]);
    browser.choose("pictures", &[&disguised]).await;
    browser.click("Send pictures").await;
    let alert = alert(&browser).await;
    assert!(
        alert.contains("“disguised.png” is a TXT file, although its name says otherwise. Accepted: PNG."),
        "{alert}"
    );
    assert_eq!(app.stored_names(), [""; 0]);
    assert_eq!(app.files().spooled(), [""; 0]);
}

/// Of a stream the page cannot ask what became of it.
#[tokio::test]
pub(super) async fn a_refusal_in_the_middle_of_a_stream_is_told_in_its_own_words() {
    let (_app, browser) = start().await;
    let samples = Samples::new();
    browser.choose("films", &[&samples.file("film.bin", vec![b'x'; 100_000_000])]).await;
    browser.click("Watch films").await;
    let alert = alert(&browser).await;
    assert!(alert.contains("No films, please."), "{alert}");
}
