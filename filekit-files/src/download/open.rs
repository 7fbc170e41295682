//! From a download to its name, its type and its bytes.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use crate::download::stream::{gathered, measured, without_panics};
use crate::download::{ByteStream, Download, DownloadError, Source, archive};
use crate::error::{Error, FileRejection, Result};
use crate::serving::{RemoteFile, whole};
use crate::storage::{FileChunks, FileKey, FileMetadata, SafePath, SpooledFile, StoredFiles, open, storage_error};
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
    /// From a file of the spool.
    Spooled {
        /// Where it is.
        path: PathBuf,
        /// Keeps the file until it was handed over; none if another server does.
        kept: Option<Arc<SpooledFile>>,
    },
    /// From the stored file with this key.
    Stored(FileKey),
}

impl fmt::Debug for Content {
    /// Says how much there is in place of what: a download may be large, and secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(data) => write!(formatter, "Inline({} bytes)", data.len()),
            Self::Stream { length, .. } => {
                formatter.debug_struct("Stream").field("length", length).finish_non_exhaustive()
            }
            Self::Spooled { path, .. } => formatter.debug_struct("Spooled").field("path", path).finish_non_exhaustive(),
            Self::Stored(key) => formatter.debug_tuple("Stored").field(key).finish(),
        }
    }
}

impl Download {
    /// Opens the download. A stream that fails at once fails here, while there is still an answer to be given.
    ///
    /// # Errors
    ///
    /// If the name is none, there is no such stored file, or the stream fails at once.
    pub async fn open(self, files: &StoredFiles) -> Result<Prepared> {
        let (name, inline, mut length) = (self.name()?, self.inline, self.length);
        let (mime, stream) = match self.source {
            Source::Data(data) => {
                let mime = self.mime.unwrap_or_else(|| sniff_type(&data, &name).to_owned());
                return Ok(Prepared { name, mime: Some(mime), inline, content: Content::Inline(data) });
            }
            Source::Stream(stream) => (self.mime, stream),
            Source::Zip(entries) => {
                let foreseen = archive::length(&entries, files).await?;
                length = length.or(foreseen);
                (self.mime, archive::archive(entries, files.clone()))
            }
            Source::Url(url) => return Err(DownloadError::Url(url).into()),
            Source::Broken(error) => return Err(error.into()),
            source @ (Source::Stored(_) | Source::Spooled(_)) => return Self { source, ..self }.into_file(),
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
    pub fn into_file(self) -> Result<Prepared> {
        let name = self.name()?;
        let content = match self.source {
            Source::Spooled(file) => Content::Spooled { path: file.path.as_ref().to_owned(), kept: Some(file) },
            Source::Stored(stored) => Content::Stored(stored_key(&stored)?),
            _ => return Err(DownloadError::NotStored(name).into()),
        };
        Ok(Prepared { name, mime: self.mime, inline: self.inline, content })
    }

    /// The content alone, for an archive.
    ///
    /// # Errors
    ///
    /// As [`Download::open`].
    pub(crate) async fn into_entry(self, files: &StoredFiles) -> Result<EntryContent> {
        Ok(match self.open(files).await?.content {
            Content::Inline(data) => {
                EntryContent { size: Some(data.len() as u64), bytes: one(data), in_memory: true, modified: None }
            }
            Content::Stream { stream, length } => {
                EntryContent { bytes: stream, size: length, in_memory: false, modified: None }
            }
            Content::Spooled { path, kept } => {
                let (size, bytes) = of_spooled(path, kept, files).await?;
                EntryContent { bytes, size: Some(size), in_memory: false, modified: None }
            }
            Content::Stored(key) => {
                let (found, chunks) = of_stored(&key, files).await?;
                let (size, modified) = (Some(found.size), Some(found.modified));
                EntryContent { bytes: Box::pin(chunks.map(as_storage_error)), size, in_memory: false, modified }
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
    pub(crate) async fn into_stream(self, files: &StoredFiles) -> Result<ByteStream> {
        Ok(match self {
            Self::Inline(bytes) => one(bytes),
            Self::Stream { stream, .. } => stream,
            Self::Spooled { path, kept } => of_spooled(path, kept, files).await?.1,
            Self::Stored(key) => Box::pin(of_stored(&key, files).await?.1.map(as_storage_error)),
        })
    }
}

/// The name that people see of the stored file with this key.
fn shown_name(key: &str) -> String {
    FileKey::parse(key).map_or_else(|| key.to_owned(), |key| key.name())
}

/// The key of a stored file.
///
/// # Errors
///
/// If no stored file has such a key.
pub(crate) fn stored_key(key: &str) -> Result<FileKey, DownloadError> {
    FileKey::parse(key).ok_or_else(|| DownloadError::NotStored(key.to_owned()))
}

/// What an error of the storage means where the stored file with this key is opened.
pub(crate) fn not_stored(error: std::io::Error, key: &FileKey) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileRejection::file_gone(key.name()).into(),
        _ => storage_error(error),
    }
}

/// What there is to know of a stored file, and all of it.
async fn of_stored(key: &FileKey, files: &StoredFiles) -> Result<(FileMetadata, FileChunks)> {
    let opened = async {
        if let Some(storage) = files.storage() {
            let file = RemoteFile::find(storage, key).await?;
            files.check_end(key, file.found.modified)?;
            let chunks = file.read(0..file.found.size).await;
            return Ok((file.found, chunks));
        }
        let (disk, of) = (files.disk().clone(), key.clone());
        let (file, metadata) = files.disk().pace().work(move || disk.open_file(&of)).await?;
        files.check_end(key, metadata.modified()?)?;
        Ok((FileMetadata::of_disk(&metadata), whole(file, &metadata, files.disk().pace().clone())))
    };
    opened.await.map_err(|error| not_stored(error, key))
}

/// The size and the bytes of a file of the spool, which is kept until they were read.
async fn of_spooled(path: PathBuf, kept: Option<Arc<SpooledFile>>, files: &StoredFiles) -> Result<(u64, ByteStream)> {
    let pace = files.disk().pace().clone();
    let (file, metadata) = pace.work(move || open(&path)).await.map_err(storage_error)?;
    let chunks = whole(file, &metadata, pace).map(move |chunk| {
        let _ = &kept;
        as_storage_error(chunk)
    });
    Ok((metadata.len(), Box::pin(chunks)))
}

fn as_storage_error(chunk: std::io::Result<Bytes>) -> Result<Bytes> {
    chunk.map_err(storage_error)
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
