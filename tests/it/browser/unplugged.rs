//! The page on which one pulls the plug.

use filekit_tests::{Browser, Samples, Server, UploadDir, until};
use serde_json::json;
use sha2::{Digest as _, Sha256};

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

/// So many bytes take three seconds.
const SIZE: usize = 12_000_000;

/// A file, and what the page says of it once it has arrived.
fn sample(samples: &Samples) -> (std::path::PathBuf, String) {
    let bytes: Vec<u8> = (0..SIZE).map(|at| (at / 251 % 241) as u8).collect();
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    (samples.file("film.mp4", bytes).to_path_buf(), format!("{SIZE} bytes, SHA-256 {digest}"))
}

/// How many per cent the page shows for the first file.
async fn percent(browser: &Browser) -> u64 {
    browser.run("return document.querySelector('progress')?.value ?? 0", &[]).await.as_u64().expect("a whole number")
}

/// Waits until so many per cent of the sample have arrived. What the browser has sent may not have been read by the server when the
/// connection ends.
async fn arrives(files: &UploadDir, percent: u64) {
    let size = async || {
        let name = files.spooled().into_iter().find(|name| name.ends_with("/0"))?;
        Some(std::fs::metadata(files.path().join(".filekit").join(name)).ok()?.len())
    };
    let wanted = SIZE as u64 * percent / 100;
    until("bytes arrive", async || size().await.filter(|size| *size >= wanted).map(drop)).await;
}

#[tokio::test]
async fn an_upload_waits_while_the_plug_is_out_and_goes_on_where_it_was() {
    let (files, _server, browser) = open(1000, 900, "light").await;
    let samples = Samples::new();
    let (film, arrived) = sample(&samples);
    browser.choose("files", &[&film]).await;
    browser.click("Send").await;
    arrives(&files, 10).await;
    browser.click("Pull the plug").await;
    browser.see("waiting for the connection").await;
    assert!(percent(&browser).await >= 10);
    browser.click("Put it back").await;
    browser.see("One file has arrived, whole.").await;
    browser.see(&arrived).await;
    assert_eq!(files.stored_names(), ["film.mp4"]);
}

#[tokio::test]
async fn a_paused_upload_survives_a_reload_and_a_restart_of_the_server() {
    let (files, server, browser) = open(1000, 900, "light").await;
    let samples = Samples::new();
    let (film, arrived) = sample(&samples);
    browser.choose("files", &[&film]).await;
    browser.click("Send").await;
    arrives(&files, 25).await;
    browser.click("Pause").await;
    browser.see("paused").await;
    let address = server.address();
    server.kill().await;
    let _server = Server::start_unplugged_again(&files, address).await;
    browser.reload().await;
    browser.see("are here. Choose it again to go on.").await;
    assert!(percent(&browser).await >= 25);
    browser.choose("files", &[&film]).await;
    browser.see("selected").await;
    assert!(percent(&browser).await >= 25);
    assert!(!browser.text().await.contains("Choose it again to go on."));
    browser.click("Send").await;
    browser.see(&arrived).await;
    assert_eq!(files.stored_names(), ["film.mp4"]);
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
