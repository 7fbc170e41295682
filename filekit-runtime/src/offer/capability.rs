//! The right to call one event, signed for one session; not which events there are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Rejection;
use crate::offer::Grant;
use crate::secret::{MAC_LENGTH, Purpose, Secret, Signer};
use crate::visitor::{PageAddress, SessionId};

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
/// Its text is the MAC over session, page and offer, followed by the offer: it can be read, not altered, and is worth
/// nothing in another session or on another page.
#[derive(Debug)]
pub(crate) struct Capability(pub(crate) Grant);

impl Capability {
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
        if !secret.verify(purpose, &[session.as_bytes(), path, query], offer, mac) {
            return Err(Rejection::CapabilityRefused);
        }
        // It is ours, so if it cannot be read it was written by another version of us.
        serde_json::from_slice(offer).map(Self).map_err(|_| Rejection::OutOfDate)
    }
}

/// Writes the capabilities that one session gets in one scope.
#[derive(Debug)]
pub(crate) struct CapabilitySigner {
    signer: Signer,
    /// Room for one capability, which all of them use.
    bytes: Vec<u8>,
}

impl CapabilitySigner {
    pub(crate) fn new(secret: &Secret, session: SessionId, scope: Scope<'_>) -> Self {
        let (purpose, page) = scope.purpose();
        let [path, query] = page.parts();
        Self { signer: secret.signer(purpose, &[session.as_bytes(), path, query]), bytes: Vec::new() }
    }

    /// Appends the capability for the offer that `write` appends as JSON.
    pub(crate) fn sign(&mut self, write: impl FnOnce(&mut Vec<u8>), text: &mut String) {
        self.bytes.clear();
        self.bytes.resize(MAC_LENGTH, 0);
        write(&mut self.bytes);
        let (mac, offer) = self.bytes.split_at_mut(MAC_LENGTH);
        mac.copy_from_slice(&self.signer.sign(offer));
        URL_SAFE_NO_PAD.encode_string(&self.bytes, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{EventId, Offer};

    #[test]
    fn a_capability_altered_anywhere_is_refused() {
        let secret = Secret::new(b"key");
        let session = SessionId::random().unwrap();
        let mut offer = Offer::new(EventId::of(&["x"]));
        offer.capture(&3);
        let mut text = String::new();
        let address = |text| PageAddress::of(text, |_| false);
        let page = Scope::Page(address("/page?id=1"));
        CapabilitySigner::new(&secret, session, page).sign(|json| offer.write_json(json), &mut text);
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
