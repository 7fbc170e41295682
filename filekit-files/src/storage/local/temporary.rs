//! Files that are removed unless they are given a final name.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::storage::local::partial::PartialFolder;

/// A file that is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFile {
    /// Empty when the file has gone elsewhere.
    path: PathBuf,
    /// The partial upload that the file is of. It stays in there until the event has ended that takes it.
    partial: Option<Arc<PartialFolder>>,
}

impl TemporaryFile {
    /// Makes a file that this user alone can read.
    ///
    /// # Errors
    ///
    /// If there is one of that name, or the disk does not allow it.
    pub(crate) fn create(path: PathBuf) -> io::Result<(File, Self)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((file, Self { path, partial: None }))
    }

    /// The file of a partial upload, which lies in its folder.
    pub(crate) fn of_partial(path: PathBuf, partial: Arc<PartialFolder>) -> Self {
        Self { path, partial: Some(partial) }
    }

    /// Removes the file now, also where it would stay until an event has ended.
    pub(crate) fn remove(mut self) {
        self.partial = None;
    }

    /// Gives the file a name that is free.
    ///
    /// # Errors
    ///
    /// If the name is taken, which [`io::ErrorKind::AlreadyExists`] says, or the disk does not allow it.
    pub(crate) fn persist_new(&self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => self.persist_without_links(path),
            linked => linked,
        }
    }

    /// Lets the file take the place of whatever is at `path`.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it.
    pub(crate) fn persist_over(&self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)
    }

    /// Leaves the file where it is: under a name that it was given, or nowhere.
    pub(crate) fn forget(mut self) {
        self.path = PathBuf::new();
    }

    /// Waits until the content is on the disk and would survive a power cut.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        // Some systems let only those who may write wait for it.
        OpenOptions::new().write(true).open(&self.path)?.sync_all()
    }

    /// Some file systems (FAT, some of networks) have no hard links. There an empty file holds the name for a moment: that
    /// a reader sees it is better than that a file is overwritten.
    fn persist_without_links(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).open(path)?;
        fs::rename(&self.path, path).inspect_err(|_| {
            // The first error is the one that counts.
            let _ = fs::remove_file(path);
        })
    }
}

impl AsRef<Path> for TemporaryFile {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let stays = self.partial.as_ref().is_some_and(|partial| !partial.has_ended());
        if stays || self.path.as_os_str().is_empty() {
            return;
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a temporary file could not be removed");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
impl TemporaryFile {
    /// A file that is there already.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, partial: None }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn temporary(folder: &tempfile::TempDir) -> TemporaryFile {
        let (mut file, temporary) = TemporaryFile::create(folder.path().join("temporary")).unwrap();
        file.write_all(b"new").unwrap();
        temporary
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_that_nobody_keeps_vanishes() {
        let folder = tempfile::tempdir().unwrap();
        let file = temporary(&folder);
        file.sync_all().unwrap();
        assert_eq!(names(&folder), ["temporary"]);
        drop(file);
        assert!(names(&folder).is_empty());
    }

    #[test]
    fn a_name_that_is_taken_is_left_alone() {
        for keep in [TemporaryFile::persist_new, TemporaryFile::persist_without_links] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("kept");
            fs::write(&path, "old").unwrap();
            assert_eq!(keep(&temporary(&folder), &path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&path).unwrap(), "old");
            fs::remove_file(&path).unwrap();
            keep(&temporary(&folder), &path).unwrap();
            assert_eq!(names(&folder), ["kept"]);
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        }
    }

    #[test]
    fn a_name_without_a_file_to_bear_it_is_not_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let lost = TemporaryFile::at(folder.path().join("lost"));
        assert_eq!(lost.persist_new(&folder.path().join("kept")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(names(&folder).is_empty());
    }

    #[test]
    fn a_file_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        fs::write(&path, "old").unwrap();
        temporary(&folder).persist_over(&path).unwrap();
        assert_eq!(names(&folder), ["kept"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = temporary(&folder);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
    }
}
