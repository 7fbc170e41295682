//! The context of one request: its filekit, its visit, its states.

use axum::response::AppendHeaders;
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{Extensions, HeaderName, HeaderValue};

use crate::error::Result;
use crate::kit::{FileKit, Serving};
use crate::state::{Followed, JustKept, Preview, StatesSeen};
use crate::texts::Texts;
use crate::visitor::{PagePath, SessionId, Visit, Visitor, ambient};

/// The context of the call of a page's handler or of an event: its filekit, the visitor and the page, and the visitor's states.
#[derive(Clone, Debug)]
pub(crate) struct PageContext {
    kit: FileKit,
    visit: Visit,
    states: StatesSeen,
}

impl PageContext {
    /// The context of a request; a visitor without a session gets one.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) async fn of_request(kit: &FileKit, parts: &Parts) -> Result<Self> {
        let sessions = &kit.config().sessions;
        let brought = sessions.brought_by(parts);
        for session in brought.sessions() {
            // A store that is out of reach is in the log. Nothing of a session can be reached without it, and pages that show nothing of
            // one go on.
            kit.shared().states.learn(session).await.ok();
        }
        let visitor = Visitor::of_request(sessions, brought)?;
        Ok(Self::of_visitor(kit, parts, visitor))
    }

    /// The context of a request whose URL names a session.
    ///
    /// # Errors
    ///
    /// As [`Visitor::of_session`]; also if the store of states does not say whether it has ended.
    pub(crate) async fn of_session(kit: &FileKit, parts: &Parts, session: SessionId) -> Result<Self> {
        kit.shared().states.learn(session).await?;
        let visitor = Visitor::of_session(&kit.config().sessions, parts, session)?;
        Ok(Self::of_visitor(kit, parts, visitor))
    }

    fn of_visitor(kit: &FileKit, parts: &Parts, visitor: Visitor) -> Self {
        let visit = Visit::of_request(visitor, &kit.config().base_path, parts);
        let states = StatesSeen::new(&kit.shared().states, &kit.shared().changes, &visit);
        Self { kit: kit.clone(), visit, states }
    }

    pub(crate) fn kit(&self) -> &FileKit {
        &self.kit
    }

    pub(crate) fn texts(&self) -> &Texts {
        self.kit.texts()
    }

    pub(crate) fn visit(&self) -> &Visit {
        &self.visit
    }

    pub(crate) fn visitor(&self) -> &Visitor {
        self.visit.visitor()
    }

    pub(crate) fn session(&self) -> SessionId {
        self.visit.session()
    }

    /// The session's cookie, if the answer has to bring it.
    pub(crate) fn session_cookie(&self) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        AppendHeaders(self.visitor().set_cookie().map(|cookie| (SET_COOKIE, cookie)))
    }

    /// The page, as the browser sees it.
    pub(crate) fn page(&self) -> &PagePath {
        self.visit.page()
    }

    /// The prefix of every path of filekit (its mount), as browsers see it.
    pub(crate) fn base(&self) -> &str {
        self.visit.mount().base()
    }

    /// What the page shows and since when that cannot be older, for a document that follows it.
    pub(crate) fn followed(&self) -> Followed {
        Followed { tags: self.visit.seen().tags(), since: self.states.since() }
    }

    /// Reads the path of a page that the request names.
    ///
    /// # Errors
    ///
    /// If the path is not one of this site.
    pub(crate) fn path(&self, text: &str) -> Result<PagePath, crate::error::Rejection> {
        PagePath::parse(self.visit.mount(), text)
    }

    /// The same visitor on another page.
    pub(crate) fn on_page(self, page: PagePath) -> Self {
        let visit = self.visit.on_page(page);
        let states = self.states.of(&visit);
        Self { visit, states, ..self }
    }

    /// The same visitor; one with several sessions in the one that fits.
    pub(crate) fn fitting(self, fits: impl Fn(SessionId) -> bool) -> Self {
        let visit = self.visit.fitting(fits);
        let states = self.states.of(&visit);
        Self { visit, states, ..self }
    }

    /// The same visitor, after an event that has kept this state.
    pub(crate) fn with_kept(&self, kept: JustKept) -> Self {
        Self { states: self.states.with_kept(kept), ..self.clone() }
    }

    /// The same visitor, who sees a state that an event has not reached for good.
    pub(crate) fn with_preview(&self, preview: Preview) -> Self {
        Self { states: self.states.with_preview(preview), ..self.clone() }
    }

    /// Lets the extractors of a handler find what they extract.
    pub(crate) fn insert_into(&self, extensions: &mut Extensions) {
        extensions.insert(Serving(self.kit.clone()));
        extensions.insert(self.visitor().clone());
        extensions.insert(self.states.clone());
        extensions.insert(self.kit.files());
    }

    /// Does `work` with this context known to [`upload_url`](crate::upload_url) and its like.
    pub(crate) async fn scope<T>(&self, work: impl Future<Output = T>) -> T {
        let files = self.kit.files_at(self.visit.mount());
        ambient::scope(self.visit.clone(), files, work).await
    }
}
