//! Names of downloads as a real browser puts them on the disk, of a link and of a reply. The header is for the HTTP tests.

use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};

/// What a program says, and what lies on the disk.
const NAMES: &[(&str, &str)] = &[
    ("a b.txt", "a b.txt"),
    ("€ rates.txt", "€ rates.txt"),
    ("ä.txt", "ä.txt"),
    ("a\u{308} composed.txt", "ä composed.txt"),
    ("%e2%82%ac.txt", "%e2%82%ac.txt"),
    ("%zz.txt", "%zz.txt"),
    ("=?UTF-8?B?4oKs?=.txt", "=_UTF-8_B_4oKs_=.txt"),
    ("a\"b.txt", "a_b.txt"),
    ("it's; filename=b.txt", "it's; filename=b.txt"),
    ("dir/evil.txt", "evil.txt"),
    (".hidden.txt", "hidden.txt"),
    ("dot.txt.", "dot.txt"),
    ("a\u{202e}txt.exe", "atxt.exe"),
    ("CON.txt", "_CON.txt"),
    ("😀.png", "😀.png"),
    ("x.jpg.html", "x.jpg.html"),
];

#[state]
#[derive(Default)]
struct Desk {}

#[state]
impl Desk {
    #[event]
    fn linked(&self, name: String) -> Download {
        Download::data(format!("link {name}")).filename(name)
    }

    #[event]
    fn kept(&self) -> Download {
        Download::stored(long_name("stored", 255))
    }

    #[event]
    fn replied(&mut self, name: String) -> Download {
        Download::data(format!("reply {name}")).filename(name)
    }
}

async fn page() -> View {
    view![for (nth, (name, _)) in NAMES.iter().enumerate() {
        button(on_click = Desk::linked((*name).to_owned()), "link ", nth);
        button(on_click = Desk::replied((*name).to_owned()), "reply ", nth);
        button(on_click = download(data = format!("page {name}"), filename = *name), "page ", nth);
    }]
}

/// Chromium drops what a page saves beyond ten files in a second.
const OF_ONE_PAGE: usize = 10;

/// Saves all names in one way, and compares what lies on the disk then.
async fn assert_saved(way: &str) {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let url = format!("http://{}/", app.listen().await);
    for (part, names) in NAMES.chunks(OF_ONE_PAGE).enumerate() {
        let browser = Browser::start().await;
        browser.open(&url).await;
        for (nth, (name, saved)) in names.iter().enumerate() {
            browser.click(&format!("{way} {}", part * OF_ONE_PAGE + nth)).await;
            let bytes = browser.downloaded(saved).await;
            assert_eq!(String::from_utf8_lossy(&bytes), format!("{way} {name}"), "{saved}");
        }
        let mut expected: Vec<&str> = names.iter().map(|(_, saved)| *saved).collect();
        expected.sort_unstable();
        assert_eq!(browser.downloads(), expected, "{way}");
    }
}

#[tokio::test]
async fn a_link_is_saved_under_a_harmless_name() {
    assert_saved("link").await;
}

#[tokio::test]
async fn a_reply_is_saved_under_a_harmless_name() {
    assert_saved("reply").await;
}

#[tokio::test]
async fn what_a_page_carries_is_saved_under_a_harmless_name() {
    assert_saved("page").await;
}

/// A name as long as a disk takes is too long for Chromium, which puts `.crdownload` after it while it writes.
#[tokio::test]
async fn a_long_name_is_cut_but_keeps_its_ending() {
    let app = TestApp::new(Router::new().route("/", get(long_names)));
    std::fs::write(app.files().path().join(long_name("stored", 255)), "stored")
        .expect("a folder that takes such a name");
    let browser = Browser::start().await;
    browser.open(&format!("http://{}/", app.listen().await)).await;
    let bytes = |way: &str, button: &str| format!("{way} {}", long_name(button, 300));
    for (button, bytes) in
        [("linked", bytes("link", "linked")), ("replied", bytes("reply", "replied")), ("stored", "stored".to_owned())]
    {
        browser.click(button).await;
        assert_eq!(browser.downloaded(&long_name(button, 230)).await, bytes.as_bytes(), "{button}");
    }
    // A second one is numbered, and there is room for that.
    browser.click("linked").await;
    let numbered = long_name("linked", 230).replace(".txt", " (1).txt");
    assert!(browser.downloaded(&numbered).await.starts_with(b"link"));
}

async fn long_names() -> View {
    view![
        button(on_click = Desk::linked(long_name("linked", 300)), "linked"),
        button(on_click = Desk::replied(long_name("replied", 300)), "replied"),
        link(href = Desk::kept, "stored"),
    ]
}

/// A name of that many bytes.
fn long_name(beginning: &str, bytes: usize) -> String {
    let filling = "x".repeat(bytes - beginning.len() - ".txt".len());
    format!("{beginning}{filling}.txt")
}
