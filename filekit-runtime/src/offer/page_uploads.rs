//! The right to send files to the uploads of a page before the event is known that takes them. The right to call an event is
//! `capability.rs`.

use std::collections::HashMap;

use crate::error::Rejection;
use crate::offer::write_uploads;
use crate::secret::{Purpose, Secret, read_signed, write_signed};
use crate::upload::{Rules, UploadId};
use crate::visitor::{PagePath, SessionId, Visit};

/// The uploads of a page with their rules, as the page's form brings them in front of the files.
///
/// A form that is sent by a browser without `formaction` names its event where the button is, which is mostly behind the
/// files. So what is known first is only that this visitor was shown this page with these uploads.
#[derive(Debug)]
pub(crate) struct PageUploads(pub(crate) Vec<(UploadId, Rules)>);

impl PageUploads {
    /// Appends the signed text for a visit.
    pub(crate) fn sign(visit: &Visit, uploads: &[(UploadId, Rules)], text: &mut String) {
        Self::sign_for(visit.visitor().secret(), visit.session(), visit.page(), uploads, text);
    }

    pub(crate) fn sign_for(
        secret: &Secret,
        session: SessionId,
        page: &PagePath,
        uploads: &[(UploadId, Rules)],
        text: &mut String,
    ) {
        let mut json = Vec::new();
        write_uploads(uploads, &mut json);
        let [path, query] = page.signed();
        text.push_str(&write_signed(secret, Purpose::PageUploads, &[session.as_bytes(), path, query], &json));
    }

    /// Reads the text that `session` shows for a page.
    ///
    /// # Errors
    ///
    /// If it was not signed for them by this server.
    pub(crate) fn open(secret: &Secret, session: SessionId, page: &PagePath, text: &str) -> Result<Self, Rejection> {
        let [path, query] = page.signed();
        let json = read_signed(secret, Purpose::PageUploads, &[session.as_bytes(), path, query], text);
        let json = json.ok_or(Rejection::CapabilityRefused)?;
        // It is ours, so if it cannot be read it was written by another version of us.
        let uploads: HashMap<UploadId, Rules> = serde_json::from_slice(&json).map_err(|_| Rejection::OutOfDate)?;
        Ok(Self(uploads.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_good_for_one_visitor_on_one_page() {
        let secret = Secret::new(b"key");
        let [session, other] = [SessionId::random().unwrap(), SessionId::random().unwrap()];
        let mut text = String::new();
        let page = PagePath::of("/page?id=1");
        PageUploads::sign_for(&secret, session, &page, &[("a".into(), Rules::default())], &mut text);
        let PageUploads(uploads) = PageUploads::open(&secret, session, &page, &text).unwrap();
        assert_eq!(uploads, [("a".into(), Rules::default())]);
        assert!(PageUploads::open(&secret, other, &page, &text).is_err());
        for other in ["/pag?id=1", "/page", "/page?id=2"] {
            assert!(PageUploads::open(&secret, session, &PagePath::of(other), &text).is_err(), "{other}");
        }
        assert!(PageUploads::open(&Secret::new(b"other"), session, &page, &text).is_err());
        for altered in ["", "A", &text[1..], &format!("{text}AAAA")] {
            assert!(PageUploads::open(&secret, session, &page, altered).is_err(), "{altered}");
        }
    }
}
