//! Every state of `uploader` and `file_list`, on the page of `examples/states`: judged by axe, and as pictures for people in
//! `target/screenshots`.

use fantoccini::Locator;
use filekit_tests::{Browser, PNG, Samples, Server, UploadDir, patterned};

use super::accessible::violations;

/// The screens: width and colour scheme.
const SCREENS: [(u32, &str); 4] = [(1000, "light"), (1000, "dark"), (320, "light"), (320, "dark")];

/// Waits until colours have changed: that takes a moment.
const SETTLED: &str = "const [done] = arguments;
    requestAnimationFrame(() => {
        const isFinite = each => each.effect.getComputedTiming().endTime !== Infinity;
        const changes = document.getAnimations().filter(isFinite).map(each => each.finished);
        Promise.allSettled(changes).then(() => done());
    })";

/// Takes pictures of the page, and asserts that it fits the screen and that axe finds nothing.
async fn look(browser: &Browser, state: &str) {
    for (width, scheme) in SCREENS {
        browser.pretend(width, 3_400, scheme).await;
        browser.run_async(SETTLED, &[]).await;
        browser.screenshot(&format!("states-{state}-{width}-{scheme}")).await;
        let what = format!("{state}, {width}, {scheme}");
        assert!(beyond_the_edge(browser).await.as_i64().is_some_and(|pixels| pixels <= 0), "{what}");
        assert_eq!(violations(browser).await, [""; 0], "{what}");
    }
}

/// How many pixels of the page are beyond the edge of the screen.
async fn beyond_the_edge(browser: &Browser) -> serde_json::Value {
    browser.run("return document.scrollingElement.scrollWidth - innerWidth", &[]).await
}

/// Presses a button of the uploader with this id.
async fn press(browser: &Browser, id: &str, button: &str) {
    let button = format!(".fk-uploader:has(#{id}) {button}");
    browser.find(Locator::Css(&button)).await.click().await.expect("a button");
}

/// Waits until a file of the uploader with this id has a status.
async fn see(browser: &Browser, id: &str, status: &str) {
    browser.find(Locator::Css(&format!(".fk-uploader:has(#{id}) [data-status='{status}']"))).await;
}

#[tokio::test]
async fn every_state_is_accessible_and_fits_all_screens() {
    let files = UploadDir::new();
    let server = Server::start_states(&files).await;
    let browser = &Browser::start().await;
    browser.open(&server.url("/")).await;
    browser.see("What you send is listed here.").await;
    look(browser, "empty").await;

    let samples = Samples::new();
    let long = format!("{}.png", "a_rather_long_name_".repeat(8));
    let [photo, arabic, long] = ["holiday.png", "صورة العطلة.png", &long].map(|name| samples.file(name, PNG));
    let [text, film] = [("notes.txt", vec![b'x'; 1_500]), ("film.bin", patterned(4_000_000))]
        .map(|(name, bytes)| samples.file(name, bytes));
    browser.choose("at-once", &[&photo, &arabic, &long, &text]).await;
    browser.see("1.5 KB").await;
    browser.choose("photos", &[&photo, &arabic, &long, &text]).await;
    browser.see("“notes.txt” is not accepted here").await;
    browser.choose("failing", &[&text, &photo]).await;
    press(browser, "failing", ".fk-uploader-send").await;
    see(browser, "failing", "failed").await;
    browser.drag_over(".fk-uploader:has(#slow) .fk-upload").await;
    browser.find(Locator::Css("[data-filekit-dragging]")).await;
    look(browser, "chosen").await;
    browser.drag_away().await;

    browser.send_slowly(Some(100_000)).await;
    browser.choose("at-once", &[&film]).await;
    see(browser, "at-once", "uploading").await;
    browser.see("s left").await;
    look(browser, "sending").await;
    press(browser, "at-once", ".fk-uploader-actions button:first-of-type").await;
    see(browser, "at-once", "paused").await;
    look(browser, "paused").await;
}

#[tokio::test]
async fn what_the_server_is_at_is_shown_beside_each_file() {
    let files = UploadDir::new();
    let server = Server::start_states(&files).await;
    let browser = &Browser::start().await;
    browser.pretend(1000, 3_400, "light").await;
    browser.open(&server.url("/")).await;
    let samples = Samples::new();
    let photo = samples.file("holiday.png", PNG);
    for id in ["slow", "checked"] {
        browser.choose(id, &[&photo]).await;
        press(browser, id, ".fk-uploader-send").await;
    }
    see(browser, "slow", "processing").await;
    see(browser, "checked", "checking").await;
    browser.screenshot("states-server").await;
    browser.see_texts(".fk-file-list .fk-file-name", &["holiday.png", "holiday.png"]).await;
}
