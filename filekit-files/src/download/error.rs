//! Why a download cannot be handed over.

use std::fmt;

/// Why a [`Download`](super::Download) cannot be handed over. It is logged; the visitor reads a general message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DownloadError {
    /// The URL is neither relative nor one of http or https.
    Url(String),
    /// The name is empty, that of a place, or has control characters in it.
    Filename(String),
    /// The MIME type cannot stand in a header.
    Mime(String),
    /// No stored file can have that name.
    NotStored(String),
    /// The data could not be written in its format.
    Data(String),
    /// An entry of an archive has no content of its own: it is a URL.
    Entry(String),
    /// The content is shorter or longer than was said.
    #[non_exhaustive]
    Length {
        /// How many bytes were said to come.
        said: u64,
    },
}

impl fmt::Display for DownloadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => write!(formatter, "{url:?} is no URL to download from: it must be relative, or http(s)"),
            Self::Filename(name) => write!(formatter, "{name:?} is no name for a download"),
            Self::Mime(mime) => write!(formatter, "{mime:?} is no MIME type"),
            Self::NotStored(name) => write!(formatter, "{name:?} is no name of a stored file"),
            Self::Data(reason) => write!(formatter, "the data of a download could not be written: {reason}"),
            Self::Entry(url) => write!(formatter, "{url:?} is a URL and cannot be in an archive"),
            Self::Length { said } => write!(formatter, "a download has not the {said} bytes that were said"),
        }
    }
}

impl std::error::Error for DownloadError {}
