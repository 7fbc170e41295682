//! A directory as a storage like any other.

use std::io;
use std::ops::Range;
use std::path::Path;

use crate::error::Result;
use crate::storage::local::{list, or_gone};
use crate::storage::{
    Disk, FileChunks, FileKey, FileListing, FileMetadata, FileReader, Listing, Spool, StagedFile, Storage,
    TemporaryFile, blocking,
};

/// A directory of this computer as a [`Storage`], to copy files from or to. A program that keeps its files on the disk needs
/// none: it does so by default, with fewer steps for each file.
#[derive(Clone, Debug)]
pub struct DiskStorage {
    disk: Disk,
    spool: Spool,
}

impl DiskStorage {
    /// Opens a directory, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be made or used.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_files::storage::DiskStorage;
    ///
    /// # fn main() -> filekit_files::Result<()> {
    /// let storage = DiskStorage::open("uploaded_files")?;
    /// # Ok(()) }
    /// ```
    pub fn open(directory: impl AsRef<Path>) -> Result<Self> {
        let disk = Disk::open(directory.as_ref())?;
        Ok(Self { spool: Spool::open(&disk)?, disk })
    }

    /// The directory that is open already.
    pub(crate) fn of(disk: Disk, spool: Spool) -> Self {
        Self { disk, spool }
    }

    /// Works with the disk.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Disk, &Spool) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let Self { disk, spool } = self.clone();
        self.disk.pace().work(move || work(&disk, &spool)).await
    }

    /// A copy of a staged file, which can be given a name in the directory.
    async fn staged(&self, file: &StagedFile) -> io::Result<TemporaryFile> {
        let Some(path) = file.path() else {
            let content = file.read(0, usize::try_from(file.size()).unwrap_or(usize::MAX)).await?;
            return self.work(move |_, spool| spool.file_of(&content)).await;
        };
        let (path, spool) = (path.to_owned(), self.spool.clone());
        // It takes as long as the file is large.
        blocking(move || {
            let (mut copy, temporary) = spool.file()?;
            io::copy(&mut std::fs::File::open(path)?, &mut copy)?;
            Ok(temporary)
        })
        .await
    }
}

impl Storage for DiskStorage {
    async fn find(&self, key: &FileKey) -> io::Result<Option<FileMetadata>> {
        let key = key.clone();
        let found = self.work(move |disk, _| or_gone(disk.status(&key))).await?;
        Ok(found.map(|metadata| FileMetadata::of_disk(&metadata)))
    }

    async fn read(&self, key: &FileKey, found: &FileMetadata, range: Range<u64>) -> io::Result<FileChunks> {
        let key = key.clone();
        let (file, metadata) = self.work(move |disk, _| disk.open_file(&key)).await?;
        match FileMetadata::of_disk(&metadata).version == found.version {
            true => Ok(Box::pin(FileReader::new(file, self.disk.pace().clone()).chunks(range))),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    async fn create(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        let (file, key) = (self.staged(file).await?, key.clone());
        self.work(move |disk, _| {
            disk.persist_new(&file, &key)?;
            // Its version is that of a file with a single name.
            drop(file);
            Ok(FileMetadata::of_disk(&disk.status(&key)?))
        })
        .await
    }

    async fn replace(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        let (file, key) = (self.staged(file).await?, key.clone());
        self.work(move |disk, _| {
            disk.persist_over(file, &key)?;
            Ok(FileMetadata::of_disk(&disk.status(&key)?))
        })
        .await
    }

    async fn copy(&self, from: &FileKey, to: &FileKey) -> io::Result<FileMetadata> {
        let (from, to, Self { disk, spool }) = (from.clone(), to.clone(), self.clone());
        blocking(move || {
            disk.copy(&from, &to, &spool)?;
            Ok(FileMetadata::of_disk(&disk.status(&to)?))
        })
        .await
    }

    async fn remove(&self, key: &FileKey) -> io::Result<()> {
        let key = key.clone();
        self.work(move |disk, _| disk.remove_file(&key)).await
    }

    fn list(&self, listing: &Listing) -> FileListing {
        list(&self.disk, listing)
    }
}
