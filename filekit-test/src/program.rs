//! The program under test: its router, called in this process, and an upload directory of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use filekit::axum::Router;
use filekit::{FileKit, FileKitBuilder};
use tempfile::TempDir;

use crate::{Page, Visitor};

/// A program under test. Requests go straight into its router: there is no socket and no browser.
///
/// Its upload directory is a temporary one, which goes with the program and its visitors.
///
/// # Examples
///
/// A program whose settings are the defaults, and one that sets some:
///
/// ```
/// use filekit::prelude::*;
/// use filekit_test::Program;
///
/// async fn index() -> View {
///     view![heading("Files")]
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let pages = Router::new().route("/", get(index));
/// let program = Program::new(pages.clone(), |kit| kit);
/// program.open("/").await.assert_text("Files");
///
/// let program = Program::new(pages, |kit| kit.title("My files").max_body(10 * MB));
/// assert_eq!(program.open("/").await.title(), "My files");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) router: Router,
    /// Removed with the last copy.
    directory: Arc<TempDir>,
    pub(crate) compares: bool,
}

impl Program {
    /// A program with these pages, served by a [`FileKit`] with these settings. Its upload directory is set already.
    ///
    /// # Panics
    ///
    /// If the settings are refused, with the words of [`FileKitBuilder::build`].
    #[must_use]
    pub fn new(pages: Router, settings: impl FnOnce(FileKitBuilder) -> FileKitBuilder) -> Self {
        Self::with_router(|directory| {
            let kit = settings(FileKit::builder().upload_dir(directory)).build();
            kit.unwrap_or_else(|error| panic!("the program does not start: {error}")).router(pages)
        })
    }

    /// A program that makes its own router, for files in the directory that `router` is called with: one that nests the pages of
    /// filekit in others, or has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit::axum::response::Html;
    /// use filekit::prelude::*;
    /// use filekit_test::Program;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let program = Program::with_router(|directory| {
    ///     let kit = FileKit::builder().upload_dir(directory).build().expect("a directory");
    ///     let files = Router::new().route("/", get(async || view![text("files")]));
    ///     Router::new().route("/", get(async || Html("<p>home</p>"))).nest("/files", kit.router(files))
    /// });
    /// program.open("/").await.assert_text("home");
    /// program.open("/files").await.assert_text("files");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the system gives no temporary directory.
    #[must_use]
    pub fn with_router(router: impl FnOnce(&Path) -> Router) -> Self {
        let directory = tempfile::Builder::new().prefix("filekit-test-").tempdir().expect("a temporary directory");
        // As on the first run of a program, it is not there yet.
        let router = router(&directory.path().join("uploaded_files"));
        Self { router, directory: Arc::new(directory), compares: true }
    }

    /// Takes patches as they are. By default each is compared with the page as it is when it is loaded again; a page that shows the
    /// time, or anything else that is new each time, never passes that.
    #[must_use]
    pub fn without_comparison(self) -> Self {
        Self { compares: false, ..self }
    }

    /// A new visitor, with cookies of their own.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.clone())
    }

    /// A page as a new visitor opens it. Pages of one visitor are opened by [`Visitor::open`].
    ///
    /// # Panics
    ///
    /// If there is no such page; the message has the answer.
    pub async fn open(&self, path: &str) -> Page {
        self.visitor().open(path).await
    }

    /// Where the files of the program are.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        self.directory.path().join("uploaded_files")
    }
}
