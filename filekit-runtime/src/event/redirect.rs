//! Redirects: which one a response is, and the error that represents one.

use http::StatusCode;
use http::header::{HeaderMap, LOCATION};

/// An error that sends the visitor to another page instead of telling them anything: to sign in, for example.
#[derive(Debug)]
pub(crate) struct RedirectFirst(pub(crate) String);

impl RedirectFirst {
    /// The redirect that a response is.
    pub(crate) fn of(status: StatusCode, headers: &HeaderMap) -> Option<Self> {
        let location = headers.get(LOCATION).and_then(|location| location.to_str().ok());
        location.filter(|_| status.is_redirection()).map(|url| Self(url.to_owned()))
    }
}

impl std::fmt::Display for RedirectFirst {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "another page comes first: {:?}", self.0)
    }
}

impl std::error::Error for RedirectFirst {}
