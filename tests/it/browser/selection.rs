//! What is selected: doubles, taking files out, pasting, pictures, and several uploads on a page.

use fantoccini::{Locator, key::Key};
use filekit::prelude::*;
use filekit_tests::{Browser, PNG, Samples, TestApp};
use serde_json::json;

const REPORT: Upload = Upload::new("report");

#[state]
#[derive(Default)]
struct Desk {
    taken: Vec<String>,
}

#[state]
impl Desk {
    #[event]
    fn take(&mut self, desk: u32, files: Vec<UploadFile>) {
        self.taken.extend(files.iter().map(|file| format!("{} at {desk}", file.name())));
    }
}

/// Uploads in a loop, each with an id and a captured argument of its own.
async fn page(desk: Current<Desk>) -> View {
    view![
        for number in 1..=3_u32 {
            let id = REPORT.keyed(number);
            upload(id = &id, class = "zone", capture = "environment", button("Choose ", number));
            ul(
                class = "list",
                for file in selected_files(&id) {
                    li(
                        image(src = file.preview_url(), alt = "", width = "40", height = "40"),
                        span(class = "name", file.name()),
                        button(on_click = remove_file(&file), "Remove ", file.name()),
                    )
                },
            );
            button(on_click = Desk::take(number, upload_files(&id)), "Send ", number);
        },
        for name in &desk.taken {
            p(class = "taken", name)
        },
    ]
}

async fn open() -> (TestApp, Browser) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    (app, browser)
}

/// The selected names of each of the three uploads.
async fn selected(browser: &Browser) -> serde_json::Value {
    let script = "return Array.from(document.querySelectorAll('.list'),
        list => Array.from(list.querySelectorAll('.name'), name => name.innerText))";
    browser.run(script, &[]).await
}

/// Waits until these are selected: what an event has changed is shown a moment before its files leave the selection.
async fn see_selected(browser: &Browser, expected: serde_json::Value) {
    let what = format!("{expected} are selected");
    filekit_tests::until(&what, async || (selected(browser).await == expected).then_some(())).await;
}

#[tokio::test]
pub(super) async fn uploads_of_a_loop_have_selections_and_arguments_of_their_own() {
    let (_app, browser) = open().await;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, name));
    browser.choose("report-1", &[&a, &b]).await;
    browser.choose("report-3", &[&c]).await;
    browser.drop_files(".zone:nth-of-type(2)", &[&a]).await;
    browser.see_texts(".name", &["a.txt", "b.txt", "a.txt", "c.txt"]).await;
    assert_eq!(selected(&browser).await, json!([["a.txt", "b.txt"], ["a.txt"], ["c.txt"]]));
    browser.click("Send 3").await;
    browser.see_texts(".taken", &["c.txt at 3"]).await;
    see_selected(&browser, json!([["a.txt", "b.txt"], ["a.txt"], []])).await;
    browser.click("Send 1").await;
    browser.see_texts(".taken", &["c.txt at 3", "a.txt at 1", "b.txt at 1"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn doubles_are_dropped_and_a_file_taken_out_can_be_chosen_again() {
    let (_app, browser) = open().await;
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    browser.choose("report-1", &[&a]).await;
    browser.choose("report-1", &[&a, &b]).await;
    browser.see_texts(".name", &["a.txt", "b.txt"]).await;
    browser.drop_files(".zone", &[&b]).await;
    browser.click("Remove a.txt").await;
    browser.see_texts(".name", &["b.txt"]).await;
    browser.choose("report-1", &[&a]).await;
    browser.see_texts(".name", &["b.txt", "a.txt"]).await;
}

#[tokio::test]
async fn the_focus_goes_to_the_next_row_when_one_is_removed() {
    let (_app, browser) = open().await;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, name));
    browser.choose("report-1", &[&a, &b, &c]).await;
    browser.see_texts(".name", &["a.txt", "b.txt", "c.txt"]).await;
    let focused = "return document.activeElement.textContent";
    browser.tab_to("the button of b", "element.textContent == 'Remove b.txt'").await;
    for (left, next) in [(&["a.txt", "c.txt"][..], "Remove c.txt"), (&["a.txt"], "Remove a.txt")] {
        browser.press(Key::Enter).await;
        browser.see_texts(".name", left).await;
        assert_eq!(browser.run(focused, &[]).await, json!(next));
    }
    browser.press(Key::Enter).await;
    browser.see_texts(".name", &[]).await;
    let inside = "return document.activeElement.matches('.list')";
    assert_eq!(browser.run(inside, &[]).await, json!(true), "the keyboard goes on from here");
}

#[tokio::test]
async fn pasted_files_go_to_the_zone_with_the_focus() {
    let (_app, browser) = open().await;
    let paste = "const data = new DataTransfer();
        data.items.add(new File(['x'], arguments[1], { type: 'image/png' }));
        const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        return document.querySelectorAll(arguments[0])[1].dispatchEvent(event)";
    assert_eq!(browser.run(paste, &[json!(".zone button"), json!("image.png")]).await, json!(false));
    browser.see_texts(".name", &["image.png"]).await;
    assert_eq!(selected(&browser).await, json!([[], ["image.png"], []]));
    // Of several zones none is meant by itself.
    assert_eq!(browser.run(paste, &[json!(".list"), json!("other.png")]).await, json!(true));
}

#[tokio::test]
async fn a_phone_is_asked_for_its_camera() {
    let (_app, browser) = open().await;
    let input = browser.find(Locator::Id("report-1")).await;
    assert_eq!(input.attr("capture").await.expect("an input"), Some("environment".to_owned()));
}

#[tokio::test]
pub(super) async fn pictures_are_shown_when_they_are_near_and_given_back() {
    let (_app, browser) = open().await;
    let count = "window.urls = new Set();
        const { createObjectURL, revokeObjectURL } = URL;
        URL.createObjectURL = blob => {
            const url = createObjectURL.call(URL, blob);
            urls.add(url);
            return url;
        };
        URL.revokeObjectURL = url => {
            urls.delete(url);
            revokeObjectURL.call(URL, url);
        };";
    browser.run(count, &[]).await;
    let samples = Samples::new();
    let paths: Vec<_> = (0..200).map(|number| samples.file(format!("{number}.png"), PNG)).collect();
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    browser.choose("report-1", &paths).await;
    let shown = "return Array.from(document.querySelectorAll('.list img'), image => image.naturalWidth)";
    let first_is_shown = async || (browser.run(shown, &[]).await[0] == 1).then_some(());
    filekit_tests::until("the first picture is shown", first_is_shown).await;
    let made = browser.run("return urls.size", &[]).await.as_u64().expect("a number");
    assert!((1..150).contains(&made), "{made} pictures are near a screen of 900 pixels");
    browser.run("document.querySelector('.list li:last-of-type').scrollIntoView()", &[]).await;
    let last_is_shown = async || (browser.run(shown, &[]).await[199] == 1).then_some(());
    filekit_tests::until("the last picture is shown", last_is_shown).await;
    browser.click("Send 1").await;
    browser.see_texts(".name", &[]).await;
    assert_eq!(browser.run("return urls.size", &[]).await, json!(0), "all are given back");
    assert_eq!(browser.complaints().await, [""; 0]);
}
