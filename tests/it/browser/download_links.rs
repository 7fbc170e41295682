//! Links to downloads in a real browser: the page stays, what is disabled does nothing, and many at once all arrive.

use std::time::Duration;

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use axum::response::IntoResponse;
use fantoccini::Locator;
use fantoccini::key::Key;
use filekit::prelude::*;
use filekit_tests::{Browser, PNG, Samples, TestApp};

/// More than Chromium lets a page begin in a second.
const MANY: usize = 25;

/// How long `/slow` thinks: several times what lies between the downloads of a page.
const THOUGHT: Duration = Duration::from_millis(900);

#[state]
#[derive(Default)]
struct Desk {
    is_open: bool,
}

#[state]
impl Desk {
    #[event]
    fn picture(&self) -> Download {
        Download::url(upload_url("dot.png")).filename("My picture.png")
    }

    #[event]
    fn note(&self, name: String) -> Download {
        Download::data("a note").filename(format!("{name}.txt"))
    }

    #[event]
    fn many(&mut self) -> Vec<Download> {
        (0..MANY).map(|nth| Download::data(format!("{nth}")).filename(format!("{nth}.txt"))).collect()
    }

    #[event]
    fn slow(&self) -> Vec<Download> {
        (0..3).map(|nth| Download::url(format!("/slow/{nth}")).filename(format!("slow {nth}.txt"))).collect()
    }

    #[event]
    fn two(&self) -> Vec<Download> {
        ["one", "two"].map(|text| Download::data(text).filename(format!("{text}.txt"))).into()
    }

    #[event]
    fn turn(&mut self) {
        self.is_open = !self.is_open;
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "files", "Files"),
        button(on_click = Desk::picture, "Picture"),
        button(on_click = Desk::many, "Many"),
        button(on_click = Desk::slow, "Slow"),
        button(on_click = Desk::turn, if desk.is_open { "Close" } else { "Open" }),
        button(on_click = Desk::note("server".to_owned()), disabled = !desk.is_open, "By the server"),
        button(on_click = Desk::note("browser".to_owned()), disabled = has_selection("files"), "By the browser"),
        button(on_click = Desk::note("always".to_owned()), disabled = true, "Never"),
        button(on_click = Desk::turn, "Last"),
    ]
}

/// A page that may have no frames.
async fn frameless() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, "default-src 'self'; frame-src 'none'")], view![button(on_click = Desk::two, "Two")])
}

async fn slow(Path(nth): Path<usize>) -> impl IntoResponse {
    tokio::time::sleep(THOUGHT).await;
    ([(CONTENT_DISPOSITION, "attachment")], format!("slow {nth}"))
}

async fn start(scripts: bool) -> (TestApp, Browser) {
    let app = TestApp::new(
        Router::new().route("/", get(page)).route("/slow/{nth}", get(slow)).route("/frameless", get(frameless)),
    );
    std::fs::write(app.files().path().join("dot.png"), PNG).expect("a file in the store");
    let url = format!("http://{}/", app.listen().await);
    let browser = if scripts { Browser::start().await } else { Browser::start_without_scripts().await };
    browser.open(&url).await;
    (app, browser)
}

#[tokio::test]
pub(super) async fn a_picture_of_this_site_is_saved_under_its_name_and_the_page_stays() {
    let (_app, browser) = start(true).await;
    browser.run("window.loaded_once = true", &[]).await;
    browser.click("Picture").await;
    assert_eq!(browser.downloaded("My picture.png").await, PNG);
    assert_eq!(browser.run("return window.loaded_once", &[]).await, true, "the page is still the same one");
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn many_downloads_at_once_all_arrive() {
    let (_app, browser) = start(true).await;
    browser.click("Many").await;
    for nth in 0..MANY {
        assert_eq!(browser.downloaded(&format!("{nth}.txt")).await, nth.to_string().as_bytes());
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn downloads_that_a_server_takes_long_to_answer_all_arrive() {
    let (_app, browser) = start(true).await;
    browser.click("Slow").await;
    for nth in 0..3 {
        assert_eq!(browser.downloaded(&format!("slow {nth}.txt")).await, format!("slow {nth}").as_bytes());
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn two_downloads_arrive_where_a_page_may_have_no_frames() {
    let (app, browser) = start(true).await;
    browser.open(&format!("http://{}/frameless", app.listen().await)).await;
    browser.click("Two").await;
    for text in ["one", "two"] {
        assert_eq!(browser.downloaded(&format!("{text}.txt")).await, text.as_bytes());
    }
}

/// Clicks in the middle of a button, whatever is there.
async fn click_at(browser: &Browser, text: &str) {
    let middle = "const rect = [...document.querySelectorAll('a, button')].find(one => one.textContent == arguments[0])
            .getBoundingClientRect();
        document.elementFromPoint(rect.x + rect.width / 2, rect.y + rect.height / 2).click()";
    browser.run(middle, &[text.into()]).await;
}

#[tokio::test]
pub(super) async fn a_link_that_is_disabled_does_nothing_until_it_is_not() {
    let (_app, browser) = start(true).await;
    browser.click("By the browser").await;
    assert_eq!(browser.downloaded("browser.txt").await, b"a note");
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.find(Locator::XPath("//a[@inert][.='By the browser']")).await;
    for text in ["By the server", "By the browser", "Never"] {
        click_at(&browser, text).await;
    }
    // The keyboard goes past them.
    browser.tab_to("the button before them", "element.textContent == 'Open'").await;
    browser.press(Key::Tab).await;
    let focused = "return document.activeElement.textContent";
    assert_eq!(browser.run(focused, &[]).await, "Last");

    browser.click("Open").await;
    browser.see("Close").await;
    browser.click("By the server").await;
    assert_eq!(browser.downloaded("server.txt").await, b"a note");

    browser.click("Close").await;
    browser.see("Open").await;
    click_at(&browser, "By the server").await;
    assert_eq!(browser.downloads(), ["browser.txt", "server.txt"], "nothing else was saved");
}

#[tokio::test]
async fn a_link_that_is_disabled_does_nothing_without_scripts() {
    let (_app, browser) = start(false).await;
    let never = browser.control("Never").await;
    assert!(never.click().await.is_err(), "something else is where it is");
    browser.click("Open").await;
    browser.see("Close").await;
    browser.click("By the server").await;
    assert_eq!(browser.downloaded("server.txt").await, b"a note");
    assert_eq!(browser.downloads(), ["server.txt"]);
}
