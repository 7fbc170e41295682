//! What a start finds of servers that were killed: files that stand already, of calls that did not come to their end.

use std::io;
use std::time::Duration;

use tokio::time::sleep;

use crate::storage::local::or_gone;
use crate::storage::transaction::{UnsavedFile, left_behind};
use crate::storage::{AnyStorage, FileMetadata, Storage as _, StoredFiles};

/// When is looked again for what a server had sent that was killed: stores take no longer for what has come.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

impl StoredFiles {
    /// Removes what servers that were killed have published for calls that did not come to their end: on the disk now, elsewhere in
    /// a task. What cannot be removed is found by the next start.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub fn recover_at_start(&self) -> io::Result<()> {
        let left = left_behind(self.disk())?;
        if left.is_empty() {
            return Ok(());
        }
        tracing::info!(files = left.len(), "removing what a server that stopped abruptly had not saved");
        let Some(storage) = self.storage().cloned() else {
            return left.into_iter().try_for_each(|unsaved| self.recover_on_disk(unsaved));
        };
        // Where nothing runs yet, a later start finds them.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return Ok(()) };
        runtime.spawn(async move {
            let missing = recover_all(&storage, left).await;
            if missing.is_empty() {
                return;
            }
            // The store may still be at work on what was sent before the server was killed.
            sleep(LOOK_AGAIN).await;
            recover_all(&storage, missing).await.into_iter().for_each(|unsaved| unsaved.note.remove());
        });
        Ok(())
    }

    fn recover_on_disk(&self, unsaved: UnsavedFile) -> io::Result<()> {
        let found = or_gone(self.disk().status(&unsaved.key))?.map(|metadata| FileMetadata::of_disk(&metadata));
        if unsaved.is(found.as_ref()) {
            self.disk().remove_file(&unsaved.key)?;
        }
        unsaved.note.remove();
        Ok(())
    }
}

/// Removes unsaved files from the storage, and returns those of which there are none: they may come yet.
async fn recover_all(storage: &AnyStorage, unsaved: Vec<UnsavedFile>) -> Vec<UnsavedFile> {
    let mut missing = Vec::new();
    for unsaved in unsaved {
        match recover_elsewhere(storage, unsaved).await {
            Ok(found) => missing.extend(found),
            Err(error) => {
                tracing::warn!(%error, "what a server that stopped abruptly had not saved could not be removed");
            }
        }
    }
    missing
}

/// Removes an unsaved file, or returns it if there is none.
async fn recover_elsewhere(storage: &AnyStorage, unsaved: UnsavedFile) -> io::Result<Option<UnsavedFile>> {
    let Some(found) = storage.find(&unsaved.key).await? else { return Ok(Some(unsaved)) };
    if unsaved.is(Some(&found)) {
        storage.remove(&unsaved.key).await?;
    }
    unsaved.note.remove();
    Ok(None)
}
