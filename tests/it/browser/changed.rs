//! Files that change on the disk, or go, between choosing and sending.

use std::fs;
use std::time::{Duration, Instant};

use filekit_tests::{Samples, patterned};

use super::desk::{Desk, KEPT, NAMES, STATES};

/// What a visitor is told of a file that is another by now.
fn words(name: &str) -> String {
    format!("“{name}” has changed or is gone: choose it again.")
}

/// Within this time.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
pub(super) async fn a_file_that_has_changed_or_is_gone_is_marked_and_the_others_are_sent() {
    let desk = Desk::open().await;
    let Desk { browser, app, .. } = &desk;
    let samples = Samples::new();
    let names = ["kept.txt", "gone.bin", "grown.txt", "shrunk.bin", "also_kept.bin"];
    let [kept, gone, grown, shrunk, also_kept] = names.map(|name| samples.file(name, patterned(300_000)));
    browser.choose("files", &[&kept, &gone, &grown, &shrunk, &also_kept]).await;
    browser.see_texts(NAMES, &names).await;
    fs::remove_file(&gone).expect("a file");
    fs::write(&grown, patterned(300_001)).expect("a file");
    fs::write(&shrunk, patterned(299_999)).expect("a file");

    let begun = Instant::now();
    browser.click("Send").await;
    let marked = ["selected", "failed", "failed", "failed", "selected"];
    browser.see_texts(STATES, &marked).await;
    let elapsed = begun.elapsed();
    assert!(elapsed < SOON, "{elapsed:?}");
    let told: Vec<String> = names[1..4].iter().map(|name| words(name)).collect();
    browser.see_texts(".chosen .error", &["", &told[0], &told[1], &told[2], ""]).await;
    browser.see_texts("[role='alert'] p", &[&told.join("\n")]).await;
    assert_eq!(app.stored_names(), [""; 0], "nothing was sent");

    // The others can be sent, and what is chosen again takes the place of what it was.
    browser.click("Send").await;
    browser.see_texts(KEPT, &["kept.txt", "also_kept.bin"]).await;
    browser.see_texts(STATES, &["failed", "failed", "failed"]).await;
    browser.choose("files", &[&grown]).await;
    browser.see_texts(NAMES, &["gone.bin", "shrunk.bin", "grown.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(KEPT, &["kept.txt", "also_kept.bin", "grown.txt"]).await;
    assert_eq!(app.files().stored("grown.txt"), patterned(300_001));
}

#[tokio::test]
pub(super) async fn a_file_that_is_gone_and_comes_back_is_sent_by_another_try() {
    let desk = Desk::open().await;
    let Desk { browser, .. } = &desk;
    let samples = Samples::new();
    let file = samples.file("a.bin", patterned(1000));
    let away = samples.path().join("away.bin");
    browser.choose("files", &[&file]).await;
    fs::rename(&file, &away).expect("a file");
    browser.click("Send").await;
    browser.see_texts(STATES, &["failed"]).await;
    fs::rename(&away, &file).expect("a file");
    browser.click("Retry a.bin").await;
    browser.see_texts(KEPT, &["a.bin"]).await;
}

/// Only Chromium can tell: the length is that of before.
#[tokio::test]
async fn a_file_that_was_written_anew_with_the_same_length_is_marked() {
    let desk = Desk::open().await;
    let Desk { browser, app, .. } = &desk;
    let samples = Samples::new();
    let [a, b] = ["a.bin", "b.bin"].map(|name| samples.file(name, patterned(200_000)));
    browser.choose("files", &[&a, &b]).await;
    let later = fs::File::options().write(true).open(&b).expect("a file");
    later.set_modified(std::time::SystemTime::now() + Duration::from_secs(60)).expect("a time");
    browser.click("Send").await;
    browser.see_texts(STATES, &["selected", "failed"]).await;
    browser.see_texts(".chosen .error", &["", &words("b.bin")]).await;
    assert_eq!(app.stored_names(), [""; 0]);
}
