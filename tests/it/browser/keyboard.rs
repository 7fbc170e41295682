//! The whole example without a mouse: every control is reached by Tab and set off by a key.

use fantoccini::key::Key;
use filekit_tests::Samples;
use serde_json::json;

use super::{CHOSEN, Example, UPLOADED};

fn is_called(text: &str) -> String {
    format!("element.innerText.trim() == '{text}'")
}

#[tokio::test]
pub(super) async fn choosing_uploading_clearing_and_downloading_work_by_keyboard() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let count = "window.dialogs = 0;
        document.getElementById('file_upload').addEventListener('click', event => {
            window.dialogs += 1;
            event.preventDefault();
        });";
    browser.run(count, &[]).await;
    browser.tab_to("Select Files", &is_called("Select Files")).await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.run("return window.dialogs", &[]).await, json!(1), "Enter opens the dialog");

    example.choose(&[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    browser.tab_to("Clear Selection", &is_called("Clear Selection")).await;
    browser.press(Key::Enter).await;
    browser.see_texts(CHOSEN, &[]).await;

    example.choose(&[&samples.file("b.txt", "by keyboard")]).await;
    browser.see_texts(CHOSEN, &["b.txt"]).await;
    browser.tab_to("Upload Files", &is_called("Upload Files")).await;
    browser.press(Key::Enter).await;
    browser.see_texts(UPLOADED, &["b.txt"]).await;
    let focus = browser.run("return document.activeElement.innerText.trim()", &[]).await;
    assert_eq!(focus, json!("Upload Files"), "the focus stays where it was");

    browser.tab_to("the download", &is_called("Download random numbers")).await;
    browser.press(Key::Enter).await;
    assert!(browser.downloaded("random_numbers.csv").await.contains(&b','));

    browser.tab_to("the link", &is_called("b.txt")).await;
    browser.press(Key::Enter).await;
    browser.newest_tab(2).await;
    browser.see("by keyboard").await;
}

#[tokio::test]
async fn whatever_has_the_focus_shows_it() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    for control in ["Select Files", "Upload Files", "Clear Selection", "Download random numbers"] {
        browser.tab_to(control, &is_called(control)).await;
        let outline = "const style = getComputedStyle(document.activeElement);
            return style.outlineStyle != 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow != 'none'";
        assert_eq!(browser.run(outline, &[]).await, json!(true), "{control} doesn't show its focus");
    }
}
