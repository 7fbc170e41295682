//! Downloads that a handler makes, saved by a real browser.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
    path::Path,
};

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, Server, UploadDir, until};
use serde_json::json;
use zip::ZipArchive;

use super::Example;

#[tokio::test]
pub(super) async fn download_random_numbers_saves_ten_of_them() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    browser.run("window.loaded_once = true", &[]).await;
    browser.click("Download random numbers").await;
    let csv = browser.downloaded("random_numbers.csv").await;
    let csv = String::from_utf8(csv).expect("text");
    let numbers: Vec<u32> = csv.split(',').map(|number| number.parse().expect("a number")).collect();
    assert_eq!(numbers.len(), 10);
    assert!(numbers.iter().all(|number| *number <= 100), "{csv}");

    assert_eq!(browser.run("return window.loaded_once", &[]).await, true, "the page is still the same one");
    assert_eq!(browser.complaints().await, [""; 0]);
}

/// A browser on the page of `examples/downloads`.
struct Downloads {
    server: Server,
    browser: Browser,
    _files: UploadDir,
}

impl Downloads {
    async fn start() -> Self {
        let files = UploadDir::new();
        let server = Server::start_downloads(&files).await;
        let browser = Browser::start().await;
        browser.open(&server.url("/")).await;
        browser.run("window.loaded_once = true", &[]).await;
        Self { server, browser, _files: files }
    }

    /// Clicks a button and returns what is saved under that name.
    async fn saved(&self, button: &str, name: &str) -> Vec<u8> {
        self.browser.click(button).await;
        self.browser.downloaded(name).await
    }

    /// Nothing has led away from the page, and nothing was complained about.
    async fn assert_page_is_well(&self) {
        assert_eq!(self.browser.run("return window.loaded_once", &[]).await, true, "the page is still the same one");
        assert_eq!(self.browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
pub(super) async fn each_source_is_saved_with_its_name_and_its_bytes() {
    let page = Downloads::start().await;
    let every_byte: Vec<u8> = (0..=255).collect();
    let lines: String = (1..=10).map(|number| format!("line {number}\n")).collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/downloads/src/streams.rs");
    let source = std::fs::read(source).expect("the code of the example");
    let table: [(&str, &str, &[u8]); 8] = [
        ("Prices", "prices.csv", b"coffee,3\ntea,2\n"),
        ("Data", "prices in the page.csv", b"coffee,3\ntea,2\n"),
        ("Text", "Grüße.txt", "Grüße aus dem Speicher".as_bytes()),
        ("Bytes", "bytes.bin", &every_byte),
        ("JSON", "prices.json", br#"[["coffee",3],["tea",2]]"#),
        ("Data URI", "coffee.csv", b"coffee,3\n"),
        ("Stream", "lines.txt", lines.as_bytes()),
        ("Reader", "streams.rs.txt", &source),
    ];
    for (button, name, bytes) in table {
        assert_eq!(page.saved(button, name).await, bytes, "{button}");
    }
    let mut names = table.map(|(_, name, _)| name);
    names.sort_unstable();
    assert_eq!(page.browser.downloads(), names, "nothing else is saved");
    page.assert_page_is_well().await;
}

#[tokio::test]
async fn a_picture_is_saved_in_each_format_and_shown_where_it_is_to_be() {
    let page = Downloads::start().await;
    let Downloads { browser, .. } = &page;
    for (button, name, beginning) in [
        ("PNG", "sunset.png", b"\x89PNG".as_slice()),
        ("JPEG", "sunset.jpeg", b"\xff\xd8\xff"),
        ("WEBP", "sunset.webp", b"RIFF"),
    ] {
        let bytes = page.saved(button, name).await;
        assert!(bytes.starts_with(beginning), "{name}");
        let picture = filekit::image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (256, 256), "{name}");
    }
    page.assert_page_is_well().await;

    browser.click("Show").await;
    browser.newest_tab(2).await;
    let width = "return document.querySelector('img')?.naturalWidth";
    until("the sunset is shown", async || (browser.run(width, &[]).await == json!(256)).then_some(())).await;
    assert_eq!(browser.downloads(), ["sunset.jpeg", "sunset.png", "sunset.webp"], "what is shown is not saved");
}

#[tokio::test]
pub(super) async fn stored_files_are_saved_one_by_one_and_as_an_archive() {
    let page = Downloads::start().await;
    let samples = Samples::new();
    page.browser.choose("files", &[&samples.file("ü.txt", "stored")]).await;
    page.browser.see("ü.txt").await;
    page.browser.find(Locator::Css("[aria-label='Save ü.txt']")).await;
    assert_eq!(page.saved("Save", "copy of ü.txt").await, b"stored");

    let archive = page.saved("Archive", "everything.zip").await;
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut entries = BTreeMap::new();
    for nth in 0..archive.len() {
        let mut entry = archive.by_index(nth).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        entries.insert(name, text);
    }
    let expected = [("names.json", r#"["ü.txt"]"#), ("ü.txt", "stored"), ("注-1.txt", "second"), ("注.txt", "first")];
    assert_eq!(entries, BTreeMap::from(expected.map(|(name, text)| (name.to_owned(), text.to_owned()))));
    page.assert_page_is_well().await;
}

#[tokio::test]
pub(super) async fn what_changes_the_page_is_saved_and_seen() {
    let page = Downloads::start().await;
    let Downloads { browser, .. } = &page;
    let large = page.saved("Large", "large.txt").await;
    assert!(large == "0123456789\n".repeat(100_000).as_bytes(), "{} bytes", large.len());
    browser.see("Made so far: 1").await;

    assert_eq!(page.saved("Two", "two.txt").await, b"two");
    assert_eq!(browser.downloaded("one.txt").await, b"one");
    browser.see("Made so far: 3").await;

    let note = "window.percents = []; new MutationObserver(() => {
            const bar = document.querySelector('progress');
            if (bar) window.percents.push(bar.value);
        }).observe(document.body, { childList: true, subtree: true, attributes: true })";
    browser.run(note, &[]).await;
    assert_eq!(page.saved("Long", "long.txt").await, b"It took its time.");
    browser.see("Made so far: 4").await;
    let percents = browser.run("return window.percents", &[]).await;
    let percents: Vec<f64> = serde_json::from_value(percents).expect("numbers");
    assert!(!percents.is_empty() && percents.is_sorted(), "the page follows: {percents:?}");
    page.assert_page_is_well().await;
}

#[tokio::test]
pub(super) async fn a_chain_saves_the_downloads_of_its_events_and_its_own() {
    let page = Downloads::start().await;
    let Downloads { browser, .. } = &page;
    assert_eq!(page.saved("Chain", "chained.csv").await, b"coffee,3\ntea,2\n");
    assert_eq!(browser.downloaded("one.txt").await, b"one");
    assert_eq!(browser.downloaded("two.txt").await, b"two");
    browser.see("Made so far: 3").await;
    assert_eq!(browser.downloads(), ["chained.csv", "one.txt", "two.txt"]);
    page.assert_page_is_well().await;
}

#[tokio::test]
pub(super) async fn a_download_that_fails_says_so_in_the_page_and_saves_nothing() {
    let page = Downloads::start().await;
    let Downloads { browser, server, .. } = &page;
    // Wide enough for messages beside the buttons.
    browser.pretend(1600, 900, "light").await;
    browser.click("Fail").await;
    browser.see("There is nothing to report today.").await;
    browser.click("Lost").await;
    browser.see("The file “lost.txt” is not there any more.").await;
    assert!(!server.log().contains("ERROR"), "{}", server.log());
    browser.see("Made so far: 0").await;

    // The next one is saved, and nothing was before it.
    assert_eq!(page.saved("Prices", "prices.csv").await, b"coffee,3\ntea,2\n");
    assert_eq!(browser.downloads(), ["prices.csv"]);
    assert_eq!(browser.run("return window.loaded_once", &[]).await, true, "the page is still the same one");
}
