//! Files on their way in: beside the store, gone when dropped, swept when a server died; not what becomes of them.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use tempfile::{NamedTempFile, TempDir, TempPath};

use crate::storage::Disk;
use crate::storage::disk::named;

/// How much is gathered before it is handed to the disk: each hand-over costs more than a small write.
const GATHERED: usize = 256 * 1024;

/// The name of the lock in a spool folder.
const LOCK: &str = "lock";

/// The folder in which one server keeps files on their way in.
///
/// It holds a lock for as long as the server lives, so that the next start, also of another server on the same
/// directory, can tell a folder in use from one that was left behind.
#[derive(Clone, Debug)]
pub(crate) struct Spool(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    path: TempDir,
    _lock: File,
}

impl Spool {
    /// Makes the folder of this server, and removes those of servers that are no more.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it.
    pub(crate) fn open(disk: &Disk) -> io::Result<Self> {
        let parent = disk.private("spool");
        std::fs::create_dir_all(&parent).map_err(|error| named(error, &parent))?;
        // Held until the new folder has its own lock: a start at the same time must not take it for a dead one.
        let moving_in = File::create(parent.join(LOCK))?;
        moving_in.lock()?;
        sweep(&parent)?;
        let path = tempfile::Builder::new().prefix("").rand_bytes(16).tempdir_in(&parent)?;
        let lock = File::create(path.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self(Arc::new(Folder { path, _lock: lock })))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path.path()
    }

    pub(crate) fn file(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.path())
    }

    /// Begins a file.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it.
    pub(crate) async fn begin(&self) -> io::Result<SpoolWriter> {
        let spool = self.clone();
        let file = blocking(move || spool.file()).await?;
        Ok(SpoolWriter { file, waiting: Vec::new(), gathered: 0, size: 0 })
    }
}

/// Removes the folders whose servers are no more.
fn sweep(parent: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(parent)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        match File::open(path.join(LOCK)).map(|lock| lock.try_lock()) {
            // A server lives in it.
            Ok(Err(TryLockError::WouldBlock)) => continue,
            Ok(Err(TryLockError::Error(error))) => return Err(error),
            Ok(Ok(())) | Err(_) => {}
        }
        let left = std::fs::read_dir(&path)?.count().saturating_sub(1);
        tracing::info!(files = left, "removing what a server that stopped abruptly left behind");
        std::fs::remove_dir_all(&path)?;
    }
    Ok(())
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct SpoolWriter {
    file: NamedTempFile,
    waiting: Vec<Bytes>,
    gathered: usize,
    size: u64,
}

/// A file that is complete, and vanishes if nobody keeps it. It is not open: a request may bring thousands.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(crate) path: TempPath,
    pub(crate) size: u64,
    /// Its type, judged by its first bytes and its name.
    pub(crate) mime: String,
}

impl SpoolWriter {
    pub(crate) async fn write(mut self, chunk: Bytes) -> io::Result<Self> {
        self.size += chunk.len() as u64;
        self.gathered += chunk.len();
        self.waiting.push(chunk);
        if self.gathered < GATHERED { Ok(self) } else { self.flush().await }
    }

    /// Ends the file, which was judged to be of that type.
    pub(crate) async fn finish(self, mime: String) -> io::Result<Spooled> {
        let Self { file, size, .. } = self.flush().await?;
        Ok(Spooled { path: file.into_temp_path(), size, mime })
    }

    async fn flush(mut self) -> io::Result<Self> {
        if self.waiting.is_empty() {
            return Ok(self);
        }
        blocking(move || {
            for chunk in self.waiting.drain(..) {
                self.file.write_all(&chunk)?;
            }
            self.gathered = 0;
            Ok(self)
        })
        .await
    }
}

/// Does something slow where it holds up nobody else.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_sweeps_what_dead_servers_left_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let living = Spool::open(&disk).unwrap();
        let file = living.file().unwrap();
        // A folder whose lock nobody holds is what `kill -9` leaves.
        let dead = disk.private("spool/dead");
        std::fs::create_dir(&dead).unwrap();
        std::fs::write(dead.join(LOCK), "").unwrap();
        std::fs::write(dead.join("partial"), "half a fi").unwrap();
        let _second = Spool::open(&disk).unwrap();
        assert!(!dead.exists());
        assert!(file.path().exists());
    }

    #[tokio::test]
    async fn what_is_dropped_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&Disk::open(folder.path()).unwrap()).unwrap();
        let writer = spool.begin().await.unwrap();
        let writer = writer.write(Bytes::from(vec![7; GATHERED + 1])).await.unwrap();
        let count = || std::fs::read_dir(spool.path()).unwrap().count();
        assert_eq!(count(), 2);
        drop(writer);
        assert_eq!(count(), 1, "the lock is left");
    }
}
