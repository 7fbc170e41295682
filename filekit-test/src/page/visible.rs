//! The page as its visitor sees it, and assertions about that.

use crate::html::{Html, shown, text_lines};
use crate::page::Page;
use crate::page::client::Expressions;
use crate::page::outline::outline;
use crate::{Download, Visitor};

impl Page {
    /// The text that the visitor reads: a line for each paragraph, heading, button or the like, and the messages behind them.
    ///
    /// # Panics
    ///
    /// If events are due; see [`settle`](Self::settle).
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> String {
        self.assert_settled();
        let mut lines = text_lines(self.shown().nodes());
        lines.extend(self.messages.iter().cloned());
        lines.join("\n")
    }

    /// Fails unless the visitor reads this text somewhere. White space does not matter.
    ///
    /// # Panics
    ///
    /// If the text is not there; the message describes the page.
    #[track_caller]
    pub fn assert_text(&mut self, text: &str) -> &mut Self {
        if !self.reads(text) {
            self.fail(&format!("no text {text:?}"));
        }
        self
    }

    /// Fails if the visitor reads this text somewhere. White space does not matter.
    ///
    /// # Panics
    ///
    /// If the text is there; the message describes the page.
    #[track_caller]
    pub fn assert_no_text(&mut self, text: &str) -> &mut Self {
        if self.reads(text) {
            self.fail(&format!("there is the text {text:?}"));
        }
        self
    }

    #[track_caller]
    pub(super) fn reads(&self, text: &str) -> bool {
        let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        in_one_line(&self.text()).contains(&in_one_line(text))
    }

    /// The messages of the visitor's last action: what events said, and why something was refused.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The files handed over to the visitor since the page was opened: by events, and behind links that lead to no page.
    #[must_use]
    pub fn downloads(&self) -> &[Download] {
        &self.downloads
    }

    /// The title of the document.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.document.title
    }

    /// Path and query of the page; where an event has sent the visitor to another site, the whole URL.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The visitor, who may open further pages.
    #[must_use]
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The page as a tree of elements, with what the browser shows by itself: lists of chosen files, and the like.
    #[must_use]
    pub fn html(&self) -> Html {
        self.shown()
    }

    /// The page as readable text, with the role of each thing, as messages of failures have it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit::prelude::*;
    /// # use filekit_test::Program;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let index = async || view![vstack(heading("Files"), link(href = "/all", "All of them"))];
    /// let page = Program::new(Router::new().route("/", get(index)), |kit| kit).open("/").await;
    /// assert_eq!(page.outline(), "  heading 2 \"Files\"\n  link \"All of them\" -> /all\n");
    /// # }
    /// ```
    #[must_use]
    pub fn outline(&self) -> String {
        let messages: String = self.messages.iter().map(|message| format!("  message {message:?}\n")).collect();
        outline(&self.shown(), &self.client) + &messages
    }

    pub(super) fn shown(&self) -> Html {
        shown(&self.document.tree, &Expressions { tree: &self.document.tree, client: &self.client })
    }

    #[track_caller]
    fn assert_settled(&self) {
        if !self.due.is_empty() {
            self.fail("what was chosen or entered sets off an event: call `settle().await` before looking at the page");
        }
    }

    /// Fails the test, and describes the page.
    #[track_caller]
    pub(super) fn fail(&self, message: &str) -> ! {
        panic!("{message}\n\nthe page {} shows:\n{}", self.address, self.outline())
    }
}
