//! The keys that everything is signed with, and what is signed as what.

pub(crate) use filekit_files::secret::{MAC_LENGTH, Secret, Signer};

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
    /// Naming the session that a document was made for.
    OwnerSeal,
    /// Having a session.
    Session,
}

impl From<Purpose> for Label {
    /// The URLs of stored files have the label `upload url`.
    fn from(purpose: Purpose) -> Self {
        Self::new(match purpose {
            Purpose::PageCapability => "page capability",
            Purpose::DownloadCapability => "download capability",
            Purpose::Flash => "flash",
            Purpose::PageSeal => "page seal",
            Purpose::PageStyle => "page style",
            Purpose::PageUploads => "page uploads",
            Purpose::OwnerSeal => "owner seal",
            Purpose::Session => "session",
        })
    }
}
