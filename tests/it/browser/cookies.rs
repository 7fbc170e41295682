//! Browsers that keep no cookies: the visitor is told what is needed.

use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}

#[state]
impl Counter {
    #[event]
    fn count(&mut self, files: Vec<UploadFile>) {
        self.count += 1 + u32::try_from(files.len()).unwrap_or_default();
    }
}

async fn page(counter: Current<Counter>) -> View {
    view![
        upload(id = "files", "Drop here"),
        button(on_click = Counter::count(upload_files("files")), "Send"),
        p(id = "count", counter.count),
    ]
}

#[tokio::test]
pub(super) async fn a_visitor_who_blocks_cookies_is_told_that_one_is_needed() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start_without_cookies().await;
    browser.open(&format!("http://{address}/")).await;
    let samples = Samples::new();
    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    for _ in 0..2 {
        browser.click("Send").await;
        let words = "This page needs a cookie that your browser did not send. \
            Try again; if that does not help, allow cookies for this site.";
        browser.see_texts("[role='alert'] p", &[words]).await;
        browser.find(fantoccini::Locator::Css(".fk-toast-close")).await.click().await.expect("a button");
        browser.see_texts("[role='alert']", &[]).await;
    }
    assert_eq!(browser.texts("#count").await, ["0"]);
}
