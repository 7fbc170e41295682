//! Where messages are: above whatever is modal, usable there, and not on what a visitor wants to press.

use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use serde_json::json;

#[state]
#[derive(Default)]
struct Orders {
    is_closed: bool,
}

#[state]
impl Orders {
    #[event]
    fn refuse(&self) -> Result<()> {
        Err(Error::user("That is not possible at present. Choose another day."))
    }

    /// The dialog is gone from the page afterwards.
    #[event]
    fn close(&mut self) {
        self.is_closed = true;
    }
}

async fn page(orders: Current<Orders>) -> View {
    view![
        heading(level = 1, "Orders"),
        button(on_click = Orders::refuse, "Order"),
        if !orders.is_closed {
            dialog(
                id = "ask",
                aria_label = "Order",
                p("On which day?"),
                button(on_click = Orders::refuse, "Today"),
                button(on_click = Orders::close, "Never"),
            )
        },
        for day in 1..=60 {
            p("Day ", day)
        },
        hstack(button(on_click = Orders::refuse, "Send"), button("Back")),
    ]
}

async fn open(width: u32, height: u32, scheme: &str) -> Browser {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.pretend(width, height, scheme).await;
    browser.open(&format!("http://{address}/")).await;
    browser.find(Locator::Css("[data-filekit-ready]")).await;
    browser
}

/// What a finger meets in the middle of an element.
async fn met(browser: &Browser, selector: &str) -> bool {
    let script = "const element = document.querySelector(arguments[0]);
        const { x, y, width, height } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(x + width / 2, y + height / 2))";
    browser.run(script, &[json!(selector)]).await == json!(true)
}

/// A picture for people, once nothing moves any more.
pub(super) async fn picture(browser: &Browser, name: &str) {
    let still = "const done = arguments[0];
        Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => done())";
    browser.run_async(still, &[]).await;
    browser.screenshot(name).await;
}

async fn close_toast(browser: &Browser) {
    let close = browser.find(Locator::Css(".fk-toast-close")).await;
    close.click().await.expect("it can be pressed");
    browser.see_texts(".fk-toast", &[]).await;
}

const TOAST: &str = ".fk-toast";
const WORDS: &str = "That is not possible at present. Choose another day.";

#[tokio::test]
pub(super) async fn a_message_lies_above_a_modal_dialog_and_can_be_closed_there() {
    let browser = open(1000, 900, "light").await;
    browser.run("document.getElementById('ask').showModal()", &[]).await;
    browser.click("Today").await;
    browser.see_texts(TOAST, &[WORDS]).await;
    assert!(met(&browser, TOAST).await, "it can be read");
    picture(&browser, "toast-dialog-light").await;
    close_toast(&browser).await;
    assert_eq!(browser.run("return document.getElementById('ask').open", &[]).await, json!(true));

    // It stays usable when the dialog closes, and when another opens.
    browser.click("Today").await;
    browser.see_texts(TOAST, &[WORDS]).await;
    browser.run("document.getElementById('ask').close()", &[]).await;
    browser.see_texts(TOAST, &[WORDS]).await;
    assert!(met(&browser, TOAST).await, "after the dialog");
    browser.run("document.getElementById('ask').showModal()", &[]).await;
    filekit_tests::until("it is above the dialog again", async || met(&browser, TOAST).await.then_some(())).await;
    close_toast(&browser).await;
    let complaints = browser.complaints().await;
    let is_refusal = |complaint: &String| complaint.contains("event.refused") || complaint.contains("422");
    assert!(complaints.iter().all(is_refusal), "{complaints:?}");
}

#[tokio::test]
pub(super) async fn a_message_in_a_dialog_outlives_it() {
    let browser = open(1000, 900, "dark").await;
    browser.run("document.getElementById('ask').showModal()", &[]).await;
    browser.click("Today").await;
    browser.see_texts(TOAST, &[WORDS]).await;
    picture(&browser, "toast-dialog-dark").await;
    browser.click("Never").await;
    let gone = async || browser.run("return document.querySelector('dialog')", &[]).await.is_null().then_some(());
    filekit_tests::until("the dialog is gone", gone).await;
    browser.see_texts(TOAST, &[WORDS]).await;
    assert!(met(&browser, TOAST).await);
    close_toast(&browser).await;
}

#[tokio::test]
async fn escape_closes_the_message_and_not_the_dialog() {
    let browser = open(1000, 900, "light").await;
    browser.run("document.getElementById('ask').showModal()", &[]).await;
    browser.click("Today").await;
    browser.see_texts(TOAST, &[WORDS]).await;
    browser.run("document.querySelector('.fk-toast-close').focus()", &[]).await;
    browser.press(fantoccini::key::Key::Escape).await;
    browser.see_texts(TOAST, &[]).await;
    assert_eq!(browser.run("return document.getElementById('ask').open", &[]).await, json!(true));
    assert_eq!(browser.run("return document.activeElement.textContent", &[]).await, json!("Today"));
}

#[tokio::test]
async fn on_a_phone_a_message_leaves_the_buttons_at_either_edge_free() {
    let browser = open(375, 667, "light").await;
    // At the end of the page, whose last buttons are where messages usually are.
    browser.run("scrollTo(0, document.documentElement.scrollHeight)", &[]).await;
    browser.click("Send").await;
    browser.see_texts(TOAST, &[WORDS]).await;
    assert!(met(&browser, "#filekit > :last-child button").await, "the button can be pressed again");
    picture(&browser, "toast-phone-end").await;
    close_toast(&browser).await;

    // A message that came before is no hindrance at the end of the page: it can be scrolled clear.
    browser.run("scrollTo(0, 0)", &[]).await;
    browser.click("Order").await;
    browser.see_texts(TOAST, &[WORDS]).await;
    picture(&browser, "toast-phone-start").await;
    assert!(met(&browser, "#filekit > button").await, "what was pressed can be pressed again");
    browser.run("scrollTo(0, document.documentElement.scrollHeight)", &[]).await;
    assert!(met(&browser, "#filekit > :last-child button").await, "the last button is not covered");
}
