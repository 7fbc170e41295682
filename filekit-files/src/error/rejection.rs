//! Why a file, or the request that brings it, is refused: status and code of each refusal. Its words are `words.rs`.

use http::StatusCode;

/// Why a file, or the request that brings it, was refused. Each refusal has a status, a stable code and words for the visitor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FileRejection {
    /// The request is not what its page or program would have sent.
    #[non_exhaustive]
    Malformed {
        /// What is wrong with it; for the log.
        reason: String,
    },
    /// What is held of the request in memory, beside its files, is larger than it may be.
    #[non_exhaustive]
    CallTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body of an upload is not multipart.
    NotMultipart,
    /// The body of an upload ended early.
    Truncated,
    /// Nothing came for too long.
    #[non_exhaustive]
    Silent {
        /// The limit in seconds.
        seconds: u64,
    },
    /// The sender is slower than any connection should be.
    TooSlow,
    /// An upload that was to be resumed is not there: it has expired, was discarded, is done, or is another visitor's.
    UploadGone,
    /// The body that goes on with an upload does not say that it is a part of one.
    NotPartial,
    /// Another server goes on with the upload.
    UploadBusy,
    /// A newer request goes on with the upload.
    Superseded,
    /// Files are refused before any byte of them is sent.
    #[non_exhaustive]
    FilesRefused {
        /// Which, at least one.
        refused: Vec<RefusedFile>,
    },
    /// The visitor has as many uploads unfinished, or as many bytes in them, as the server keeps for one.
    TooManyUnfinished,
    /// A file's name would lead out of its folder.
    #[non_exhaustive]
    UnsafeName {
        /// The name as it was sent.
        name: String,
    },
    /// A part of an upload has content and no file name.
    #[non_exhaustive]
    NoFileName {
        /// The name of the part.
        name: String,
    },
    /// A part holds parts itself, which may be files.
    #[non_exhaustive]
    NestedMultipart {
        /// The name of the part.
        name: String,
    },
    /// More files than allowed.
    #[non_exhaustive]
    TooManyFiles {
        /// How many may come.
        limit: u32,
    },
    /// Fewer files than required.
    #[non_exhaustive]
    TooFewFiles {
        /// How many must come.
        limit: u32,
    },
    /// A file is larger than allowed.
    #[non_exhaustive]
    TooLarge {
        /// The file's name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file is smaller than allowed.
    #[non_exhaustive]
    TooSmall {
        /// The file's name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The files are larger together than allowed, or the body is larger than the server takes.
    #[non_exhaustive]
    TotalTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A file is of none of the accepted types.
    #[non_exhaustive]
    TypeNotAccepted {
        /// The file's name.
        name: String,
        /// What is accepted: extensions and MIME types.
        accepted: Vec<String>,
        /// What is wrong with the content, if the name is that of an accepted file, or of a file of another format.
        mismatch: Option<Mismatch>,
    },
    /// An image has more pixels than a handler decodes.
    #[non_exhaustive]
    ImageTooLarge {
        /// The file's name.
        name: String,
    },
    /// What a handler decodes as an image is none.
    #[non_exhaustive]
    NotAnImage {
        /// The file's name.
        name: String,
        /// What is wrong with it; for the log.
        reason: String,
    },
    /// A picture whose metadata is to be taken out is not a whole one.
    #[non_exhaustive]
    ImageBroken {
        /// The file's name.
        name: String,
        /// What is wrong with it; for the log.
        reason: &'static str,
    },
    /// The upload alone is larger than all that is kept for its visitor.
    #[non_exhaustive]
    LargerThanQuota {
        /// The limit in bytes.
        limit: u64,
    },
    /// The visitor has as much as is kept for one.
    #[non_exhaustive]
    QuotaFull {
        /// How many bytes there is room for.
        left: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The visitor has begun too many uploads within a minute.
    #[non_exhaustive]
    TooManyUploads {
        /// After how many seconds the next one may begin.
        seconds: u64,
    },
    /// Too many uploads of the visitor are on their way at once.
    #[non_exhaustive]
    TooManyAtOnce {
        /// After how many seconds it is worth to try again.
        seconds: u64,
    },
    /// A check of the program's refuses a file.
    #[non_exhaustive]
    RefusedByCheck {
        /// The file's name.
        name: String,
        /// What the check says of it, to the visitor.
        words: String,
    },
    /// A file could not be checked.
    #[non_exhaustive]
    NotChecked {
        /// The file's name.
        name: String,
    },
    /// There is no room left.
    StorageFull,
    /// The server has as much to do as it may.
    ServerBusy,
    /// As many downloads wait to be fetched as the server has room for.
    DownloadsFull,
    /// The server holds as many files open as it may.
    Busy,
    /// There is a stored file with the key that another one was to get.
    #[non_exhaustive]
    KeyTaken {
        /// The key.
        key: String,
    },
    /// A stored file was removed.
    #[non_exhaustive]
    FileGone {
        /// The file's name.
        name: String,
    },
}

/// What is wrong with the content of a file whose name says more than it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// It is of another format than the name says, and this is how people call that: `WEBP`.
    OtherFormat(String),
    /// There is none.
    Empty,
    /// The name says that it is text, and it is not.
    NotText,
    /// The name says this format, as people call it, and the content is of none that is known.
    NoSuchFormat(String),
}

/// A file that is refused before it is sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedFile {
    /// Its number in what was said of the upload, from 0.
    pub nth: usize,
    /// Why it is refused.
    pub rejection: FileRejection,
}

impl RefusedFile {
    pub(crate) fn new(nth: usize, rejection: FileRejection) -> Self {
        Self { nth, rejection }
    }
}

impl FileRejection {
    /// The request is not what its page or program would have sent, for this reason: it is for the log.
    pub fn malformed(reason: impl std::fmt::Display) -> Self {
        Self::Malformed { reason: reason.to_string() }
    }

    /// More files than so many.
    #[must_use]
    pub const fn too_many_files(limit: u32) -> Self {
        Self::TooManyFiles { limit }
    }

    /// More bytes than so many.
    #[must_use]
    pub const fn total_too_large(limit: u64) -> Self {
        Self::TotalTooLarge { limit }
    }

    /// Fewer files than so many.
    #[must_use]
    pub const fn too_few_files(limit: u32) -> Self {
        Self::TooFewFiles { limit }
    }

    /// The stored file of this name was removed.
    pub fn file_gone(name: impl Into<String>) -> Self {
        Self::FileGone { name: name.into() }
    }

    /// There is a stored file with this key.
    pub fn key_taken(key: impl Into<String>) -> Self {
        Self::KeyTaken { key: key.into() }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            // No 408 for the slow ones: after that, browsers send the request again by themselves.
            Self::Malformed { .. } | Self::Truncated | Self::Silent { .. } | Self::TooSlow => StatusCode::BAD_REQUEST,
            Self::CallTooLarge { .. }
            | Self::LargerThanQuota { .. }
            | Self::TooLarge { .. }
            | Self::TotalTooLarge { .. }
            | Self::ImageTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotMultipart
            | Self::NotPartial
            | Self::NestedMultipart { .. }
            | Self::TypeNotAccepted { .. }
            | Self::NotAnImage { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::UnsafeName { .. }
            | Self::NoFileName { .. }
            | Self::TooManyFiles { .. }
            | Self::TooFewFiles { .. }
            | Self::TooSmall { .. }
            | Self::ImageBroken { .. }
            | Self::RefusedByCheck { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy | Self::ServerBusy | Self::DownloadsFull | Self::NotChecked { .. } => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::StorageFull | Self::QuotaFull { .. } => StatusCode::INSUFFICIENT_STORAGE,
            Self::UploadGone | Self::FileGone { .. } => StatusCode::NOT_FOUND,
            Self::TooManyUnfinished | Self::TooManyUploads { .. } | Self::TooManyAtOnce { .. } => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::UploadBusy => StatusCode::LOCKED,
            Self::Superseded | Self::KeyTaken { .. } => StatusCode::CONFLICT,
            Self::FilesRefused { refused } => {
                refused.first().map_or(StatusCode::BAD_REQUEST, |first| first.rejection.status())
            }
        }
    }

    /// The stable code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "request.malformed",
            Self::CallTooLarge { .. } => "request.too-large",
            Self::NotMultipart => "upload.not-multipart",
            Self::Truncated => "upload.truncated",
            Self::Silent { .. } => "upload.silent",
            Self::TooSlow => "upload.too-slow",
            Self::UploadGone => "upload.gone",
            Self::TooManyUnfinished => "upload.too-many-unfinished",
            Self::NotPartial => "upload.not-partial",
            Self::UploadBusy => "upload.busy",
            Self::Superseded => "upload.superseded",
            Self::FilesRefused { refused } => {
                refused.first().map_or("request.malformed", |first| first.rejection.code())
            }
            Self::UnsafeName { .. } => "upload.unsafe-name",
            Self::NoFileName { .. } => "upload.no-file-name",
            Self::NestedMultipart { .. } => "upload.nested-multipart",
            Self::TooManyFiles { .. } => "upload.too-many-files",
            Self::TooFewFiles { .. } => "upload.too-few-files",
            Self::TooLarge { .. } => "upload.too-large",
            Self::TooSmall { .. } => "upload.too-small",
            Self::TotalTooLarge { .. } => "upload.total-too-large",
            Self::TypeNotAccepted { .. } => "upload.type-not-accepted",
            Self::ImageTooLarge { .. } => "upload.image-too-large",
            Self::NotAnImage { .. } => "upload.not-an-image",
            Self::ImageBroken { .. } => "upload.image-broken",
            Self::LargerThanQuota { .. } => "quota.too-large",
            Self::QuotaFull { .. } => "quota.full",
            Self::TooManyUploads { .. } => "quota.too-many-uploads",
            Self::TooManyAtOnce { .. } => "quota.too-many-at-once",
            Self::RefusedByCheck { .. } => "upload.refused-by-check",
            Self::NotChecked { .. } => "upload.not-checked",
            Self::Busy => "storage.busy",
            Self::StorageFull => "storage.full",
            Self::ServerBusy => "server.busy",
            Self::DownloadsFull => "download.full",
            Self::FileGone { .. } => "storage.file-gone",
            Self::KeyTaken { .. } => "storage.key-taken",
        }
    }

    /// After how many seconds it is worth to try again, for the header `Retry-After`; nothing where time alone changes nothing.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyUploads { seconds } | Self::TooManyAtOnce { seconds } => Some(*seconds),
            Self::ServerBusy => Some(2),
            Self::DownloadsFull => Some(60),
            _ => None,
        }
    }

    /// The name of the file that is to blame, if one is.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::UnsafeName { name }
            | Self::TooLarge { name, .. }
            | Self::TooSmall { name, .. }
            | Self::TypeNotAccepted { name, .. }
            | Self::ImageTooLarge { name }
            | Self::NotAnImage { name, .. }
            | Self::ImageBroken { name, .. }
            | Self::RefusedByCheck { name, .. }
            | Self::NotChecked { name } => Some(name),
            Self::FilesRefused { refused } => refused.first()?.rejection.file(),
            _ => None,
        }
    }
}

impl std::error::Error for FileRejection {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_refusal_of_a_slow_sender_lets_browsers_send_again() {
        for refused in [FileRejection::Silent { seconds: 30 }, FileRejection::TooSlow] {
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{refused:?}");
        }
    }
}
