//! `uploader` for those who do not use a mouse, do not see it, see it in colours of their own, or want no movement.

use std::sync::atomic::Ordering;

use fantoccini::Locator;
use fantoccini::key::Key;
use filekit_tests::{Browser, PNG, Samples, patterned, until};
use serde_json::json;

use super::uploader::{KEPT, NAMES, REFUSED, Visit};

/// What a screen reader calls the element with the focus: its text, without what is only there for the eye.
const FOCUSED: &str = "return document.activeElement.textContent.replace(/\\s+/g, ' ').trim()";

fn is_called(text: &str) -> String {
    format!("element.textContent.replace(/\\s+/g, ' ').trim() == '{text}'")
}

/// Lets the browser say that its system is set up so.
async fn prefer(browser: &Browser, feature: &str, value: &str) {
    let media = json!({ "features": [{ "name": feature, "value": value }] });
    browser.devtools("Emulation.setEmulatedMedia", media).await;
}

#[tokio::test]
async fn files_are_taken_out_sent_and_sent_again_by_keyboard() {
    let Visit { browser, refuses, _app } = &Visit::to("/button").await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("a.txt", "a"), &samples.file("b.txt", "b")]).await;
    browser.tab_to("the button that takes out a.txt", &is_called("Remove a.txt")).await;
    browser.press(Key::Enter).await;
    browser.see_texts(NAMES, &["b.txt"]).await;
    assert_eq!(browser.run(FOCUSED, &[]).await, json!("Remove b.txt"), "the focus goes to what is there in its place");

    refuses.store(true, Ordering::Relaxed);
    browser.tab_to("the button that sends", &is_called("Send")).await;
    browser.press(Key::Enter).await;
    browser.see_texts(".fk-file-error", &["Not today."]).await;
    refuses.store(false, Ordering::Relaxed);
    browser.tab_to("the button that sends it again", &is_called("Send again b.txt")).await;
    browser.press(Key::Enter).await;
    browser.see_texts(KEPT, &["b.txt"]).await;
}

#[tokio::test]
async fn what_happens_is_heard_once() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    let samples = Samples::new();
    browser.listen().await;
    browser.choose("photos", &[&samples.file("a.png", PNG), &samples.file("b.txt", "b")]).await;
    browser.hear("2 files selected").await;
    browser.choose("photos", &[&samples.file("large.bin", patterned(5_000_001))]).await;
    browser.see_texts(REFUSED, &["“large.bin” is larger than 5 MB."]).await;
    browser.hear("“large.bin” is larger than 5 MB.").await;
    browser.click("Remove b.txt").await;
    browser.hear("1 file selected").await;
    browser.click("Send").await;
    browser.see_texts(KEPT, &["a.png"]).await;
    browser.hear("Upload finished").await;
    browser.choose("photos", &[&samples.file("c.txt", "c")]).await;
    browser.see_texts(NAMES, &["c.txt"]).await;
    browser.hear("1 file selected").await;
    let expected = [
        "2 files selected",
        "“large.bin” is larger than 5 MB.",
        "1 file selected",
        "Upload finished",
        "1 file selected",
    ];
    let mut heard = browser.heard().await;
    // These are said if it takes long enough.
    heard.retain(|words| !["Uploading 1 file", "Processing"].contains(&words.as_str()));
    assert_eq!(heard, expected, "neither rows nor bars speak");
}

#[tokio::test]
async fn with_colours_of_the_system_everything_is_still_seen() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    prefer(browser, "forced-colors", "active").await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("film.bin", patterned(4_000_000))]).await;
    browser.send_slowly(Some(100_000)).await;
    browser.click("Send").await;
    browser.see("s left").await;
    browser.screenshot("uploader-forced-colours").await;
    let colours = "const style = getComputedStyle(document.querySelector('.fk-file > progress'));
        return ['--fk-line', '--fk-primary', 'forced-color-adjust'].map(name => style.getPropertyValue(name))";
    assert_eq!(browser.run(colours, &[]).await, json!(["Canvas", "Highlight", "none"]), "how far it is");
    let borders = "const sample = document.body.appendChild(document.createElement('i'));
        sample.style.color = 'ButtonBorder';
        const colour = getComputedStyle(sample).color;
        const buttons = Array.from(document.querySelectorAll('.fk-uploader button'))
            .filter(button => button.getClientRects().length > 0);
        return [buttons.length > 0, buttons.every(button => getComputedStyle(button).borderTopColor == colour)]";
    assert_eq!(browser.run(borders, &[]).await, json!([true, true]), "what can be pressed has a border");
}

#[tokio::test]
async fn nothing_changes_gradually_where_movement_is_not_wanted() {
    let Visit { browser, _app, .. } = &Visit::to("/button").await;
    let samples = Samples::new();
    browser.choose("photos", &[&samples.file("a.png", PNG)]).await;
    browser.find(Locator::Css(".fk-file")).await;
    let moves = "return Array.from(document.querySelectorAll('.fk-uploader, .fk-uploader *'))
        .some(element => getComputedStyle(element).transitionDuration.split(', ').some(time => parseFloat(time) > 0))";
    assert_eq!(browser.run(moves, &[]).await, json!(true), "there is something that could");
    prefer(browser, "prefers-reduced-motion", "reduce").await;
    until("rest", async || (browser.run(moves, &[]).await == json!(false)).then_some(())).await;
}
