//! The keys that everything is signed with, and what is signed as what.

pub(crate) use filekit_files::secret::{MAC_LENGTH, Secret, Signer};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use filekit_files::secret::Label;

/// The purpose of a MAC, so that one made for one thing never passes for another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Calling an event from a page.
    PageCapability,
    /// Fetching what an event hands over.
    DownloadCapability,
    /// Messages for the next page.
    Flash,
    /// Showing a page again.
    PageSeal,
    /// The style sheet of a page.
    PageStyle,
    /// Sending files to the uploads of a page before the event is known that takes them.
    PageUploads,
    /// Sending files to an event from other programs, in a session that the text itself names.
    UploadEndpoint,
    /// Naming the session that a document was made for.
    OwnerSeal,
    /// Naming the owner of a state in a capability.
    StateOwner,
    /// Having a session.
    Session,
    /// What waits in the store to be fetched.
    PendingDownload,
}

impl From<Purpose> for Label {
    /// The URLs of stored files have the label `upload url`.
    fn from(purpose: Purpose) -> Self {
        Self::new(match purpose {
            Purpose::PageCapability => "page capability",
            Purpose::DownloadCapability => "download capability",
            Purpose::Flash => "flash",
            Purpose::PendingDownload => "pending download",
            Purpose::PageSeal => "page seal",
            Purpose::PageStyle => "page style",
            Purpose::PageUploads => "page uploads",
            Purpose::UploadEndpoint => "upload endpoint",
            Purpose::OwnerSeal => "owner seal",
            Purpose::StateOwner => "state owner",
            Purpose::Session => "session",
        })
    }
}

/// Writes content behind the MAC over it, as text for a URL or a cookie: it can be read, and not altered.
pub(crate) fn write_signed(secret: &Secret, purpose: Purpose, shared: &[&[u8]], content: &[u8]) -> String {
    let mac = secret.signer(purpose, shared).sign(content);
    URL_SAFE_NO_PAD.encode([mac.as_slice(), content].concat())
}

/// Reads the content of [`write_signed`]; nothing if it was not signed for this purpose and these parts.
pub(crate) fn read_signed(secret: &Secret, purpose: Purpose, shared: &[&[u8]], text: &str) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (mac, content) = bytes.split_at_checked(MAC_LENGTH)?;
    let is_genuine = secret.verify(purpose, shared, content, mac);
    is_genuine.then(|| bytes.split_off(MAC_LENGTH))
}
