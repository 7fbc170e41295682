//! How sessions are recognised and issued.

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;
use http::request::Parts;

use crate::secret::Secret;
use crate::visitor::{EndedSessions, Scheme, SessionCookie, SessionId, SessionToken};

/// Recognises the sessions of this program among the cookies of a browser.
#[derive(Debug)]
pub(crate) struct Sessions {
    pub(crate) secret: Secret,
    /// How long a session lives without a request.
    pub(crate) ttl: Duration,
    /// How long a session can be used by the URL of an endpoint that was written for it.
    pub(crate) endpoint_ttl: Duration,
    /// Whether visitors come over https, on which the name of the cookie depends.
    pub(crate) scheme: Scheme,
    /// Sessions that have ended before their time.
    pub(crate) ended: Arc<EndedSessions>,
}

/// The sessions that a request brings, each once.
#[derive(Debug)]
pub(crate) struct BroughtSessions {
    /// The cookie of sessions, as it is for the request.
    pub(super) cookie: SessionCookie,
    pub(super) tokens: Vec<SessionToken>,
}

impl BroughtSessions {
    pub(crate) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.tokens.iter().map(|token| token.session)
    }
}

impl Sessions {
    /// The sessions that a request brings, also those that have ended.
    pub(crate) fn brought_by(&self, parts: &Parts) -> BroughtSessions {
        let cookie = SessionCookie::new(self.scheme.is_https(&parts.headers, &parts.extensions));
        BroughtSessions { cookie, tokens: cookie.read(&parts.headers, &self.secret, self.ttl) }
    }

    pub(super) fn write(&self, cookie: SessionCookie, token: SessionToken) -> HeaderValue {
        cookie.write(token, &self.secret, self.ttl)
    }
}
