//! The right to call one event, signed for one session; not which events there are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Rejection;
use crate::event::{Grant, Offer};
use crate::session::secret::MAC_LENGTH;
use crate::session::{Purpose, Secret, SessionId};

/// The right to call an event with the arguments that were captured when the page was made.
///
/// Its text is the MAC over session and offer, followed by the offer: it can be read, not altered, and is worth
/// nothing in another session.
#[derive(Debug)]
pub(crate) struct Capability(pub(crate) Grant);

impl Capability {
    /// Appends the capability for `offer` in `session`.
    pub(crate) fn sign(secret: &Secret, session: SessionId, offer: &Offer, text: &mut String) {
        let offer = offer.to_json();
        let mac = secret.sign(Purpose::Capability, &[session.as_bytes(), &offer]);
        URL_SAFE_NO_PAD.encode_string([mac.as_slice(), &offer].concat(), text);
    }

    /// Reads a capability that `session` shows.
    ///
    /// # Errors
    ///
    /// If it was not signed for this session by this server.
    pub(crate) fn open(secret: &Secret, session: SessionId, text: &str) -> Result<Self, Rejection> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Rejection::CapabilityRefused)?;
        let (mac, offer) = bytes.split_at_checked(MAC_LENGTH).ok_or(Rejection::CapabilityRefused)?;
        if !secret.verify(Purpose::Capability, &[session.as_bytes(), offer], mac) {
            return Err(Rejection::CapabilityRefused);
        }
        // It is ours, so if it cannot be read it was written by another version of us.
        serde_json::from_slice(offer).map(Self).map_err(|_| Rejection::OutOfDate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventId;

    #[test]
    fn a_capability_altered_anywhere_is_refused() {
        let secret = Secret::new(b"key");
        let session = SessionId::random().unwrap();
        let mut offer = Offer::new(EventId::of(&["x"]));
        offer.capture(&3);
        let mut text = String::new();
        Capability::sign(&secret, session, &offer, &mut text);
        let grant = Capability::open(&secret, session, &text).unwrap().0;
        assert_eq!(grant, serde_json::from_slice(&offer.to_json()).unwrap());
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(Capability::open(&secret, session, &altered).is_err(), "{at}");
            assert!(Capability::open(&secret, session, &text[..at]).is_err(), "{at}");
        }
        assert!(Capability::open(&secret, SessionId::random().unwrap(), &text).is_err());
    }
}
