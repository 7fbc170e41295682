//! `RedbStates`: the store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::stores::lifetime::{self, millis};
use crate::stores::redb::file::StateFile;
use crate::stores::redb::tables::{self, Change};
use crate::stores::redb::writer::Writer;
use crate::stores::{Lease, Result, StateStore, StoreError, Stored, Swap, Version};
use crate::turns::Turns;

/// States in one file, which outlive the process, also when it is killed (`kill -9`): what was answered is on the disk. Needs the
/// feature `redb`.
///
/// The file belongs to one process at a time; another one that opens it gets an error that says so. So leases are in memory,
/// and last until they are dropped: their holder cannot end without that. For several servers there is `RedisStates`.
///
/// A change is answered when it is on the disk, after an `fsync`. Changes that are wanted at the same time share one. A load
/// reads the file, or the 64 MiB of it that are kept in memory. Nothing of this blocks the threads that serve requests. What
/// has ended is removed little by little, with each change; the file keeps the room for what comes. [`StateStore::touch`]
/// writes only what would end by more than an eighth of the time sooner.
///
/// A copy (`clone`) is the same store. When the last one is dropped, that waits for the last commit, some milliseconds.
///
/// # Security
///
/// The file is readable by the account that runs the program alone. What is in it is not encrypted.
#[cfg(feature = "redb")] // again: the facade shows the item, and knows nothing of the module around it
#[derive(Clone)]
pub struct RedbStates(Arc<Shared>);

struct Shared {
    /// In this order they are dropped: first the thread, then the file.
    writer: Writer,
    file: Arc<StateFile>,
    turns: Turns<String>,
}

impl RedbStates {
    /// Opens the file, and makes it and its folders where there are none. After a crash it is checked as a whole, which takes a
    /// fraction of a second for 100,000 states of 1 KB.
    ///
    /// ```no_run
    /// # async fn open() -> filekit_runtime::stores::Result<()> {
    /// use filekit_runtime::stores::RedbStates;
    ///
    /// let store = RedbStates::open("uploaded_files/.filekit/state.redb").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If another process has it open, it is damaged or of another program, or it cannot be read or written.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let opened = blocking(move || {
            let file = Arc::new(StateFile::open(&path)?);
            Ok(Self(Arc::new(Shared { writer: Writer::start(Arc::clone(&file))?, file, turns: Turns::default() })))
        });
        opened.await
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.file.path()
    }
}

impl fmt::Debug for RedbStates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedbStates").field("path", &self.path()).finish()
    }
}

impl StateStore for RedbStates {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        let (file, key) = (Arc::clone(&self.0.file), key.to_owned());
        blocking(move || file.with(|database| tables::load(database, &key))).await
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        let version = Version::unused();
        let change = Change::Swap { expected, version, content, end: end(ttl) };
        let is_made = self.0.writer.make(key, change).await?;
        Ok(if is_made { Swap::Done(version) } else { Swap::Conflict })
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.0.writer.make(key, Change::Remove).await.map(drop)
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        let ttl = lifetime::bounded(ttl);
        let (end, enough) = (end(ttl), end(ttl - ttl / 8));
        self.0.writer.make(key, Change::Touch { end, enough }).await.map(drop)
    }

    async fn lease(&self, key: &str, _ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        Ok(self.0.turns.wait(key, patience).await.map(Lease::new))
    }

    /// One process has the file.
    fn is_shared(&self) -> bool {
        false
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.0.writer.make(key, Change::InsertOnce { end: end(ttl) }).await
    }
}

/// When a time from now on is over, in milliseconds since 1970.
fn end(ttl: Duration) -> u64 {
    tables::now() + millis(ttl)
}

/// Does work with the disk where it holds nothing up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(StoreError::unavailable("states are not read any more: the program stops").with_source(error))
    })
}
