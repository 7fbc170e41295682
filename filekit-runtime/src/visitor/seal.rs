//! MACs without content: that a page was shown, and for which session a document was made.

use std::fmt::{Display, Formatter};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secret::{MAC_LENGTH, Purpose, Secret};
use crate::visitor::{PagePath, SessionId};

/// The MAC of a page's address, or of a session.
///
/// A page may be guarded from outside, where its path and query are known and what filekit's own routes are asked for
/// is not. So those show a page only where its document has been. The MAC of an address is not bound to a session: a
/// document outlives the visitor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seal([u8; MAC_LENGTH]);

impl Seal {
    pub(crate) fn of(secret: &Secret, page: &PagePath) -> Self {
        Self(secret.signer(Purpose::PageSeal, &page.signed()).sign(&[]))
    }

    /// The seal of a session: a document says by it for whom it was made, and nothing more.
    pub(crate) fn of_session(secret: &Secret, session: SessionId) -> Self {
        Self(secret.signer(Purpose::OwnerSeal, &[]).sign(session.as_bytes()))
    }

    pub(crate) fn fits_session(self, secret: &Secret, session: SessionId) -> bool {
        secret.verify(Purpose::OwnerSeal, &[], session.as_bytes(), &self.0)
    }

    /// Reads what a browser says is one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(crate) fn fits(self, secret: &Secret, page: &PagePath) -> bool {
        secret.verify(Purpose::PageSeal, &page.signed(), &[], &self.0)
    }
}

impl Display for Seal {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_fits_one_page_of_one_server() {
        let secret = Secret::new(b"key");
        let page = PagePath::of("/page?id=1");
        let seal = Seal::parse(&Seal::of(&secret, &page).to_string()).unwrap();
        assert!(seal.fits(&secret, &page));
        for other in ["/page", "/page?id=2", "/page/?id=1", "/pag?id=1", "/?id=1", "/"] {
            assert!(!seal.fits(&secret, &PagePath::of(other)), "{other}");
        }
        assert!(!seal.fits(&Secret::new(b"other"), &page));
        for text in ["", "A", &"A".repeat(21), &"A".repeat(23), &"!".repeat(22)] {
            assert_eq!(Seal::parse(text), None, "{text}");
        }
    }
}
