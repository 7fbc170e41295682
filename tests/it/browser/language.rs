//! What the language of views does in a browser: forms, conditions and lists of the browser, views in between, chains.

use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};
use tokio::sync::Notify;

#[state]
#[derive(Default)]
struct Album {
    photos: Vec<Photo>,
    step: u32,
    sort: String,
}

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
struct Photo {
    title: String,
    year: u32,
    public: bool,
    size: u64,
}

/// Lets the event `Album::scan` go on.
static GO_ON: Notify = Notify::const_new();

#[state]
impl Album {
    #[event]
    async fn add(&mut self, title: String, photos: Vec<UploadFile>, year: u32, public: bool) -> Result<Toast> {
        if title.is_empty() {
            return Err(Error::user("Give it a title."));
        }
        let size = photos.iter().map(UploadFile::size).sum();
        self.photos.push(Photo { title, year, public, size });
        Ok(Toast::success("Added."))
    }

    #[event]
    fn remove(&mut self, index: usize) {
        self.photos.remove(index);
    }

    #[event]
    fn sort_by(&mut self, sort: String) {
        self.sort = sort;
    }

    #[event]
    async fn scan(&mut self, updates: Updates) -> Result<()> {
        for step in 1..=3 {
            self.step = step;
            updates.send(self).await?;
            GO_ON.notified().await;
        }
        self.step = 0;
        Ok(())
    }

    #[event]
    fn one(&mut self) {
        self.step += 10;
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        form(
            on_submit = Album::add(value_of("title"), upload_files("photos"), value_of("year"), value_of("public")),
            input(id = "title", r#type = "text"),
            input(id = "year", r#type = "number", value = 2024),
            checkbox(id = "public"),
            upload(id = "photos", "Photos"),
            button(r#type = "submit", "Add"),
        ),
        ul(for (index, photo) in album.photos.iter().enumerate() {
            li(
                span(
                    class = "photo",
                    &photo.title,
                    ", ",
                    photo.year,
                    ", ",
                    photo.size,
                    " bytes",
                    if photo.public {
                        ", public"
                    },
                ),
                button(on_click = Album::remove(index), "Remove ", &photo.title),
            )
        }),
        if has_selection("photos") {
            p(id = "chosen", "Chosen:");
            for file in selected_files("photos") {
                p(class = "file", title = file.name(), file.name(), " ", file.size_text());
            }
        } else {
            p(id = "empty", "Nothing chosen")
        },
        if has_selection("photos").and(is_uploading("photos").not()) {
            button(on_click = clear_selected_files("photos"), "Clear")
        },
        select(
            id = "sort",
            on_change = Album::sort_by(value_of("sort")),
            option(value = "name", "By name"),
            option(value = "date", "By date"),
        ),
        p(id = "sorted", "Sorted by ", &album.sort),
        button(on_click = Album::scan, "Scan"),
        button(on_click = [Album::one, clear_selected_files("photos"), Album::one], "Twice"),
        p(id = "step", "Step ", album.step),
    ]
}

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    (app, browser)
}

async fn type_into(browser: &Browser, id: &str, text: &str) {
    let field = browser.find(Locator::Id(id)).await;
    field.clear().await.expect("a field that can be emptied");
    field.send_keys(text).await.expect("a field that takes text");
}

#[tokio::test]
async fn a_form_sends_its_fields_and_files_together() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    type_into(&browser, "title", "Lake <3").await;
    type_into(&browser, "year", "1999").await;
    browser.find(Locator::Id("public")).await.click().await.expect("a box to check");
    browser.choose("photos", &[&samples.file("a.txt", "12345"), &samples.file("b.txt", "678")]).await;
    browser.click("Add").await;
    browser.see_texts(".photo", &["Lake <3, 1999, 8 bytes, public"]).await;
    browser.see("Added.").await;
    browser.see_texts("#empty", &["Nothing chosen"]).await;
    assert!(app.spool_is_empty());
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn what_was_typed_and_chosen_stays_when_the_server_refuses() {
    let (_app, browser) = start().await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("a.txt", "12345")]).await;
    type_into(&browser, "year", "1999").await;
    browser.click("Add").await;
    browser.see("Give it a title.").await;
    browser.see_texts(".file", &["a.txt 5 B"]).await;
    let year = browser.run("return document.getElementById('year').value", &[]).await;
    assert_eq!(year, "1999");
}

#[tokio::test]
async fn captured_arguments_are_those_of_their_row() {
    let (_app, browser) = start().await;
    for title in ["one", "two", "three"] {
        type_into(&browser, "title", title).await;
        browser.click("Add").await;
        browser.click(&format!("Remove {title}")).await;
        type_into(&browser, "title", title).await;
        browser.click("Add").await;
        browser.control(&format!("Remove {title}")).await;
    }
    browser.click("Remove two").await;
    browser.see_texts(".photo", &["one, 2024, 0 bytes", "three, 2024, 0 bytes"]).await;
}

#[tokio::test]
async fn conditions_and_lists_of_the_browser_follow_the_selection() {
    let (_app, browser) = start().await;
    let samples = Samples::new();
    browser.see_texts("#empty", &["Nothing chosen"]).await;
    browser.choose("photos", &[&samples.file("a.txt", "12345")]).await;
    browser.see_texts("#chosen", &["Chosen:"]).await;
    browser.see_texts("#empty", &[]).await;
    let title = browser.run("return document.querySelector('.file').title", &[]).await;
    assert_eq!(title, "a.txt");
    browser.click("Clear").await;
    browser.see_texts("#empty", &["Nothing chosen"]).await;
    browser.see_texts("#chosen", &[]).await;
}

#[tokio::test]
async fn a_changed_control_calls_its_event_with_its_value() {
    let (_app, browser) = start().await;
    browser.find(Locator::Id("sort")).await.select_by_value("date").await.expect("an option");
    browser.see_texts("#sorted", &["Sorted by date"]).await;
    let chosen = browser.run("return document.getElementById('sort').value", &[]).await;
    assert_eq!(chosen, "date", "the patch leaves the choice alone");
}

#[tokio::test]
async fn views_in_between_are_seen_while_the_event_still_runs() {
    let (_app, browser) = start().await;
    browser.click("Scan").await;
    for step in ["Step 1", "Step 2", "Step 3"] {
        // Each waits for the test, so seeing it means that the event was not done then.
        browser.see_texts("#step", &[step]).await;
        GO_ON.notify_one();
    }
    browser.see_texts("#step", &["Step 0"]).await;
}

#[tokio::test]
async fn a_chain_runs_in_its_order() {
    let (_app, browser) = start().await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("a.txt", "12345")]).await;
    browser.see_texts("#chosen", &["Chosen:"]).await;
    browser.click("Twice").await;
    browser.see_texts("#step", &["Step 20"]).await;
    browser.see_texts("#empty", &["Nothing chosen"]).await;
}
