//! The example whose users sign in by axum-login, as a person uses it.

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, Server, UploadDir};

async fn fill(browser: &Browser, id: &str, text: &str) {
    browser.find(Locator::Id(id)).await.send_keys(text).await.expect("a field");
}

#[tokio::test]
async fn a_user_signs_in_keeps_a_file_and_signs_out() {
    let files = UploadDir::new();
    let server = Server::start_sign_in(&files).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/")).await;
    browser.see("Sign in").await;
    fill(&browser, "name", "ann").await;
    fill(&browser, "password", "ann").await;
    browser.click("Sign in").await;
    browser.see("Name or password is wrong.").await;
    fill(&browser, "name", "ann").await;
    fill(&browser, "password", "nna").await;
    browser.click("Sign in").await;
    browser.see("Files of ann").await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("letter.txt", "Dear Ann")]).await;
    browser.see("Thank you, ann.").await;
    browser.see_texts("a.fk-link", &["letter.txt"]).await;
    browser.click("Sign out").await;
    browser.see("Password").await;
    browser.open(&server.url("/")).await;
    browser.see("Password").await;
    assert_eq!(files.stored_names(), ["letter.txt"]);
}
