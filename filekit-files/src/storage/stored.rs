//! A file in the store, as a handler sees it; not how it got there.

use crate::storage::{SafeName, Sha256};

/// A file that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub(crate) name: SafeName,
    pub(crate) size: u64,
    pub(crate) mime: String,
    pub(crate) sha256: Option<Sha256>,
}

impl StoredFile {
    /// The name under which it was saved; `upload_url` makes a link of it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The MIME type, judged by content and name.
    #[must_use]
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// The SHA-256 of the content, if the upload asked for it or the handler did before it saved the file.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        self.sha256
    }
}
