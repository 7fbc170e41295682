//! Downloads that a handler makes, saved by a real browser.

use super::Example;

#[tokio::test]
pub(super) async fn download_random_numbers_saves_ten_of_them() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    browser.run("window.loaded_once = true", &[]).await;
    browser.click("Download random numbers").await;
    let csv = browser.downloaded("random_numbers.csv").await;
    let csv = String::from_utf8(csv).expect("text");
    let numbers: Vec<u32> = csv.split(',').map(|number| number.parse().expect("a number")).collect();
    assert_eq!(numbers.len(), 10);
    assert!(numbers.iter().all(|number| *number <= 100), "{csv}");

    assert_eq!(browser.run("return window.loaded_once", &[]).await, true, "the page is still the same one");
    assert_eq!(browser.complaints().await, [""; 0]);
}
