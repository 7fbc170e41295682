//! A page that patches change all over, with what a visitor may be at, and handlers that wait for the test; it tests nothing
//! itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Extension;
use filekit::FileKitBuilder;
use filekit::prelude::*;
use filekit_tests::{Browser, Relay, TestApp, paths, until};
use tokio::sync::Semaphore;

pub(super) const EVENT: &str = "/_filekit/event";
pub(super) const UPLOAD: &str = "/_filekit/upload";
pub(super) const VIEW: &str = "/_filekit/view";
/// Where the bytes of large uploads arrive.
pub(super) const PARTIAL: &str = "/_filekit/partial/";

/// How often events were carried out, as far as the page knows.
pub(super) const COUNT: &str = "#count";

/// The names of the selected files, and of those that arrived.
pub(super) const CHOSEN: &str = ".chosen";
pub(super) const KEPT: &str = ".kept";

const FILES: Upload = Upload::new("files");

/// What a test decides for the handlers, and what it is told by them, across restarts.
#[derive(Clone, Debug)]
struct Controls {
    gate: Arc<Semaphore>,
    runs: Arc<AtomicUsize>,
}

impl Controls {
    async fn pass(&self) -> Result<()> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        self.gate.acquire().await?.forget();
        Ok(())
    }
}

#[state]
struct Board {
    count: u32,
    rows: Vec<Row>,
    files: Vec<String>,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Row {
    id: u32,
    name: String,
}

impl Default for Board {
    fn default() -> Self {
        let rows = (1..=3).map(|id| Row { id, name: format!("row {id}") }).collect();
        Self { count: 0, rows, files: Vec::new() }
    }
}

#[state]
impl Board {
    #[event]
    async fn count(&mut self, #[extract] controls: Extension<Controls>) -> Result<()> {
        self.count += 1;
        controls.pass().await
    }

    /// Changes every row.
    #[event]
    async fn rename(&mut self, #[extract] controls: Extension<Controls>) -> Result<()> {
        self.count += 1;
        self.rows.iter_mut().for_each(|row| row.name.push('!'));
        controls.pass().await
    }

    /// Moves the last row to the top.
    #[event]
    async fn rotate(&mut self, #[extract] controls: Extension<Controls>) -> Result<()> {
        self.count += 1;
        self.rows.rotate_right(1);
        controls.pass().await
    }

    /// Puts a new row on top.
    #[event]
    async fn add(&mut self, #[extract] controls: Extension<Controls>) -> Result<()> {
        self.count += 1;
        let id = self.rows.iter().map(|row| row.id).max().unwrap_or_default() + 1;
        self.rows.insert(0, Row { id, name: format!("row {id}") });
        controls.pass().await
    }

    #[event]
    async fn take(&mut self, files: Vec<UploadFile>, #[extract] controls: Extension<Controls>) -> Result<()> {
        self.files.extend(files.iter().map(|file| file.name().to_string()));
        controls.pass().await
    }

    /// Counts step by step; before each next step it waits.
    #[event]
    async fn climb(&mut self, updates: Updates, #[extract] controls: Extension<Controls>) -> Result<()> {
        for _ in 0..3 {
            self.count += 1;
            updates.send(self).await?;
            controls.pass().await?;
        }
        Ok(())
    }
}

async fn page(board: Current<Board>) -> View {
    view![
        hstack(
            button(on_click = Board::count, "Count"),
            button(on_click = Board::rename, "Rename"),
            button(on_click = Board::rotate, "Rotate"),
            button(on_click = Board::add, "Add"),
            button(on_click = Board::climb, "Climb"),
        ),
        p("Counted: ", span(id = "count", board.count)),
        ul(for row in &board.rows {
            li(
                key = row.id,
                class = "row",
                // What the browser puts here counts for no patch.
                if has_selection(FILES) {
                    i(class = "mark", "!")
                },
                span(class = "name", &row.name),
                input(class = "field", aria_label = &row.name),
                select(
                    class = "pick",
                    aria_label = "Pick",
                    if row.name.ends_with('!') {
                        option("new")
                    },
                    option("a"),
                    option("b"),
                ),
                details(summary("More of ", &row.name), p("The rest")),
                div(class = "box", style = "height: 60px; overflow: auto", div(style = "height: 500px", &row.name)),
            )
        }),
        fields(&board),
        uploads(&board),
        div(style = "height: 3000px", "the end"),
    ]
}

fn fields(board: &Board) -> View {
    view![
        // What changes stands right beside them.
        section(
            title = board.count,
            p(class = "beside", board.count, " so far"),
            input(id = "text", aria_label = "Text"),
            textarea(id = "area", aria_label = "Area"),
            select(
                id = "choice",
                aria_label = "Choice",
                option("none"),
                for row in &board.rows {
                    option(value = row.id, &row.name)
                },
            ),
            label(input(id = "check", r#type = "checkbox"), "Check"),
        ),
    ]
}

fn uploads(board: &Board) -> View {
    view![
        // A branch whose content is changed, and keeps what the browser has put into it.
        if board.count < 100 {
            upload(id = FILES, title = board.count, button("Choose ", board.count));
            p(class = "beside", board.count, " beside the files");
            ul(for file in selected_files(FILES) {
                li(class = "chosen", file.name())
            });
            if has_selection(FILES) {
                p(class = "shown", "something is chosen")
            }
            if is_uploading(FILES) {
                p(class = "shown", "on its way")
            }
            p(class = "after", board.count, " after the files");
            button(on_click = Board::take(upload_files(FILES)), "Send");
            button(on_click = clear_selected_files(FILES), "Clear")
        },
        for name in &board.files {
            p(class = "kept", name)
        },
    ]
}

/// Paragraphs cannot hold blocks: a browser makes three elements of each of these.
async fn repaired(board: Current<Board>) -> View {
    view![
        button(on_click = Board::rename, "Rename"),
        span(id = "count", board.count),
        for row in &board.rows {
            p(class = "row", div(class = "name", &row.name))
        },
        p("the end"),
    ]
}

/// The page in a browser, and what is between them.
pub(super) struct Visit {
    pub(super) relay: Relay,
    pub(super) browser: Browser,
    app: TestApp,
    controls: Controls,
}

impl Visit {
    /// Opens the page; its handlers don't wait.
    pub(super) async fn open() -> Self {
        let visit = Self::gated().await;
        visit.let_through(Semaphore::MAX_PERMITS);
        visit
    }

    /// Opens the page; its handlers wait when they have done their work.
    pub(super) async fn gated() -> Self {
        Self::on(|kit| kit.live(false)).await
    }

    /// The same on a server with other settings.
    pub(super) async fn on(settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> Self {
        let controls = Controls { gate: Arc::new(Semaphore::new(0)), runs: Arc::default() };
        let app = app(&controls, SECRET, settings);
        let relay = Relay::of(&app);
        let address = relay.listen().await;
        let browser = Browser::start().await;
        browser.open(&format!("http://{address}/")).await;
        browser.see_texts(COUNT, &["0"]).await;
        relay.take();
        Self { relay, browser, app, controls }
    }

    /// Opens the page anew as another visitor.
    pub(super) async fn start_anew(&self) {
        self.browser.forget_cookies().await;
        self.browser.reload().await;
        self.browser.run("scrollTo(0, 0)", &[]).await;
        self.browser.see_texts(COUNT, &["0"]).await;
        self.relay.take();
    }

    /// Lets handlers go on so many times.
    pub(super) fn let_through(&self, times: usize) {
        self.controls.gate.add_permits(times);
    }

    /// How often a handler was at work, in all servers together.
    pub(super) fn runs(&self) -> usize {
        self.controls.runs.load(Ordering::Relaxed)
    }

    /// Waits until a handler has been at work so many times.
    pub(super) async fn until_run(&self, times: usize) {
        until("a handler is at work", async || (self.runs() == times).then_some(())).await;
    }

    /// Ends the server and starts it anew with this secret: what it had in memory is gone.
    pub(super) fn restart(&mut self, secret: &[u8]) {
        self.app = app(&self.controls, secret, |kit| kit.live(false));
        self.relay.move_to(&self.app);
    }

    /// Asserts that there was one call of this path, and that its answer was a patch. Of several servers, any that has not shown
    /// the page before answers with the whole of it.
    pub(super) fn assert_patched(&self, path: &str) {
        let exchanges = self.relay.take();
        assert_eq!(paths(&exchanges), [path]);
        let view = exchanges[0].view();
        let is_patch = view["patch"].is_array() && view.get("body").is_none();
        assert!(is_patch || self.app.is_fleet(), "no patch: {view:#}");
    }
}

/// The secret of a server that was not started with another.
pub(super) const SECRET: &[u8] = b"the secret of the first server";

fn app(controls: &Controls, secret: &[u8], settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> TestApp {
    let pages =
        Router::new().route("/", get(page)).route("/repaired", get(repaired)).layer(Extension(controls.clone()));
    TestApp::with(pages, |kit| settings(kit.secret(secret)))
}
