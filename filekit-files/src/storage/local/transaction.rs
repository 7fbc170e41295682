//! A transaction of the files that one handler saves: they stay only if the handler succeeds.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::storage::{PendingDigest, TemporaryFile};

/// What the handler of one event has saved so far.
///
/// The call owns it, each of its files has a share. A new file is published at once, and removed if the call goes without
/// [`commit`](Self::commit): because the handler failed, panicked or was dropped. If the process is killed, the next start
/// removes it, because until the commit it has a second name in the spool. A file that replaces another takes its place in the
/// commit and not before, so that no reader ever sees what did not come true, and nothing has to be put back.
#[derive(Debug, Default)]
pub struct SaveTransaction(SaveLog);

/// A file's share in the saves of its call.
#[derive(Clone, Debug, Default)]
pub struct SaveLog(Arc<Mutex<Progress>>);

/// The new files of a call that succeeded.
#[derive(Debug)]
pub struct CommittedSaves(Vec<Identity>);

/// How far the call is.
#[derive(Debug)]
enum Progress {
    Running(Vec<Save>),
    /// It succeeded: a save stands at once. There may have been none.
    Committed {
        any: bool,
    },
    /// It failed: a save that was still on its way to the disk is undone at once.
    RolledBack,
}

#[derive(Debug)]
enum Save {
    /// A file that is published already.
    New(NewFile),
    /// A file that is to stand at a path, in place of what is there.
    Replacement(Replacement),
}

#[derive(Debug)]
struct NewFile {
    /// Its name in the spool, by which the next start finds it if the process is killed now.
    spooled: TemporaryFile,
    published: Identity,
    /// Attached when the file has a single name: another name is another version of the file.
    digest: Option<PendingDigest>,
}

#[derive(Debug)]
struct Replacement {
    file: TemporaryFile,
    path: PathBuf,
    /// To be remembered when it stands there.
    digest: Option<PendingDigest>,
}

/// A file and its path. Another one may have taken the path since.
#[derive(Debug)]
struct Identity {
    path: PathBuf,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl Default for Progress {
    fn default() -> Self {
        Self::Running(Vec::new())
    }
}

impl SaveTransaction {
    /// Where the files of the call note what they save.
    #[must_use]
    pub fn share(&self) -> SaveLog {
        self.0.clone()
    }

    /// Lets everything stand that was saved. If the call fails after all, its new files can still be undone, but not what it has replaced.
    ///
    /// # Errors
    ///
    /// If a file cannot take the place of another. All new files are undone then; what was replaced before it stays.
    pub fn commit(self) -> io::Result<CommittedSaves> {
        let saves = self.0.end(true);
        let (new, replacements): (Vec<_>, Vec<_>) = saves.into_iter().partition(|save| matches!(save, Save::New(_)));
        for save in replacements {
            if let Err(error) = save.commit() {
                *self.0.progress() = Progress::RolledBack;
                new.into_iter().for_each(Save::roll_back);
                return Err(error);
            }
        }
        let mut committed = Vec::with_capacity(new.len());
        for save in new {
            committed.extend(save.commit()?);
        }
        Ok(CommittedSaves(committed))
    }
}

impl CommittedSaves {
    /// Removes the new files.
    pub fn undo(self) {
        self.0.iter().for_each(Identity::remove);
    }
}

impl Drop for SaveTransaction {
    fn drop(&mut self) {
        self.0.end(false).into_iter().for_each(Save::roll_back);
    }
}

impl SaveLog {
    /// Notes that the file `spooled`, with this metadata, was published at `path`.
    pub(crate) fn add_new(
        &self,
        spooled: TemporaryFile,
        path: PathBuf,
        metadata: &Metadata,
        digest: Option<PendingDigest>,
    ) {
        let new = NewFile { spooled, published: Identity::new(path, metadata), digest };
        match &mut *self.progress() {
            Progress::Running(saves) => saves.push(Save::New(new)),
            Progress::Committed { any } => {
                new.commit();
                *any = true;
            }
            Progress::RolledBack => new.roll_back(),
        }
    }

    /// Lets `file` take the place of what is at `path`, when the call succeeds.
    ///
    /// # Errors
    ///
    /// If it has succeeded already and the disk fails now.
    pub(crate) fn add_replacement(
        &self,
        file: TemporaryFile,
        path: PathBuf,
        digest: Option<PendingDigest>,
    ) -> io::Result<()> {
        let replacement = Replacement { file, path, digest };
        match &mut *self.progress() {
            Progress::Running(saves) => saves.push(Save::Replacement(replacement)),
            Progress::Committed { any } => {
                replacement.commit()?;
                *any = true;
            }
            Progress::RolledBack => {}
        }
        Ok(())
    }

    /// Whether a file is to stand at `path` when the call succeeds.
    pub(crate) fn will_replace(&self, at: &Path) -> bool {
        let is_there = |save: &Save| matches!(save, Save::Replacement(replacement) if replacement.path == at);
        matches!(&*self.progress(), Progress::Running(saves) if saves.iter().any(is_there))
    }

    /// Whether the call has succeeded, and has saved anything.
    #[must_use]
    pub fn has_committed(&self) -> bool {
        matches!(*self.progress(), Progress::Committed { any: true })
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the call, if it is not at its end yet, and returns what it saved.
    fn end(&self, succeeded: bool) -> Vec<Save> {
        let mut progress = self.progress();
        match &mut *progress {
            Progress::Running(saves) => {
                let saves = std::mem::take(saves);
                *progress =
                    if succeeded { Progress::Committed { any: !saves.is_empty() } } else { Progress::RolledBack };
                saves
            }
            Progress::Committed { .. } | Progress::RolledBack => Vec::new(),
        }
    }
}

impl Save {
    /// Lets it stand. A new file can still be undone.
    fn commit(self) -> io::Result<Option<Identity>> {
        match self {
            Self::New(file) => Ok(Some(file.commit())),
            Self::Replacement(replacement) => replacement.commit().map(|()| None),
        }
    }

    fn roll_back(self) {
        match self {
            Self::New(file) => file.roll_back(),
            // It is in the spool folder, and vanishes.
            Self::Replacement(replacement) => drop(replacement),
        }
    }
}

impl NewFile {
    fn commit(self) -> Identity {
        self.spooled.remove();
        if let Some(digest) = self.digest {
            digest.attach_to(&self.published.path);
        }
        self.published
    }

    /// The published name goes first: if the process is killed in between, the next start still finds the file.
    fn roll_back(self) {
        self.published.remove();
        drop(self.spooled);
    }
}

impl Replacement {
    fn commit(self) -> io::Result<()> {
        self.file.persist_over(&self.path)?;
        if let Some(digest) = self.digest {
            digest.attach_to(&self.path);
        }
        Ok(())
    }
}

impl Identity {
    fn new(path: PathBuf, metadata: &Metadata) -> Self {
        #[cfg(not(unix))]
        let _ = metadata;
        Self {
            path,
            #[cfg(unix)]
            inode: inode(metadata),
        }
    }

    /// Removes the file, unless another one has taken its path by now.
    fn remove(&self) {
        #[cfg(unix)]
        if std::fs::symlink_metadata(&self.path).ok().map(|found| inode(&found)) != Some(self.inode) {
            return;
        }
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::error!(%error, "a file saved by a failed handler could not be removed");
            }
            _ => {}
        }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        folder
    }

    /// Notes the file `name` as a new one, with a second name in the spool.
    fn add_new(saves: &SaveLog, folder: &tempfile::TempDir, name: &str) {
        let path = folder.path().join(name);
        let second = folder.path().join(format!("{name}.spooled"));
        std::fs::hard_link(&path, &second).unwrap();
        let metadata = std::fs::metadata(&path).unwrap();
        saves.add_new(TemporaryFile::at(second), path, &metadata, None);
    }

    /// A call that saved the file `new`, and replaces `old` by the file `spooled`.
    fn call(folder: &tempfile::TempDir) -> SaveTransaction {
        let saves = SaveTransaction::default();
        add_new(&saves.share(), folder, "new");
        let spooled = TemporaryFile::at(folder.path().join("spooled"));
        saves.share().add_replacement(spooled, folder.path().join("old"), None).unwrap();
        saves
    }

    fn contents(folder: &tempfile::TempDir) -> Vec<(String, String)> {
        let mut contents: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
            })
            .collect();
        contents.sort();
        contents
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn what_a_failed_call_saved_goes_and_what_it_would_replace_was_never_touched() {
        let folder = folder_with(&["new", "spooled", "old"]);
        let saves = call(&folder);
        assert_eq!(std::fs::read_to_string(folder.path().join("old")).unwrap(), "old");
        drop(saves);
        assert_eq!(contents(&folder), pairs(&[("old", "old")]));
    }

    #[test]
    fn what_is_kept_stands() {
        let folder = folder_with(&["new", "spooled", "old"]);
        call(&folder).commit().unwrap();
        assert_eq!(contents(&folder), pairs(&[("new", "new"), ("old", "spooled")]));
    }

    #[test]
    fn a_replacement_that_fails_undoes_all_new_files() {
        let folder = folder_with(&["first", "second", "spooled"]);
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        std::fs::write(folder.path().join("folder/file"), "").unwrap();
        let saves = SaveTransaction::default();
        add_new(&saves.share(), &folder, "first");
        let spooled = TemporaryFile::at(folder.path().join("spooled"));
        saves.share().add_replacement(spooled, folder.path().join("folder"), None).unwrap();
        add_new(&saves.share(), &folder, "second");
        assert!(saves.commit().is_err());
        std::fs::remove_dir_all(folder.path().join("folder")).unwrap();
        assert_eq!(contents(&folder), []);
    }

    #[test]
    fn a_failed_call_leaves_alone_what_another_has_put_in_its_place() {
        let folder = folder_with(&["new", "other"]);
        let failing = SaveTransaction::default();
        add_new(&failing.share(), &folder, "new");
        std::fs::rename(folder.path().join("other"), folder.path().join("new")).unwrap();
        drop(failing);
        assert_eq!(contents(&folder), pairs(&[("new", "other")]));
    }

    #[test]
    fn a_save_that_ends_after_its_call_was_dropped_is_undone() {
        let folder = folder_with(&["late"]);
        let saves = SaveTransaction::default();
        let share = saves.share();
        drop(saves);
        add_new(&share, &folder, "late");
        assert_eq!(contents(&folder), []);
    }
}
