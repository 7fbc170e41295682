//! What people hear who don't see the page.

use filekit_tests::{Samples, patterned};

use super::desk::{Desk, KEPT, STATES};

#[tokio::test]
async fn an_upload_is_heard_from_the_choice_to_the_end() {
    let desk = Desk::closed().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.bin", "b.bin"].map(|name| samples.file(name, patterned(500_000)));
    browser.listen().await;
    browser.choose("files", &[&a]).await;
    browser.hear("1 file selected").await;
    browser.choose("files", &[&a]).await;
    browser.hear("“a.bin” is already selected.").await;
    browser.choose("files", &[&b]).await;
    browser.hear("2 files selected").await;
    browser.send_slowly(Some(300_000)).await;
    browser.click("Send").await;
    browser.hear("Processing").await;
    desk.let_through(1);
    browser.see_texts(KEPT, &["a.bin", "b.bin"]).await;
    browser.hear("Upload finished").await;
    let expected = [
        "1 file selected",
        "“a.bin” is already selected.",
        "2 files selected",
        "Uploading 2 files",
        "25 %",
        "50 %",
        "75 %",
    ];
    let expected: Vec<_> = expected.into_iter().chain(["Processing", "Upload finished"]).collect();
    assert_eq!(browser.heard().await, expected);
}

#[tokio::test]
async fn an_error_interrupts() {
    let desk = Desk::open().await;
    let Desk { browser, .. } = &desk;
    desk.refuse(true);
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.listen().await;
    browser.click("Send").await;
    browser.see_texts(STATES, &["failed"]).await;
    browser.hear("alert: Not today.").await;
}

#[tokio::test]
async fn taking_files_back_is_heard() {
    let desk = Desk::open().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, name));
    browser.choose("files", &[&a, &b, &c]).await;
    browser.listen().await;
    browser.click("Drop a.txt").await;
    browser.hear("2 files selected").await;
    browser.click("Clear").await;
    browser.hear("No files selected").await;
}
