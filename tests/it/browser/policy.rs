//! Pages under a content security policy that allows no inline script and no `eval`: everything works, nothing is blocked.

use axum::{
    http::{HeaderValue, Response, header},
    middleware::map_response,
};
use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};

use super::{CHOSEN, UPLOADED};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; form-action 'self'; object-src 'none'; base-uri 'self'";

#[state]
#[derive(Default)]
struct Strict {
    files: Vec<StoredFile>,
}

#[state]
impl Strict {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<Toast> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(Toast::success("Taken."))
    }

    #[event]
    fn list(&mut self) -> Download {
        Download::data(self.files.iter().map(StoredFile::name).collect::<Vec<_>>().join(",")).filename("list.csv")
    }
}

async fn page(strict: Current<Strict>) -> View {
    view![
        upload(id = "files", padding = "1em", "Drop here"),
        hstack(for file in selected_files("files") {
            text(file.name())
        }),
        button(on_click = Strict::take(upload_files("files")), "Send"),
        button(on_click = clear_selected_files("files"), "Clear"),
        button(on_click = Strict::list, "List"),
        for file in &strict.files {
            link(href = file.url(), file.name())
        },
    ]
}

async fn with_policy<B>(mut response: Response<B>) -> Response<B> {
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

#[tokio::test]
async fn nothing_is_blocked_and_nothing_complains() {
    let pages = Router::new().route("/", get(page)).layer(map_response(with_policy));
    let app = TestApp::new(pages);
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    let samples = Samples::new();

    browser.choose("files", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
    browser.click("Clear").await;
    browser.see_texts(CHOSEN, &[]).await;
    browser.drop_files(".fk-upload", &[&samples.file("b.txt", "b")]).await;
    browser.see_texts(CHOSEN, &["b.txt"]).await;
    browser.click("Send").await;
    browser.see_texts(UPLOADED, &["b.txt"]).await;
    browser.see("Taken.").await;
    browser.click("List").await;
    assert_eq!(browser.downloaded("list.csv").await, b"b.txt");
    assert_eq!(browser.complaints().await, [""; 0]);

    // The policy is in force, or the silence above would mean nothing.
    let inline = "const script = document.createElement('script');
        script.textContent = 'window.ran_inline = true'; document.head.append(script);
        return window.ran_inline === undefined";
    let blocked = browser.run(inline, &[]).await;
    assert_eq!(blocked, true);
    assert_ne!(browser.complaints().await, [""; 0]);
}
