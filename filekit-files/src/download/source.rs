//! What the bytes of a download are made of.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;

use crate::download::{DownloadError, Entries};
use crate::error::Result;
use crate::storage::SpooledFile;

/// Bytes as they come.
pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Where a download comes from.
pub enum Source {
    /// A URL, which the browser fetches.
    Url(String),
    /// Bytes at hand.
    Data(Bytes),
    /// Bytes that are still made.
    Stream(ByteStream),
    /// The key of a stored file.
    Stored(String),
    /// An archive of these.
    Zip(Entries),
    /// It was to be made of something that cannot be written.
    Broken(DownloadError),
    /// It was complete when the event ended.
    Spooled(Arc<SpooledFile>),
}

impl fmt::Debug for Source {
    /// Says how much there is in place of what: a download may be large, and secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What follows the path may be a signature.
            Self::Url(url) => formatter.debug_tuple("Url").field(&url.split('?').next().unwrap_or_default()).finish(),
            Self::Data(data) => write!(formatter, "Data({} bytes)", data.len()),
            Self::Stream(_) => formatter.write_str("Stream"),
            Self::Stored(name) => formatter.debug_tuple("Stored").field(name).finish(),
            Self::Zip(entries) => formatter.debug_tuple("Zip").field(entries).finish(),
            Self::Broken(error) => formatter.debug_tuple("Broken").field(error).finish(),
            Self::Spooled(file) => write!(formatter, "Spooled({} bytes)", file.size),
        }
    }
}
