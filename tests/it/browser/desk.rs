//! A page with all that a page can say of an upload, and a handler that waits for the test; it tests nothing itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Extension;
use filekit::prelude::*;
use filekit::view::Action;
use filekit_tests::{Browser, TestApp};
use tokio::sync::Semaphore;

/// The names of the selected files.
pub(super) const NAMES: &str = ".chosen .name";
/// Their states.
pub(super) const STATES: &str = ".chosen .state";
/// The names of the files that the handler kept, and what else it did.
pub(super) const KEPT: &str = ".kept";

/// What a test decides for the handler.
#[derive(Clone, Debug)]
pub(super) struct Controls {
    gate: Arc<Semaphore>,
    refuses: Arc<AtomicBool>,
}

#[state]
#[derive(Default)]
struct Papers {
    kept: Vec<String>,
}

#[state]
impl Papers {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>, #[extract] controls: Extension<Controls>) -> Result<()> {
        controls.gate.acquire().await?.forget();
        if controls.refuses.load(Ordering::Relaxed) {
            return Err(Error::user("Not today."));
        }
        for file in files {
            let stored = file.save().await?;
            self.kept.push(stored.name().to_owned());
        }
        Ok(())
    }

    #[event]
    fn note(&mut self) {
        self.kept.push(format!("noted after {}", self.kept.len()));
    }

    #[event]
    fn stop(&self) -> Action {
        cancel_upload("files")
    }
}

async fn page(papers: Current<Papers>) -> View {
    let progress_of_all = upload_progress("files");
    view![
        heading(level = 1, "Papers"),
        upload(id = "files", max_size = "5 MB", button("Choose")),
        ul(for file in selected_files("files") {
            li(
                class = "chosen",
                span(class = "name", file.name()),
                " ",
                span(class = "state", file.status()),
                " ",
                span(class = "error", file.error()),
                progress(value = file.progress(), max = 100, aria_label = file.name()),
                button(on_click = cancel_file(&file), "Drop ", file.name()),
                button(on_click = retry_file(&file), "Retry ", file.name()),
            )
        }),
        ul(for file in rejected_files("files") {
            li(class = "rejected", file.message())
        }),
        if is_uploading("files") {
            progress(id = "all", value = progress_of_all.percent(), max = 100, aria_label = "All files");
            p(id = "rate", progress_of_all.rate_text(), " ", progress_of_all.eta_text());
        },
        button(on_click = Papers::take(upload_files("files")), "Send"),
        button(on_click = Papers::take(upload_files("files")), "Send more"),
        button(on_click = [Papers::take(upload_files("files")), Papers::note], "Send and note"),
        button(on_click = cancel_upload("files"), "Stop"),
        button(on_click = Papers::stop, "Have it stopped"),
        button(on_click = clear_selected_files("files"), "Clear"),
        for name in &papers.kept {
            p(class = "kept", name)
        },
    ]
}

/// The page in a browser.
pub(super) struct Desk {
    pub(super) app: TestApp,
    pub(super) browser: Browser,
    controls: Controls,
}

impl Desk {
    /// Opens the page; its handler takes files at once.
    pub(super) async fn open() -> Self {
        let desk = Self::closed().await;
        desk.let_through(Semaphore::MAX_PERMITS);
        desk
    }

    /// Opens the page; its handler waits before it takes files.
    pub(super) async fn closed() -> Self {
        Self::closed_in("en").await
    }

    /// The same in another language.
    pub(super) async fn closed_in(language: &str) -> Self {
        let controls = Controls { gate: Arc::new(Semaphore::new(0)), refuses: Arc::default() };
        let pages = Router::new().route("/", get(page)).layer(Extension(controls.clone()));
        let app = TestApp::with(pages, |kit| kit.lang(language));
        let address = app.listen().await;
        let browser = Browser::start().await;
        browser.open(&format!("http://{address}/")).await;
        Self { app, browser, controls }
    }

    /// Lets the handler take files so many times.
    pub(super) fn let_through(&self, times: usize) {
        self.controls.gate.add_permits(times);
    }

    /// Whether the handler refuses what comes from now on.
    pub(super) fn refuse(&self, refuses: bool) {
        self.controls.refuses.store(refuses, Ordering::Relaxed);
    }
}
