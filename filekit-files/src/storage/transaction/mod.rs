//! A transaction of what one handler does with stored files: it stays only if the handler succeeds.
//!
//! ```text
//! save, rename, copy -> a new file stands at once -> commit: it stays      | dropped: it goes
//! save_as            -> waits in the spool        -> commit: it replaces   | dropped: it goes
//! remove, rename     -> is noted                  -> finish: the file goes | dropped, undone: nothing
//! ```

mod elsewhere;
mod on_disk;
mod told;
mod unsaved;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

pub(crate) use elsewhere::{NewObject, Object, PendingObject};
pub(crate) use on_disk::{Identity, NewFile, Replacement, Trace};
use told::StoredSoFar;
pub(crate) use told::Told;
pub(crate) use unsaved::{UnsavedFile, UnsavedNote, left_behind};

use crate::guard::FileEventKind;
use crate::quota::{Charge, Keeping};
use crate::storage::{FileKey, StoredFiles};

/// How long a handler that has failed waits until its files are gone elsewhere. The store may be what has failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the handler of one event has done with stored files so far.
///
/// The call owns it, each of its files has a share. A new file is published at once, and removed if the call goes without
/// [`commit`](Self::commit): because the handler failed, panicked or was dropped. If the process is killed, the next start
/// removes it, because until the commit it has a second name in the spool, or a note beside it. A file that replaces another takes
/// its place in the commit and not before, so that no reader ever sees what did not come true, and nothing has to be put back. A
/// file that is removed goes last, when all else is certain.
#[derive(Debug, Default)]
pub struct SaveTransaction(SaveLog);

/// A file's share in the transaction of its call.
#[derive(Clone, Debug, Default)]
pub struct SaveLog(Arc<Shared>);

/// What the call and its files know together.
#[derive(Debug, Default)]
struct Shared {
    progress: Mutex<Progress>,
    /// What is told when it has succeeded for good.
    stored: StoredSoFar,
    /// Tasks that remove files elsewhere.
    removing: Mutex<Vec<JoinHandle<()>>>,
    /// On whose account the call is.
    charge: Charge,
    /// What counts when the call succeeds.
    keepings: Mutex<Vec<Keeping>>,
}

/// What a call that succeeded has done, until it is certain that it did.
#[derive(Debug)]
#[must_use = "files that were removed are there until it is finished"]
pub struct CommittedSaves {
    new: Vec<Undo>,
    removals: Vec<Removal>,
    /// Where the new files are counted.
    counted: Vec<Keeping>,
    stored: Vec<Told>,
}

/// How far the call is.
#[derive(Debug)]
enum Progress {
    Running(Vec<Save>),
    /// It succeeded: a save stands at once. There may have been none.
    Committed {
        any: bool,
    },
    /// It failed: a save that was still on its way is undone at once.
    RolledBack,
}

#[derive(Debug)]
pub(crate) enum Save {
    /// A file that is published already.
    New(New),
    /// A file that is to stand at a path, in place of what is there.
    Replacement(Replacement),
    /// The same, in another storage than the disk.
    ReplacementElsewhere(PendingObject),
    Removal(Removal),
}

/// A file that is published and does not stay yet.
#[derive(Debug)]
pub(crate) enum New {
    OnDisk(NewFile),
    /// In another storage than the disk.
    Elsewhere(NewObject),
}

/// A file that is to go.
#[derive(Debug)]
pub(crate) struct Removal {
    files: StoredFiles,
    key: FileKey,
    /// The other key that it has, where it was renamed.
    renamed: Option<FileKey>,
    told: Option<Told>,
}

/// How a new file that stands is removed after all.
#[derive(Debug)]
enum Undo {
    OnDisk(Identity),
    Elsewhere(Object),
}

impl Default for Progress {
    fn default() -> Self {
        Self::Running(Vec::new())
    }
}

impl SaveTransaction {
    /// A transaction whose files are on the account of a call.
    #[must_use]
    pub fn charged_to(charge: Charge) -> Self {
        Self(SaveLog(Arc::new(Shared { charge, ..Shared::default() })))
    }

    /// On whose account it is.
    #[must_use]
    pub fn charge(&self) -> Charge {
        self.0.charge().clone()
    }

    /// Where the files of the call note what they do.
    #[must_use]
    pub fn share(&self) -> SaveLog {
        self.0.clone()
    }

    /// Lets everything stand that was saved. If the call fails after all, its new files can still be undone, but not what it has
    /// replaced. What it removes is there until [`CommittedSaves::finish`].
    ///
    /// Where all files are on the disk it waits for nothing.
    ///
    /// # Errors
    ///
    /// If a file cannot take the place of another. All new files are undone then; what was replaced before it stays.
    pub async fn commit(self) -> io::Result<CommittedSaves> {
        let saves = self.0.end(true);
        let mut committed = CommittedSaves {
            new: Vec::new(),
            removals: Vec::new(),
            counted: Vec::new(),
            stored: self.0.0.stored.take(),
        };
        let (mut new, mut replacements) = (Vec::new(), Vec::new());
        for save in saves {
            match save {
                Save::New(file) => new.push(file),
                Save::Replacement(_) | Save::ReplacementElsewhere(_) => replacements.push(save),
                Save::Removal(removal) => committed.removals.push(removal),
            }
        }
        for save in replacements {
            if let Err(error) = save.replace().await {
                *self.0.progress() = Progress::RolledBack;
                new.into_iter().for_each(|new| new.roll_back(&self.0));
                self.0.count_none();
                return Err(error);
            }
        }
        committed.counted = self.0.count_all();
        committed.new.extend(new.into_iter().map(New::commit));
        Ok(committed)
    }

    /// Whether the commit waits for nothing, since all is on the disk.
    #[must_use]
    pub fn is_on_disk(&self) -> bool {
        let is_elsewhere = |save: &Save| match save {
            Save::New(New::Elsewhere(_)) | Save::ReplacementElsewhere(_) => true,
            Save::Removal(removal) => !removal.files.are_on_disk(),
            Save::New(New::OnDisk(_)) | Save::Replacement(_) => false,
        };
        !matches!(&*self.0.progress(), Progress::Running(saves) if saves.iter().any(is_elsewhere))
    }
}

impl CommittedSaves {
    /// Removes what the call has removed, now that everything else is certain.
    pub async fn finish(self) {
        self.stored.into_iter().for_each(Told::emit);
        for removal in self.removals {
            removal.carry_out().await;
        }
    }

    /// Removes the new files.
    pub async fn undo(self) {
        for new in self.new {
            match new {
                Undo::OnDisk(file) => file.remove(),
                Undo::Elsewhere(object) => object.remove().await,
            }
        }
        self.counted.iter().for_each(Keeping::undo);
    }
}

impl Drop for SaveTransaction {
    fn drop(&mut self) {
        self.0.end(false).into_iter().for_each(|save| save.roll_back(&self.0));
        self.0.count_none();
    }
}

impl SaveLog {
    /// Notes a file that was published.
    pub(crate) fn add_new(&self, new: New) {
        match &mut *self.progress() {
            Progress::Running(saves) => saves.push(Save::New(new)),
            Progress::Committed { any } => {
                new.commit();
                *any = true;
            }
            Progress::RolledBack => new.roll_back(self),
        }
    }

    /// What the call takes on its account.
    pub(crate) fn charge(&self) -> &Charge {
        &self.0.charge
    }

    /// Lets a file count when the call succeeds.
    pub(crate) fn add_keeping(&self, keeping: Keeping) {
        match &*self.progress() {
            Progress::Running(_) => {
                keeping.publish();
                self.keepings().push(keeping);
            }
            Progress::Committed { .. } => self.charge().keep(&[keeping]),
            Progress::RolledBack => {}
        }
    }

    /// Counts what was saved, and returns it.
    fn count_all(&self) -> Vec<Keeping> {
        let keepings = std::mem::take(&mut *self.keepings());
        self.charge().keep(&keepings);
        keepings
    }

    /// Counts nothing of what was saved, which is gone.
    fn count_none(&self) {
        std::mem::take(&mut *self.keepings()).iter().for_each(Keeping::undo);
    }

    fn keepings(&self) -> MutexGuard<'_, Vec<Keeping>> {
        self.0.keepings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a file take the place of what is at its path, when the call succeeds.
    ///
    /// # Errors
    ///
    /// If it has succeeded already and the disk fails now.
    pub(crate) fn add_replacement(&self, replacement: Replacement) -> io::Result<()> {
        match &mut *self.progress() {
            Progress::Running(saves) => {
                saves.retain(|save| !save.is_of(&replacement.key));
                saves.push(Save::Replacement(replacement));
            }
            Progress::Committed { any } => {
                replacement.commit()?;
                *any = true;
            }
            Progress::RolledBack => {}
        }
        Ok(())
    }

    /// Lets a file take the place of what another storage has under its key, when the call succeeds.
    ///
    /// # Errors
    ///
    /// If it has succeeded already and the storage fails now.
    pub(crate) async fn add_replacement_elsewhere(&self, replacement: PendingObject) -> io::Result<()> {
        let is_too_late = match &mut *self.progress() {
            Progress::Running(saves) => {
                saves.retain(|save| !save.is_of(replacement.key()));
                saves.push(Save::ReplacementElsewhere(replacement));
                return Ok(());
            }
            Progress::RolledBack => return Ok(()),
            Progress::Committed { any } => {
                *any = true;
                replacement
            }
        };
        is_too_late.commit().await
    }

    /// Lets a file go when the call succeeds.
    pub(crate) async fn add_removal(&self, removal: Removal) {
        match &mut *self.progress() {
            Progress::Running(saves) => {
                saves.retain(|save| !save.is_of(&removal.key));
                saves.push(Save::Removal(removal));
                return;
            }
            Progress::RolledBack => return,
            Progress::Committed { .. } => {}
        }
        removal.carry_out().await;
    }

    /// Tells of a file that was stored, when the call has succeeded.
    pub(crate) fn add_told(&self, stored: Option<Told>) {
        let Some(stored) = stored else { return };
        match &*self.progress() {
            Progress::Running(_) => return self.0.stored.add(stored),
            Progress::RolledBack => return,
            Progress::Committed { .. } => {}
        }
        stored.emit();
    }

    /// Whether a file is to stand under the key when the call succeeds.
    pub(crate) fn will_replace(&self, at: &FileKey) -> bool {
        self.has(|save| matches!(save, Save::Replacement(_) | Save::ReplacementElsewhere(_)) && save.is_of(at))
    }

    /// Whether the file with the key is to go when the call succeeds.
    pub(crate) fn will_remove(&self, key: &FileKey) -> bool {
        self.has(|save| matches!(save, Save::Removal(_)) && save.is_of(key))
    }

    fn has(&self, is_meant: impl Fn(&Save) -> bool) -> bool {
        matches!(&*self.progress(), Progress::Running(saves) if saves.iter().any(is_meant))
    }

    /// Whether the call has succeeded, and has saved anything.
    #[must_use]
    pub fn has_committed(&self) -> bool {
        matches!(*self.progress(), Progress::Committed { any: true })
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn removing(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.removing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a task that removes what the call has made.
    pub(super) fn add_removing(&self, task: JoinHandle<()>) {
        self.removing().push(task);
    }

    /// Waits until what a call that has failed had saved is gone, also where that takes requests; for a few seconds at most.
    ///
    /// Who is told of the failure and tries again finds everything as it was.
    pub async fn undone(&self) {
        let removing = std::mem::take(&mut *self.removing());
        if !removing.is_empty() {
            // What takes longer goes on by itself.
            let _ = tokio::time::timeout(PATIENCE, futures_util::future::join_all(removing)).await;
        }
    }

    /// Ends the call, if it is not at its end yet, and returns what it did.
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
    /// Whether it is what is to become of the file with this key. A new file is there already.
    fn is_of(&self, key: &FileKey) -> bool {
        match self {
            Self::New(_) => false,
            Self::Replacement(replacement) => replacement.key == *key,
            Self::ReplacementElsewhere(replacement) => replacement.key() == key,
            Self::Removal(removal) => removal.key == *key,
        }
    }

    /// Lets a file that is to replace another one stand.
    async fn replace(self) -> io::Result<()> {
        match self {
            Self::Replacement(replacement) => replacement.commit(),
            Self::ReplacementElsewhere(replacement) => replacement.commit().await,
            Self::New(_) | Self::Removal(_) => Ok(()),
        }
    }

    fn roll_back(self, log: &SaveLog) {
        match self {
            Self::New(file) => file.roll_back(log),
            // These are in the spool folder, and vanish.
            Self::Replacement(_) | Self::ReplacementElsewhere(_) => {}
            Self::Removal(_) => {}
        }
    }
}

impl New {
    /// Lets it stand. It can still be undone.
    fn commit(self) -> Undo {
        match self {
            Self::OnDisk(file) => Undo::OnDisk(file.commit()),
            Self::Elsewhere(object) => Undo::Elsewhere(object.commit()),
        }
    }

    fn roll_back(self, log: &SaveLog) {
        match self {
            Self::OnDisk(file) => file.roll_back(),
            Self::Elsewhere(object) => object.roll_back(log),
        }
    }
}

impl Removal {
    /// A file of so many bytes that is to be there no more.
    pub(crate) fn of(files: StoredFiles, key: FileKey, bytes: u64) -> Self {
        let told = Told::of(files.observers(), FileEventKind::Removed, &key, bytes);
        Self { files, key, renamed: None, told }
    }

    /// A file that is to be under the other key alone.
    pub(crate) fn renamed(files: StoredFiles, key: FileKey, other: FileKey) -> Self {
        let told = Told::of(files.observers(), FileEventKind::Removed, &key, None);
        Self { files, key, renamed: Some(other), told }
    }

    /// The call has succeeded, so a fault is for the log: a file that no state names is better than a state that names none.
    async fn carry_out(self) {
        let key = self.key.clone();
        if let Err(error) = self.try_carry_out().await {
            tracing::error!(%error, %key, "a file that was removed is still there");
        }
    }

    /// # Errors
    ///
    /// If the disk or the storage fails.
    pub(crate) async fn try_carry_out(self) -> io::Result<()> {
        let Self { files, key, renamed, told } = self;
        match renamed {
            None => files.remove(&key).await?,
            Some(other) => files.remove_old_name(&key, other).await?,
        }
        told.into_iter().for_each(Told::emit);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Disk, TemporaryFile};

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
        let published = Identity::new(path, &metadata);
        saves.add_new(New::OnDisk(NewFile { trace: Trace::Name(TemporaryFile::at(second)), published, digest: None }));
    }

    /// Lets the file `spooled` replace what has this key.
    fn add_replacement(saves: &SaveLog, folder: &tempfile::TempDir, key: &str) {
        let file = TemporaryFile::at(folder.path().join("spooled"));
        let (disk, key) = (Disk::open(folder.path()).unwrap(), FileKey::parse(key).unwrap());
        saves.add_replacement(Replacement { file, disk, key, digest: None }).unwrap();
    }

    /// A call that saved the file `new`, and replaces `old` by the file `spooled`.
    fn call(folder: &tempfile::TempDir) -> SaveTransaction {
        let saves = SaveTransaction::default();
        add_new(&saves.share(), folder, "new");
        add_replacement(&saves.share(), folder, "old");
        saves
    }

    fn contents(folder: &tempfile::TempDir) -> Vec<(String, String)> {
        let mut contents: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
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

    #[tokio::test]
    async fn what_is_kept_stands() {
        let folder = folder_with(&["new", "spooled", "old"]);
        call(&folder).commit().await.unwrap().finish().await;
        assert_eq!(contents(&folder), pairs(&[("new", "new"), ("old", "spooled")]));
    }

    #[tokio::test]
    async fn a_replacement_that_fails_undoes_all_new_files() {
        let folder = folder_with(&["first", "second", "spooled"]);
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        std::fs::write(folder.path().join("folder/file"), "").unwrap();
        let saves = SaveTransaction::default();
        add_new(&saves.share(), &folder, "first");
        add_replacement(&saves.share(), &folder, "folder");
        add_new(&saves.share(), &folder, "second");
        assert!(saves.commit().await.is_err());
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
