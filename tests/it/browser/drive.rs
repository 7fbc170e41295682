//! The drive, as people use it: alone and two at a time, on the disk and in a bucket.

use std::io::{Cursor, Read as _};

use fantoccini::Locator;
use fantoccini::key::Key;
use filekit::storage::FileKey;
use filekit_tests::{Browser, Samples, Server, UploadDir, until};
use serde_json::json;
use zip::ZipArchive;

/// The names of the folders and files that a page lists.
const NAMES: &str = ".drive-name";

/// A drive on the disk, and a browser on one of its pages.
async fn open(path: &str) -> (UploadDir, Server, Browser) {
    let files = UploadDir::new();
    let server = Server::start_drive(&files, &[]).await;
    let browser = visit(&server, path).await;
    (files, server, browser)
}

async fn visit(server: &Server, path: &str) -> Browser {
    let browser = Browser::start().await;
    browser.open(&server.url(path)).await;
    browser
}

/// Keys as people read them: folders and names.
fn shown(keys: Vec<String>) -> Vec<String> {
    let shown = |key: String| {
        let key = FileKey::parse(&key).unwrap_or_else(|| panic!("{key} is no key"));
        format!("{}{}", key.folder().as_prefix(), key.name())
    };
    let mut shown: Vec<String> = keys.into_iter().map(shown).collect();
    shown.sort();
    shown
}

/// Opens the panel of a file.
async fn change(browser: &Browser, name: &str) {
    let button = format!("button[aria-label='Change {name}']");
    browser.find(Locator::Css(&button)).await.click().await.expect("a button");
}

/// Writes into a field of the open panel whose id begins so, in place of what is in it.
async fn write(browser: &Browser, field: &str, text: &str) {
    let field = browser.find(Locator::Css(&format!(":popover-open input[id^='{field}']"))).await;
    field.clear().await.expect("a field");
    field.send_keys(text).await.expect("a field");
}

/// Presses the button of this text in the open panel.
async fn press(browser: &Browser, text: &str) {
    let path = format!("//div[@popover]//button[normalize-space()='{text}']");
    for button in
        until(text, async || Some(browser.find_all(Locator::XPath(&path)).await).filter(|all| !all.is_empty())).await
    {
        if button.is_displayed().await.expect("a page") {
            return button.click().await.expect("a button");
        }
    }
    panic!("no open panel has a button {text:?}");
}

/// Removes a file by its panel.
async fn remove(browser: &Browser, name: &str) {
    change(browser, name).await;
    browser.find(Locator::Css(":popover-open summary")).await.click().await.expect("a summary");
    press(browser, "Remove for good").await;
}

async fn select(browser: &Browser, name: &str) {
    let checkbox = format!("input[aria-label='Select {name}']");
    browser.find(Locator::Css(&checkbox)).await.click().await.expect("a checkbox");
}

/// Opens a folder that is not there yet.
async fn enter(browser: &Browser, name: &str) {
    browser.click("New folder").await;
    write(browser, "new-folder", name).await;
    browser.press(Key::Enter).await;
    browser.see_texts("h1", &[name]).await;
}

/// The names and contents of an archive.
fn entries(archive: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let length = archive.len();
    let entry = |at| {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut content = String::new();
        entry.read_to_string(&mut content).expect("text");
        (entry.name().expect("a name in UTF-8").into_owned(), content)
    };
    (0..length).map(entry).collect()
}

/// Everything that a visitor does with files, from an empty drive to an empty drive; `stored` tells what is in the storage.
async fn journey(browser: &Browser, stored: impl AsyncFn() -> Vec<String>) {
    let samples = Samples::new();
    let expect = async |expected: &[&str]| {
        let what = format!("the storage has {expected:?}");
        until(&what, async || (shown(stored().await) == expected).then_some(())).await;
    };
    browser.see("Nothing is here.").await;
    enter(browser, "claims").await;
    let scans = [samples.file("scan.txt", "roses"), samples.file("Überblick.txt", "all")];
    browser.choose("files", &[&scans[0], &scans[1]]).await;
    browser.see_texts(NAMES, &["scan.txt", "Überblick.txt"]).await;
    expect(&["claims/scan.txt", "claims/Überblick.txt"]).await;

    change(browser, "scan.txt").await;
    write(browser, "name-", "letter.txt").await;
    browser.press(Key::Enter).await;
    browser.see_texts(NAMES, &["letter.txt", "Überblick.txt"]).await;
    expect(&["claims/letter.txt", "claims/Überblick.txt"]).await;

    for name in ["letter.txt", "Überblick.txt"] {
        select(browser, name).await;
    }
    browser.see("2 selected").await;
    browser.click("Download as zip").await;
    let archive = entries(browser.downloaded("claims.zip").await);
    assert_eq!(
        archive,
        [("letter.txt".to_owned(), "roses".to_owned()), ("Überblick.txt".to_owned(), "all".to_owned())]
    );
    browser.click("Clear selection").await;
    until("nothing is selected", async || browser.texts(".drive-selection").await.is_empty().then_some(())).await;
    assert_eq!(browser.run("return document.querySelectorAll(':checked').length", &[]).await, 0);

    change(browser, "letter.txt").await;
    write(browser, "folder-", "archive/2026").await;
    press(browser, "Move").await;
    browser.see("One file is in archive/2026 now.").await;
    browser.see_texts(NAMES, &["Überblick.txt"]).await;
    expect(&["archive/2026/letter.txt", "claims/Überblick.txt"]).await;

    browser.click("Drive").await;
    browser.see_texts(NAMES, &["archive", "claims"]).await;
    browser.click("archive").await;
    browser.see_texts(NAMES, &["2026"]).await;
    browser.click("2026").await;
    browser.see_texts(NAMES, &["letter.txt"]).await;
    browser.reload().await;
    browser.see_texts(NAMES, &["letter.txt"]).await;
    remove(browser, "letter.txt").await;
    browser.see("One file is removed.").await;
    browser.see("Nothing is here.").await;
    expect(&["claims/Überblick.txt"]).await;

    // The folder that was left empty may be listed by SeaweedFS for a while.
    browser.back().await;
    browser.back().await;
    browser.click("claims").await;
    browser.choose("files", &[&samples.file("b.txt", "b")]).await;
    browser.see_texts(NAMES, &["b.txt", "Überblick.txt"]).await;
    browser.find(Locator::Id("select-all")).await.click().await.expect("a checkbox");
    browser.see("2 selected").await;
    browser.find(Locator::Css("button[aria-label='Remove what is selected']")).await.click().await.expect("a button");
    press(browser, "Remove all for good").await;
    browser.see("Nothing is here.").await;
    expect(&[]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn files_are_uploaded_renamed_moved_packed_and_removed() {
    let (files, _server, browser) = open("/").await;
    journey(&browser, async || files.stored_keys()).await;
    assert!(files.spool_is_empty());
}

mod s3 {
    use filekit_tests::{Bucket, Server, UploadDir};

    #[tokio::test]
    async fn in_a_bucket_it_is_the_same() {
        let (files, bucket) = (UploadDir::new(), Bucket::new().await);
        let server = Server::start_drive(&files, &bucket.environment()).await;
        let browser = super::visit(&server, "/").await;
        let stored = async || {
            let keys = bucket.keys().await;
            keys.iter().filter_map(|key| key.strip_prefix("uploads/")).map(str::to_owned).collect()
        };
        super::journey(&browser, stored).await;
        assert_eq!(files.stored_keys(), [""; 0], "nothing is kept on the disk");
    }
}

#[tokio::test]
pub(super) async fn what_one_person_does_is_on_everybodys_page() {
    let (files, server, ann) = open("/folder/shared").await;
    let (ben, root) = (visit(&server, "/folder/shared").await, visit(&server, "/").await);
    let samples = Samples::new();
    ben.see("Nothing is here.").await;
    root.see("Nothing is here.").await;
    ann.choose("files", &[&samples.file("plan.txt", "roses")]).await;
    ben.see_texts(NAMES, &["plan.txt"]).await;
    root.see_texts(NAMES, &["shared"]).await;
    change(&ben, "plan.txt").await;
    write(&ben, "name-", "list.txt").await;
    ben.press(Key::Enter).await;
    ann.see_texts(NAMES, &["list.txt"]).await;
    remove(&ann, "list.txt").await;
    ben.see("Nothing is here.").await;
    root.see("Nothing is here.").await;
    assert_eq!(files.stored_keys(), [""; 0]);
}

#[tokio::test]
async fn what_others_put_into_the_storage_is_shown_also_after_a_restart() {
    let (files, server, browser) = open("/").await;
    let folder = files.path().join("from elsewhere");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("notes.txt"), "by hand").expect("a file");
    server.kill().await;
    let server = Server::start_drive(&files, &[]).await;
    browser.open(&server.url("/")).await;
    browser.click("from elsewhere").await;
    browser.see_texts(NAMES, &["notes.txt"]).await;
    browser.see("7 B").await;
    change(&browser, "notes.txt").await;
    browser.click("Download").await;
    assert_eq!(browser.downloaded("notes.txt").await, b"by hand");
}

#[tokio::test]
pub(super) async fn escape_leaves_a_file_as_it_is_and_return_renames_it() {
    let (files, _server, browser) = open("/").await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("scan.txt", "roses")]).await;
    browser.see_texts(NAMES, &["scan.txt"]).await;
    change(&browser, "scan.txt").await;
    let focused = "return document.activeElement.value";
    until("the name is focused", async || (browser.run(focused, &[]).await == "scan.txt").then_some(())).await;
    browser.press(Key::Escape).await;
    let label = "return document.activeElement.getAttribute('aria-label')";
    until("the focus is back", async || (browser.run(label, &[]).await == "Change scan.txt").then_some(())).await;
    assert_eq!(files.stored_names(), ["scan.txt"]);
    browser.press(Key::Enter).await;
    write(&browser, "name-", "two words.txt").await;
    browser.press(Key::Enter).await;
    browser.see_texts(NAMES, &["two words.txt"]).await;
    assert_eq!(files.stored_names(), ["two words.txt"]);
}

#[tokio::test]
async fn what_cannot_be_done_is_told_in_its_own_words() {
    let (files, _server, browser) = open("/").await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("scan.txt", "roses")]).await;
    browser.see_texts(NAMES, &["scan.txt"]).await;
    change(&browser, "scan.txt").await;
    write(&browser, "name-", "..").await;
    browser.press(Key::Enter).await;
    browser.see("The file name “..” is not allowed.").await;
    write(&browser, "name-", " ").await;
    browser.press(Key::Enter).await;
    browser.see("Give the file a name.").await;
    assert_eq!(files.stored_names(), ["scan.txt"]);
    std::fs::remove_file(files.path_of("scan.txt")).expect("a file");
    write(&browser, "name-", "letter.txt").await;
    browser.press(Key::Enter).await;
    browser.see("The file “scan.txt” is not there any more.").await;
}

#[tokio::test]
async fn an_upload_shows_how_far_it_is_and_can_be_cancelled() {
    let (files, _server, browser) = open("/").await;
    browser.send_slowly(Some(200_000)).await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("film.mp4", vec![7; 20_000_000])]).await;
    let percent = "return document.querySelector('progress')?.value ?? 0";
    until("bytes arrive", async || (browser.run(percent, &[]).await.as_u64()? > 0).then_some(())).await;
    browser.click("Cancel all").await;
    browser.see("Clear").await;
    browser.click("Clear").await;
    until("it is not listed", async || browser.texts(".drive-upload").await.is_empty().then_some(())).await;
    browser.see("Nothing is here.").await;
    assert_eq!(files.stored_keys(), [""; 0]);
}

#[tokio::test]
async fn without_scripts_files_are_uploaded_and_renamed() {
    let files = UploadDir::new();
    let server = Server::start_drive(&files, &[]).await;
    let browser = Browser::start_without_scripts().await;
    browser.open(&server.url("/folder/claims")).await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("scan.txt", "roses")]).await;
    browser.click("Send").await;
    browser.see_texts(NAMES, &["scan.txt"]).await;
    change(&browser, "scan.txt").await;
    write(&browser, "name-", "letter.txt").await;
    press(&browser, "Rename").await;
    browser.see_texts(NAMES, &["letter.txt"]).await;
    assert_eq!(shown(files.stored_keys()), ["claims/letter.txt"]);
}

/// A drive with names of all kinds, and as many files as a person has.
fn fill(files: &UploadDir) {
    let long = "a_rather_long_name_".repeat(8);
    let named = [
        "تقرير المبيعات السنوي.pdf".to_owned(),
        "日本語の 写真.png".to_owned(),
        format!("{long}.txt"),
        "README".to_owned(),
    ];
    let numbered = (1..=200).map(|number| format!("photo {number}.jpg"));
    for folder in ["claims/42", "שלום", &long] {
        std::fs::create_dir_all(files.path().join(folder)).expect("a folder");
        std::fs::write(files.path().join(folder).join("a.txt"), "a").expect("a file");
    }
    for (at, name) in named.into_iter().chain(numbered).enumerate() {
        std::fs::write(files.path().join(name), vec![7; at * 731]).expect("a file");
    }
}

async fn assert_fits(browser: &Browser, name: &str) {
    let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.run(script, &[]).await, json!(0), "{name} scrolls sideways");
    browser.screenshot(name).await;
}

#[tokio::test]
async fn it_fits_every_screen() {
    let (files, server, browser) = open("/folder/empty").await;
    fill(&files);
    for (screen, width, scheme) in
        [("wide", 1400, "light"), ("night", 1000, "dark"), ("phone", 390, "light"), ("small", 320, "dark")]
    {
        browser.pretend(width, 900, scheme).await;
        browser.open(&server.url("/folder/empty")).await;
        browser.see("Nothing is here.").await;
        assert_fits(&browser, &format!("drive-{screen}-empty")).await;
        browser.click("New folder").await;
        assert_fits(&browser, &format!("drive-{screen}-new")).await;
        browser.open(&server.url("/")).await;
        select(&browser, "README").await;
        browser.see("1 selected").await;
        assert_fits(&browser, &format!("drive-{screen}")).await;
        change(&browser, "README").await;
        assert_fits(&browser, &format!("drive-{screen}-panel")).await;
        browser.press(Key::Escape).await;
        select(&browser, "README").await;
        let small = "return [...document.querySelectorAll('.fk-button')].filter(button => button.checkVisibility())
            .filter(button => button.getBoundingClientRect().height < 24).map(button => button.innerText)";
        assert_eq!(browser.run(small, &[]).await, json!([]), "buttons are too small");
    }
}
