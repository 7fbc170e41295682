//! Who is asking, and where filekit is mounted for them: known while a request is handled; not what they ask.

use std::path::Path;
use std::sync::Arc;

use axum::extract::{OriginalUri, RawPathParams};

use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Rejection, Result};
use crate::offer::{Capability, CapabilitySigner, PageUploads, Scope};
use crate::server::FileKit;
use crate::server::instance::Claim;
use crate::server::kit::Kit;
use crate::state::{Preview, State};
use crate::storage::links::StoredFiles;
use crate::storage::{FileKey, UrlSigner, links};
use crate::upload::{Rules, UploadId};
use crate::visitor::{PageAddress, Replacement, Seal, SessionCookie, SessionId, SessionToken, Toast};

/// What handlers and extractors know of the request.
#[derive(Clone, Debug)]
pub(crate) struct Context(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    filekit: FileKit,
    /// Whether the request brought no session.
    is_new: bool,
    /// Whose request it is, unless `replacement` says otherwise.
    session: SessionToken,
    /// Whether the visitor had the session before the request.
    exists: bool,
    /// If the request brings several sessions: all of them; none is used until one fits the request.
    several: Vec<SessionToken>,
    /// Whether the visitor brings a session that was renewed just now: another answer says so, which this one must not undo.
    is_late: bool,
    /// The session that this request has put in place of its own; shared by all contexts of the request.
    replacement: Replacement,
    cookie: SessionCookie,
    /// What stands before every path of filekit: the chosen base path, and what axum's `nest` has taken away.
    base: String,
    /// Path and query of the request's page, as the browser names them in a call.
    page: String,
    /// The state of an event that still runs, if this is its page.
    preview: Option<Preview>,
    /// How many changes of the session's states there were before anything was done for the request.
    changes: u64,
    /// Whether the page is only asked whether it would let the visitor in.
    knocking: bool,
}

tokio::task_local! {
    static CURRENT: Context;
}

impl Context {
    /// The context of a request; a visitor without a session gets one.
    ///
    /// Which of several sessions is the visitor's cannot be told: another site below the same domain can have set the
    /// other. The visitor is treated as one without any, until what is asked for [fits](Self::fitting) one of them.
    pub(crate) fn of_request(filekit: &FileKit, parts: &Parts) -> Result<Self> {
        let cookie = SessionCookie::new(filekit.0.scheme.is_https(&parts.headers, &parts.extensions));
        let ended = &filekit.0.ended;
        let mut brought = cookie.read(&parts.headers, &filekit.0.secret, filekit.0.settings.session_ttl);
        let is_late = brought.iter().any(|issued| ended.was_renewed_just_now(issued.session));
        let is_new = brought.is_empty();
        brought.retain(|issued| !ended.has(issued.session));
        let (session, several) = match brought[..] {
            [issued] => (Some(issued), Vec::new()),
            _ => (None, brought),
        };
        let exists = session.is_some();
        let session = session.map_or_else(|| SessionId::random().map(SessionToken::now), Ok)?;
        let base = format!("{}{}", filekit.0.settings.base_path, nested(parts));
        let query = parts.uri.query().filter(|query| !query.is_empty());
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let page = format!("{}{}{query}", filekit.0.settings.base_path, mounted_path(parts));
        Ok(Self(Arc::new(Inner {
            filekit: filekit.clone(),
            changes: filekit.0.changes.count(session.session),
            session,
            is_new,
            exists,
            several,
            is_late,
            replacement: Replacement::default(),
            cookie,
            base,
            page,
            preview: None,
            knocking: false,
        })))
    }

    pub(crate) fn kit(&self) -> &Kit {
        &self.0.filekit.0
    }

    pub(crate) fn filekit(&self) -> FileKit {
        self.0.filekit.clone()
    }

    pub(crate) fn changes(&self) -> u64 {
        // Those of another session say nothing: then the page is looked at once too often.
        self.renewed().map_or(self.0.changes, |_| 0)
    }

    pub(crate) fn session(&self) -> SessionId {
        self.renewed().unwrap_or(self.0.session.session)
    }

    fn renewed(&self) -> Option<SessionId> {
        self.0.replacement.get()
    }

    /// The session that this request puts in place of its own, for what may do so.
    pub(crate) fn replacement(&self) -> &Replacement {
        &self.0.replacement
    }

    /// Puts another session in place of the visitor's. All that follows is for that one.
    pub(crate) fn renew(&self, session: SessionId) {
        self.0.replacement.set(session);
    }

    /// Whether the visitor comes with several sessions, of which none fits so far.
    pub(crate) fn has_several_sessions(&self) -> bool {
        !self.0.several.is_empty() && !self.0.exists
    }

    /// Whether the visitor comes with a session that was renewed just now.
    pub(crate) fn is_late(&self) -> bool {
        self.0.is_late && !self.0.exists
    }

    /// The same visitor; one with several sessions in the one that fits, from here on: nothing else of the request can be of another.
    pub(crate) fn fitting(&self, fits: impl Fn(SessionId) -> bool) -> Self {
        match self.0.several.iter().find(|issued| fits(issued.session)) {
            None => self.clone(),
            Some(&session) => {
                let changes = self.kit().changes.count(session.session);
                let several = Vec::new();
                Self(Arc::new(Inner { session, exists: true, several, changes, ..Inner::clone(&self.0) }))
            }
        }
    }

    /// The same visitor; one with several sessions in the one that the capability was signed for.
    pub(crate) fn fitting_capability(&self, scope: Scope<'_>, capability: &str) -> Self {
        self.fitting(|session| Capability::open(&self.kit().secret, session, scope, capability).is_ok())
    }

    /// The same visitor; one with several sessions in the one that [`Context::sign_uploads`] signed for.
    pub(crate) fn fitting_uploads(&self, text: &str) -> Self {
        self.fitting(|session| PageUploads::open(&self.kit().secret, session, self.address(), text).is_ok())
    }

    /// The same visitor; one with several sessions in the one that the document was made for.
    pub(crate) fn fitting_document(&self, claim: &Claim) -> Self {
        self.fitting(|session| claim.owner.is_some_and(|owner| owner.fits_session(&self.kit().secret, session)))
    }

    /// Says for which session a document is.
    pub(crate) fn owner(&self) -> Seal {
        Seal::of_session(&self.kit().secret, self.session())
    }

    /// Whether a document was made for the visitor's session.
    pub(crate) fn owns(&self, claim: &Claim) -> bool {
        claim.owner.is_some_and(|owner| owner.fits_session(&self.kit().secret, self.session()))
    }

    /// Checks that a document may become a page of the visitor's session: one that was made for it, or for one that is no more. A document of
    /// another session must be loaded anew where there is one, so that its visitor sees whose it is.
    ///
    /// # Errors
    ///
    /// If it must.
    pub(crate) fn check_owner(&self, claim: &Claim) -> Result<(), Rejection> {
        (!self.0.exists || self.owns(claim)).then_some(()).ok_or(Rejection::OutOfDate)
    }

    /// Whether the request brought no session, so that this one is new.
    pub(crate) fn is_new(&self) -> bool {
        self.0.is_new
    }

    /// The visitor's state, as the page is to show it.
    pub(crate) fn state<S: State>(&self) -> Arc<S> {
        let preview = self.0.preview.as_ref().and_then(Preview::state);
        preview.unwrap_or_else(|| self.kit().states.load(self.session()))
    }

    /// The same visitor, seeing a state that an event has not reached for good.
    pub(crate) fn with_preview(&self, preview: Preview) -> Self {
        Self(Arc::new(Inner { preview: Some(preview), ..Inner::clone(&self.0) }))
    }

    pub(crate) fn base(&self) -> &str {
        &self.0.base
    }

    /// Path and query of the page, as the browser names them in a call.
    pub(crate) fn page(&self) -> &str {
        &self.0.page
    }

    /// What the page with that path and query, as the browser sees them, is known by in what is signed.
    pub(crate) fn address_of<'a>(&self, page: &'a str) -> PageAddress<'a> {
        PageAddress::of(page, |path| matches!(path.strip_prefix(self.base()), Some("" | "/")))
    }

    fn address(&self) -> PageAddress<'_> {
        self.address_of(self.page())
    }

    /// What signs the calls of events from this page.
    pub(crate) fn call_signer(&self) -> CapabilitySigner {
        CapabilitySigner::new(&self.kit().secret, self.session(), Scope::Page(self.address()))
    }

    /// What signs the links of this page to downloads that events hand over.
    pub(crate) fn download_signer(&self) -> CapabilitySigner {
        CapabilitySigner::new(&self.kit().secret, self.session(), Scope::Download(self.address()))
    }

    /// Appends the right to send files to these uploads before the event is known.
    pub(crate) fn sign_uploads(&self, uploads: &[(UploadId, Rules)], text: &mut String) {
        PageUploads::sign(&self.kit().secret, self.session(), self.address(), uploads, text);
    }

    /// Opens what [`Context::sign_uploads`] made for this visitor on this page.
    ///
    /// # Errors
    ///
    /// If it was made for another visitor or page, or not at all.
    pub(crate) fn open_uploads(&self, text: &str) -> Result<PageUploads, Rejection> {
        PageUploads::open(&self.kit().secret, self.session(), self.address(), text)
    }

    /// Appends what a form says of its page in its URL, for an attribute.
    pub(crate) fn push_form_query(&self, text: &mut String) {
        text.push_str("?page=");
        text.extend(utf8_percent_encode(self.page(), NON_ALPHANUMERIC));
        text.push_str("&amp;seal=");
        text.push_str(&self.seal().to_string());
    }

    /// The seal of the page.
    pub(crate) fn seal(&self) -> Seal {
        Seal::of(&self.kit().secret, self.address())
    }

    /// Checks that the page that a request names without a capability was shown.
    ///
    /// # Errors
    ///
    /// If it was not, as far as this server can tell.
    pub(crate) fn check_seal(&self, page: &str, seal: Option<Seal>) -> Result<(), Rejection> {
        let fits = seal.is_some_and(|seal| seal.fits(&self.kit().secret, self.address_of(page)));
        fits.then_some(()).ok_or(Rejection::OutOfDate)
    }

    /// The same visitor, who only wants to know whether the page would let them in.
    pub(crate) fn knocking(&self) -> Self {
        Self(Arc::new(Inner { knocking: true, ..Inner::clone(&self.0) }))
    }

    pub(crate) fn is_knocking(&self) -> bool {
        self.0.knocking
    }

    /// The same visitor on the page with that path and query, as the browser sees them.
    pub(crate) fn on_page(&self, page: &str) -> Self {
        Self(Arc::new(Inner { page: page.to_owned(), ..Inner::clone(&self.0) }))
    }

    /// The path and query as the router of the pages sees them, of those that the browser sees.
    pub(crate) fn routed(&self, page: &str) -> Option<String> {
        below(self.base(), page)
    }

    /// The path and query before `nest`, of those that the browser sees.
    pub(crate) fn original(&self, page: &str) -> Option<String> {
        below(&self.kit().settings.base_path, page)
    }

    /// The cookie of the session, which lasts from now on. None if another answer has brought a newer one.
    pub(crate) fn set_cookie(&self) -> Option<HeaderValue> {
        self.renewed_cookie().or_else(|| {
            // It may have ended while the request was under way.
            let is_over = self.is_late() || self.kit().ended.has(self.0.session.session);
            let issued = (!is_over).then(|| self.0.session.renewed(self.kit().settings.session_ttl));
            issued.map(|issued| self.write_cookie(issued))
        })
    }

    /// The cookie of the session that this request has put in place of its own, if it has.
    pub(crate) fn renewed_cookie(&self) -> Option<HeaderValue> {
        self.renewed().map(|session| self.write_cookie(SessionToken::now(session)))
    }

    fn write_cookie(&self, issued: SessionToken) -> HeaderValue {
        let kit = self.kit();
        self.0.cookie.write(issued, &kit.secret, kit.settings.session_ttl)
    }

    /// What was said to the visitor before the page was asked for, and is not shown yet.
    pub(crate) fn flash(&self, headers: &HeaderMap) -> Option<Vec<Toast>> {
        self.0.cookie.read_flash(headers, &self.kit().secret, self.session())
    }

    /// The cookie that keeps messages until the next page shows them.
    pub(crate) fn set_flash(&self, toasts: &[Toast]) -> HeaderValue {
        self.0.cookie.write_flash(toasts, &self.kit().secret, self.session())
    }

    /// The cookie that ends the one of [`Context::set_flash`].
    pub(crate) fn end_flash(&self) -> HeaderValue {
        self.0.cookie.end_flash()
    }

    /// Does `work` with this context known to [`upload_url`](crate::upload_url) and its like.
    pub(crate) async fn scope<T>(&self, work: impl Future<Output = T>) -> T {
        let files: Arc<dyn StoredFiles> = Arc::clone(&self.0) as _;
        CURRENT.scope(self.clone(), links::scope(files, work)).await
    }
}

/// The path that the outermost router saw ends with the one that this router sees; what is before it was nested. Slashes at
/// the end do not count: a layer between the routers may add or remove one, and `nest` itself does.
fn nested(parts: &Parts) -> &str {
    let [original, inner] = [original_path(parts), parts.uri.path()].map(|path| path.trim_end_matches('/'));
    original.strip_suffix(inner).unwrap_or_default()
}

/// The path of the page behind what was nested. It is the one that has a route, also where a layer in front has changed what
/// the browser asked for.
fn mounted_path(parts: &Parts) -> String {
    match parts.uri.path() {
        // Both `/app` and `/app/` are `/` to a router that is nested at `/app`.
        "/" => original_path(parts).to_owned(),
        inner => format!("{}{inner}", nested(parts)),
    }
}

/// What is left of a path and query below a prefix. The page at the prefix itself may be shown without a slash.
fn below(prefix: &str, page: &str) -> Option<String> {
    let rest = page.strip_prefix(prefix)?;
    match rest.as_bytes().first() {
        Some(b'/') => Some(rest.to_owned()),
        None | Some(b'?') => Some(format!("/{rest}")),
        Some(_) => None,
    }
}

/// The parameter `name` of the route. There may be others: those of the path that filekit is nested under.
pub(crate) fn parameter(parameters: &RawPathParams, name: &str) -> String {
    let found = parameters.iter().find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}

/// The path before any `nest`.
fn original_path(parts: &Parts) -> &str {
    parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |OriginalUri(uri)| uri.path())
}

/// Who asks, while a handler of a page or an event runs for them.
pub(crate) fn current() -> Option<Context> {
    CURRENT.try_with(Clone::clone).ok()
}

impl StoredFiles for Inner {
    fn directory(&self) -> &Path {
        self.filekit.0.disk.root()
    }

    fn url(&self, key: &FileKey) -> String {
        self.filekit.0.urls.url(&self.base, key.as_str())
    }

    fn url_of_nothing(&self, key: &str) -> String {
        UrlSigner::unsigned(&self.base, key)
    }

    fn contain(&self, key: &FileKey) -> bool {
        self.filekit.0.disk.contains(key)
    }
}

/// Outside of requests there is no path under which filekit is nested.
impl StoredFiles for Kit {
    fn directory(&self) -> &Path {
        self.disk.root()
    }

    fn url(&self, key: &FileKey) -> String {
        self.urls.url(&self.settings.base_path, key.as_str())
    }

    fn url_of_nothing(&self, key: &str) -> String {
        UrlSigner::unsigned(&self.settings.base_path, key)
    }

    fn contain(&self, key: &FileKey) -> bool {
        self.disk.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nested_part_is_what_the_inner_path_lacks() {
        for (original, inner, expected_nested, expected_page) in [
            ("/", "/", "", "/"),
            ("/a/b", "/a/b", "", "/a/b"),
            ("/app/a/b", "/a/b", "/app", "/app/a/b"),
            ("/app", "/", "/app", "/app"),
            ("/app/", "/", "/app", "/app/"),
            ("/a/a", "/a", "/a", "/a/a"),
            // As a layer has rewritten them.
            ("/a/", "/a", "", "/a"),
            ("/a", "/a/", "", "/a/"),
            ("/app/a/", "/a", "/app", "/app/a"),
            ("//app/a", "/a", "//app", "//app/a"),
        ] {
            let request = http::Request::builder().uri(inner).extension(OriginalUri(original.parse().unwrap()));
            let parts = request.body(()).unwrap().into_parts().0;
            assert_eq!((nested(&parts), mounted_path(&parts).as_str()), (expected_nested, expected_page), "{original}");
        }
    }
}
