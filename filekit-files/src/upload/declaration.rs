//! How an upload is declared: what it is called and what it takes.

use std::borrow::Cow;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::guard::{Check, CheckId};
use crate::types::accept;
use crate::upload::consistency::{check_accept, check_limits};
use crate::upload::{Limits, Rules};

/// An upload that several views share, with its rules: what it takes, which the browser says before anything is sent,
/// and which the server enforces.
///
/// ```
/// use filekit_files::size::MB;
/// use filekit_files::upload::Upload;
///
/// const PHOTOS: Upload = Upload::new("photos")
///     .accept(&["image/png", "image/jpeg", ".heic"])
///     .max_files(5)
///     .max_size(10 * MB)
///     .max_total(30 * MB);
/// ```
///
/// An attribute of the `upload` element goes before the rule of that name here.
///
/// # Panics
///
/// Rules that no file can pass, such as a `min_size` above the `max_size` or a type that is none, panic where they are
/// declared. In a constant, as here, that is an error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an upload does nothing until a view names it"]
pub struct Upload {
    id: UploadId,
    accept: &'static [&'static str],
    limits: Limits,
    sha256: bool,
    strip_metadata: bool,
    check: Option<CheckId>,
}

/// The id of an upload: the same on its zone, in `selected_files`, and wherever else it is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(Cow<'static, str>);

impl Upload {
    /// Declares an upload. The id is also that of the file input in the page, so it is to be unique there.
    pub const fn new(id: &'static str) -> Self {
        Self::with_id(UploadId(Cow::Borrowed(id)))
    }

    const fn with_id(id: UploadId) -> Self {
        Self { id, accept: &[], limits: Limits::NONE, sha256: false, strip_metadata: false, check: None }
    }

    /// Takes only files of these types: extensions (`.heic`), MIME types (`image/png`) and groups of them (`image/*`).
    /// Default: all files.
    ///
    /// # Security
    ///
    /// The server judges the content together with the name; what the browser claims plays no part. A type says what a
    /// file is, not that it is harmless.
    #[track_caller]
    pub const fn accept(mut self, types: &'static [&'static str]) -> Self {
        check_accept(types);
        self.accept = types;
        self
    }

    /// Takes at most so many files at once. Default: as many as one request may have.
    #[track_caller]
    pub const fn max_files(mut self, count: u32) -> Self {
        self.limits.max_files = Some(count);
        check_limits(&self.limits);
        self
    }

    /// Takes no fewer files than this. Default: none is enough.
    #[track_caller]
    pub const fn min_files(mut self, count: u32) -> Self {
        self.limits.min_files = Some(count);
        check_limits(&self.limits);
        self
    }

    /// Takes files of at most so many bytes each. Default: as many as one request may have.
    #[track_caller]
    pub const fn max_size(mut self, bytes: u64) -> Self {
        self.limits.max_size = Some(bytes);
        check_limits(&self.limits);
        self
    }

    /// Takes files of at least so many bytes each. Default: empty files are taken.
    #[track_caller]
    pub const fn min_size(mut self, bytes: u64) -> Self {
        self.limits.min_size = Some(bytes);
        check_limits(&self.limits);
        self
    }

    /// Takes at most so many bytes at once, all files together. Default: as many as one request may have.
    #[track_caller]
    pub const fn max_total(mut self, bytes: u64) -> Self {
        self.limits.max_total = Some(bytes);
        check_limits(&self.limits);
        self
    }

    /// Computes the SHA-256 digest of each file while it arrives. Default: it is not computed.
    pub const fn sha256(mut self) -> Self {
        self.sha256 = true;
        self
    }

    /// Takes the place where a picture was taken, and all other metadata, out of JPEG, PNG and WebP files before a handler gets them, without
    /// decoding them. Their pixels, their colours and which way up they are shown stay the same. Default: files stay as they were sent.
    ///
    /// A file that begins as such a picture and is not a whole one is refused. Sizes that are limited are those of what is sent.
    ///
    /// ```
    /// use filekit_files::upload::Upload;
    ///
    /// const PHOTOS: Upload = Upload::new("photos").accept(&["image/jpeg", "image/png", "image/webp"]).strip_metadata(true);
    /// ```
    ///
    /// # Security
    ///
    /// Files of other types are left alone, with the place in them: HEIC, AVIF, GIF, TIFF, SVG, PDF and video among them. So let `accept` take no
    /// others, as above. What can be seen in a picture, and what is hidden in its pixels, stays.
    pub const fn strip_metadata(mut self, strip: bool) -> Self {
        self.strip_metadata = strip;
        self
    }

    /// Has each file checked when it has arrived, and before a handler gets any. Default: files are not checked.
    ///
    /// It is no constant function: a check is noted when this is called. An upload that is a constant gets its check where it is used,
    /// or in the view, by `check = ..`.
    ///
    /// ```
    /// use filekit_files::guard::Verdict;
    /// use filekit_files::upload::{Upload, UploadFile};
    ///
    /// async fn no_archive(file: &UploadFile) -> Verdict {
    ///     match file.mime() {
    ///         "application/zip" => Verdict::Refuse("Send the files one by one.".to_owned()),
    ///         _ => Verdict::Clean,
    ///     }
    /// }
    ///
    /// const PAPERS: Upload = Upload::new("papers").max_size(20_000_000);
    ///
    /// fn checked_papers() -> Upload {
    ///     PAPERS.check(no_archive)
    /// }
    /// ```
    ///
    /// # Security
    ///
    /// The check is signed with the rules of the upload, so a visitor cannot leave it out. A file that cannot be checked is refused: see
    /// [`Check`].
    pub fn check(self, check: impl Check) -> Self {
        Self { check: Some(CheckId::of(&check)), ..self }
    }

    /// The same upload, with the same rules, under an id of its own, for uploads inside a loop.
    pub fn keyed(&self, key: impl Display) -> Self {
        Self { id: UploadId(Cow::Owned(format!("{}-{key}", self.id.0))), ..self.clone() }
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &UploadId {
        &self.id
    }

    /// The id, and the rules that are enforced under it.
    #[must_use]
    pub fn into_parts(self) -> (UploadId, Rules) {
        let accept = accept::entries(&self.accept.join(","));
        let Self { id, limits, sha256, strip_metadata, check, .. } = self;
        (id, Rules { accept, limits, sha256, strip_metadata, check })
    }
}

macro_rules! without_rules {
    ($($type:ty),*) => {$(
        impl From<$type> for Upload {
            /// The upload of that id, without any rules.
            fn from(id: $type) -> Self {
                Self::with_id(id.into())
            }
        }
    )*};
}

without_rules! { &str, String, &String, UploadId }

impl From<&Upload> for Upload {
    fn from(upload: &Upload) -> Self {
        upload.clone()
    }
}

impl UploadId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for UploadId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
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

impl From<&Self> for UploadId {
    fn from(id: &Self) -> Self {
        id.clone()
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
