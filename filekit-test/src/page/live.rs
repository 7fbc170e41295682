//! Pages that follow their state: they show what other pages and the program itself do, as a document does that is open in a browser.
//!
//! ```text
//! follow     -> connection -> what the page does not show yet
//! until_text -> text is there -> page is what a fresh one is -> done
//!                                else: what arrives next is shown -> again
//! ```
//!
//! Between two waits nothing is read, so that a page changes only where its test says so.

use std::time::Duration;

use filekit::axum::body::{Body, to_bytes};
use filekit::axum::http::{Method, StatusCode, header};
use serde_json::Value;
use tokio::time::{sleep, timeout};
use url::form_urlencoded;

use crate::event_stream::{EventStream, StreamPart};
use crate::page::Page;
use crate::page::document::Change;

/// How long a test waits for a text.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it takes until another connection takes the place of one that has ended. Browsers take half a second and more.
const BETWEEN_CONNECTIONS: Duration = Duration::from_millis(50);

/// The state, followed.
impl Page {
    /// Follows the state that the page shows, as a browser does while the page is open: the server tells it from now on what other
    /// pages, other visitors and the program itself change. The page shows at once what has changed since it was opened, and what
    /// changes from now on when the test waits for it, with [`until_text`](Self::until_text).
    ///
    /// It ends when the page is reloaded, or another one takes its place.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit::prelude::*;
    /// use filekit_test::Program;
    ///
    /// #[state(owner = Everyone)]
    /// #[derive(Default)]
    /// struct Guestbook {
    ///     entries: usize,
    /// }
    ///
    /// #[state]
    /// impl Guestbook {
    ///     #[event]
    ///     fn add(&mut self) {
    ///         self.entries += 1;
    ///     }
    /// }
    ///
    /// async fn index(book: Current<Guestbook>) -> View {
    ///     view![vstack(text("Entries: ", book.entries), button(on_click = Guestbook::add, "Add"))]
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let program = Program::new(Router::new().route("/", get(index)), |kit| kit);
    /// let mut ann = program.open("/").await;
    /// let mut ben = program.open("/").await;
    /// ben.follow().await;
    ///
    /// ann.click("Add").await;
    /// ben.until_text("Entries: 1").await;
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the page does not follow its state ([`live(false)`](filekit::FileKitBuilder::live), or a page of another program), the
    /// server refuses, or it has refused for now (409, 503) for ten seconds.
    pub async fn follow(&mut self) -> &mut Self {
        if self.live.is_some() {
            return self;
        }
        let beginning = async {
            self.connect().await;
            while self.live.is_none() {
                self.show_next().await;
            }
            // What has changed since the page was opened, or that nothing has.
            self.show_next().await;
        };
        if timeout(PATIENCE, beginning).await.is_err() {
            let refusal = self.live_refusal();
            self.fail(&format!("the server has not said within {PATIENCE:?} that the page can be followed{refusal}"));
        }
        self
    }

    /// Waits until the visitor reads this text somewhere, and shows meanwhile what arrives; [follows](Self::follow) the state if the
    /// page does not yet. Then the page is compared with a fresh one, as after an event.
    ///
    /// # Panics
    ///
    /// If the text is not there after ten seconds; the message describes the page. If the page is another than a fresh one, and
    /// nothing arrives that makes it the same, or if it cannot be loaded again. As [`follow`](Self::follow), and if an event fails that
    /// [`settle`](Self::settle) carries out.
    pub async fn until_text(&mut self, text: &str) -> &mut Self {
        let failure = format!("no text {text:?} within {PATIENCE:?}");
        self.until(|page| page.reads(text), &failure).await
    }

    /// Waits until the visitor reads this text nowhere, as [`until_text`](Self::until_text) waits for one.
    ///
    /// # Panics
    ///
    /// As [`until_text`](Self::until_text).
    pub async fn until_no_text(&mut self, text: &str) -> &mut Self {
        let failure = format!("there is the text {text:?}, and it has not gone within {PATIENCE:?}");
        self.until(|page| !page.reads(text), &failure).await
    }

    /// Shows what arrives until something holds, and the page is what a fresh one is: while it is not, more is on its way.
    async fn until(&mut self, holds: impl Fn(&Self) -> bool, failure: &str) -> &mut Self {
        self.settle().await.follow().await;
        let arrival = async {
            while !holds(self) || self.difference().await.is_some() {
                self.show_next().await;
            }
        };
        if timeout(PATIENCE, arrival).await.is_ok() {
            return self;
        }
        match self.difference().await {
            None if holds(self) => self,
            None => self.fail(&format!("{failure}{}", self.live_refusal())),
            Some(difference) if holds(self) => self.fail_as_different(Change::Arrival, &difference),
            Some(difference) => self.fail(&format!(
                "{failure}{}; loaded again, the page is another: is the change notified?\n\n{}",
                self.live_refusal(),
                difference.trim_end()
            )),
        }
    }

    /// Shows what arrives next; a connection that has ended makes way for another.
    async fn show_next(&mut self) {
        let Some(events) = &mut self.live else {
            sleep(BETWEEN_CONNECTIONS).await;
            return self.connect().await;
        };
        match events.next().await {
            Some(StreamPart::Message(message)) => self.show_message(&message).await,
            Some(StreamPart::Heartbeat) => {}
            None => self.live = None,
        }
    }

    /// Shows a change, or goes where the page leads to.
    async fn show_message(&mut self, message: &Value) {
        let view = &message["view"];
        if view.is_object() {
            if !self.document.is_next(view) {
                // A new connection begins with what the page shows.
                self.live = None;
                return;
            }
            if let Err(misfit) = self.document.show(view) {
                self.fail(&format!("the patch that has arrived does not fit the page: {misfit}"));
            }
        }
        match message["actions"].as_array() {
            Some(actions) => self.perform(actions.clone()).await,
            None => self.fail(&format!("something has arrived that filekit-test does not know: {message}")),
        }
    }

    /// Opens the connection over which changes arrive. There is none if the server refuses it for now (409, 503): browsers ask again then.
    async fn connect(&mut self) {
        if !self.document.is_live {
            self.fail(match self.document.is_of_filekit() {
                true => "the page does not follow its state: the program says `live(false)`",
                false => "the page does not follow its state: it is none of filekit's",
            });
        }
        let (page, instance) = (self.page_address(), self.document.stamp());
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("page", page), ("instance", instance)])
            .finish();
        let path = format!("{}/_filekit/live?{query}", self.document.base);
        let request = self.visitor.request(Method::GET, &path).header(header::ACCEPT, "text/event-stream");
        let request = request.body(Body::empty()).unwrap_or_else(|error| panic!("{error} in the address {path}"));
        let (parts, body) = self.visitor.respond(request).await.into_parts();
        if parts.status != StatusCode::OK {
            let words = to_bytes(body, usize::MAX).await.unwrap_or_default();
            let answer = format!("{}\n{}", parts.status, String::from_utf8_lossy(&words)).trim_end().to_owned();
            if !matches!(parts.status, StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE) {
                self.fail(&format!("the server does not let the page follow its state: it answers {answer}"));
            }
            self.refused = Some(answer);
            return;
        }
        self.refused = None;
        self.live = Some(EventStream::new(body));
    }

    /// Why the page does not follow its state at present, as the end of a message.
    fn live_refusal(&self) -> String {
        self.refused
            .as_ref()
            .map(|answer| format!("; the server does not let the page follow its state: it answers {answer}"))
            .unwrap_or_default()
    }
}
