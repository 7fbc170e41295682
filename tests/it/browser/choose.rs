//! Choosing files: by the dialog, by dropping them, again and again, and taking it all back.

use filekit_tests::Samples;
use serde_json::json;

use super::{CHOSEN, Example};

#[tokio::test]
pub(super) async fn chosen_files_are_listed_and_more_can_be_added() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, name));
    example.choose(&[&a, &b]).await;
    browser.see_texts(CHOSEN, &["a.txt", "b.txt"]).await;
    example.choose(&[&c]).await;
    browser.see_texts(CHOSEN, &["a.txt", "b.txt", "c.txt"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn dropped_files_are_listed_too() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "写真 1.txt", "c.txt"].map(|name| samples.file(name, name));
    browser.drop_files(".fk-upload", &[&a, &b]).await;
    browser.see_texts(CHOSEN, &["a.txt", "写真 1.txt"]).await;
    example.choose(&[&c]).await;
    browser.see_texts(CHOSEN, &["a.txt", "写真 1.txt", "c.txt"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn clear_selection_empties_the_list_and_the_same_file_can_be_chosen_again() {
    let example = Example::start().await;
    let Example { browser, files, .. } = &example;
    let samples = Samples::new();
    let a = samples.file("a.txt", "a");
    example.choose(&[&a]).await;
    browser.click("Clear Selection").await;
    browser.see_texts(CHOSEN, &[]).await;
    example.choose(&[&a]).await;
    assert_eq!(files.stored_names(), [""; 0], "choosing sends nothing");
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_click_anywhere_in_the_zone_opens_the_dialog_once() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    // The dialog itself is the browser's; that the input is clicked is what opens it.
    let count = "window.dialogs = 0;
        document.getElementById('file_upload').addEventListener('click', event => {
            window.dialogs += 1;
            event.preventDefault();
        });";
    browser.run(count, &[]).await;
    browser.click("Select Files").await;
    assert_eq!(browser.run("return window.dialogs", &[]).await, json!(1));
    let zone = browser.find(fantoccini::Locator::Css(".fk-upload")).await;
    zone.click().await.expect("the zone can be clicked");
    assert_eq!(browser.run("return window.dialogs", &[]).await, json!(2));
}
