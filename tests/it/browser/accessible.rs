//! Every state of a page with uploads, judged by axe: light and dark, from the left and from the right, at twice the size.

use std::path::Path;

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, patterned};

use super::desk::{Desk, KEPT, NAMES, STATES};

/// Asserts that axe finds nothing wrong with the page as it is, by day and by night.
async fn assert_accessible(browser: &Browser, state: &str) {
    for scheme in ["dark", "light"] {
        browser.pretend(1000, 900, scheme).await;
        let offences = violations(browser).await;
        assert!(offences.is_empty(), "{state}, {scheme}: {offences:#?}");
    }
}

/// What axe finds, with the elements that it found it at.
pub(super) async fn violations(browser: &Browser) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../filekit-runtime/client/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `npm ci` in filekit-runtime/client, or `cargo xtask test`", path.display())
    });
    browser.run(&axe, &[]).await;
    // What is still moving has colours in between.
    let judge = "const done = arguments[0];
        Promise.allSettled(document.getAnimations().filter(each => each.effect.getTiming().iterations !== Infinity).map(each => each.finished))
            .then(() => axe.run(document, { resultTypes: ['violations'] }))
            .then(({ violations }) => done(violations.map(({ id, nodes }) =>
                `${id}: ${nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')}`)),
                error => done([String(error)]))";
    let found = browser.run_async(judge, &[]).await;
    serde_json::from_value(found).expect("a list of texts")
}

#[tokio::test]
async fn no_state_of_an_upload_has_a_violation() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.bin", "b.bin"].map(|name| samples.file(name, patterned(400_000)));
    assert_accessible(browser, "empty").await;

    browser.choose("files", &[&a, &b]).await;
    browser.see_texts(NAMES, &["a.bin", "b.bin"]).await;
    assert_accessible(browser, "selected").await;

    browser.choose("files", &[&samples.file("large.bin", patterned(5_000_001))]).await;
    browser.see_texts(".rejected", &["“large.bin” is larger than 5 MB."]).await;
    assert_accessible(browser, "rejected").await;

    browser.drag_over(".fk-upload").await;
    browser.find(Locator::Css("[data-filekit-dragging]")).await;
    assert_accessible(browser, "dragging").await;
    browser.drag_away().await;
    browser.find(Locator::Css(".fk-upload:not([data-filekit-dragging])")).await;

    browser.send_slowly(Some(20_000)).await;
    browser.click("Send").await;
    browser.see("s left").await;
    assert_accessible(browser, "uploading").await;
    browser.send_slowly(None).await;
    browser.see_texts(STATES, &["processing", "processing"]).await;
    assert_accessible(browser, "processing").await;

    desk.refuse(true);
    desk.let_through(1);
    browser.see_texts(STATES, &["failed", "failed"]).await;
    browser.see_texts("[role='alert'] p", &["Not today."]).await;
    assert_accessible(browser, "failed, with a toast").await;

    desk.refuse(false);
    desk.let_through(1);
    browser.click("Send").await;
    browser.see_texts(KEPT, &["a.bin", "b.bin"]).await;
    assert_accessible(browser, "done").await;
}

/// A page in a language that is written from the right, on half a screen's width: as wide as it is at twice the size.
#[tokio::test]
async fn it_reads_from_the_right_and_at_twice_the_size() {
    let desk = Desk::closed_in("ar").await;
    let Desk { browser, .. } = &desk;
    let direction = browser.run("return getComputedStyle(document.body).direction", &[]).await;
    assert_eq!(direction, "rtl", "the language says it");
    let samples = Samples::new();
    let long = format!("{}.bin", "a_rather_long_name_".repeat(6));
    let [a, b] = ["صورة العطلة.png", &long].map(|name| samples.file(name, patterned(400_000)));
    for (width, name) in [(1000, "rtl"), (500, "rtl-twice"), (320, "rtl-narrow")] {
        browser.pretend(width, 900, "light").await;
        if width == 1000 {
            browser.choose("files", &[&a, &b, &samples.file("large.bin", patterned(5_000_001))]).await;
            browser.see_texts(".rejected", &["“large.bin” is larger than 5 MB."]).await;
            browser.send_slowly(Some(20_000)).await;
            browser.click("Send").await;
            browser.see("s left").await;
        }
        assert_eq!(violations(browser).await, [""; 0], "{name}");
        let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(overflow, &[]).await, 0, "{name} scrolls sideways");
        // What is beyond the edge cannot be reached by scrolling where pages begin at the right.
        let lost = "return Array.from(document.querySelectorAll('button, p, span, progress'), element => {
                const { left, right, width } = element.getBoundingClientRect();
                return width > 1 && (left < -1 || right > innerWidth + 1) ? element.outerHTML : null;
            }).filter(Boolean)";
        assert_eq!(browser.run(lost, &[]).await, serde_json::json!([]), "{name} loses something");
        browser.screenshot(name).await;
    }
}
