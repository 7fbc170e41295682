//! The words of each failure.

use filekit_test::file;

use crate::visits::album::{failure, picture, program};

/// Checks the first line of a failure, and that the page is described below it.
#[track_caller]
fn assert_says(failure: &str, expected: &str) {
    let (first, page) = failure.split_once("\n\n").expect("a description of the page");
    assert_eq!(first, expected);
    assert!(page.starts_with("the page / shows:\n  heading 1 \"Album\"\n"), "{page}");
}

#[tokio::test]
async fn a_misspelt_button() {
    let failure = failure(async { drop(program().open("/").await.click("Sned").await.text()) }).await;
    assert_says(
        &failure,
        "no button or link \"Sned\"; there are: \"Send\", \"Choose photos\", \"Clear\", \"Frame\", \"Turn round\", \"List\", \
         \"Add notes\", \"Describe\", \"About\"",
    );
}

#[tokio::test]
async fn the_page_is_described_with_roles() {
    let mut page = program().open("/").await;
    page.choose("photos", [picture("a.png", 9)]).click("Send").await;
    page.choose("photos", [picture("b.png", 9), file("c.txt", "")]).fill("Owner", "Ada").check("For everyone");
    let href = page.html().href("a.png").to_owned();
    let expected = format!(
        r#"  heading 1 "Album"
  upload "photos": "b.png"
  button "Choose photos"
  text "b.png (9 B)"
  button "Leave out"
  button "Send"
  button "Clear"
  button "Frame" (disabled)
  text "Photos: 1"
  link "a.png" -> {href}
  button "Remove"
  button "Turn round"
  button "List"
  upload "notes": nothing chosen
  button "Add notes"
  text "Notes:"
  form "description"
    text "Owner"
    input "Owner" = "Ada"
    text "Size"
    select "Size" = "s"
    text "For everyone"
    checkbox "For everyone" = true
    button "Describe"
  text "Of , , private"
  link "About" -> /about
  message "1 photos are kept"
  message "“c.txt” is not accepted here. Accepted: PNG."
"#
    );
    assert_eq!(page.outline(), expected);
}

#[tokio::test]
async fn a_button_that_several_rows_have() {
    let failure = failure(async {
        let mut page = program().open("/").await;
        page.choose("photos", [picture("a.png", 1), picture("b.png", 2)]).click("Send").await;
        page.click("Remove").await;
    });
    let expected = "2 buttons or links are named \"Remove\"; say which: click_near(a text beside it, \"Remove\")";
    assert_says(&failure.await, expected);
}

#[tokio::test]
async fn a_row_that_is_not_there() {
    let failure = failure(async { drop(program().open("/").await.click_near("x.png", "Send").await.text()) });
    assert_says(&failure.await, "no text \"x.png\" near which \"Send\" could be");
}

#[tokio::test]
async fn a_button_that_is_disabled() {
    let failure = failure(async { drop(program().open("/").await.click("Frame").await.text()) });
    assert_says(&failure.await, "the button \"Frame\" is disabled");
}

#[tokio::test]
async fn a_button_of_the_file_dialog() {
    let failure = failure(async { drop(program().open("/").await.click("Choose photos").await.text()) });
    let expected = "\"Choose photos\" opens the file dialog of the browser: choose(\"photos\", ..) chooses files";
    assert_says(&failure.await, expected);
}

#[tokio::test]
async fn an_upload_that_is_not_there() {
    let failure = failure(async { drop(program().open("/").await.choose("photo", [file("a", "")]).text()) });
    assert_says(&failure.await, "no upload \"photo\"; there are: \"photos\", \"notes\"");
}

#[tokio::test]
async fn an_upload_whose_label_several_have() {
    let failure = failure(async { drop(program().open("/").await.choose("Choose files", [file("a", "")]).text()) });
    let expected = "the upload \"Choose files\" is one of several; name it by its id: \"photos\", \"notes\"";
    assert_says(&failure.await, expected);
}

#[tokio::test]
async fn an_input_a_box_and_an_option_that_are_not_there() {
    let input = failure(async { drop(program().open("/").await.fill("Ownr", "Ada").text()) });
    assert_says(&input.await, "no input \"Ownr\"; there are: \"Owner\"");
    let checkbox = failure(async { drop(program().open("/").await.check("For noone").text()) });
    assert_says(&checkbox.await, "no checkbox \"For noone\"; there are: \"For everyone\"");
    let option = failure(async { drop(program().open("/").await.select("Size", "Huge").text()) });
    assert_says(&option.await, "no option \"Huge\"; there are: \"Small\", \"Large\"");
    let form = failure(async { drop(program().open("/").await.submit("descripton").await.text()) });
    assert_says(&form.await, "no form \"descripton\"; there are: \"description\"");
}

#[tokio::test]
async fn a_form_that_lacks_what_it_requires() {
    let failure = failure(async { drop(program().open("/").await.click("Describe").await.text()) });
    assert_says(&failure.await, "the browser sends no form in which \"Owner\" is missing: it is required");
}

#[tokio::test]
async fn a_text_that_is_not_there_and_one_that_is() {
    let missing = failure(async { drop(program().open("/").await.assert_text("Photos: 7").text()) });
    assert_says(&missing.await, "no text \"Photos: 7\"");
    let present = failure(async { drop(program().open("/").await.assert_no_text("Photos: 0").text()) });
    assert_says(&present.await, "there is the text \"Photos: 0\"");
}

#[tokio::test]
async fn a_look_at_a_page_whose_events_are_due() {
    let failure = failure(async { drop(program().open("/").await.choose("notes", [file("a", "")]).text()) });
    let expected = "what was chosen or entered sets off an event: call `settle().await` before looking at the page";
    assert_says(&failure.await, expected);
}

#[tokio::test]
async fn an_upload_that_does_not_wait() {
    let cancelled = failure(async { drop(program().open("/").await.cancel("photos").await.text()) });
    assert_says(&cancelled.await, "nothing of the upload \"photos\" is on its way");
    let resumed = failure(async { drop(program().open("/").await.resume().await.text()) });
    assert_says(&resumed.await, "no upload waits for its connection");
}

#[tokio::test]
async fn a_break_behind_the_end() {
    let failure = failure(async {
        let mut page = program().open("/").await;
        page.choose("photos", [picture("a.png", 10)]).break_after(10).click("Send").await;
    });
    assert_says(&failure.await, "break_after(10): the upload has 10 bytes only");
}

#[tokio::test]
async fn an_upload_beside_one_that_waits() {
    let failure = failure(async {
        let mut page = program().open("/").await;
        page.choose("photos", [picture("a.png", 10)]).break_after(1).click("Send").await.click("Send").await;
    });
    let expected = "an upload of \"photos\" waits for its connection: resume() or cancel(\"photos\") comes first";
    assert_says(&failure.await, expected);
}

#[tokio::test]
async fn a_page_that_is_not_there() {
    let failure = failure(async { drop(program().open("/nowhere").await.text()) }).await;
    assert!(failure.starts_with("/nowhere is no page: it answers 404 Not Found"), "{failure}");
}
