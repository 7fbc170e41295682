//! From a download to its name, its type and its bytes.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use crate::download::stream::{gathered, measured, without_panics};
use crate::download::{ByteStream, Download, DownloadError, Source, archive};
use crate::error::{Error, FileRejection, Result};
use crate::serving::whole;
use crate::storage::{Disk, FileKey, SafePath, SpooledFile, storage_error};
use crate::types::sniff_type;

/// A download that can be sent.
#[derive(Debug)]
pub struct Prepared {
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
    Inline(Bytes),
    /// From what makes them.
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
        kept: Option<Arc<SpooledFile>>,
    },
}

impl fmt::Debug for Content {
    /// Says how much there is in place of what: a download may be large, and secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(data) => write!(formatter, "Inline({} bytes)", data.len()),
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
    pub async fn open(self, disk: &Disk) -> Result<Prepared> {
        let (name, inline, mut length) = (self.name()?, self.inline, self.length);
        let (mime, stream) = match self.source {
            Source::Data(data) => {
                let mime = self.mime.unwrap_or_else(|| sniff_type(&data, &name).to_owned());
                return Ok(Prepared { name, mime: Some(mime), inline, content: Content::Inline(data) });
            }
            Source::Stream(stream) => (self.mime, stream),
            Source::Zip(entries) => {
                let foreseen = archive::length(&entries, disk).await?;
                length = length.or(foreseen);
                (self.mime, archive::archive(entries, disk.clone()))
            }
            Source::Url(url) => return Err(DownloadError::Url(url).into()),
            Source::Broken(error) => return Err(error.into()),
            source @ (Source::Stored(_) | Source::Spooled(_)) => return Self { source, ..self }.into_file(disk),
        };
        let stream = gathered(without_panics(stream));
        let stream = match length {
            Some(said) => measured(stream, said),
            None => stream,
        };
        let (head, stream) = begun(stream).await?;
        let mime = mime.unwrap_or_else(|| sniff_type(&head, &name).to_owned());
        Ok(Prepared { name, mime: Some(mime), inline, content: Content::Stream { stream, length } })
    }

    /// Opens a download that is a file already.
    ///
    /// # Errors
    ///
    /// If its name or that of the stored file is none.
    pub fn into_file(self, disk: &Disk) -> Result<Prepared> {
        let name = self.name()?;
        let (path, kept) = match self.source {
            Source::Spooled(file) => (file.path.as_ref().to_owned(), Some(file)),
            Source::Stored(stored) => (stored_path(&stored, disk)?, None),
            _ => return Err(DownloadError::NotStored(name).into()),
        };
        Ok(Prepared { name, mime: self.mime, inline: self.inline, content: Content::File { path, kept } })
    }

    /// The content alone, for an archive.
    ///
    /// # Errors
    ///
    /// As [`Download::open`].
    pub(crate) async fn into_entry(self, disk: &Disk) -> Result<EntryContent> {
        let pace = disk.pace().clone();
        let stored = match &self.source {
            Source::Stored(key) => Some(key.clone()),
            _ => None,
        };
        Ok(match self.open(disk).await?.content {
            Content::Inline(data) => {
                EntryContent { size: Some(data.len() as u64), bytes: one(data), in_memory: true, modified: None }
            }
            Content::Stream { stream, length } => {
                EntryContent { bytes: stream, size: length, in_memory: false, modified: None }
            }
            Content::File { path, kept } => {
                let (metadata, chunks) =
                    whole(path, pace).await.map_err(|error| not_stored(error, stored.as_deref()))?;
                let modified = metadata.modified().ok().filter(|_| stored.is_some());
                EntryContent { bytes: of_file(chunks, kept), size: Some(metadata.len()), in_memory: false, modified }
            }
        })
    }

    /// What it is called.
    fn name(&self) -> Result<String, DownloadError> {
        let given = self.safe_filename()?.map(|name| name.to_string());
        Ok(given.unwrap_or_else(|| match &self.source {
            Source::Stored(key) => shown_name(key),
            _ => self.nameless.to_owned(),
        }))
    }

    /// Where it would be in an archive: its name may have folders.
    pub(crate) fn entry_path(&self) -> Result<SafePath> {
        Ok(match self.safe_path()? {
            Some(path) => path,
            None => SafePath::parse(&self.name()?)?,
        })
    }
}

/// The content of an entry of an archive.
pub(crate) struct EntryContent {
    pub(crate) bytes: ByteStream,
    /// How much there is, if that is known.
    pub(crate) size: Option<u64>,
    /// All of it is there already.
    pub(crate) in_memory: bool,
    /// When it was last changed, if it is a stored file.
    pub(crate) modified: Option<SystemTime>,
}

impl Content {
    /// The bytes as they come.
    ///
    /// # Errors
    ///
    /// If there is no such file, or the disk fails.
    pub(crate) async fn into_stream(self, disk: &Disk) -> Result<ByteStream> {
        Ok(match self {
            Self::Inline(bytes) => one(bytes),
            Self::Stream { stream, .. } => stream,
            Self::File { path, kept } => {
                let (_, chunks) = whole(path, disk.pace().clone()).await.map_err(storage_error)?;
                of_file(chunks, kept)
            }
        })
    }
}

/// The name that people see of the stored file with this key.
fn shown_name(key: &str) -> String {
    FileKey::parse(key).map_or_else(|| key.to_owned(), |key| key.name())
}

/// Where a stored file is.
///
/// # Errors
///
/// If no stored file has such a key.
pub(crate) fn stored_path(key: &str, disk: &Disk) -> Result<PathBuf, DownloadError> {
    FileKey::parse(key).map(|key| disk.path_of(&key)).ok_or_else(|| DownloadError::NotStored(key.to_owned()))
}

/// What an error of the disk means where a file is opened: the stored one with this key, if it is one.
pub(crate) fn not_stored(error: std::io::Error, key: Option<&str>) -> Error {
    match key {
        Some(key) if error.kind() == std::io::ErrorKind::NotFound => FileRejection::file_gone(shown_name(key)).into(),
        _ => storage_error(error),
    }
}

/// The bytes of a file, which is kept until they were read.
fn of_file(
    chunks: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    kept: Option<Arc<SpooledFile>>,
) -> ByteStream {
    Box::pin(chunks.map(move |chunk| {
        let _ = &kept;
        chunk.map_err(storage_error)
    }))
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
