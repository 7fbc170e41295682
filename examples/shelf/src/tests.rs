//! The shelf, as a visitor uses it.

use filekit_test::{Program, file};

#[tokio::test]
async fn files_are_added_annotated_turned_round_and_removed() {
    let mut page = Program::new(super::pages(), |kit| kit).open("/").await;
    page.choose("files", ["a", "b", "c"].map(|name| file(name, name)));
    page.settle().await.assert_text("3 files");
    assert_eq!(page.html().links(), ["c", "b", "a"]);

    page.fill("Note about b", "the best").settle().await;
    page.click("Turn the list round").await;
    assert_eq!(page.html().links(), ["a", "b", "c"]);

    page.click("Remove b").await.assert_text("2 files");
    assert_eq!(page.html().links(), ["a", "c"]);
}

#[tokio::test]
async fn a_note_about_a_file_that_is_gone_is_refused() {
    let mut page = Program::new(super::pages(), |kit| kit).open("/").await;
    page.choose("files", [file("a", "a")]).settle().await;
    let mut tab = page.visitor().open("/").await;
    page.click("Remove a").await.assert_text("0 files");

    tab.fill("Note about a", "too late").settle().await;
    tab.assert_text("That file is not on the shelf any more.");
}
