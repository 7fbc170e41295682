//! The example whose rows are in a database, in two browsers.

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, Server, UploadDir};

async fn fill(browser: &Browser, id: &str, text: &str) {
    browser.find(Locator::Id(id)).await.send_keys(text).await.expect("a field");
}

#[tokio::test]
async fn what_one_person_files_is_on_everybodys_page() {
    let files = UploadDir::new();
    let server = Server::start_ledger(&files).await;
    let samples = Samples::new();
    let (ann, ben) = (Browser::start().await, Browser::start().await);
    for browser in [&ann, &ben] {
        browser.open(&server.url("/")).await;
        browser.see("Total: 0 €").await;
    }
    // What he is writing stays.
    fill(&ben, "title", "half a cl").await;
    fill(&ann, "title", "Train to Lyon").await;
    fill(&ann, "amount", "120").await;
    ann.choose("receipt", &[&samples.file("ticket.pdf", "%PDF-1.7\n")]).await;
    ann.click("File the claim").await;
    for browser in [&ann, &ben] {
        browser.see("Total: 120 €").await;
        browser.see_texts("a[target]", &["ticket.pdf"]).await;
    }
    assert_eq!(ben.run("return document.getElementById('title').value", &[]).await, "half a cl");
    for (width, scheme) in [(1000, "light"), (1000, "dark"), (390, "light")] {
        ben.pretend(width, 900, scheme).await;
        ben.reload().await;
        ben.screenshot(&format!("ledger-{width}-{scheme}")).await;
    }
    ben.click("Withdraw").await;
    for browser in [&ann, &ben] {
        browser.see("Total: 0 €").await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}
