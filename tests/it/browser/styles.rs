//! The strict policy that people put in front of a whole site, `default-src 'self'`: every example looks and works as it does
//! without one, and the console stays empty.

use std::net::SocketAddr;

use filekit::prelude::*;
use filekit_tests::{Browser, PDF, PNG, Samples, Server, TestApp, UploadDir, with_policy};
use serde_json::json;

use super::{CHOSEN, UPLOADED};

const STRICT: &str = "default-src 'self'";

/// A property of the first element that a selector finds, as the browser computes it.
async fn computed(browser: &Browser, selector: &str, property: &str) -> String {
    let script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]";
    let value = browser.run(script, &[json!(selector), json!(property)]).await;
    value.as_str().unwrap_or_default().to_owned()
}

async fn open(address: SocketAddr, policy: &'static str) -> Browser {
    let browser = Browser::start().await;
    browser.open(&format!("http://{}/", with_policy(address, policy).await)).await;
    browser
}

async fn assert_silent(browser: &Browser) {
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn the_upload_example_looks_and_works_behind_a_strict_policy() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start(&files).await;
    let browser = open(server.address(), STRICT).await;
    assert_eq!(computed(&browser, "#filekit > .fk-vstack", "paddingTop").await, "32px");
    assert_eq!(computed(&browser, ".fk-upload", "borderTopStyle").await, "dashed");

    browser.choose("file_upload", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    browser.click("Upload Files").await;
    browser.see_texts(UPLOADED, &["a.txt"]).await;
    browser.click("Download random numbers").await;
    browser.downloaded("random_numbers.csv").await;
    assert_silent(&browser).await;

    // The policy applies, or the silence would mean nothing.
    browser.run("document.querySelector('p, div').setAttribute('style', 'margin: 1px')", &[]).await;
    assert_ne!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn the_claims_example_works_behind_a_strict_policy() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start_claims(&files).await;
    let browser = open(server.address(), STRICT).await;
    browser.choose("receipts", &[&samples.file("taxi.pdf", PDF), &samples.file("virus.exe", "MZ")]).await;
    browser.see("Not taken so far: 1").await;
    // What the browser copies from a template has its style from the same sheet.
    assert_eq!(computed(&browser, ".fk-image", "width").await, "48px");
    browser.click("Send receipts").await;
    browser.see("Your receipts are safe.").await;
    browser.choose("statements", &[&samples.file("bank.csv", "a,b\n")]).await;
    browser.click("Count the lines").await;
    browser.see("1 lines in 4 B.").await;
    assert_silent(&browser).await;
}

#[tokio::test]
async fn previews_of_chosen_pictures_need_one_directive_more() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start_claims(&files).await;
    let browser = open(server.address(), "default-src 'self'; img-src 'self' blob:").await;
    browser.choose("receipts", &[&samples.file("taxi.png", PNG)]).await;
    browser.see("taxi.png").await;
    let width = "return document.querySelector('.fk-image')?.naturalWidth > 0";
    filekit_tests::until("the picture is shown", async || (browser.run(width, &[]).await == true).then_some(())).await;
    assert_silent(&browser).await;
}

#[tokio::test]
async fn the_downloads_example_works_behind_a_strict_policy() {
    let files = UploadDir::new();
    let server = Server::start_downloads(&files).await;
    let browser = open(server.address(), STRICT).await;
    for (button, name) in [("Text", "Grüße.txt"), ("Data", "prices in the page.csv"), ("Long", "long.txt")] {
        browser.click(button).await;
        browser.downloaded(name).await;
    }
    browser.see("Made so far: 1").await;
    assert_silent(&browser).await;
}

#[tokio::test]
async fn the_shelf_example_works_behind_a_strict_policy() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start_shelf(&files).await;
    let browser = open(server.address(), STRICT).await;
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.see("a.txt").await;
    // A style that no element of the document had came with the row.
    assert_eq!(computed(&browser, ".fk-card .fk-input", "width").await, "224px");
    assert_silent(&browser).await;
}

#[tokio::test]
async fn without_scripts_styles_apply_behind_a_strict_policy_too() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let browser = Browser::start_without_scripts().await;
    browser.open(&format!("http://{}/", with_policy(server.address(), STRICT).await)).await;
    assert_eq!(computed(&browser, "#filekit > .fk-vstack", "paddingTop").await, "32px");
}

#[state]
#[derive(Default)]
struct Bar {
    percent: u32,
}

#[state]
impl Bar {
    #[event]
    fn grow(&mut self) {
        self.percent += 25;
    }
}

async fn bar(bar: Current<Bar>) -> View {
    let percent = bar.percent;
    view![
        // A page's own rules weigh less, as they do against a `style` attribute.
        el("link", attr("rel", "stylesheet"), attr("href", "/own.css")),
        div(id = "bar", class = "own", style = format!("width:{percent}px; font-family:\"A \\\"b\\\"\",serif"), "bar"),
        vstack(id = "wide", class = "own", padding = percent / 25, "wide"),
        div(id = "lines", style = "width: 7px;\n height: 8px", "lines"),
        button(on_click = Bar::grow, "Grow"),
    ]
}

#[tokio::test]
pub(super) async fn styles_that_come_with_a_patch_apply_behind_a_strict_policy() {
    let own = || async { ([("content-type", "text/css")], "#bar.own { width: 1px } #wide.own { padding: 99px }") };
    let app = TestApp::new(Router::new().route("/", get(bar)).route("/own.css", get(own)));
    let browser = open(app.listen().await, STRICT).await;
    for percent in [0, 25, 50] {
        let width = format!("{percent}px");
        filekit_tests::until("the bar is as wide as it should be", async || {
            (computed(&browser, "#bar", "width").await == width).then_some(())
        })
        .await;
        assert_eq!(computed(&browser, "#bar", "fontFamily").await, "\"A \\\"b\\\"\", serif");
        assert_eq!(computed(&browser, "#wide", "paddingTop").await, format!("{}px", percent / 25 * 4));
        browser.click("Grow").await;
    }
    assert_eq!(computed(&browser, "#lines", "height").await, "8px");
    assert_silent(&browser).await;
}
