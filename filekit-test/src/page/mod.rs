//! A page in front of a visitor. Each action does what the browser's script would do: `enter.rs` chooses files and enters values,
//! `actions.rs` does what a click does, `call.rs` calls events, `upload.rs` those with files, `form.rs` sends forms as a browser does by
//! itself, and `live.rs` shows what happens elsewhere.

mod actions;
mod call;
mod client;
mod controls;
mod document;
mod enter;
mod form;
mod live;
mod outline;
mod rules;
mod upload;
mod visible;

use crate::event_stream::EventStream;
use crate::page::actions::DueActions;
use crate::page::client::Client;
use crate::page::document::Document;
use crate::page::upload::Upload;
use crate::{Download, Visitor};

/// A page in front of a visitor.
///
/// Methods find things by the names that a visitor reads: the text of a button, the label of an input, the id or the label of an upload. If
/// there is no such thing, the test fails, says which there are, and describes the page.
///
/// After every event the page is loaded again, and compared with what the event's patch has made of it: a difference fails the test.
///
/// A page [follows](Self::follow) what happens elsewhere, and a test waits for what it is to show: [`until_text`](Self::until_text).
///
/// # Examples
///
/// ```
/// use filekit::prelude::*;
/// use filekit_test::{Program, file};
///
/// const PHOTOS: Upload = Upload::new("photos").accept(&["image/png"]);
///
/// #[state]
/// #[derive(Default)]
/// struct Album {
///     photos: Vec<StoredFile>,
/// }
///
/// #[state]
/// impl Album {
///     #[event]
///     async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
///         for file in files {
///             self.photos.push(file.save().await?);
///         }
///         Ok(())
///     }
/// }
///
/// async fn index(album: Current<Album>) -> View {
///     view![vstack(
///         upload(id = PHOTOS, button("Choose photos")),
///         button(on_click = Album::keep(upload_files(PHOTOS)), "Send"),
///         text("Photos: ", album.photos.len()),
///         for photo in &album.photos {
///             link(href = photo.url(), photo.name())
///         },
///     )]
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let program = Program::new(Router::new().route("/", get(index)), |kit| kit);
/// let mut page = program.open("/").await;
///
/// page.choose("photos", [file("a.txt", "no picture")]);
/// page.assert_text("“a.txt” is not accepted here. Accepted: PNG.");
///
/// let picture = b"\x89PNG\r\n\x1a\n".to_vec();
/// page.choose("photos", [file("a.png", picture.clone())]).click("Send").await;
/// page.assert_text("Photos: 1");
/// page.click("a.png").await;
/// assert_eq!(page.downloads()[0].bytes, picture);
/// # }
/// ```
#[derive(Debug)]
pub struct Page {
    visitor: Visitor,
    /// Path and query, as they were opened.
    address: String,
    document: Document,
    client: Client,
    messages: Vec<String>,
    downloads: Vec<Download>,
    /// Actions of events that something entered or chosen has set off.
    due: DueActions,
    /// So many bytes of the next upload get through.
    breaks_after: Option<usize>,
    /// The upload whose connection broke.
    broken: Option<Upload>,
    /// The connection by which the page follows its state.
    live: Option<EventStream>,
    /// What the server says while it has no place for that connection.
    refused: Option<String>,
}

/// Actions of the visitor.
impl Page {
    /// Clicks a button or a link, by its text or its accessible name, and waits for everything that follows from it. What comes of a
    /// link that leads to no page is among the [downloads](Self::downloads).
    ///
    /// # Panics
    ///
    /// If there is no such button or link, or there are several, or it is disabled, or what it does cannot be done without a browser.
    pub async fn click(&mut self, name: &str) -> &mut Self {
        self.begin().await;
        let target = self.target(name, None);
        self.activate(target).await;
        self
    }

    /// Clicks the button or link of that name that is nearest to a text: of many that are called "Remove", that of one row.
    ///
    /// # Panics
    ///
    /// As [`click`](Self::click), or if nothing has that text.
    pub async fn click_near(&mut self, text: &str, name: &str) -> &mut Self {
        self.begin().await;
        let target = self.target(name, Some(text));
        self.activate(target).await;
        self
    }

    /// Submits a form, by its id or its label, as the return key in one of its inputs does.
    ///
    /// # Panics
    ///
    /// If there is no such form, or something that it requires is missing.
    pub async fn submit(&mut self, form: &str) -> &mut Self {
        self.begin().await;
        let target = self.form_target(form);
        self.activate(target).await;
        self
    }

    /// Runs the events that something chosen or entered sets off (`on_drop`, `on_change` and their like). Whatever else the visitor does
    /// next waits for them as well.
    ///
    /// # Panics
    ///
    /// If an event leaves another page than the one that a reload shows.
    pub async fn settle(&mut self) -> &mut Self {
        while let Some(actions) = self.due.next() {
            self.perform(actions).await;
        }
        self
    }

    /// Gives up the upload that waits for its connection.
    ///
    /// # Panics
    ///
    /// If none of that upload does.
    pub async fn cancel(&mut self, upload: &str) -> &mut Self {
        self.begin().await;
        if !self.broken.as_ref().is_some_and(|broken| broken.is_for(upload)) {
            self.fail(&format!("nothing of the upload {upload:?} is on its way"));
        }
        self.cancel_upload(upload).await;
        self
    }

    /// Lets the connection of the next upload break off when so many bytes of its files are through. The upload waits then, until
    /// the test lets it [`resume`](Self::resume) or [cancels](Self::cancel) it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit::prelude::*;
    /// # use filekit_test::{Program, file};
    /// # #[state]
    /// # #[derive(Default)]
    /// # struct Films { count: usize }
    /// # #[state]
    /// # impl Films {
    /// #     #[event]
    /// #     fn keep(&mut self, files: Vec<UploadFile>) { self.count += files.len(); }
    /// # }
    /// # async fn index(films: Current<Films>) -> View {
    /// #     view![vstack(
    /// #         upload(id = "films", button("Choose")),
    /// #         button(on_click = Films::keep(upload_files("films")), "Send"),
    /// #         text("Films: ", films.count),
    /// #         if is_waiting("films") { text("Waiting for the connection") },
    /// #     )]
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let program = Program::new(Router::new().route("/", get(index)), |kit| kit);
    /// # let mut page = program.open("/").await;
    /// page.choose("films", [file("a.mp4", vec![0; 5_000_000])]);
    /// page.break_after(2_000_000).click("Send").await;
    /// page.assert_text("Waiting for the connection");
    ///
    /// page.resume().await;
    /// page.assert_text("Films: 1").assert_no_text("Waiting for the connection");
    /// # }
    /// ```
    pub fn break_after(&mut self, bytes: usize) -> &mut Self {
        self.breaks_after = Some(bytes);
        self
    }

    /// Lets the upload go on whose connection broke, from where the server has its bytes.
    ///
    /// # Panics
    ///
    /// If none waits.
    pub async fn resume(&mut self) -> &mut Self {
        self.begin().await;
        if self.broken.is_none() {
            self.fail("no upload waits for its connection");
        }
        self.resume_upload().await;
        self
    }

    /// Loads the page again.
    ///
    /// # Panics
    ///
    /// If it is not there any more.
    pub async fn reload(&mut self) -> &mut Self {
        let address = self.address.clone();
        self.go_to(&address).await;
        self
    }

    /// Opens another page in place of this one.
    ///
    /// # Panics
    ///
    /// If there is no such page.
    pub async fn go_to(&mut self, path: &str) -> &mut Self {
        let fresh = Self::open(self.visitor.clone(), path).await;
        let downloads = std::mem::take(&mut self.downloads);
        *self = Self { downloads, ..fresh };
        self
    }

    /// The messages of what was done before are gone, and the events that it has set off have run.
    async fn begin(&mut self) {
        self.settle().await;
        self.messages.clear();
    }
}
