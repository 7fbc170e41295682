//! Writes a file on its way in: into the spool, or into the folder of a partial upload.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use bytes::Bytes;

use crate::storage::local::content::{Content, HeldBytes, MAX_HELD_FILE};
use crate::storage::local::partial::PartialFolder;
use crate::storage::{RoomLease, Spool, TemporaryFile};

/// How much is gathered before it goes to the disk: a call for each small piece would cost more than the writing. What
/// is smaller in all can be held in memory until it is saved.
const GATHERED: usize = MAX_HELD_FILE;

/// How much is gathered when the disk is slow, and each hand-over to another thread costs, too.
const HANDED_OVER: usize = 256 * 1024;

/// Where a file is written.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Spool,
    /// As the file of this number of a partial upload.
    Partial(Arc<PartialFolder>, usize),
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct FileWriter {
    spool: Spool,
    place: Place,
    /// Nothing before the first bytes are written.
    file: Option<(File, TemporaryFile)>,
    /// A copy of what came in small pieces, so that the memory that it was read into can be used again.
    waiting: Vec<u8>,
    size: u64,
}

/// A file that is complete, and vanishes if nothing keeps it. It is not open: a request may bring thousands.
#[derive(Debug)]
pub struct SpooledFile {
    pub(crate) path: TemporaryFile,
    pub(crate) size: u64,
    /// The room that it takes in the spool, if that is counted.
    pub(crate) _room: Option<RoomLease>,
}

impl FileWriter {
    /// A file of which so many bytes are there already.
    pub(crate) fn new(spool: Spool, place: Place, size: u64) -> Self {
        Self { spool, place, file: None, waiting: Vec::new(), size }
    }

    /// How many bytes the file has so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Whether a chunk of so many bytes would go to the disk, with what waits.
    pub(crate) fn would_flush(&self, bytes: usize) -> bool {
        let enough = if self.spool.pace().is_quick() { GATHERED } else { HANDED_OVER };
        self.waiting.len() + bytes >= enough
    }

    pub(crate) async fn write(mut self, chunk: Bytes) -> io::Result<Self> {
        let would_flush = self.would_flush(chunk.len());
        self.size += chunk.len() as u64;
        if !would_flush {
            self.waiting.extend_from_slice(&chunk);
            return Ok(self);
        }
        let pace = self.spool.pace().clone();
        let write = move || {
            self.flush(&chunk)?;
            Ok(self)
        };
        pace.work(write).await
    }

    /// As [`write`](Self::write), where work with the disk holds up no other task.
    pub(crate) fn write_blocking(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.size += chunk.len() as u64;
        if self.waiting.len() + chunk.len() >= GATHERED {
            return self.flush(chunk);
        }
        self.waiting.extend_from_slice(chunk);
        Ok(())
    }

    /// Ends a file that may stay in memory if it is small. Returns its content and its size.
    pub(crate) async fn finish_small(mut self) -> io::Result<(Content, u64)> {
        if let Some(held) = self.hold() {
            return Ok((Content::Memory(held), self.size));
        }
        let SpooledFile { path, size, .. } = self.finish().await?;
        Ok((Content::Disk(path), size))
    }

    /// As [`finish_small`](Self::finish_small), where work with the disk holds up no other task.
    pub(crate) fn finish_small_blocking(mut self) -> io::Result<(Content, u64)> {
        if let Some(held) = self.hold() {
            return Ok((Content::Memory(held), self.size));
        }
        let SpooledFile { path, size, .. } = self.end()?;
        Ok((Content::Disk(path), size))
    }

    /// The content, if it is small and there is room for it in memory.
    fn hold(&mut self) -> Option<HeldBytes> {
        if self.file.is_some() || self.size != self.waiting.len() as u64 {
            return None;
        }
        let held = self.spool.held().hold(std::mem::take(&mut self.waiting));
        held.map_err(|content| self.waiting = content).ok()
    }

    /// Ends the file, or stops within it: what has come is in the file.
    pub(crate) async fn finish(self) -> io::Result<SpooledFile> {
        let pace = self.spool.pace().clone();
        pace.work(move || self.end()).await
    }

    fn end(mut self) -> io::Result<SpooledFile> {
        self.flush(&[])?;
        let (_, path) = self.file.take().map_or_else(|| self.open(), Ok)?;
        Ok(SpooledFile { path, size: self.size, _room: None })
    }

    /// Writes what waits, and this after it.
    fn flush(&mut self, chunk: &[u8]) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open_before(chunk.len())?,
        };
        file.0.write_all(&self.waiting)?;
        file.0.write_all(chunk)?;
        self.file = Some(file);
        self.waiting.clear();
        Ok(())
    }

    fn open(&self) -> io::Result<(File, TemporaryFile)> {
        self.open_before(0)
    }

    /// Opens the file behind what is there already, which is all but what waits and so many bytes.
    fn open_before(&self, bytes: usize) -> io::Result<(File, TemporaryFile)> {
        let (folder, nth) = match &self.place {
            Place::Spool => return self.spool.file(),
            Place::Partial(folder, nth) => (folder, *nth),
        };
        let path = folder.path_of(nth);
        let mut file = folder.open_to_write(nth)?;
        let there = self.size - self.waiting.len() as u64 - bytes as u64;
        // A server that was killed may have left bytes behind those that count.
        cut(&file, there)?;
        file.seek(SeekFrom::Start(there))?;
        Ok((file, TemporaryFile::of_partial(path, Arc::clone(folder))))
    }
}

/// Cuts a file to a length, if it has another one: ext4 writes a file to the disk while it is closed that was cut to nothing, also if it
/// was empty before (`auto_da_alloc`).
pub(crate) fn cut(file: &File, length: u64) -> io::Result<()> {
    match file.metadata()?.len() == length {
        true => Ok(()),
        false => file.set_len(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Disk;

    #[tokio::test]
    async fn what_is_small_is_written_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&Disk::open(folder.path()).unwrap()).unwrap();
        let count = || std::fs::read_dir(spool.path()).unwrap().count();
        let writer = spool.begin().write(Bytes::from_static(b"sm")).await.unwrap();
        let writer = writer.write(Bytes::from_static(b"all")).await.unwrap();
        assert_eq!(count(), 1, "the lock");
        let spooled = writer.finish().await.unwrap();
        assert_eq!(std::fs::read(&spooled.path).unwrap(), b"small");
    }

    #[tokio::test]
    async fn what_is_small_is_held_in_memory_until_it_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&Disk::open(folder.path()).unwrap()).unwrap();
        let count = || std::fs::read_dir(spool.path()).unwrap().count();
        for (size, files) in [(0, 1), (GATHERED - 1, 1), (GATHERED, 2)] {
            let writer = spool.begin().write(Bytes::from(vec![7; size])).await.unwrap();
            let (content, written) = writer.finish_small().await.unwrap();
            assert_eq!((count(), written), (files, size as u64), "{size} bytes and the lock");
            assert_eq!(content.source().read().await.unwrap(), vec![7; size]);
            let file = content.into_file(&spool).unwrap();
            assert_eq!(std::fs::read(&file).unwrap(), vec![7; size]);
        }
    }

    #[tokio::test]
    async fn what_is_dropped_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&Disk::open(folder.path()).unwrap()).unwrap();
        let writer = spool.begin().write(Bytes::from(vec![7; HANDED_OVER + 1])).await.unwrap();
        let count = || std::fs::read_dir(spool.path()).unwrap().count();
        assert_eq!(count(), 2);
        drop(writer);
        assert_eq!(count(), 1, "the lock is left");
    }
}
