//! What a visitor does on a page, where all goes well.

use filekit_test::file;

use crate::visits::album::{picture, program};

#[tokio::test]
async fn chosen_files_are_seen_and_sent() {
    let mut page = program().open("/").await;
    page.choose("photos", [picture("a.png", 1500), picture("b.png", 20)]);
    page.assert_text("a.png (1.5 KB)").assert_text("b.png (20 B)").assert_text("Photos: 0");
    page.click("Send").await;
    page.assert_text("Photos: 2").assert_text("2 photos are kept").assert_no_text("(1.5 KB)");
    assert_eq!(page.messages(), ["2 photos are kept"]);
}

#[tokio::test]
async fn a_chosen_file_can_be_left_out() {
    let mut page = program().open("/").await;
    page.choose("photos", [picture("a.png", 1), picture("b.png", 2)]);
    page.click_near("a.png", "Leave out").await.assert_no_text("a.png").assert_text("b.png");
    page.click("Clear").await.assert_no_text("b.png");
}

#[tokio::test]
async fn rows_are_added_moved_and_removed_by_patches() {
    let mut page = program().open("/").await;
    page.choose("photos", ["a.png", "b.png", "c.png"].map(|name| picture(name, 10))).click("Send").await;
    page.click("Turn round").await.assert_text("c.png Remove b.png Remove a.png Remove");
    page.click_near("b.png", "Remove").await.assert_text("Photos: 2").assert_text("c.png Remove a.png");
    page.choose("photos", [picture("d.png", 10)]).click("Send").await.assert_text("a.png Remove d.png");
}

#[tokio::test]
async fn files_are_sent_at_once_where_the_page_does_so() {
    let mut page = program().open("/").await;
    page.choose("notes", [file("a.txt", "a"), file("b.txt", "b")]).settle().await;
    page.assert_text("Notes: a.txt, b.txt");
}

#[tokio::test]
async fn a_form_is_filled_and_submitted() {
    let mut page = program().open("/").await;
    page.fill("Owner", "Ada").select("Size", "Large").check("For everyone").click("Describe").await;
    page.assert_text("Of Ada, l, public");
    page.uncheck("For everyone").select("size", "s").submit("description").await;
    page.assert_text("Of Ada, s, private");
}

#[tokio::test]
async fn a_refusal_is_a_message() {
    let mut page = program().open("/").await;
    page.fill("Owner", "Nobody").click("Describe").await;
    assert_eq!(page.messages(), ["An album needs an owner."]);
    page.assert_text("An album needs an owner.").click("Turn round").await.assert_no_text("needs an owner");
}

#[tokio::test]
async fn what_is_handed_over_is_a_download() {
    let mut page = program().open("/").await;
    page.choose("photos", [picture("ä b.png", 100)]).click("Send").await.click("List").await.click("ä b.png").await;
    let [list, photo] = page.downloads() else { panic!("two downloads, not {:?}", page.downloads()) };
    assert_eq!((&*list.name, list.text()), ("photos.txt", "ä b.png"));
    assert!(list.mime.starts_with("text/plain"), "{}", list.mime);
    assert_eq!((&*photo.name, &*photo.mime, photo.bytes.len()), ("ä b.png", "image/png", 100));
}

#[tokio::test]
async fn links_lead_to_other_pages() {
    let mut page = program().open("/").await;
    page.click("About").await;
    assert_eq!((page.address(), page.text()), ("/about", "About\nBack".to_owned()));
    page.click("Back").await.assert_text("Album");
}

#[tokio::test]
async fn visitors_have_cookies_of_their_own_and_tabs_share_them() {
    let program = program();
    let (mut ada, ben) = (program.open("/").await, program.open("/").await);
    ada.choose("photos", [picture("a.png", 10)]).click("Send").await;
    ada.assert_text("Photos: 1");
    ben.visitor().open("/").await.assert_text("Photos: 0");

    let mut tab = ada.visitor().open("/").await;
    tab.choose("photos", [picture("b.png", 10)]).click("Send").await.assert_text("Photos: 2");
    ada.assert_text("Photos: 1").assert_no_text("b.png");
    ada.reload().await.assert_text("Photos: 2");
}

#[tokio::test]
async fn an_event_shows_what_has_happened_elsewhere_too() {
    let mut page = program().open("/").await;
    let mut tab = page.visitor().open("/").await;
    tab.choose("photos", [picture("a.png", 10)]).click("Send").await;
    page.fill("Owner", "Ada").click("Describe").await.assert_text("Of Ada").assert_text("Photos: 1");
}
