//! From a download to its name, its type and its bytes; not to whom they go.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use crate::download::stream::{gathered, measured, without_panics};
use crate::download::{ByteStream, Download, DownloadError, Source, zip, zip_length};
use crate::error::Result;
use crate::serving::whole;
use crate::storage::{Disk, FileKey, Spooled, storage_error};
use crate::types::judge;

/// A download that can be handed over.
#[derive(Debug)]
pub struct Opened {
    /// What it is called.
    pub name: String,
    /// The type, unless the file's content is still to say it.
    pub mime: Option<String>,
    /// Shown where that is harmless, instead of being saved.
    pub inline: bool,
    /// Where its bytes come from.
    pub content: Content,
}

/// Where the bytes come from.
pub enum Content {
    /// From memory.
    Here(Bytes),
    /// From whoever makes them.
    Stream {
        /// The bytes.
        stream: ByteStream,
        /// How many there are, if it is known.
        length: Option<u64>,
    },
    /// From the disk.
    File {
        /// Where the file is.
        path: PathBuf,
        /// Keeps the file until it was handed over.
        kept: Option<Arc<Spooled>>,
    },
}

impl fmt::Debug for Content {
    /// Says how much there is in place of what: a download may be large, and secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(data) => write!(formatter, "Here({} bytes)", data.len()),
            Self::Stream { length, .. } => {
                formatter.debug_struct("Stream").field("length", length).finish_non_exhaustive()
            }
            Self::File { path, .. } => formatter.debug_struct("File").field("path", path).finish_non_exhaustive(),
        }
    }
}

impl Download {
    /// Opens the download. A stream that fails at once fails here, while there is still an answer to be given.
    ///
    /// # Errors
    ///
    /// If the name is none, there is no such stored file, or the stream fails at once.
    #[doc(hidden)]
    pub async fn open(self, disk: &Disk) -> Result<Opened> {
        if matches!(self.source, Source::Stored(_) | Source::Spooled(_)) {
            return self.into_file(disk);
        }
        let (name, inline, mut length) = (self.name()?, self.inline, self.length);
        let (mime, stream) = match self.source {
            Source::Data(data) => {
                let mime = self.mime.unwrap_or_else(|| judge(&data, &name).to_owned());
                return Ok(Opened { name, mime: Some(mime), inline, content: Content::Here(data) });
            }
            Source::Stream(stream) => (self.mime, stream),
            Source::Zip(entries) => {
                if length.is_none() {
                    length = zip_length::of(&entries, disk).await?;
                }
                (self.mime, zip::archive(entries, disk.clone()))
            }
            Source::Url(url) => return Err(DownloadError::Url(url).into()),
            Source::Broken(error) => return Err(error.into()),
            Source::Stored(_) | Source::Spooled(_) => unreachable!("they are files"),
        };
        let stream = gathered(without_panics(stream));
        let stream = match length {
            Some(said) => measured(stream, said),
            None => stream,
        };
        let (head, stream) = begun(stream).await?;
        let mime = mime.unwrap_or_else(|| judge(&head, &name).to_owned());
        Ok(Opened { name, mime: Some(mime), inline, content: Content::Stream { stream, length } })
    }

    /// Opens a download that is a file already.
    ///
    /// # Errors
    ///
    /// If its name or that of the stored file is none.
    #[doc(hidden)]
    pub fn into_file(self, disk: &Disk) -> Result<Opened> {
        let name = self.name()?;
        let (path, kept) = match self.source {
            Source::Spooled(file) => (file.path.as_ref().to_owned(), Some(file)),
            Source::Stored(stored) => (stored_path(&stored, disk)?, None),
            _ => return Err(DownloadError::NotStored(name).into()),
        };
        Ok(Opened { name, mime: self.mime, inline: self.inline, content: Content::File { path, kept } })
    }

    /// The bytes alone, for an archive.
    ///
    /// # Errors
    ///
    /// As [`Download::open`].
    pub(crate) async fn into_bytes(self, disk: &Disk) -> Result<ByteStream> {
        let pace = disk.pace().clone();
        let stored = match &self.source {
            Source::Stored(stored) => Some(stored.clone()),
            _ => None,
        };
        Ok(match self.open(disk).await?.content {
            Content::Here(bytes) => one(bytes),
            Content::Stream { stream, .. } => stream,
            Content::File { path, kept } => {
                let chunks = whole(path, pace).await.map_err(|error| not_stored(error, stored))?;
                Box::pin(chunks.map(move |chunk| {
                    let _ = &kept;
                    chunk.map_err(storage_error)
                }))
            }
        })
    }

    /// What it is called.
    fn name(&self) -> Result<String, DownloadError> {
        let given = self.safe_filename()?.map(|name| name.to_string());
        Ok(given.unwrap_or_else(|| match &self.source {
            Source::Stored(key) => FileKey::parse(key).map_or_else(|| key.clone(), |key| key.name()),
            _ => self.nameless.to_owned(),
        }))
    }

    /// What it would be called in an archive.
    pub(crate) fn entry_name(&self) -> Result<String, DownloadError> {
        self.name()
    }
}

impl Content {
    /// The bytes as they come; nothing of a file, which is read elsewhere.
    pub(crate) fn into_stream(self) -> ByteStream {
        match self {
            Self::Here(bytes) => one(bytes),
            Self::Stream { stream, .. } => stream,
            Self::File { .. } => Box::pin(stream::empty()),
        }
    }
}

/// Where a stored file is.
///
/// # Errors
///
/// If no stored file has such a key.
pub(crate) fn stored_path(key: &str, disk: &Disk) -> Result<PathBuf, DownloadError> {
    FileKey::parse(key).map(|key| disk.path_of(&key)).ok_or_else(|| DownloadError::NotStored(key.to_owned()))
}

pub(crate) fn not_stored(error: std::io::Error, stored: Option<String>) -> crate::Error {
    match stored {
        Some(name) if error.kind() == std::io::ErrorKind::NotFound => DownloadError::NotStored(name).into(),
        _ => storage_error(error),
    }
}

fn one(bytes: Bytes) -> ByteStream {
    Box::pin(stream::iter([Ok(bytes)]))
}

/// The first bytes, and the stream with them.
async fn begun(mut stream: ByteStream) -> Result<(Bytes, ByteStream)> {
    let first = loop {
        match stream.next().await.transpose()? {
            Some(chunk) if chunk.is_empty() => {}
            first => break first.unwrap_or_default(),
        }
    };
    Ok((first.clone(), Box::pin(one(first).chain(stream))))
}
