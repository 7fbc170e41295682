//! An upload on its way: how far it is, stopping it, trying again, taking turns, and leaving meanwhile.

use filekit_tests::{Samples, patterned, until};
use serde_json::json;

use super::desk::{Desk, KEPT, NAMES, STATES};

/// Slow enough for a test to act while bytes move.
const SLOW: u32 = 400_000;

#[tokio::test]
pub(super) async fn progress_only_grows_and_the_server_at_work_is_a_state_of_its_own() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.bin", "b.bin"].map(|name| samples.file(name, patterned(600_000)));
    browser.choose("files", &[&a, &b]).await;
    let watch = "window.values = { all: [], first: [] };
        new MutationObserver(() => {
            const value = bar => bar?.getAttribute('value') ?? null;
            values.all.push(value(document.getElementById('all')));
            values.first.push(value(document.querySelector('.chosen progress')));
        }).observe(document.body, { subtree: true, childList: true, attributes: true });";
    browser.run(watch, &[]).await;
    browser.send_slowly(Some(SLOW)).await;
    browser.click("Send").await;
    browser.see("KB/s").await;
    browser.see("s left").await;
    browser.see_texts(STATES, &["processing", "processing"]).await;
    let bars = "return Array.from(document.querySelectorAll('progress'), bar => bar.position)";
    assert_eq!(browser.run(bars, &[]).await, json!([-1, -1, -1]), "how long the handler takes nobody knows");
    assert_eq!(browser.texts("#rate").await, [""], "nothing is left to send");
    let values = browser.run("return values", &[]).await;
    for bar in ["all", "first"] {
        let steps = values[bar].as_array().expect("a list").iter();
        let mut steps: Vec<u32> = steps.filter_map(|value| value.as_str()?.parse().ok()).collect();
        assert!(steps.is_sorted(), "{bar}: {steps:?}");
        steps.dedup();
        assert!(steps.len() > 3, "{bar}: {steps:?}");
    }

    desk.let_through(1);
    browser.see_texts(KEPT, &["a.bin", "b.bin"]).await;
    browser.see_texts(NAMES, &[]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

/// A second selection is sent by the same button while the first is under way, in its turn; a double click is one.
#[tokio::test]
pub(super) async fn a_click_for_another_selection_waits_its_turn_and_a_double_click_sends_once() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.bin", "b.bin"].map(|name| samples.file(name, patterned(1000)));
    browser.choose("files", &[&a]).await;
    browser.click("Send").await;
    browser.click("Send").await;
    browser.see_texts(STATES, &["processing"]).await;
    browser.choose("files", &[&b]).await;
    browser.see_texts(STATES, &["processing", "selected"]).await;
    browser.click("Send").await;
    browser.click("Send").await;
    desk.let_through(1);
    browser.see_texts(KEPT, &["a.bin"]).await;
    browser.see_texts(STATES, &["processing"]).await;
    desk.let_through(9);
    browser.see_texts(KEPT, &["a.bin", "b.bin"]).await;
    // Had a click too many been kept, its call without files would come now.
    browser.click("Clear").await;
    let is_busy = "return document.querySelectorAll('[aria-busy=true]').length";
    filekit_tests::until("nothing runs", async || (browser.run(is_busy, &[]).await == json!(0)).then_some(())).await;
    browser.see_texts(KEPT, &["a.bin", "b.bin"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

/// Begins an upload that takes a while, and stops it by the button of that name.
async fn stopped_by(control: &str) {
    let desk = Desk::open().await;
    let Desk { browser, app, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.bin", "b.bin"].map(|name| samples.file(name, patterned(2_000_000)));
    browser.choose("files", &[&a, &b]).await;
    browser.listen().await;
    browser.send_slowly(Some(SLOW)).await;
    browser.click("Send").await;
    browser.hear("25 %").await;
    browser.click(control).await;
    browser.see_texts(STATES, &["selected", "selected"]).await;
    browser.hear("Upload cancelled").await;
    assert_eq!(browser.texts("[role='alert']").await, [""; 0], "that is no error");
    until("nothing is left of it", async || app.spool_is_empty().then_some(())).await;
    assert_eq!(app.stored_names(), [""; 0]);

    // It can be sent after all.
    browser.send_slowly(None).await;
    browser.click("Send").await;
    browser.see_texts(KEPT, &["a.bin", "b.bin"]).await;
}

#[tokio::test]
pub(super) async fn an_upload_is_stopped_from_the_page() {
    stopped_by("Stop").await;
}

#[tokio::test]
async fn an_upload_is_stopped_by_a_handler() {
    stopped_by("Have it stopped").await;
}

#[tokio::test]
pub(super) async fn one_file_is_taken_out_of_an_upload_and_the_others_arrive() {
    let desk = Desk::open().await;
    let Desk { browser, app, .. } = &desk;
    let samples = Samples::new();
    let [a, b, c] = ["a.bin", "b.bin", "c.bin"].map(|name| samples.file(name, patterned(1_400_000)));
    browser.choose("files", &[&a, &b, &c]).await;
    browser.listen().await;
    browser.send_slowly(Some(SLOW)).await;
    browser.click("Send").await;
    browser.hear("25 %").await;
    browser.click("Drop b.bin").await;
    browser.see_texts(NAMES, &["a.bin", "c.bin"]).await;
    browser.send_slowly(None).await;
    browser.see_texts(KEPT, &["a.bin", "c.bin"]).await;
    assert_eq!(app.stored_names(), ["a.bin", "c.bin"]);
    assert!(app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn a_file_that_failed_is_sent_again_alone() {
    let desk = Desk::open().await;
    let Desk { browser, app, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    desk.refuse(true);
    browser.choose("files", &[&a, &b]).await;
    browser.click("Send").await;
    browser.see_texts(STATES, &["failed", "failed"]).await;
    browser.see_texts(".chosen .error", &["Not today.", "Not today."]).await;
    desk.refuse(false);
    browser.click("Retry b.txt").await;
    browser.see_texts(KEPT, &["b.txt"]).await;
    browser.see_texts(NAMES, &["a.txt"]).await;
    assert_eq!(app.stored_names(), ["b.txt"]);
}

#[tokio::test]
async fn a_second_upload_of_the_same_id_waits_its_turn() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    browser.choose("files", &[&a]).await;
    browser.click("Send").await;
    browser.see_texts(STATES, &["processing"]).await;
    browser.choose("files", &[&b]).await;
    browser.see_texts(STATES, &["processing", "selected"]).await;
    browser.click("Send more").await;
    desk.let_through(1);
    browser.see_texts(KEPT, &["a.txt"]).await;
    browser.see_texts(STATES, &["processing"]).await;
    desk.let_through(1);
    browser.see_texts(KEPT, &["a.txt", "b.txt"]).await;
    browser.see_texts(NAMES, &[]).await;
}

#[tokio::test]
pub(super) async fn what_follows_in_a_chain_runs_after_the_upload() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.click("Send and note").await;
    browser.see_texts(STATES, &["processing"]).await;
    assert_eq!(browser.texts(KEPT).await, [""; 0]);
    desk.let_through(1);
    browser.see_texts(KEPT, &["a.txt", "noted after 1"]).await;
}

#[tokio::test]
async fn leaving_is_warned_about_only_while_something_is_on_its_way() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let leaves = "return window.dispatchEvent(new Event('beforeunload', { cancelable: true }))";
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(NAMES, &["a.txt"]).await;
    assert_eq!(browser.run(leaves, &[]).await, true, "a mere selection holds nobody up");
    browser.click("Send").await;
    browser.see_texts(STATES, &["processing"]).await;
    assert_eq!(browser.run(leaves, &[]).await, false, "the handler would be stopped");
    desk.let_through(1);
    browser.see_texts(KEPT, &["a.txt"]).await;
    // What the event has changed is shown a moment before the upload has ended.
    until("the page can be left", async || (browser.run(leaves, &[]).await == true).then_some(())).await;
}
