//! The page, as a visitor uses it.

use filekit_test::{Program, file};

#[tokio::test]
async fn uploaded_files_are_listed() {
    let program = Program::new(super::pages(), |kit| kit);
    let mut page = program.open("/").await;
    page.choose("file_upload", [file("a.txt", "one"), file("b.txt", "two")]);
    page.click("Upload Files").await;
    page.assert_text("Uploaded Files a.txt b.txt");

    page.click("b.txt").await;
    assert_eq!(page.downloads()[0].text(), "two");
}

#[tokio::test]
async fn a_selection_can_be_cleared() {
    let mut page = Program::new(super::pages(), |kit| kit).open("/").await;
    page.choose("file_upload", [file("a.txt", "one")]);
    page.assert_text("a.txt");
    page.click("Clear Selection").await.assert_no_text("a.txt");
}

#[tokio::test]
async fn ten_random_numbers_are_handed_over() {
    let mut page = Program::new(super::pages(), |kit| kit).open("/").await;
    page.click("Download random numbers").await;
    let [numbers] = page.downloads() else {
        panic!("one download, not {:?}", page.downloads())
    };
    assert_eq!(numbers.name, "random_numbers.csv");
    assert_eq!(numbers.text().split(',').count(), 10);
}
