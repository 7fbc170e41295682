//! The file: opened, locked for this process, opened anew after an error of the disk.

use std::fs::{File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redb::Database;
use redb::backends::FileBackend;

use crate::stores::Result;
use crate::stores::redb::error::{damaged, failed};
use crate::stores::redb::tables;

/// What is read is kept in memory, at most so much.
const CACHE: usize = 64 << 20;

/// How often, and after how long, it is tried again to open what was open before.
const TRIES: usize = 4;
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// The file of one process.
pub(super) struct StateFile {
    path: PathBuf,
    /// None after an error of the disk, until it was opened anew.
    database: RwLock<Option<Arc<Database>>>,
}

impl StateFile {
    /// Opens it, and makes it where there is none. Blocks.
    ///
    /// # Errors
    ///
    /// If another process has it open, it is no file of states, or the disk says no.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let database = open(path)?;
        Ok(Self { path: path.to_owned(), database: RwLock::new(Some(Arc::new(database))) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Does something with it. Blocks.
    ///
    /// # Errors
    ///
    /// If that fails. After an error of the disk it is opened anew for the next one.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T> {
        let database = self.database()?;
        // redb trusts what it has written, and panics where that is not so.
        let done = catch_unwind(AssertUnwindSafe(|| work(&database)));
        let done = done.unwrap_or_else(|_| Err(redb::Error::Corrupted(String::new())));
        if let Err(redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::DatabaseClosed) = done {
            self.close(database);
        }
        done.map_err(|error| failed(&self.path, error))
    }

    fn database(&self) -> Result<Arc<Database>> {
        if let Some(database) = &*self.database.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(database));
        }
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = &*slot {
            return Ok(Arc::clone(database));
        }
        let database = Arc::new(self.open_again()?);
        tracing::info!("the file of states `{}` is open again", self.path.display());
        Ok(Arc::clone(slot.insert(database)))
    }

    /// What still reads by the old handle keeps the lock for a moment.
    fn open_again(&self) -> Result<Database> {
        for _ in 0..TRIES {
            match open(&self.path) {
                Err(error) if error.is_unavailable() => std::thread::sleep(BETWEEN_TRIES),
                opened => return opened,
            }
        }
        open(&self.path)
    }

    /// Lets go of it, so that it can be opened anew: until then redb takes nothing any more.
    fn close(&self, broken: Arc<Database>) {
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if slot.as_ref().is_some_and(|database| Arc::ptr_eq(database, &broken)) {
            *slot = None;
        }
    }
}

fn open(path: &Path) -> Result<Database> {
    let unusable = |error: io::Error| failed(path, redb::Error::Io(error));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unusable)?;
    }
    let file = options().open(path).map_err(unusable)?;
    let opened = catch_unwind(|| create(file));
    opened.map_err(|_| damaged(path))?.map_err(|error| failed(path, error))
}

fn create(file: File) -> Result<Database, redb::Error> {
    let database = redb::Builder::new().set_cache_size(CACHE).create_with_backend(FileBackend::new(file)?)?;
    tables::create(&database)?;
    Ok(database)
}

/// For the account that runs the program alone.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
