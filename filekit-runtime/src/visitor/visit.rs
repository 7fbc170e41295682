//! A visitor on a page.

use std::sync::Arc;

use http::request::Parts;

use crate::error::Rejection;
use crate::guard::RequestWatch;
use crate::visitor::{Mount, PagePath, Seal, Seen, SessionId, Visitor};

/// A visitor on a page: what everything is signed for that the page holds.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    visitor: Visitor,
    mount: Arc<Mount>,
    page: Arc<PagePath>,
    seen: Seen,
    /// The request, for those who are told of its events.
    watch: Option<RequestWatch>,
}

impl Visit {
    /// The visit of a request: on the page that it asks for.
    pub(crate) fn of_request(visitor: Visitor, base_path: &str, parts: &Parts) -> Self {
        let mount = Mount::of_request(base_path, parts);
        let page = Arc::new(PagePath::of_request(&mount, parts));
        let watch = RequestWatch::current();
        Self { visitor, mount: Arc::new(mount), page, seen: Seen::default(), watch }.noted()
    }

    /// The same visit, whose session is known to those who are told of events.
    fn noted(self) -> Self {
        if let Some(watch) = &self.watch {
            watch.note_session(self.session().digest());
        }
        self
    }

    pub(crate) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    pub(crate) fn session(&self) -> SessionId {
        self.visitor.session()
    }

    pub(crate) fn mount(&self) -> &Mount {
        &self.mount
    }

    pub(crate) fn page(&self) -> &PagePath {
        &self.page
    }

    /// The request, if there are observers of events.
    pub(crate) fn watch(&self) -> Option<&RequestWatch> {
        self.watch.as_ref()
    }

    /// What the page has looked at, the last time that it was called.
    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The same visitor on another page.
    pub(crate) fn on_page(self, page: PagePath) -> Self {
        Self { page: Arc::new(page), seen: Seen::default(), ..self }
    }

    /// The same page in the session that fits; see [`Visitor::fitting`].
    pub(crate) fn fitting(self, fits: impl Fn(SessionId) -> bool) -> Self {
        Self { visitor: self.visitor.fitting(fits), ..self }.noted()
    }

    /// The seal of the page.
    pub(crate) fn seal(&self) -> Seal {
        Seal::of(self.visitor.secret(), &self.page)
    }

    /// Checks that the page, which a request names without a capability, was shown by this program.
    ///
    /// # Errors
    ///
    /// If this program has not shown the page, as far as this server can know.
    pub(crate) fn check_seal(&self, seal: Option<Seal>) -> Result<(), Rejection> {
        let fits = seal.is_some_and(|seal| seal.fits(self.visitor.secret(), &self.page));
        fits.then_some(()).ok_or(Rejection::OutOfDate)
    }
}
