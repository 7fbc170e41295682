//! The id of a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::guard::SessionDigest;
use crate::tag::{Tag, Tagged};

/// Names a visitor's session: 128 random bits. The visitor's browser has them in a cookie that this server has signed, and that ends when it
/// was not used for [`session_ttl`](crate::FileKitBuilder::session_ttl).
///
/// It is an argument of a page's handler, or an `#[extract]` parameter of an event, for
/// [`FileKit::update`](crate::FileKit::update), [`end_session`](crate::FileKit::end_session) and
/// [`renew_session`](crate::FileKit::renew_session).
///
/// # Errors
///
/// The request is refused if the page is not served through [`FileKit::router`](crate::FileKit::router).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub(super) [u8; 16]);

impl SessionId {
    /// A new session.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bits as text.
    pub(crate) fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads [`SessionId::to_text`].
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The tag of the session and its states.
    pub(crate) fn tag(&self) -> Tag {
        Tagged::Session(&self.0).tag()
    }

    /// By which observers of events tell sessions apart.
    pub(crate) fn digest(&self) -> SessionDigest {
        SessionDigest::of_digest(&Tagged::ObservedSession(&self.0).digest())
    }

    /// The tag of its end. That of its states changes all the time.
    pub(crate) fn end_tag(&self) -> Tag {
        Tagged::SessionEnd(&self.0).tag()
    }
}

impl std::fmt::Debug for SessionId {
    /// Hides the bits.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SessionId(..)")
    }
}
