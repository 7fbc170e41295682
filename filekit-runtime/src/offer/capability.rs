//! Capabilities: the right to call one event, signed for one session. Their content is `grant.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Rejection;
use crate::offer::Grant;
use crate::secret::{MAC_LENGTH, Purpose, Secret, Signer, read_signed};
use crate::visitor::{PagePath, SessionId, Visit};

/// The use of a capability on its page, which is asked to let the visitor in each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CapabilityUse {
    /// Calling the event. The page is shown again after it.
    Call,
    /// Fetching what the event hands over, by a link.
    Download,
}

impl CapabilityUse {
    const fn purpose(self) -> Purpose {
        match self {
            Self::Call => Purpose::PageCapability,
            Self::Download => Purpose::DownloadCapability,
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
    /// Reads a capability that `session` shows for a page.
    ///
    /// # Errors
    ///
    /// If it was not signed for this session, page and use by this server.
    pub(crate) fn open(
        secret: &Secret,
        session: SessionId,
        page: &PagePath,
        used: CapabilityUse,
        text: &str,
    ) -> Result<Self, Rejection> {
        let [path, query] = page.signed();
        let offer = read_signed(secret, used.purpose(), &[session.as_bytes(), path, query], text);
        let offer = offer.ok_or(Rejection::CapabilityRefused)?;
        // It is ours, so if it cannot be read it was written by another version of us.
        Grant::read(&offer).map(Self).ok_or(Rejection::OutOfDate)
    }
}

/// Writes the capabilities that one visit gets for one use. What all of them share is hashed once.
#[derive(Debug)]
pub(crate) struct CapabilitySigner {
    signer: Signer,
    /// Room for one capability, which all of them use.
    bytes: Vec<u8>,
}

impl CapabilitySigner {
    pub(crate) fn new(visit: &Visit, used: CapabilityUse) -> Self {
        Self::of(visit.visitor().secret(), visit.session(), visit.page(), used)
    }

    pub(crate) fn of(secret: &Secret, session: SessionId, page: &PagePath, used: CapabilityUse) -> Self {
        let [path, query] = page.signed();
        Self { signer: secret.signer(used.purpose(), &[session.as_bytes(), path, query]), bytes: Vec::new() }
    }

    /// Appends the capability for the grant that `write` appends.
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
    fn a_capability_of_another_version_is_out_of_date() {
        let (secret, session, page) = (Secret::new(b"key"), SessionId::random().unwrap(), PagePath::of("/"));
        for grant in [br#"{"event":"0123456789abcdef","arguments":[]}"#.as_slice(), b"", b"\x20"] {
            let mut text = String::new();
            CapabilitySigner::of(&secret, session, &page, CapabilityUse::Call)
                .sign(|bytes| bytes.extend_from_slice(grant), &mut text);
            let opened = Capability::open(&secret, session, &page, CapabilityUse::Call, &text);
            assert!(matches!(opened, Err(Rejection::OutOfDate)), "{grant:?}");
        }
    }

    #[test]
    fn a_capability_altered_anywhere_is_refused() {
        let secret = Secret::new(b"key");
        let session = SessionId::random().unwrap();
        let mut offer = Offer::new(EventId::of(&["x"]), None);
        offer.capture(&3);
        let mut text = String::new();
        let page = PagePath::of("/page?id=1");
        let open = |session, page: &PagePath, used, text: &str| Capability::open(&secret, session, page, used, text);
        CapabilitySigner::of(&secret, session, &page, CapabilityUse::Call)
            .sign(|grant| offer.write_grant(None, grant), &mut text);
        let Capability(grant) = open(session, &page, CapabilityUse::Call, &text).unwrap();
        assert_eq!(grant.event, EventId::of(&["x"]));
        assert_eq!(grant.arguments.len(), 1);
        for other in ["/page", "/page?id=2", "/page?id=", "/page/?id=1", "/"] {
            assert!(open(session, &PagePath::of(other), CapabilityUse::Call, &text).is_err(), "{other}");
        }
        assert!(open(session, &page, CapabilityUse::Download, &text).is_err());
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(open(session, &page, CapabilityUse::Call, &altered).is_err(), "{at}");
            assert!(open(session, &page, CapabilityUse::Call, &text[..at]).is_err(), "{at}");
        }
        assert!(open(SessionId::random().unwrap(), &page, CapabilityUse::Call, &text).is_err());
    }
}
