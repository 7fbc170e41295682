//! Every state of a page with uploads, judged by axe: light and dark, from the left and from the right, at twice the size.

use std::path::Path;

use filekit_tests::{Browser, Samples, patterned};
use serde_json::json;

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
async fn violations(browser: &Browser) -> Vec<String> {
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

    drag(browser).await;
    assert_accessible(browser, "dragging").await;
    browser.devtools("Input.dispatchDragEvent", drag_event("dragCancel")).await;

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

fn drag_event(kind: &str) -> serde_json::Value {
    json!({ "type": kind, "x": 200, "y": 200, "data": { "items": [], "files": ["/tmp"], "dragOperationsMask": 1 } })
}

/// Holds something over the zone.
async fn drag(browser: &Browser) {
    let middle = "const r = document.querySelector('.fk-upload').getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2]";
    let middle = browser.run(middle, &[]).await;
    for kind in ["dragEnter", "dragOver"] {
        let mut event = drag_event(kind);
        event["x"] = middle[0].clone();
        event["y"] = middle[1].clone();
        browser.devtools("Input.dispatchDragEvent", event).await;
    }
    browser.find(fantoccini::Locator::Css("[data-filekit-dragging]")).await;
}
