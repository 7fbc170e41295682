//! What a handler has saved in another storage than the disk.

use std::io;

use crate::storage::transaction::{SaveLog, UnsavedNote};
use crate::storage::{AnyStorage, FileKey, StagedFile, Storage as _};

/// A file that is published and does not stay yet.
#[derive(Debug)]
pub(crate) struct NewObject {
    pub(crate) note: UnsavedNote,
    pub(crate) object: Object,
}

/// A file of the storage.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) storage: AnyStorage,
    pub(crate) key: FileKey,
}

/// A file that is to stand under a key. It is sent in the commit: an object store shows it when all of it is there.
#[derive(Debug)]
pub(crate) struct PendingObject {
    pub(crate) file: StagedFile,
    pub(crate) object: Object,
}

impl NewObject {
    pub(super) fn commit(self) -> Object {
        self.note.remove();
        self.object
    }

    /// Removes the file. Where nothing can be waited for any more the note stays, and the next start does it.
    pub(crate) fn roll_back(self, log: &SaveLog) {
        let Self { note, object } = self;
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            log.add_removing(runtime.spawn(async move {
                if object.try_remove().await {
                    note.remove();
                }
            }));
        }
    }
}

impl PendingObject {
    pub(super) fn key(&self) -> &FileKey {
        &self.object.key
    }

    pub(super) async fn commit(self) -> io::Result<()> {
        self.object.storage.replace(&self.object.key, &self.file).await.map(|_| ())
    }
}

impl Object {
    pub(super) async fn remove(&self) {
        self.try_remove().await;
    }

    async fn try_remove(&self) -> bool {
        let removed = self.storage.remove(&self.key).await;
        if let Err(error) = &removed {
            tracing::error!(%error, key = %self.key, "a file saved by a failed handler could not be removed");
        }
        removed.is_ok()
    }
}
