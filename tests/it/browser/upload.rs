//! The way of files from the page to the store and back, as links, without the page being loaded again.

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, patterned};
use serde_json::json;

use super::{CHOSEN, Example, UPLOADED};

#[tokio::test]
pub(super) async fn uploaded_files_appear_as_links_without_a_reload() {
    let example = Example::start().await;
    let Example { browser, files, .. } = &example;
    let samples = Samples::new();
    let bytes = patterned(300_000);
    let [a, b] = [samples.file("a.txt", "hello"), samples.file("b.bin", &bytes)];
    browser.run("window.loaded_once = true", &[]).await;
    example.choose(&[&a, &b]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["a.txt", "b.bin"]).await;
    browser.see_texts(CHOSEN, &[]).await;
    assert_eq!(browser.run("return window.loaded_once", &[]).await, json!(true), "the page was loaded again");
    assert_eq!(files.stored_names(), ["a.txt", "b.bin"]);
    assert_eq!(files.stored("a.txt"), b"hello");
    assert!(files.stored("b.bin") == bytes, "other bytes were stored");

    // And again, on the page as it is now.
    let c = samples.file("c.txt", "c");
    browser.drop_files(".fk-upload", &[&c]).await;
    browser.see_texts(CHOSEN, &["c.txt"]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["a.txt", "b.bin", "c.txt"]).await;
    assert_eq!(browser.run("return window.loaded_once", &[]).await, json!(true), "the page was loaded again");
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn names_with_signs_that_are_escaped_on_the_way_are_those_on_the_disk() {
    let example = Example::start().await;
    let Example { browser, files, .. } = &example;
    let samples = Samples::new();
    let names = ["\"all\".txt", "100%; b=\"c\"; d.txt", "5\" disk.img", "50% off.txt", "é=it's.txt"];
    let paths = names.map(|name| samples.file(name, name));
    example.choose(&paths.each_ref().map(|path| path.as_path())).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &names).await;
    assert_eq!(files.stored_names(), names);
    for name in names {
        assert_eq!(files.stored(name), name.as_bytes());
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_link_opens_the_file_in_a_new_tab() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    example.choose(&[&samples.file("a.txt", "hello from the file")]).await;
    browser.click("Upload Files").await;
    browser.click("a.txt").await;
    browser.newest_tab(2).await;
    browser.see("hello from the file").await;
}

#[tokio::test]
async fn the_list_is_still_there_after_a_reload() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    example.choose(&[&samples.file("a.txt", "a")]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["a.txt"]).await;
    browser.reload().await;
    browser.see_texts(UPLOADED, &["a.txt"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn somebody_else_sees_nothing_of_it() {
    let example = Example::start().await;
    let Example { browser, server, files } = &example;
    let samples = Samples::new();
    example.choose(&[&samples.file("a.txt", "of the first")]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["a.txt"]).await;

    let other = Browser::start().await;
    other.open(&server.url("/")).await;
    other.see("Uploaded Files").await;
    assert_eq!(other.texts(UPLOADED).await, [""; 0]);
    other.choose("file_upload", &[&samples.file("b.txt", "of the other")]).await;
    other.see_texts(CHOSEN, &["b.txt"]).await;
    other.click("Upload Files").await;
    other.see_texts(UPLOADED, &["b.txt"]).await;
    browser.reload().await;
    browser.see_texts(UPLOADED, &["a.txt"]).await;
    assert_eq!(files.stored_names(), ["a.txt", "b.txt"]);
}

#[tokio::test]
pub(super) async fn a_double_click_sends_the_selection_once() {
    let example = Example::start().await;
    let Example { browser, files, .. } = &example;
    let samples = Samples::new();
    example.choose(&[&samples.file("a.bin", patterned(5_000_000))]).await;
    browser.see_texts(CHOSEN, &["a.bin"]).await;
    let button = browser.find(Locator::XPath("//button[normalize-space()='Upload Files']")).await;
    let twice = "arguments[0].click(); arguments[0].click()";
    browser.run(twice, &[serde_json::to_value(button).expect("a reference")]).await;
    browser.see_texts(UPLOADED, &["a.bin"]).await;
    browser.see_texts(CHOSEN, &[]).await;

    // What comes after it shows that nothing else was on the way.
    example.choose(&[&samples.file("b.txt", "b")]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["a.bin", "b.txt"]).await;
    assert_eq!(files.stored_names(), ["a.bin", "b.txt"]);
}
