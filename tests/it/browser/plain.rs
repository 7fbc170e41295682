//! The page in a browser whose user has switched JavaScript off.

use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};
use serde_json::json;

#[state]
#[derive(Default)]
struct Shelf {
    books: Vec<String>,
}

#[state]
impl Shelf {
    #[event]
    async fn add(&mut self, title: String, pages: Option<u32>, lent: bool, cover: Option<UploadFile>) -> Result<Toast> {
        match title.as_str() {
            "" => return Err(Error::user("Give the book a title.")),
            "fail" => Err(std::io::Error::other("a detail for nobody"))?,
            _ => {}
        }
        let size = cover.map_or(0, |cover| cover.size());
        self.books.push(format!("{title}, {pages:?}, {lent}, {size} bytes"));
        Ok(Toast::success(format!("“{title}” stands on the shelf.")))
    }

    #[event]
    async fn scan(&mut self, scans: Vec<UploadFile>) -> Result<()> {
        for scan in scans {
            self.books.push(scan.save().await?.name().to_owned());
        }
        Ok(())
    }

    #[event]
    fn remove(&mut self, book: String) {
        self.books.retain(|kept| *kept != book);
    }

    #[event]
    fn list(&mut self) -> Download {
        Download::data(self.books.join("\n")).filename("books.txt")
    }
}

async fn page(shelf: Current<Shelf>) -> View {
    view![vstack(
        heading(level = 1, "Shelf"),
        form(
            on_submit = Shelf::add(value_of("title"), value_of("pages"), value_of("lent"), upload_files("cover")),
            label(r#for = "title", "Title"),
            input(id = "title"),
            label(r#for = "pages", "Pages"),
            input(id = "pages", r#type = "number"),
            label(r#for = "lent", checkbox(id = "lent"), " Lent"),
            upload(id = "cover", accept = "image/*", max_files = 1, max_size = "1 KB", button("Choose a cover")),
            button(r#type = "submit", color = "primary", "Add"),
        ),
        upload(id = "scans", button("Choose scans"), text(class = "fk-scripted", " or drop them here")),
        upload(id = "drafts", on_drop = Shelf::scan(upload_files("drafts")), "Drafts, sent as they are chosen"),
        if has_selection("scans") {
            text("Chosen:")
        },
        hstack(
            button(on_click = Shelf::scan(upload_files("scans")), color = "primary", "Send scans"),
            button(on_click = clear_selected_files("scans"), "Clear"),
            button(on_click = Shelf::list, "List"),
        ),
        ul(for book in &shelf.books {
            li(book, " ", button(on_click = Shelf::remove(book.clone()), "Remove ", book))
        }),
    )]
}

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start_without_scripts().await;
    browser.open(&format!("http://{address}/?from=test")).await;
    // The switch is off, or the rest would mean nothing.
    let ready = browser.run("return document.documentElement.hasAttribute('data-filekit-ready')", &[]).await;
    assert_eq!(ready, json!(false));
    (app, browser)
}

async fn type_into(browser: &Browser, id: &str, text: &str) {
    browser.find(Locator::Id(id)).await.send_keys(text).await.expect("a field that takes text");
}

async fn clear(browser: &Browser, id: &str) {
    browser.find(Locator::Id(id)).await.clear().await.expect("a field that takes text");
}

async fn address(browser: &Browser) -> String {
    let address = browser.run("return location.pathname + location.search", &[]).await;
    address.as_str().unwrap_or_default().to_owned()
}

const BOOKS: &str = "li";
const NOTICES: &str = ".fk-notice";

#[tokio::test]
pub(super) async fn a_form_sends_its_fields_and_its_file() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    type_into(&browser, "title", "Walden").await;
    type_into(&browser, "pages", "352").await;
    browser.find(Locator::Id("lent")).await.click().await.expect("a box to check");
    browser.choose("cover", &[&samples.file("cover.png", filekit_tests::PNG)]).await;
    browser.click("Add").await;
    let book = format!("Walden, Some(352), true, {} bytes", filekit_tests::PNG.len());
    browser.see_texts(BOOKS, &[&format!("{book} Remove {book}")]).await;
    browser.see_texts(NOTICES, &["“Walden” stands on the shelf."]).await;
    assert_eq!(address(&browser).await, "/?from=test");
    assert!(app.spool_is_empty());

    // What was said once is not said again.
    browser.reload().await;
    browser.see_texts(NOTICES, &[]).await;

    browser.click(&format!("Remove {book}")).await;
    browser.see_texts(BOOKS, &[]).await;
}

#[tokio::test]
pub(super) async fn files_are_uploaded_by_a_button_outside_of_any_form() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    browser.choose("scans", &[&samples.file("f\"ü.txt", "one"), &samples.file("b.bin", b"\0\x01--\r\n")]).await;
    browser.click("Send scans").await;
    browser.see("Remove b.bin").await;
    assert_eq!(app.files().stored("b.bin"), b"\0\x01--\r\n");
    assert_eq!(app.stored_names(), ["b.bin", "f\"ü.txt"]);
    assert_eq!(address(&browser).await, "/?from=test");
    browser.click("List").await;
    assert!(browser.downloaded("books.txt").await.ends_with(b"b.bin"));
}

#[tokio::test]
async fn what_is_sent_by_itself_with_scripts_has_a_button_without_them() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    browser.choose("drafts", &[&samples.file("draft.txt", "one")]).await;
    browser.click("Send").await;
    browser.see("Remove draft.txt").await;
    assert_eq!(app.stored_names(), ["draft.txt"]);

    let scripted = Browser::start().await;
    scripted.open(&format!("http://{}/", app.listen().await)).await;
    let hidden = "return getComputedStyle(document.querySelector('.fk-unscripted')).display";
    assert_eq!(scripted.run(hidden, &[]).await, "none");
}

#[tokio::test]
pub(super) async fn a_refusal_is_read_first_and_the_page_goes_on() {
    let (app, browser) = start().await;
    let samples = Samples::new();
    browser.click("Add").await;
    browser.see_texts(NOTICES, &["Give the book a title."]).await;
    let focused = browser.run("return document.activeElement.getAttribute('role')", &[]).await;
    assert_eq!(focused, "alert", "the message has the focus");
    browser.screenshot("plain-refused").await;

    type_into(&browser, "title", "Walden").await;
    browser.choose("cover", &[&samples.file("cover.txt", "no image")]).await;
    browser.click("Add").await;
    browser.see("“cover.txt” is not accepted here. Accepted: images.").await;

    // What was typed is still there.
    let large = [filekit_tests::PNG, &[0; 2_000]].concat();
    browser.choose("cover", &[&samples.file("large.png", large)]).await;
    browser.click("Add").await;
    browser.see("“large.png” is larger than 1 KB.").await;
    assert_eq!(app.stored_names(), [""; 0]);
    assert!(app.spool_is_empty());

    clear(&browser, "title").await;
    type_into(&browser, "title", "fail").await;
    browser.click("Add").await;
    browser.see("Something went wrong on the server.").await;
    browser.see("Reference: ").await;
    assert!(!browser.text().await.contains("for nobody"));

    clear(&browser, "title").await;
    type_into(&browser, "title", "Walden").await;
    browser.click("Add").await;
    browser.see("Walden, None, false, 0 bytes").await;
    assert_eq!(address(&browser).await, "/?from=test");
}

#[tokio::test]
async fn return_in_a_field_sends_its_form() {
    let (_app, browser) = start().await;
    type_into(&browser, "title", "Walden\n").await;
    browser.see("Walden, None, false, 0 bytes").await;
}

#[tokio::test]
async fn nothing_is_seen_that_needs_scripts() {
    let (_app, browser) = start().await;
    browser.see("Shelf").await;
    let script = "return Array.from(document.querySelectorAll('button, .fk-scripted'))
        .filter(element => element.checkVisibility()).map(element => element.innerText.trim())";
    assert_eq!(browser.run(script, &[]).await, json!(["Add", "Send", "Send scans", "List"]));
    let text = browser.text().await;
    assert!(!text.contains("Chosen:") && !text.contains("or drop them here"), "{text}");
    for (name, width, scheme) in
        [("plain-light", 1000, "light"), ("plain-dark", 1000, "dark"), ("plain-phone", 360, "dark")]
    {
        browser.pretend(width, 900, scheme).await;
        let scrolls = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(scrolls, &[]).await, json!(0), "the page scrolls sideways");
        browser.screenshot(name).await;
    }
    browser.click("Add").await;
    browser.see("Give the book a title.").await;
    browser.screenshot("plain-phone-refused").await;
}
