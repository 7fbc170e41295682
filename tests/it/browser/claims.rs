//! The page of expense claims, used as its visitors would: each part of it once.

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, Server, UploadDir, until};
use serde_json::json;

/// The smallest complete PNG, of one pixel.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196,
    137, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 248, 255, 255, 255, 127, 0, 9, 251, 3, 253, 5, 67, 69, 202, 0, 0,
    0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// The same picture with a text behind its head that says where it was taken.
fn with_place() -> Vec<u8> {
    let (head, rest) = PNG.split_at(33);
    [head, b"\0\0\0\x0atEXtPlace\0Lyon\xc9\xbe\x79\x83", rest].concat()
}

async fn fill(browser: &Browser, id: &str, text: &str) {
    browser.find(Locator::Id(id)).await.send_keys(text).await.expect("a field");
}

#[tokio::test]
pub(super) async fn every_part_of_the_page_does_its_work() {
    let files = UploadDir::new();
    let server = Server::start_claims(&files).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/")).await;
    let samples = Samples::new();
    let taxi = samples.file("taxi.png", with_place());

    // Receipts: the rules refuse one, the rest is kept without its metadata, and the same picture is kept once.
    browser.choose("receipts", &[&taxi, &samples.file("virus.exe", "MZ")]).await;
    browser.see("“virus.exe” is not accepted here. Accepted: PNG, JPEG, WEBP, PDF.").await;
    browser.see("Not taken so far: 1").await;
    browser.click("Send receipts").await;
    browser.see("Your receipts are safe.").await;
    browser.choose("receipts", &[&samples.file("again.png", PNG)]).await;
    browser.click("Send receipts").await;
    browser.see("There already: 1.").await;
    assert_eq!(files.stored_names(), ["taxi.png"]);
    assert_eq!(files.stored("taxi.png"), PNG);

    // A claim: fields and a file in one form.
    fill(&browser, "title", "Train to Lyon").await;
    fill(&browser, "amount", "120").await;
    browser.choose("report", &[&samples.file("report.pdf", "%PDF-1.7\n")]).await;
    browser.click("File the claim").await;
    browser.see("Claim 1 is filed.").await;
    let typed = "return [...document.querySelectorAll('#claim input:not([type=file])')].map(field => field.value)";
    until("the form is empty", async || (browser.run(typed, &[]).await == json!(["", ""])).then_some(())).await;
    browser.see("120 €").await;

    // An upload in the row of the claim, which goes out when it is chosen.
    browser.choose("evidence-1", &[&samples.file("seat.png", PNG)]).await;
    browser.see("seat.png").await;
    assert_eq!(files.stored_names(), ["report.pdf", "seat.png", "taxi.png"]);

    // A file that is read while it arrives, and kept nowhere.
    browser.choose("statements", &[&samples.file("bank.csv", "a,b\n".repeat(600_000))]).await;
    browser.click("Count the lines").await;
    browser.see("600000 lines in 2.4 MB.").await;

    // A folder.
    samples.file("trip/day 1/a.txt", "a");
    samples.file("trip/b.txt", "b");
    browser.choose("folder", &[&samples.path().join("trip")]).await;
    browser.see("trip/day 1/a.txt").await;
    assert_eq!(files.stored_names().len(), 3);
    assert!(files.spool_is_empty());
    assert_eq!(browser.complaints().await, [""; 0]);
}
