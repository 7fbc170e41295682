//! How sessions are recognised and issued.

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;
use http::request::Parts;

use crate::secret::Secret;
use crate::visitor::{EndedSessions, Scheme, SessionCookie, SessionToken};

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

impl Sessions {
    /// The cookie of sessions, as it is for a request.
    pub(super) fn cookie(&self, parts: &Parts) -> SessionCookie {
        SessionCookie::new(self.scheme.is_https(&parts.headers, &parts.extensions))
    }

    /// The sessions that a request brings, each once, also those that have ended.
    pub(super) fn brought(&self, cookie: SessionCookie, parts: &Parts) -> Vec<SessionToken> {
        cookie.read(&parts.headers, &self.secret, self.ttl)
    }

    pub(super) fn write(&self, cookie: SessionCookie, token: SessionToken) -> HeaderValue {
        cookie.write(token, &self.secret, self.ttl)
    }
}
