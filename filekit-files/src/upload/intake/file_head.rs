//! What is said of a file before its content comes, checked.

use crate::error::FileRejection;
use crate::storage::SafePath;
use crate::upload::UploadId;

/// The longest name of a file, with its folders, and the longest MIME type that a client claims, in bytes. A request holds
/// those of all its files.
const MAX_NAME: usize = 1024;
const MAX_MIME: usize = 255;

/// What stands before the content of a file.
#[derive(Clone, Debug)]
pub struct FileHead {
    pub(crate) upload: UploadId,
    pub(crate) path: SafePath,
    /// As its sender meant it.
    pub(crate) client_name: String,
    pub(crate) claimed_mime: Option<String>,
    pub(crate) claimed_size: Option<u64>,
}

impl FileHead {
    /// The head of a file of an upload, under the name that the client gives it.
    ///
    /// # Errors
    ///
    /// If the name would lead out of its folder, or is longer than 1 KiB.
    pub fn new(upload: UploadId, client_name: String) -> Result<Self, FileRejection> {
        if client_name.len() > MAX_NAME {
            return Err(FileRejection::UnsafeName { name: client_name });
        }
        let path = SafePath::parse(&client_name)?;
        Ok(Self { upload, path, client_name, claimed_mime: None, claimed_size: None })
    }

    /// Notes the MIME type and the size that the client claims. Nothing relies on either, but a claim above the limit is refused
    /// before the bytes come.
    #[must_use]
    pub fn claiming(self, mime: Option<String>, size: Option<u64>) -> Self {
        Self { claimed_mime: mime.filter(|mime| mime.len() <= MAX_MIME), claimed_size: size, ..self }
    }
}
