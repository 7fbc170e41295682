//! What a visitor sees of a quota.

use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp, patterned};

use super::app;

async fn open(quota: Quota) -> (TestApp, Browser) {
    let app = app(|kit| kit.quota(quota));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    (app, browser)
}

#[tokio::test]
async fn a_file_without_room_says_so_and_the_others_go_when_it_is_left_out() {
    let (app, browser) = open(Quota::new().per_owner(5 * MB)).await;
    let samples = Samples::new();
    // Above 1 MiB the page asks first; below, all goes in one request.
    for (first, second) in [("2.bin", "4.bin"), ("half.bin", "rest.bin")] {
        let [size, other] = if first == "2.bin" { [2_000_000, 4_000_000] } else { [500_000, 540_000] };
        let a = samples.file(first, patterned(size));
        let b = samples.file(second, patterned(other));
        if first == "half.bin" {
            let filling = samples.file("filling.bin", patterned(2_000_000));
            browser.choose("kept", &[&filling]).await;
            browser.click("Keep").await;
            browser.see_texts(".stored", &["2.bin", "filling.bin"]).await;
        }
        browser.choose("kept", &[&a, &b]).await;
        browser.click("Keep").await;
        let left = if first == "2.bin" { "3 MB" } else { "500 KB" };
        let words = format!(
            "There is no room for that: {left} of 5 MB are left. Remove files that you no longer need, or choose smaller ones."
        );
        browser.see_texts(".error", &["", &words]).await;
        browser.screenshot(&format!("quota-{first}")).await;
        browser.click(&format!("Leave out {second}")).await;
        browser.click("Keep").await;
        let stored = if first == "2.bin" { &[first][..] } else { &["2.bin", "filling.bin", first] };
        browser.see_texts(".stored", stored).await;
    }
    assert_eq!(app.stored_names(), ["2.bin", "filling.bin", "half.bin"]);
}
