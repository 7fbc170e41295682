//! A file that was uploaded, as a handler gets it; not how it was received.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncSeek};

use crate::error::{Rejection, Result};
use crate::storage::{Disk, SafeName, SafePath, SharedSaves, Spool, Spooled, StoredFile, blocking};

/// A file that a visitor uploaded.
///
/// Its bytes lie in a temporary file beside the store, however large they are. A file that no handler saves is
/// removed when it is dropped.
#[derive(Debug)]
pub struct UploadFile {
    pub(crate) path: SafePath,
    pub(crate) client_name: String,
    pub(crate) claimed_mime: Option<String>,
    pub(crate) mime: String,
    pub(crate) spooled: Spooled,
    pub(crate) store: FileStore,
}

/// Where a file goes when it is saved.
#[derive(Clone, Debug)]
pub(crate) struct FileStore {
    pub(crate) disk: Disk,
    pub(crate) spool: Spool,
    pub(crate) saves: SharedSaves,
}

impl UploadFile {
    /// The name, safe to be used on disk.
    #[must_use]
    pub fn name(&self) -> SafeName {
        self.path.name()
    }

    /// The path within the folder that the visitor chose, safe to be used on disk; the name if there is none.
    #[must_use]
    pub fn path(&self) -> &SafePath {
        &self.path
    }

    /// The name as the browser sent it.
    ///
    /// # Security
    ///
    /// This is text that a stranger wrote: show it, but make no path of it.
    #[must_use]
    pub fn client_name(&self) -> &str {
        &self.client_name
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.spooled.size
    }

    /// The MIME type, judged by content and name together.
    #[must_use]
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// The MIME type that the browser claims, if it claims one.
    ///
    /// # Security
    ///
    /// Nothing was checked; [`UploadFile::mime`] was.
    #[must_use]
    pub fn claimed_mime(&self) -> Option<&str> {
        self.claimed_mime.as_deref()
    }

    /// Reads the whole file into memory.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn bytes(&self) -> Result<Bytes> {
        Ok(tokio::fs::read(self.spooled.file.path()).await?.into())
    }

    /// Reads the whole file into memory, as UTF-8.
    ///
    /// # Errors
    ///
    /// If the disk fails, or the file is not UTF-8.
    pub async fn text(&self) -> Result<String> {
        Ok(tokio::fs::read_to_string(self.spooled.file.path()).await?)
    }

    /// Opens the file for reading from its beginning.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn open(&self) -> Result<impl AsyncRead + AsyncSeek + Send + Unpin + use<>> {
        Ok(tokio::fs::File::open(self.spooled.file.path()).await?)
    }

    /// Saves the file under its own name, or under the next free one: `photo.jpg`, `photo-1.jpg`. It never
    /// overwrites, and the name appears once the file is complete.
    ///
    /// What was saved stands only if the handler succeeds.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn save(self) -> Result<StoredFile> {
        let name = self.name();
        let Self { spooled, store, mime, .. } = self;
        let size = spooled.size;
        let name = blocking(move || {
            let name = store.disk.keep(spooled.file, &name)?;
            store.saves.add(store.disk.path_of(&name), None);
            Ok(name)
        });
        Ok(StoredFile { name: name.await.map_err(storage_error)?, size, mime })
    }

    /// Saves the file under `name`, in place of the file that has it.
    ///
    /// What was saved stands only if the handler succeeds; otherwise the file that was replaced comes back.
    ///
    /// # Errors
    ///
    /// If `name` is not the name of a file, or if the disk fails.
    pub async fn save_as(self, name: impl AsRef<str>) -> Result<StoredFile> {
        let name = SafeName::parse(name.as_ref())?;
        let Self { spooled, store, mime, .. } = self;
        let (size, kept) = (spooled.size, name.clone());
        let replace = blocking(move || {
            let aside = store.spool.free_path()?;
            let replaced = store.disk.replace(spooled.file, &kept, &aside)?;
            store.saves.add(store.disk.path_of(&kept), replaced.then_some(aside));
            Ok(())
        });
        replace.await.map_err(storage_error)?;
        Ok(StoredFile { name, size, mime })
    }
}

/// A full disk is something that the visitor can be told; any other fault is for the log.
pub(crate) fn storage_error(error: io::Error) -> crate::Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Rejection::StorageFull.into(),
        _ => error.into(),
    }
}
