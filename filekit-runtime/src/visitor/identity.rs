//! The visitor who sends a request.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::HeaderValue;
use http::request::Parts;

use crate::error::{Rejection, Result};
use crate::secret::Secret;
use crate::visitor::{
    BroughtSessions, NotServed, Replacement, Seal, SessionCookie, SessionId, SessionToken, Sessions, Toast,
};

/// The visitor who sends a request, known by a session.
#[derive(Clone, Debug)]
pub(crate) struct Visitor(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    sessions: Arc<Sessions>,
    cookie: SessionCookie,
    /// Whether the request brought no session.
    is_new: bool,
    /// The session of the request, unless `replacement` says otherwise.
    token: SessionToken,
    /// Whether the visitor had the session before the request.
    exists: bool,
    /// If the request brings several sessions: all of them; none is used until one fits the request.
    several: Vec<SessionToken>,
    /// Whether the visitor brings a session that was renewed just now: another answer says so, which this one must not undo.
    is_late: bool,
    /// The session that this request has put in place of its own; shared by all copies of the visitor.
    replacement: Replacement,
}

impl Visitor {
    /// The visitor who sends a request that brings these sessions; one without a session gets a new one.
    ///
    /// Which of several sessions is the visitor's is unknown: another site below the same domain can have set the
    /// other. The visitor is treated as one without any, until what is asked for [fits](Self::fitting) one of them.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn of_request(sessions: &Arc<Sessions>, brought: BroughtSessions) -> Result<Self> {
        let BroughtSessions { cookie, tokens: mut brought } = brought;
        let ended = &sessions.ended;
        let is_late = brought.iter().any(|token| ended.was_renewed_just_now(token.session));
        let is_new = brought.is_empty();
        brought.retain(|token| !ended.has(token.session));
        let (known, several) = match brought[..] {
            [token] => (Some(token), Vec::new()),
            _ => (None, brought),
        };
        let exists = known.is_some();
        let token = known.map_or_else(|| SessionId::random().map(SessionToken::now), Ok)?;
        let replacement = Replacement::default();
        let sessions = Arc::clone(sessions);
        Ok(Self(Arc::new(Inner { sessions, cookie, is_new, token, exists, several, is_late, replacement })))
    }

    /// The visitor of a session that the URL of a request names, whether it brings a cookie or not.
    ///
    /// # Errors
    ///
    /// If the session has ended, or the request brings the cookie of another one.
    pub(crate) fn of_session(sessions: &Arc<Sessions>, parts: &Parts, session: SessionId) -> Result<Self, Rejection> {
        let BroughtSessions { cookie, tokens: brought } = sessions.brought_by(parts);
        let is_another = !brought.is_empty() && !brought.iter().any(|token| token.session == session);
        if is_another || sessions.ended.has(session) {
            return Err(Rejection::CapabilityRefused);
        }
        let replacement = Replacement::default();
        let (token, several, sessions) = (SessionToken::now(session), Vec::new(), Arc::clone(sessions));
        let inner =
            Inner { sessions, cookie, is_new: false, token, exists: true, several, is_late: false, replacement };
        Ok(Self(Arc::new(inner)))
    }

    /// How long an endpoint of this visitor lasts that is made now: not longer than the session does if they stay away.
    pub(crate) fn endpoints_last(&self) -> Duration {
        self.0.sessions.endpoint_ttl.min(self.0.sessions.ttl)
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.sessions.secret
    }

    pub(crate) fn session(&self) -> SessionId {
        self.renewed().unwrap_or(self.0.token.session)
    }

    /// The session that this request has put in place of its own, if it has.
    pub(crate) fn renewed(&self) -> Option<SessionId> {
        self.0.replacement.get()
    }

    /// The session that this request puts in place of its own, for what may do so.
    pub(crate) fn replacement(&self) -> &Replacement {
        &self.0.replacement
    }

    /// Whether the session of the request has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.sessions.ended.has(self.session())
    }

    /// Whether the request brought no session, so that this one is new.
    pub(crate) fn is_new(&self) -> bool {
        self.0.is_new
    }

    /// The sessions that the visitor may be known by: one, or several of which none fits so far.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        std::iter::once(self.session()).chain(self.0.several.iter().map(|token| token.session))
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
        match self.0.several.iter().find(|token| fits(token.session)) {
            None => self.clone(),
            Some(&token) => Self(Arc::new(Inner { token, exists: true, several: Vec::new(), ..Inner::clone(&self.0) })),
        }
    }

    /// Says for which session a document is.
    pub(crate) fn owner(&self) -> Seal {
        Seal::of_session(self.secret(), self.session())
    }

    /// Whether a document was made for this session.
    pub(crate) fn is_owner(&self, owner: Option<Seal>) -> bool {
        owner.is_some_and(|owner| owner.fits_session(self.secret(), self.session()))
    }

    /// Checks that a document may become a page of this session: one that was made for it, or for one that is no more. A
    /// document of another session must be loaded anew where there is one, so that its visitor sees whose it is.
    ///
    /// # Errors
    ///
    /// If the document must be loaded anew.
    pub(crate) fn check_owner(&self, owner: Option<Seal>) -> Result<(), Rejection> {
        (!self.0.exists || self.is_owner(owner)).then_some(()).ok_or(Rejection::OutOfDate)
    }

    /// The cookie of the session, which lasts from now on. None if another answer has brought a newer one.
    pub(crate) fn set_cookie(&self) -> Option<HeaderValue> {
        self.renewed_cookie().or_else(|| {
            let sessions = &self.0.sessions;
            // It may have ended while the request was under way.
            let is_over = self.is_late() || sessions.ended.has(self.0.token.session);
            (!is_over).then(|| sessions.write(self.0.cookie, self.0.token.renewed(sessions.ttl)))
        })
    }

    /// The cookie of the session that this request has put in place of its own, if it has.
    pub(crate) fn renewed_cookie(&self) -> Option<HeaderValue> {
        self.renewed().map(|session| self.0.sessions.write(self.0.cookie, SessionToken::now(session)))
    }

    /// The messages that were kept for the page that is asked for.
    pub(crate) fn flash(&self, headers: &HeaderMap) -> Option<Vec<Toast>> {
        self.0.cookie.read_flash(headers, self.secret(), self.session())
    }

    /// The cookie that keeps messages until the next page shows them.
    pub(crate) fn set_flash(&self, toasts: &[Toast]) -> HeaderValue {
        self.0.cookie.write_flash(toasts, self.secret(), self.session())
    }

    /// The cookie that ends the one of [`Visitor::set_flash`].
    pub(crate) fn end_flash(&self) -> HeaderValue {
        self.0.cookie.end_flash()
    }
}

impl<S: Sync> FromRequestParts<S> for SessionId {
    type Rejection = NotServed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotServed> {
        parts.extensions.get::<Visitor>().map(Visitor::session).ok_or(NotServed)
    }
}
