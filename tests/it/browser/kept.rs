//! What the visitor is at outlives a patch: while a handler works somebody types, scrolls, opens and chooses, and then the page
//! changes all around. Each change is a patch, asked for once.

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, paths, patterned, until};
use serde_json::{Value, json};

use super::board::{CHOSEN, COUNT, EVENT, KEPT, PARTIAL, UPLOAD, Visit};

/// What changes a board, by the button's name, and the names of the rows then.
const CHANGES: [(&str, &[&str]); 4] = [
    ("Count", &["row 1", "row 2", "row 3"]),
    ("Rename", &["row 1!", "row 2!", "row 3!"]),
    ("Rotate", &["row 3", "row 1", "row 2"]),
    ("Add", &["row 4", "row 1", "row 2", "row 3"]),
];

/// Has the page change in each way, on a board of its own, after something was done while the handler worked. What the script
/// returns then must be the same before and after.
async fn assert_kept(done: impl AsyncFn(&Browser), script: &str) -> Value {
    let visit = Visit::gated().await;
    let Visit { browser, relay, .. } = &visit;
    let mut seen = Value::Null;
    for (nth, (button, rows)) in CHANGES.into_iter().enumerate() {
        visit.start_anew().await;
        browser.click(button).await;
        visit.until_run(nth + 1).await;
        done(browser).await;
        seen = browser.run(script, &[]).await;
        relay.take();
        visit.let_through(1);
        browser.see_texts(COUNT, &["1"]).await;
        visit.assert_patched(EVENT);
        browser.see_texts(".row .name", rows).await;
        assert_eq!(browser.run(script, &[]).await, seen, "after {button:?}");
    }
    assert_eq!(browser.complaints().await, [""; 0]);
    seen
}

/// Types into a field and selects a part of it, from its end to its beginning.
async fn type_and_select(browser: &Browser, selector: &str) {
    browser.find(Locator::Css(selector)).await.send_keys("half a word").await.expect("a field");
    let select = "window.field = document.querySelector(arguments[0]);
        field.setSelectionRange(2, 6, 'backward');";
    browser.run(select, &[json!(selector)]).await;
}

const SELECTED: &str =
    "return [document.activeElement === window.field, field.isConnected, field.value, field.selectionStart,
    field.selectionEnd, field.selectionDirection]";

#[tokio::test]
pub(super) async fn focus_and_selection_stay_in_a_row_that_changes_or_moves() {
    // The last row is the one that moves.
    for row in [2, 3] {
        let field = format!(".row:nth-of-type({row}) .field");
        let kept = assert_kept(async |browser| type_and_select(browser, &field).await, SELECTED).await;
        assert_eq!(kept, json!([true, true, "half a word", 2, 6, "backward"]));
    }
}

#[tokio::test]
async fn focus_and_selection_stay_beside_what_changes() {
    for field in ["#text", "#area"] {
        let kept = assert_kept(async |browser| type_and_select(browser, field).await, SELECTED).await;
        assert_eq!(kept, json!([true, true, "half a word", 2, 6, "backward"]));
    }
}

#[tokio::test]
async fn the_page_stays_where_it_was_scrolled_to() {
    let scroll = async |browser: &Browser| {
        browser
            .run("scrollTo(0, document.querySelector('#text').getBoundingClientRect().top + scrollY - 50)", &[])
            .await;
    };
    // What is on the screen stays there, whatever comes above it.
    let top = "return Math.abs(document.querySelector('#text').getBoundingClientRect().top - 50) < 2";
    assert_eq!(assert_kept(scroll, top).await, true);
}

#[tokio::test]
async fn boxes_stay_where_they_were_scrolled_to() {
    let scroll = async |browser: &Browser| {
        let script = "window.boxes = document.querySelectorAll('.box');
            boxes.forEach((box, nth) => box.scrollTo(0, 100 + nth))";
        browser.run(script, &[]).await;
    };
    let kept = assert_kept(scroll, "return Array.from(boxes, box => [box.isConnected, box.scrollTop])").await;
    assert_eq!(kept, json!([[true, 100], [true, 101], [true, 102]]));
}

#[tokio::test]
async fn what_was_opened_stays_open() {
    let open = async |browser: &Browser| {
        let summary = browser.find(Locator::Css(".row:nth-of-type(3) summary")).await;
        summary.click().await.expect("a summary");
        browser.run("window.details = document.querySelectorAll('details')", &[]).await;
    };
    let kept = assert_kept(open, "return Array.from(details, each => [each.isConnected, each.open])").await;
    assert_eq!(kept, json!([[true, false], [true, false], [true, true]]));
}

#[tokio::test]
pub(super) async fn fields_keep_what_was_put_into_them() {
    let fill = async |browser: &Browser| {
        // With Return, which not every driver presses for the end of a line.
        for (field, text) in
            [("#text", "half"), ("#area", "two\u{e006}lines"), (".row:nth-of-type(3) .field", "of row 3")]
        {
            browser.find(Locator::Css(field)).await.send_keys(text).await.expect("a field");
        }
        let choice = browser.find(Locator::Id("choice")).await;
        choice.select_by_value("3").await.expect("an option");
        let pick = browser.find(Locator::Css(".row:nth-of-type(3) .pick")).await;
        pick.select_by_label("b").await.expect("an option");
        browser.find(Locator::Id("check")).await.click().await.expect("a checkbox");
        let note =
            "window.fields = Array.from(document.querySelectorAll('#text, #area, #choice, #check, .field, .pick'))";
        browser.run(note, &[]).await;
    };
    let values =
        "return fields.map(field => field.isConnected && (field.type == 'checkbox' ? field.checked : field.value))";
    let kept = assert_kept(fill, values).await;
    assert_eq!(kept, json!(["", "a", "", "a", "of row 3", "b", "half", "two\nlines", "3", true]));
}

#[tokio::test]
async fn chosen_files_stay_chosen_and_go_on_to_be_sent() {
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    browser.choose("files", &[&a, &b]).await;
    browser.see_texts(CHOSEN, &["a.txt", "b.txt"]).await;
    let boxes = "window.chosen = Array.from(document.querySelectorAll('.chosen'))";
    browser.run(boxes, &[]).await;
    for (nth, (button, rows)) in CHANGES.into_iter().enumerate() {
        let count = nth + 1;
        browser.click(button).await;
        browser.see_texts(COUNT, &[&count.to_string()]).await;
        visit.assert_patched(EVENT);
        assert_eq!(browser.texts(".after").await, [format!("{count} after the files")]);
        assert_eq!(browser.texts(CHOSEN).await, ["a.txt", "b.txt"]);
        assert_eq!(browser.texts(".row > .mark").await, vec!["!"; rows.len()]);
        let same = "return chosen.every(node => node.isConnected)";
        assert_eq!(browser.run(same, &[]).await, true, "these rows are the browser's own");
    }
    browser.click("Send").await;
    browser.see_texts(KEPT, &["a.txt", "b.txt"]).await;
    browser.see_texts(CHOSEN, &[]).await;
    assert_eq!(paths(&relay.take()), [UPLOAD]);
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn lists_and_conditions_of_the_browser_go_on_in_what_was_patched() {
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    let visit = Visit::open().await;
    let Visit { browser, .. } = &visit;
    const SHOWN: &str = ".shown";
    const MARKS: &str = ".row > .mark";
    for round in 1..=3 {
        let beside = format!("{round} beside the files");
        browser.choose("files", &[&a]).await;
        browser.see_texts(CHOSEN, &["a.txt"]).await;
        browser.see_texts(SHOWN, &["something is chosen"]).await;
        browser.click("Rename").await;
        browser.see(&beside).await;
        visit.assert_patched(EVENT);
        assert_eq!(browser.texts(MARKS).await, ["!"; 3]);
        browser.choose("files", &[&b]).await;
        browser.see_texts(CHOSEN, &["a.txt", "b.txt"]).await;
        browser.click("Clear").await;
        browser.see_texts(CHOSEN, &[]).await;
        browser.see_texts(SHOWN, &[]).await;
        assert_eq!(browser.texts(MARKS).await, [""; 0]);
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn an_upload_goes_on_while_the_page_around_it_changes() {
    let samples = Samples::new();
    let visit = Visit::open().await;
    let Visit { browser, relay, .. } = &visit;
    browser.choose("files", &[&samples.file("a.bin", patterned(2_000_000))]).await;
    browser.see_texts(CHOSEN, &["a.bin"]).await;
    // It takes longer by far than the clicks.
    browser.send_slowly(Some(40_000)).await;
    browser.click("Send").await;
    let on_its_way = ["something is chosen", "on its way"];
    browser.see_texts(".shown", &on_its_way).await;
    until("it was planned", async || (relay.asked() == [UPLOAD]).then_some(())).await;
    for (nth, (button, _)) in CHANGES.into_iter().enumerate() {
        browser.click(button).await;
        browser.see_texts(COUNT, &[&(nth + 1).to_string()]).await;
        visit.assert_patched(EVENT);
        assert_eq!(browser.texts(".shown").await, on_its_way);
        assert_eq!(browser.texts(CHOSEN).await, ["a.bin"]);
    }
    browser.send_slowly(None).await;
    browser.see_texts(KEPT, &["a.bin"]).await;
    browser.see_texts(".shown", &[]).await;
    visit.assert_patched(PARTIAL);
    assert_eq!(visit.runs(), CHANGES.len() + 1);
    assert!(relay.take().is_empty());
    assert_eq!(browser.complaints().await, [""; 0]);
}
