//! A complete file that is to be kept somewhere.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncSeek};

use crate::storage::{Content, ContentSource, Sha256, blocking};

/// A complete file on its way into a [`Storage`](crate::storage::Storage): in memory, in a file of this computer, or sent to the storage
/// by its browser already.
#[derive(Debug)]
pub struct StagedFile {
    source: ContentSource,
    size: u64,
    mime: String,
    sha256: Option<Sha256>,
    /// What is gone when this is dropped.
    _content: Option<Content>,
}

impl StagedFile {
    /// A file in memory.
    #[must_use]
    pub fn of_bytes(bytes: impl Into<Bytes>, mime: impl Into<String>) -> Self {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        Self { source: ContentSource::Memory(bytes), size, mime: mime.into(), sha256: None, _content: None }
    }

    /// A file of this computer, which stays where it is.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn of_path(path: impl Into<PathBuf>, mime: impl Into<String>) -> io::Result<Self> {
        let path = path.into();
        let metadata = tokio::fs::metadata(&path).await?;
        let source = ContentSource::Disk(path);
        Ok(Self { source, size: metadata.len(), mime: mime.into(), sha256: None, _content: None })
    }

    /// What was uploaded.
    pub(crate) fn of_content(content: Content, size: u64, mime: &str, sha256: Option<Sha256>) -> Self {
        Self { source: content.source(), size, mime: mime.to_owned(), sha256, _content: Some(content) }
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The MIME type.
    #[must_use]
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// The SHA-256 of the content, if it is known.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        self.sha256
    }

    /// What its browser has sent to the store by itself, if it has.
    #[cfg(feature = "s3")]
    pub(crate) fn direct(&self) -> Option<&crate::storage::DirectContent> {
        match &self.source {
            ContentSource::Direct(content) => Some(content),
            _ => None,
        }
    }

    /// The file, if it is on this computer and not in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.source {
            ContentSource::Memory(_) | ContentSource::Direct(_) => None,
            ContentSource::Disk(path) => Some(path),
        }
    }

    /// Reads `length` bytes that begin at `start`, which are there.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn read(&self, start: u64, length: usize) -> io::Result<Bytes> {
        match &self.source {
            ContentSource::Memory(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(start..bytes.len().min(start.saturating_add(length))))
            }
            ContentSource::Disk(path) => {
                let path = path.clone();
                blocking(move || crate::storage::read(&std::fs::File::open(path)?, start, length)).await
            }
            ContentSource::Direct(content) => content.read(start..start.saturating_add(length as u64)).await,
        }
    }

    /// Opens the file for reading from its beginning.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn open(&self) -> io::Result<impl AsyncRead + AsyncSeek + Send + Unpin + use<>> {
        self.source.clone().open().await
    }
}
