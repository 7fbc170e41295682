//! When stored files end, and what removes them then.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;

use crate::clock;
use crate::guard::FileEventKind;
use crate::quota::{EntryKind, EntryName, FoundEntry};
use crate::storage::{FileKey, FileMetadata, Listed, Listing, StoredFiles, blocking};

/// There once a file was saved that ends by itself: the files are to be looked at for those.
const SOME_END: &str = "expiring";

/// How long stored files are kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lifetimes {
    /// How long a file is kept since it was stored, whatever its key says. Without end if it is none.
    pub retention: Option<Duration>,
}

impl Lifetimes {
    /// Lets the time of a file begin that is stored now: its last byte may have come long before.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn begin(self, path: &Path) -> io::Result<()> {
        match self.retention {
            Some(_) => File::options().write(true).open(path)?.set_modified(clock::now()),
            None => Ok(()),
        }
    }

    /// Whether a file has ended, and is not there any more for anyone.
    pub(crate) fn have_ended(&self, key: &FileKey, modified: SystemTime) -> bool {
        let by_age = self.retention.is_some_and(|age| clock::elapsed(modified) >= age);
        by_age || key.has_ended()
    }
}

/// What a look at all stored files has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many files had ended, and are removed now.
    pub ended: usize,
}

impl StoredFiles {
    /// Notes that a file is stored that ends by itself, so that sweeps look for it.
    pub(crate) async fn note_end(&self) -> io::Result<()> {
        let path = self.some_end();
        self.disk().pace().work(move || if path.exists() { Ok(()) } else { std::fs::write(path, "") }).await
    }

    fn some_end(&self) -> PathBuf {
        self.disk().private(SOME_END)
    }

    /// Whether stored files have to be looked at now and then: because some end, or because they are counted.
    async fn are_swept(&self) -> bool {
        let counted = self.ledger().is_some_and(|ledger| ledger.counts_stored());
        if self.lifetimes().retention.is_some() || counted {
            return true;
        }
        let path = self.some_end();
        blocking(move || Ok(path.exists())).await.unwrap_or_default()
    }

    /// Removes a file that has ended, and returns whether it did. What has taken its place since it was listed stays, and what cannot be
    /// removed is tried again by the next sweep.
    async fn end(&self, key: &FileKey, listed: &FileMetadata) -> bool {
        let ended = async {
            match self.find_any(key).await? {
                Some(found) if found.version == listed.version => self.remove(key).await.map(|()| true),
                _ => Ok(false),
            }
        };
        ended.await.unwrap_or_else(|error: io::Error| {
            tracing::warn!(%error, %key, "a file that has ended could not be removed");
            false
        })
    }

    /// Looks at all stored files, if that is of use: removes those that have ended, and counts the others anew where there is a quota.
    ///
    /// # Errors
    ///
    /// If the storage fails. What was removed by then is removed.
    pub async fn sweep(&self) -> io::Result<Swept> {
        if !self.are_swept().await {
            return Ok(Swept::default());
        }
        let ledger = self.ledger().filter(|ledger| ledger.counts_stored());
        let listing = ledger.map(|ledger| ledger.begin_listing(EntryKind::Stored));
        let (mut swept, mut there) = (Swept::default(), HashMap::new());
        let mut files = self.list_all(&Listing::default());
        while let Some(listed) = files.next().await.transpose()? {
            let Listed::File(key, found) = listed else { continue };
            if self.lifetimes().have_ended(&key, found.modified) && self.end(&key, &found).await {
                self.observers().emit(FileEventKind::Expired, |event| {
                    event.with_name(key.name()).with_key(key.as_str()).with_bytes(found.size)
                });
                swept.ended += 1;
            } else if listing.is_some() {
                there.insert(EntryName::stored(key.as_str()), FoundEntry { bytes: Some(found.size), arrived: None });
            }
        }
        if let Some(listing) = listing {
            let files = self.clone();
            blocking(move || {
                listing.end(there, |name| files.may_be_there(name));
                Ok(())
            })
            .await?;
        }
        Ok(swept)
    }

    /// Whether a file that was not listed may be there: in a folder that cannot be read.
    fn may_be_there(&self, name: &EntryName) -> bool {
        let key = FileKey::parse(name.as_str()).filter(|_| self.are_on_disk());
        key.is_some_and(|key| {
            let missing = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
            self.disk().status(&key).is_err_and(|error| !missing.contains(&error.kind()))
        })
    }
}
