//! Files that the server checks: how a browser shows that, and what the check says.

use std::sync::{Arc, LazyLock};

use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp, patterned};
use tokio::sync::Semaphore;

/// Lets one check go on.
static GATE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(0)));

#[state]
#[derive(Default)]
struct Papers {
    kept: Vec<String>,
}

#[state]
impl Papers {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.kept.push(file.save().await?.name().to_owned());
        }
        Ok(())
    }
}

/// Waits for the test, and refuses what is named so.
async fn when_let_through(file: &UploadFile) -> Result<Verdict> {
    GATE.acquire().await?.forget();
    Ok(match file.name().as_str().starts_with("bad") {
        true => Verdict::Refuse("It holds <b>macros</b>.".to_owned()),
        false => Verdict::Clean,
    })
}

async fn page(papers: Current<Papers>) -> View {
    view![
        upload(id = "files", check = when_let_through, button("Choose")),
        ul(for file in selected_files("files") {
            li(
                span(class = "name", file.name()),
                " ",
                span(class = "state", file.status()),
                " ",
                span(class = "error", file.error()),
            )
        }),
        button(on_click = Papers::take(upload_files("files")), "Send"),
        for name in &papers.kept {
            p(class = "kept", name)
        },
    ]
}

/// Small files go in one request, large ones in several.
#[tokio::test]
pub(super) async fn a_file_is_in_check_until_the_verdict_and_shows_what_it_says() {
    let app = TestApp::new(Router::new().route("/", get(page)));
    let address = app.listen().await;
    let browser = Browser::start().await;
    let samples = Samples::new();
    for size in [1_000, 3_000_000] {
        browser.open(&format!("http://{address}/")).await;
        let [good, bad] = [format!("good {size}.bin"), format!("bad {size}.bin")];
        let files = [&good, &bad].map(|name| samples.file(name, patterned(size)));
        browser.choose("files", &[&files[0], &files[1]]).await;
        browser.click("Send").await;
        browser.see_texts(".state", &["checking", "checking"]).await;
        GATE.add_permits(2);
        browser.see_texts(".state", &["selected", "failed"]).await;
        let refused = format!("“{bad}” is not accepted: It holds <b>macros</b>.");
        assert_eq!(browser.texts(".error").await, ["", &refused]);
        assert_eq!(app.stored_names(), [""; 0]);
    }
    browser.open(&format!("http://{address}/")).await;
    browser.choose("files", &[&samples.file("good.bin", patterned(2_000_000))]).await;
    browser.click("Send").await;
    browser.see_texts(".state", &["checking"]).await;
    GATE.add_permits(1);
    browser.see_texts(".kept", &["good.bin"]).await;
}
