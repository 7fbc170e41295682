//! Lists of stored files, as streams.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;

use crate::error::Result;
use crate::files::Files;
use crate::storage::{FileListing, Folder, Listed, Listing, StoredFile, storage_error};
use crate::types::type_of_name;

/// Stored files, one after the other. It asks for nothing before it is read, and ends behind an error.
#[must_use = "a list does nothing unless it is read"]
pub struct FileList(Walk);

/// The folders and files of one folder, one after the other. It asks for nothing before it is read, and ends behind an error.
#[must_use = "a list does nothing unless it is read"]
pub struct FolderList(Walk);

/// What is in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderEntry {
    /// A folder.
    Folder(Folder),
    /// A file.
    File(StoredFile),
}

struct Walk {
    files: Files,
    listing: Listing,
    running: Option<FileListing>,
    has_ended: bool,
}

impl FileList {
    pub(super) fn new(files: Files, listing: Listing) -> Self {
        Self(Walk::new(files, listing))
    }

    /// Begins behind this key, which need not be there: with the key of the last file of a page, it is the next page.
    pub fn after(mut self, key: impl AsRef<str>) -> Self {
        self.0.listing.after = key.as_ref().to_owned();
        self
    }
}

impl FolderList {
    pub(super) fn new(files: Files, listing: Listing) -> Self {
        Self(Walk::new(files, listing))
    }

    /// Begins behind this key, or behind this folder with its `/`: `claims/42/`.
    pub fn after(mut self, key: impl AsRef<str>) -> Self {
        self.0.listing.after = key.as_ref().to_owned();
        self
    }
}

impl Walk {
    fn new(files: Files, listing: Listing) -> Self {
        Self { files, listing, running: None, has_ended: false }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<FolderEntry>>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let Self { files, listing, running, has_ended } = self;
        let running = running.get_or_insert_with(|| files.stored.list(listing));
        loop {
            return Poll::Ready(match ready!(running.as_mut().poll_next(context)) {
                Some(Ok(Listed::File(key, _))) if files.is_removed(&key) => continue,
                Some(Ok(Listed::File(key, found))) => {
                    let mime = type_of_name(&key.name()).to_owned();
                    Some(Ok(FolderEntry::File(StoredFile::new(key, &found, mime, None))))
                }
                Some(Ok(Listed::Folder(folder))) => Some(Ok(FolderEntry::Folder(folder))),
                ended => {
                    *has_ended = true;
                    ended.and_then(|entry| entry.err()).map(|error| Err(storage_error(error)))
                }
            });
        }
    }
}

impl Stream for FileList {
    type Item = Result<StoredFile>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(self.0.poll(context)) {
                Some(Ok(FolderEntry::File(file))) => Some(Ok(file)),
                // A storage lists them only where one level is asked for.
                Some(Ok(FolderEntry::Folder(_))) => continue,
                Some(Err(error)) => Some(Err(error)),
                None => None,
            });
        }
    }
}

impl Stream for FolderList {
    type Item = Result<FolderEntry>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context)
    }
}

impl fmt::Debug for FileList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("FileList").field(&self.0.listing).finish()
    }
}

impl fmt::Debug for FolderList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("FolderList").field(&self.0.listing).finish()
    }
}
