//! The page on which one pulls the plug.

use filekit_tests::{Browser, Samples, Server, UploadDir};
use serde_json::json;

/// A browser on the page, on a screen of that size.
async fn open(width: u32, height: u32, scheme: &str) -> (UploadDir, Server, Browser) {
    let files = UploadDir::new();
    let server = Server::start_unplugged(&files).await;
    let browser = Browser::start().await;
    browser.pretend(width, height, scheme).await;
    browser.open(&server.url("/")).await;
    (files, server, browser)
}

#[tokio::test]
async fn what_arrives_is_shown_with_its_digest_and_the_plug_goes_in_and_out() {
    let (files, _server, browser) = open(1000, 900, "light").await;
    let samples = Samples::new();
    browser.click("Pull the plug").await;
    browser.see("The plug is out: the server drops every upload.").await;
    browser.see("Pulled so far: 1").await;
    browser.click("Put it back").await;
    browser.see("The plug is in: uploads arrive, slowly.").await;
    browser.choose("files", &[&samples.file("abc.txt", "abc")]).await;
    browser.click("Send").await;
    browser.see("One file has arrived, whole.").await;
    browser.see("3 bytes, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").await;
    assert_eq!(files.stored_names(), ["abc.txt"]);
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn it_fits_every_screen() {
    for (name, width, height, scheme) in [
        ("unplugged-light", 1000, 900, "light"),
        ("unplugged-dark", 1000, 900, "dark"),
        ("unplugged-phone", 375, 812, "light"),
    ] {
        let (_files, _server, browser) = open(width, height, scheme).await;
        let samples = Samples::new();
        let long = format!("{}.mp4", "a_rather_long_name_".repeat(8));
        browser.choose("files", &[&samples.file("holiday.mp4", "x"), &samples.file(&long, "y".repeat(4_000))]).await;
        browser.see("holiday.mp4").await;
        browser.click("Pull the plug").await;
        browser.see("Put it back").await;
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(script, &[]).await, json!(0), "the page scrolls sideways");
        browser.screenshot(name).await;
    }
}
