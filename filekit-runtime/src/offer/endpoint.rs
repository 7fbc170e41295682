//! The right to send files to an event without a page and without a cookie, as the URL of an endpoint holds it. What is sent there is
//! read in `routes/endpoint/`.

use std::time::{Duration, SystemTime};

use crate::clock;
use crate::error::Rejection;
use crate::offer::Grant;
use crate::secret::{Purpose, Secret, read_signed, write_signed};
use crate::storage::Sha256;
use crate::visitor::{SessionId, Visit};

/// The time from which seconds are counted: 2025-01-01.
const EPOCH: u64 = 1_735_689_600;

/// The right to send files to an event, in the session of the visitor who was shown the URL and as if from the page that had it.
///
/// Its text is a MAC, followed by the session, the time of its end, the page and the offer: it can be read, and not altered.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) session: SessionId,
    /// Path and query of the page, as browsers see them.
    pub(crate) page: String,
    pub(crate) grant: Grant,
    /// Tells the uploads of one endpoint from those of another.
    pub(crate) tag: [u8; 4],
    ends: u32,
}

impl Endpoint {
    /// Reads the text of a URL.
    ///
    /// # Errors
    ///
    /// If this server, or one with its secret, has not written it. One that has ended is read: uploads that have begun go on.
    pub(crate) fn open(secret: &Secret, text: &str) -> Result<Self, Rejection> {
        let told = read_signed(secret, Purpose::UploadEndpoint, &[], text).ok_or(Rejection::CapabilityRefused)?;
        // It is ours, so if it cannot be read it was written by another version of us.
        Self::read(&told).ok_or(Rejection::OutOfDate)
    }

    fn read(told: &[u8]) -> Option<Self> {
        let (session, rest) = told.split_first_chunk()?;
        let (ends, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let tag = *Sha256::of(rest).as_ref().first_chunk()?;
        let (page, offer) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        let grant = Grant::read(offer)?.of_one_file();
        let page = String::from_utf8(page.to_vec()).ok()?;
        let (session, ends) = (SessionId::of_bytes(*session), u32::from_be_bytes(*ends));
        Some(Self { session, page, grant, tag, ends })
    }

    /// Whether no upload may begin any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.ends <= seconds(clock::now())
    }
}

/// Writes the texts of endpoints for one visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointSigner<'a> {
    visit: &'a Visit,
    ends: u32,
}

impl<'a> EndpointSigner<'a> {
    /// For endpoints that last so long, and not longer than the session does if its visitor stays away.
    ///
    /// The end is a round one, so that the text stays the same for a while and a page that is shown again has not changed.
    pub(crate) fn new(visit: &'a Visit) -> Self {
        let lasts = visit.visitor().endpoints_last();
        let grain = u32::try_from(lasts.as_secs() / 16).unwrap_or(u32::MAX).max(1);
        let ends = seconds(clock::now() + lasts);
        Self { visit, ends: ends.div_ceil(grain).saturating_mul(grain) }
    }

    /// Appends the text for the grant that `write` appends.
    pub(crate) fn sign(self, write: impl FnOnce(&mut Vec<u8>), text: &mut String) {
        let page = self.visit.page().shown();
        // No URL that a server takes is longer.
        let length = u16::try_from(page.len()).unwrap_or_default();
        let mut told = [self.visit.session().as_bytes(), &self.ends.to_be_bytes(), &length.to_be_bytes()].concat();
        told.extend_from_slice(&page.as_bytes()[..length.into()]);
        write(&mut told);
        text.push_str(&write_signed(self.visit.visitor().secret(), Purpose::UploadEndpoint, &[], &told));
    }
}

/// Seconds since [`EPOCH`]: enough for a century.
fn seconds(time: SystemTime) -> u32 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH)).unwrap_or_default();
    u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{EventId, Offer};

    /// The text of an endpoint that ends in so many seconds.
    fn text(secret: &Secret, session: SessionId, page: &str, seconds_left: u32) -> String {
        let mut offer = Offer::new(EventId::of(&["x"]), None);
        offer.evaluate(Some(&"papers".into()));
        let ends = seconds(clock::now()) + seconds_left;
        let length = u16::try_from(page.len()).unwrap();
        let mut told = [session.as_bytes(), &ends.to_be_bytes(), &length.to_be_bytes(), page.as_bytes()].concat();
        offer.write_grant(None, &mut told);
        write_signed(secret, Purpose::UploadEndpoint, &[], &told)
    }

    #[test]
    fn an_endpoint_says_who_where_and_what() {
        let (secret, session) = (Secret::new(b"key"), SessionId::random().unwrap());
        let endpoint = Endpoint::open(&secret, &text(&secret, session, "/page?id=1", 9)).unwrap();
        assert_eq!((endpoint.session, endpoint.page.as_str()), (session, "/page?id=1"));
        assert_eq!(endpoint.grant.event, EventId::of(&["x"]));
        assert_eq!(endpoint.grant.uploads().len(), 1);
        assert!(!endpoint.has_ended());
        assert!(Endpoint::open(&secret, &text(&secret, session, "/", 0)).unwrap().has_ended());
    }

    #[test]
    fn an_endpoint_altered_anywhere_is_refused() {
        let (secret, session) = (Secret::new(b"key"), SessionId::random().unwrap());
        let text = text(&secret, session, "/", 9);
        assert!(Endpoint::open(&Secret::new(b"other"), &text).is_err());
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert!(Endpoint::open(&secret, &String::from_utf8(altered).unwrap()).is_err(), "{at}");
            assert!(Endpoint::open(&secret, &text[..at]).is_err(), "{at}");
        }
        let bare = write_signed(&secret, Purpose::UploadEndpoint, &[], b"short");
        assert!(matches!(Endpoint::open(&secret, &bare), Err(Rejection::OutOfDate)));
    }
}
