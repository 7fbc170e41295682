//! How the page looks: pictures for people in `target/screenshots`, and what can be measured about them.

use filekit_tests::{Browser, PNG, Samples};

use super::{CHOSEN, Example, UPLOADED};

/// The example with something in every list.
async fn filled(width: u32, height: u32, scheme: &str) -> Example {
    let example = Example::on_screen(width, height, scheme).await;
    let samples = Samples::new();
    let browser = &example.browser;
    let long = format!("{}.txt", "a_rather_long_name_".repeat(8));
    let [a, b, c] = [("holiday.png", PNG), ("日本語の 写真.txt", b"x"), (&long, b"x")]
        .map(|(name, bytes)| samples.file(name, bytes));
    example.choose(&[&a, &b, &c]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["holiday.png", "日本語の 写真.txt", &long]).await;
    example.choose(&[&a, &b]).await;
    browser.see_texts(CHOSEN, &["holiday.png", "日本語の 写真.txt"]).await;
    example
}

/// The brightness of a colour of the page's body, 0 to 255.
async fn brightness(browser: &Browser, property: &str) -> u64 {
    // Drawing it makes any notation of a colour into numbers.
    let script = "const context = document.createElement('canvas').getContext('2d');
        context.fillStyle = getComputedStyle(document.body)[arguments[0]];
        context.fillRect(0, 0, 1, 1);
        const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
        return Math.round((red + green + blue) / 3)";
    browser.run(script, &[property.into()]).await.as_u64().expect("a number")
}

async fn assert_fits(browser: &Browser) {
    let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.run(script, &[]).await, 0, "the page scrolls sideways");
}

#[tokio::test]
async fn it_is_light_by_day() {
    let example = filled(1000, 900, "light").await;
    let Example { browser, .. } = &example;
    assert!(brightness(browser, "backgroundColor").await > 200);
    assert!(brightness(browser, "color").await < 100);
    assert_fits(browser).await;
    browser.screenshot("upload-light").await;
}

#[tokio::test]
async fn it_is_dark_by_night() {
    let example = filled(1000, 900, "dark").await;
    let Example { browser, .. } = &example;
    assert!(brightness(browser, "backgroundColor").await < 60);
    assert!(brightness(browser, "color").await > 180);
    assert_fits(browser).await;
    browser.screenshot("upload-dark").await;
}

#[tokio::test]
async fn it_fits_a_phone_and_its_controls_a_thumb() {
    let example = filled(375, 812, "light").await;
    let Example { browser, .. } = &example;
    assert_fits(browser).await;
    let script = "return Array.from(document.querySelectorAll('.fk-button'))
        .filter(button => button.getBoundingClientRect().height < 24).map(button => button.innerText)";
    let too_small = browser.run(script, &[]).await;
    assert_eq!(too_small, serde_json::json!([]), "WCAG 2.2 asks for 24 pixels at least");
    browser.screenshot("upload-phone").await;
}
