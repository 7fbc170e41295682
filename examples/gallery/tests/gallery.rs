//! The gallery, as a visitor uses it: its page is not filekit's.

use filekit_test::{Program, file};

#[path = "../src/main.rs"]
#[expect(dead_code, reason = "its `main` binds a port")]
mod program;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn gallery() -> Program {
    Program::with_router(|directory| {
        let directory = directory.to_str().expect("a path in UTF-8");
        program::app(directory).expect("a directory to write to")
    })
}

#[tokio::test]
async fn photos_are_shown_and_handed_over_in_an_archive() {
    let mut page = gallery().open("/").await;
    page.choose("photos", ["a.png", "b.png"].map(|name| file(name, PNG)));
    page.click("Send").await;
    assert_eq!(page.html().named("img").len(), 2);

    page.click("All as one archive").await;
    assert_eq!(page.downloads()[0].name, "photos.zip");
}

#[tokio::test]
async fn a_photo_can_be_removed() {
    let mut page = gallery().open("/").await;
    page.choose("photos", [file("a.png", PNG)]);
    page.click("Send").await.click("Remove").await;
    assert!(page.html().named("img").is_empty());
}
