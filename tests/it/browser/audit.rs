//! The example with a record of what happens to files, in two browsers.

use filekit_tests::{Browser, Samples, Server, UploadDir};

#[tokio::test]
async fn what_one_person_does_is_in_the_record_that_another_sees() {
    let files = UploadDir::new();
    let server = Server::start_audit(&files).await;
    let samples = Samples::new();
    let (ann, ben) = (Browser::start().await, Browser::start().await);
    for browser in [&ann, &ben] {
        browser.open(&server.url("/")).await;
        browser.see("Nothing so far.").await;
    }
    ann.choose("papers", &[&samples.file("notes.txt", "12345")]).await;
    for browser in [&ann, &ben] {
        browser.see_texts("tbody .audit-mark", &["stored", "sent"]).await;
        browser.see_texts("a[target=_blank][dir]", &["notes.txt"]).await;
    }
    ann.click("Fail on purpose").await;
    ben.see_texts("tbody .audit-mark", &["refused", "call-failed", "stored", "sent"]).await;
    for (width, scheme) in [(1000, "light"), (1000, "dark"), (390, "light"), (390, "dark")] {
        ben.pretend(width, 900, scheme).await;
        ben.reload().await;
        ben.screenshot(&format!("audit-{width}-{scheme}")).await;
        let overflow = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(ben.run(overflow, &[]).await, false, "{width}");
    }
    // Of the one who failed on purpose the browser says so.
    assert_eq!(ben.complaints().await, [""; 0]);
}
