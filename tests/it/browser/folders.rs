//! Whole folders: dropped, or chosen in a picker for folders. Their files keep their paths; what systems put there stays out.

use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};

#[state]
#[derive(Default)]
struct Archive {
    paths: Vec<String>,
}

#[state]
impl Archive {
    #[event]
    fn take(&mut self, files: Vec<UploadFile>) {
        self.paths.extend(files.iter().map(|file| file.path().to_string()));
    }
}

async fn page(archive: Current<Archive>) -> View {
    view![
        upload(id = "files", directory = true, "Drop folders"),
        ul(for file in selected_files("files") {
            li(class = "chosen", file.path())
        }),
        button(on_click = Archive::take(upload_files("files")), "Send"),
        for path in &archive.paths {
            p(class = "kept", path)
        },
    ]
}

async fn open() -> (TestApp, Browser) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    (app, browser)
}

/// A folder `trip` with another in it, and with files of systems.
fn trip() -> Samples {
    let samples = Samples::new();
    for name in ["trip/a.txt", "trip/day 1/b.txt", "trip/day 1/c/d.txt", "trip/.DS_Store", "trip/day 1/Thumbs.db"] {
        samples.file(name, name);
    }
    samples
}

const PATHS: [&str; 3] = ["trip/a.txt", "trip/day 1/b.txt", "trip/day 1/c/d.txt"];

/// Sends what is selected once it is these files, in whatever order the system listed them.
async fn assert_sent(browser: &Browser, paths: &[&str]) {
    let sort = "return Array.from(document.querySelectorAll(arguments[0]), e => e.textContent).sort()";
    let listed = filekit_tests::until("all files are listed", async || {
        let listed = browser.run(sort, &[".chosen".into()]).await;
        (listed.as_array()?.len() >= paths.len()).then_some(listed)
    });
    assert_eq!(listed.await, serde_json::json!(paths));
    browser.click("Send").await;
    browser.see_texts(".chosen", &[]).await;
    assert_eq!(browser.run(sort, &[".kept".into()]).await, serde_json::json!(paths));
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_dropped_folder_arrives_with_its_paths() {
    let (_app, browser) = open().await;
    let samples = trip();
    let single = samples.file("z.txt", "z");
    browser.drop_files(".fk-upload", &[&samples.path().join("trip"), &single]).await;
    assert_sent(&browser, &[PATHS[0], PATHS[1], PATHS[2], "z.txt"]).await;
}

#[tokio::test]
async fn a_folder_chosen_in_the_picker_arrives_with_its_paths() {
    let (_app, browser) = open().await;
    let samples = trip();
    browser.choose("files", &[&samples.path().join("trip")]).await;
    assert_sent(&browser, &PATHS).await;
}

#[tokio::test]
async fn a_folder_of_many_files_arrives_whole() {
    let (_app, browser) = open().await;
    let samples = Samples::new();
    // Browsers hand out a dropped folder in portions of 100.
    let names: Vec<String> = (0..250).map(|number| format!("many/{number:03}.txt")).collect();
    for name in &names {
        samples.file(name, name);
    }
    browser.drop_files(".fk-upload", &[&samples.path().join("many")]).await;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_sent(&browser, &names).await;
}
