//! Files on their way in: beside the store, gone when dropped, swept when a server died.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::storage::local::content::HeldBudget;
use crate::storage::local::unfinished::{or_gone, remove_unfinished};
use crate::storage::local::writer::{FileWriter, Place};
use crate::storage::{Disk, DiskPace, TemporaryFile, blocking, named};
#[cfg(feature = "image")]
use crate::upload::Decoders;

/// The name of the lock in a spool folder.
const LOCK: &str = "lock";

/// The folder in which one server keeps files on their way in.
///
/// It holds a lock for as long as the server lives, so that the next start, also of another server on the same
/// directory, can tell a folder in use from one that was left behind.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    lock: Mutex<File>,
    disk: Disk,
    /// How many files were made in it: each has a number for its name.
    files: AtomicU64,
    held: HeldBudget,
    /// The places for decoders of images.
    #[cfg(feature = "image")]
    decoders: Decoders,
}

impl Drop for Folder {
    fn drop(&mut self) {
        match std::fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the spool folder could not be removed");
            }
            _ => {}
        }
    }
}

impl Spool {
    /// Makes the folder of this server, and removes those of servers that are no more.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it.
    pub fn open(disk: &Disk) -> io::Result<Self> {
        let _moving_in = move_in(disk)?;
        let parent = disk.private(SPOOL);
        sweep(&parent, disk.root())?;
        let path = parent.join(format!("{:016x}", getrandom::u64().map_err(io::Error::other)?));
        std::fs::create_dir(&path)?;
        let lock = Mutex::new(lock(&path)?);
        Ok(Self(Arc::new(Folder {
            path,
            lock,
            disk: disk.clone(),
            files: AtomicU64::new(0),
            held: HeldBudget::default(),
            #[cfg(feature = "image")]
            decoders: Decoders::default(),
        })))
    }

    /// The places for decoders of images.
    #[cfg(feature = "image")]
    pub(crate) fn decoders(&self) -> &Decoders {
        &self.0.decoders
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// The name of its folder, which no other server has, before or after.
    #[must_use]
    pub fn id(&self) -> &str {
        self.path().file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Whether the server with the spool of this id is there.
    ///
    /// # Errors
    ///
    /// If its lock cannot be looked at.
    pub fn is_alive(disk: &Disk, id: &str) -> io::Result<bool> {
        let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(is_id && is_in_use(&disk.private(SPOOL).join(id))?)
    }

    /// Makes a file. If the folder was removed, with the whole upload directory perhaps, it is made again.
    pub(crate) fn file(&self) -> io::Result<(File, TemporaryFile)> {
        let path = self.path().join(self.0.files.fetch_add(1, Ordering::Relaxed).to_string());
        match TemporaryFile::create(path.clone()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.return_to_folder()?;
                TemporaryFile::create(path)
            }
            made => made,
        }
    }

    /// Makes a file with this content.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn file_of(&self, content: &[u8]) -> io::Result<TemporaryFile> {
        let (mut file, temporary) = self.file()?;
        file.write_all(content)?;
        Ok(temporary)
    }

    /// The memory for small files that are not saved yet.
    pub(crate) fn held(&self) -> &HeldBudget {
        &self.0.held
    }

    /// Tries whether the disk takes a file, and removes it.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub async fn check(&self) -> io::Result<()> {
        let spool = self.clone();
        // A disk that hangs must hold up nothing else.
        blocking(move || spool.file_of(b"filekit tries whether files can be staged here.").map(drop)).await
    }

    /// Begins a file. Nothing is on the disk before there is content.
    pub(crate) fn begin(&self) -> FileWriter {
        FileWriter::new(self.clone(), Place::Spool, 0)
    }

    pub(super) fn pace(&self) -> &DiskPace {
        self.0.disk.pace()
    }

    /// Works with the disk that the spool is on.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        self.pace().work(work).await
    }

    fn return_to_folder(&self) -> io::Result<()> {
        let mut held = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if self.path().exists() {
            return Ok(());
        }
        tracing::warn!("the upload directory was removed while the server runs: it is made again");
        let _moving_in = move_in(&self.0.disk)?;
        std::fs::create_dir(self.path())?;
        *held = lock(self.path())?;
        Ok(())
    }
}

/// The name of the folder that has the spool folders of all servers.
const SPOOL: &str = "spool";

/// Makes the folder that has the spool folders, and holds it for this server alone: until a new spool folder has its own
/// lock, a start at the same time must not take it for a dead one.
fn move_in(disk: &Disk) -> io::Result<File> {
    disk.make_folders()?;
    let parent = disk.private(SPOOL);
    std::fs::create_dir_all(&parent).map_err(|error| named(error, &parent))?;
    lock(&parent)
}

fn lock(folder: &Path) -> io::Result<File> {
    let lock = File::create(folder.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// Removes the folders whose servers are no more, and what their last calls had published in `root` without being done.
fn sweep(parent: &Path, root: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(parent)? {
        let path = entry?.path();
        if path.is_dir() {
            // A server that stops while this looks removes its folder itself.
            or_gone(sweep_folder(&path, root))?;
        }
    }
    Ok(())
}

/// Whether a server has its files in the folder.
fn is_in_use(path: &Path) -> io::Result<bool> {
    // Only a folder without a lock is one of a server that died before it had one: a lock that cannot be opened may be held.
    let Some(lock) = or_gone(File::open(path.join(LOCK)))? else { return Ok(false) };
    match lock.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes the folder of a server, unless it is alive.
fn sweep_folder(path: &Path, root: &Path) -> io::Result<()> {
    if is_in_use(path)? {
        return Ok(());
    }
    let left = std::fs::read_dir(path)?.count().saturating_sub(1);
    let unfinished = remove_unfinished(path, root)?;
    tracing::info!(files = left, unfinished, "removing what a server that stopped abruptly left behind");
    std::fs::remove_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_sweeps_what_dead_servers_left_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let living = Spool::open(&disk).unwrap();
        let (_, file) = living.file().unwrap();
        // A folder whose lock is free is what `kill -9` leaves.
        let dead = disk.private("spool/dead");
        std::fs::create_dir(&dead).unwrap();
        std::fs::write(dead.join(LOCK), "").unwrap();
        std::fs::write(dead.join("partial"), "half a fi").unwrap();
        let _second = Spool::open(&disk).unwrap();
        assert!(!dead.exists());
        assert!(file.as_ref().exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_start_removes_what_an_unfinished_call_of_a_dead_server_had_published() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let root = |name: &str| folder.path().join(name);
        let dead = disk.private("spool/dead");
        std::fs::create_dir_all(&dead).unwrap();
        for (name, spooled) in [("unfinished", "1"), ("of a backup", "backup"), ("finished", "2")] {
            std::fs::write(root(name), name).unwrap();
            std::fs::hard_link(root(name), dead.join(spooled)).unwrap();
        }
        std::fs::remove_file(dead.join("2")).unwrap();
        std::fs::rename(dead.join("backup"), root("other name")).unwrap();
        let _next = Spool::open(&disk).unwrap();
        assert!(!root("unfinished").exists());
        for kept in ["of a backup", "other name", "finished"] {
            assert!(root(kept).exists(), "{kept}");
        }
    }

    #[test]
    fn a_lock_that_cannot_be_looked_at_is_not_taken_for_free() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let _first = Spool::open(&disk).unwrap();
        let strange = disk.private("spool/strange");
        std::fs::create_dir(&strange).unwrap();
        // A link that leads to itself cannot be opened.
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(LOCK, strange.join(LOCK)).unwrap();
            assert!(Spool::open(&disk).is_err());
            assert!(strange.exists());
            std::fs::remove_file(strange.join(LOCK)).unwrap();
        }
        // One that is not there belongs to no server.
        let _second = Spool::open(&disk).unwrap();
        assert!(!strange.exists());
    }

    #[test]
    fn a_folder_that_goes_while_it_is_looked_at_is_no_fault() {
        let gone = tempfile::tempdir().unwrap().path().join("gone");
        assert!(or_gone(sweep_folder(&gone, &gone)).unwrap().is_none());
    }

    #[test]
    fn a_folder_that_was_removed_is_made_again_and_held() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("uploads");
        let disk = Disk::open(&root).unwrap();
        let living = Spool::open(&disk).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        let (_, file) = living.file().unwrap();
        let _second = Spool::open(&disk).unwrap();
        assert!(file.as_ref().exists(), "a start does not sweep it");
    }
}
