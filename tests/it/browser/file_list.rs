//! `file_list`: stored files, to open, download, remove and select.

use std::io::{Cursor, Read as _};

use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, PNG, Samples, TestApp, until};
use serde_json::json;
use zip::ZipArchive;

/// The names in the list.
const NAMES: &str = ".fk-file-list .fk-file-name";

#[state]
#[derive(Default)]
struct Album {
    files: Vec<StoredFile>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<()> {
        for photo in photos {
            self.files.push(photo.save().await?);
        }
        Ok(())
    }

    #[event]
    fn remove(&mut self, key: String) {
        self.files.retain(|file| file.key() != key);
    }

    #[event]
    fn archive(&self, keys: Vec<String>) -> Download {
        let selected = self.files.iter().filter(|file| keys.iter().any(|key| key == file.key()));
        Download::zip(selected.map(Download::stored)).filename("album.zip")
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        heading("Album"),
        uploader(id = "photos", auto = true, on_upload = Album::keep(upload_files("photos"))),
        file_list(
            &album.files,
            id = "album",
            on_remove = |file| Album::remove(file),
            on_download = |keys| Album::archive(keys),
        ),
    ]
}

/// A page on which these files are stored.
async fn open(browser: Browser, files: &[(&str, &[u8])]) -> (TestApp, Browser) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    browser.open(&format!("http://{address}/")).await;
    browser.see("There are no files yet.").await;
    let samples = Samples::new();
    let paths: Vec<_> = files.iter().map(|(name, bytes)| samples.file(name, bytes)).collect();
    browser.choose("photos", &paths.iter().map(|path| path.as_path()).collect::<Vec<_>>()).await;
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    browser.see_texts(NAMES, &names).await;
    (app, browser)
}

/// The entries of an archive, each with its content.
fn entries(archive: Vec<u8>) -> Vec<String> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let count = archive.len();
    let entry = |index| {
        let mut entry = archive.by_index(index).expect("an entry");
        let mut content = String::new();
        entry.read_to_string(&mut content).expect("text");
        format!("{}: {content}", entry.name().expect("a name in UTF-8"))
    };
    (0..count).map(entry).collect()
}

#[tokio::test]
async fn a_file_is_shown_with_its_size_and_removed() {
    let (_app, browser) = open(Browser::start().await, &[("a.png", PNG), ("b.txt", &[b'x'; 1_500])]).await;
    browser.see("1.5 KB").await;
    let pictures = "return Array.from(document.querySelectorAll('.fk-file-list .fk-file-picture'),
        picture => picture.querySelector('img')?.naturalWidth > 0 ? 'image' : picture.innerText)";
    until("a picture", async || (browser.run(pictures, &[]).await == json!(["image", "TXT"])).then_some(())).await;
    browser.click("Remove a.png").await;
    browser.see_texts(NAMES, &["b.txt"]).await;
    browser.click("Remove b.txt").await;
    browser.see("There are no files yet.").await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn what_is_selected_comes_as_one_archive() {
    let (_app, browser) = open(Browser::start().await, &[("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")]).await;
    for row in [1, 3] {
        let checkbox = format!(".fk-file-list li:nth-child({row}) input");
        browser.find(Locator::Css(&checkbox)).await.click().await.expect("a checkbox");
    }
    browser.click("Download what is selected as zip").await;
    assert_eq!(entries(browser.downloaded("album.zip").await), ["a.txt: a", "c.txt: c"]);
}

#[tokio::test]
async fn files_are_selected_and_removed_without_scripts() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start_without_scripts().await;
    browser.open(&format!("http://{address}/")).await;
    let samples = Samples::new();
    let [a, b] = ["a.txt", "b.txt"].map(|name| samples.file(name, name));
    browser.choose("photos", &[&a, &b]).await;
    browser.click("Send").await;
    browser.see_texts(NAMES, &["a.txt", "b.txt"]).await;
    browser.find(Locator::Css(".fk-file-list li:nth-child(2) input")).await.click().await.expect("a checkbox");
    browser.click("Download what is selected as zip").await;
    assert_eq!(entries(browser.downloaded("album.zip").await), ["b.txt: b.txt"]);
    browser.click("Remove a.txt").await;
    browser.see_texts(NAMES, &["b.txt"]).await;
}
