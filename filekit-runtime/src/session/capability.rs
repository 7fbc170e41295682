//! The right to call one event, signed for one session; not which events there are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Rejection;
use crate::event::Grant;
use crate::session::{MAC_LENGTH, PageAddress, Purpose, Secret, SessionId};

/// What a capability is good for: on the page with this address, which is asked to let the visitor in each time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Calling the event. The page is shown again after it.
    Page(PageAddress<'a>),
    /// Fetching what the event hands over, by a link.
    Download(PageAddress<'a>),
}

impl<'a> Scope<'a> {
    fn purpose(self) -> (Purpose, PageAddress<'a>) {
        match self {
            Self::Page(page) => (Purpose::PageCapability, page),
            Self::Download(page) => (Purpose::DownloadCapability, page),
        }
    }
}

/// The right to call an event with the arguments that were captured when the page was made.
///
/// Its text is the MAC over session and offer, followed by the offer: it can be read, not altered, and is worth
/// nothing in another session.
#[derive(Debug)]
pub(crate) struct Capability(pub(crate) Grant);

impl Capability {
    /// Appends the capability for `offer`, which is one in JSON, in `session`.
    pub(crate) fn sign(secret: &Secret, session: SessionId, scope: Scope<'_>, offer: &[u8], text: &mut String) {
        let (purpose, page) = scope.purpose();
        let [path, query] = page.parts();
        let mac = secret.sign(purpose, &[session.as_bytes(), path, query, offer]);
        URL_SAFE_NO_PAD.encode_string([mac.as_slice(), offer].concat(), text);
    }

    /// Reads a capability that `session` shows.
    ///
    /// # Errors
    ///
    /// If it was not signed for this session and scope by this server.
    pub(crate) fn open(secret: &Secret, session: SessionId, scope: Scope<'_>, text: &str) -> Result<Self, Rejection> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Rejection::CapabilityRefused)?;
        let (mac, offer) = bytes.split_at_checked(MAC_LENGTH).ok_or(Rejection::CapabilityRefused)?;
        let (purpose, page) = scope.purpose();
        let [path, query] = page.parts();
        if !secret.verify(purpose, &[session.as_bytes(), path, query, offer], mac) {
            return Err(Rejection::CapabilityRefused);
        }
        // It is ours, so if it cannot be read it was written by another version of us.
        serde_json::from_slice(offer).map(Self).map_err(|_| Rejection::OutOfDate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventId, Offer};

    #[test]
    fn a_capability_altered_anywhere_is_refused() {
        let secret = Secret::new(b"key");
        let session = SessionId::random().unwrap();
        let mut offer = Offer::new(EventId::of(&["x"]));
        offer.capture(&3);
        let mut text = String::new();
        let address = |text| PageAddress::of(text, |_| false);
        let page = Scope::Page(address("/page?id=1"));
        Capability::sign(&secret, session, page, &offer.to_json(), &mut text);
        let Capability(grant) = Capability::open(&secret, session, page, &text).unwrap();
        assert_eq!(grant.event, EventId::of(&["x"]));
        assert_eq!(grant.arguments.len(), 1);
        let pages = ["/page", "/page?id=2", "/page?id=", "/page/?id=1", ""].map(|text| Scope::Page(address(text)));
        for other in pages.into_iter().chain([Scope::Download(address("/page?id=1"))]) {
            assert!(Capability::open(&secret, session, other, &text).is_err(), "{other:?}");
        }
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(Capability::open(&secret, session, page, &altered).is_err(), "{at}");
            assert!(Capability::open(&secret, session, page, &text[..at]).is_err(), "{at}");
        }
        assert!(Capability::open(&secret, SessionId::random().unwrap(), page, &text).is_err());
    }
}
