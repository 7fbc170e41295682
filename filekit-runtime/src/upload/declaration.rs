//! What an upload is called; not what arrives under that name.

use std::borrow::Cow;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

/// An upload that several views share.
///
/// ```
/// use filekit_runtime::upload::Upload;
///
/// const PHOTOS: Upload = Upload::new("photos");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    id: UploadId,
}

/// The id of an upload: the same on its zone, in `selected_files`, and wherever else it is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(Cow<'static, str>);

impl Upload {
    /// Declares an upload. The id is also that of the file input in the page, so it is to be unique there.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Self { id: UploadId(Cow::Borrowed(id)) }
    }

    /// The same upload under an id of its own, for uploads inside a loop.
    #[must_use]
    pub fn keyed(&self, key: impl Display) -> Self {
        Self { id: UploadId(Cow::Owned(format!("{}-{key}", self.id.0))) }
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &UploadId {
        &self.id
    }
}

impl UploadId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for UploadId {
    fn from(id: &str) -> Self {
        Self(Cow::Owned(id.to_owned()))
    }
}

impl From<String> for UploadId {
    fn from(id: String) -> Self {
        Self(Cow::Owned(id))
    }
}

impl From<&String> for UploadId {
    fn from(id: &String) -> Self {
        Self(Cow::Owned(id.clone()))
    }
}

impl From<Upload> for UploadId {
    fn from(upload: Upload) -> Self {
        upload.id
    }
}

impl From<&Upload> for UploadId {
    fn from(upload: &Upload) -> Self {
        upload.id.clone()
    }
}
