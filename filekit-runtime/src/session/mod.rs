//! Who a visitor is and what a page lets them do; not what state they have.

mod address;
mod capability;
mod cookie;
mod flash;
mod page_uploads;
mod seal;

pub(crate) use address::PageAddress;
pub(crate) use capability::{Capability, CapabilitySigner, Scope};
pub(crate) use cookie::SessionCookie;
pub(crate) use filekit_files::secret::{MAC_LENGTH, Purpose, Secret, Signer};
pub(crate) use page_uploads::PageUploads;
pub(crate) use seal::Seal;

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;

use crate::server::{Context, NotServed};

/// Names a visitor's session: 128 random bits that only the visitor's browser and the server know.
///
/// It is an argument of a page's handler, or an `#[extract]` parameter of an event, for
/// [`FileKit::update`](crate::FileKit::update).
///
/// # Errors
///
/// The request is refused if the page is not served through [`FileKit::router`](crate::FileKit::router).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// A session that nobody has had.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads the text of a cookie; anything else than the text of a session is nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(crate) fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for SessionId {
    type Rejection = NotServed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotServed> {
        parts.extensions.get::<Context>().map(Context::session).ok_or(NotServed)
    }
}

impl std::fmt::Debug for SessionId {
    /// Hides the bits: whoever knows them is the visitor.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SessionId(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_survives_its_cookie_and_nothing_else_is_one() {
        let session = SessionId::random().unwrap();
        assert_eq!(SessionId::parse(&session.to_text()), Some(session));
        for text in ["", "abc", "!!!", &"A".repeat(21), &"A".repeat(23)] {
            assert_eq!(SessionId::parse(text), None, "{text}");
        }
    }
}
