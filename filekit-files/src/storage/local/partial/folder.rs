//! The folder of one partial upload.
//!
//! ```text
//! .filekit/partial/OWNER/ID/lock      held by the server that works on it; its time is that of the last byte, its text
//!                                    how many bytes the files are going to have, or may have where their size is not known
//!                          plan      what is uploaded, in the words of the layer above
//!                          0, 1, ..  the files, as far as they have come
//!                          direct    which of them the browser sends to the store by itself, and how they are named there
//!                          begun     there once the event has begun that takes them
//!                          done      what became of it, where that is kept; the files are gone then
//!                          cancelled there once another server was asked to end the event
//!                          unchecked how many bytes of the first file count, while more come whose digest is not known to be right
//! ```

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::claim::Turn;
use super::glance::parse_reserved;
use super::own::{self, is_folder, make_new, open_own, open_to_write, read_own, write_whole};
use crate::clock;
use crate::error::FileRejection;
use crate::quota::{Account, Charge, EntryName, Ledger, UploadSlot, Wanted};
use crate::storage::local::unfinished::{or_gone, remove_unfinished};
use crate::storage::{DirectFile, DirectTarget};

pub(super) const LOCK: &str = "lock";
const PLAN: &str = "plan";
const BEGUN: &str = "begun";
pub(super) const DONE: &str = "done";
const CANCELLED: &str = "cancelled";
const UNCHECKED: &str = "unchecked";
const DIRECT: &str = "direct";

/// How often a folder is made whose owner's folder goes at the same time.
const ATTEMPTS: usize = 100;

/// The folder of a partial upload that this server works on. It outlives this value, unless its event has ended.
#[derive(Debug)]
pub(crate) struct PartialFolder {
    path: PathBuf,
    lock: File,
    /// What stands in the lock.
    reserved: AtomicU64,
    ended: AtomicBool,
    /// Whether it stays when its files have gone, for those who ask what became of them.
    settled: AtomicBool,
    /// Until an event has the files. Let go of behind the lock: the next request does not find that held.
    turn: Mutex<Option<Turn>>,
    /// Where it counts, if there is a quota.
    counted: Option<Counted>,
}

/// Where an upload counts.
#[derive(Debug)]
struct Counted {
    ledger: Ledger,
    name: EntryName,
    /// How many bytes have come.
    arrived: Option<Arc<AtomicU64>>,
}

impl PartialFolder {
    /// Makes a folder for files of so many bytes, as far as that is known. What lies in one of that name goes: it has no lock, because
    /// it was left by a server that was killed while it made or removed it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::ResourceBusy`] if another server works on it; also if the disk fails.
    pub(super) fn create(path: PathBuf, plan: &[u8], length: u64) -> io::Result<Self> {
        create_folders(&path)?;
        if !is_own(&path) {
            return Err(io::Error::other("what has the name of a folder of uploads is none"));
        }
        let lock = open_to_write(&path.join(LOCK)).inspect_err(|_| _ = std::fs::remove_dir(&path))?;
        let folder = Self::hold(lock, path)?;
        let made = folder.begin(plan, length);
        if made.is_err() {
            folder.end();
        }
        made.map(|()| folder)
    }

    fn begin(&self, plan: &[u8], length: u64) -> io::Result<()> {
        clear(&self.path, &[LOCK])?;
        self.reserve(length)?;
        self.set_plan(plan)
    }

    /// Whether there is a folder of an upload.
    pub(super) fn is_at(path: &Path) -> bool {
        is_own(path)
    }

    /// Opens a folder; nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::ResourceBusy`] if another server works on it; also if the disk fails.
    pub(super) fn open(path: PathBuf) -> io::Result<Option<Self>> {
        if !is_own(&path) {
            return Ok(None);
        }
        let opened = open_own(File::options().read(true).write(true), &path.join(LOCK));
        or_gone(opened)?.map(|lock| Self::hold(lock, path)).transpose()
    }

    fn hold(lock: File, path: PathBuf) -> io::Result<Self> {
        match lock.try_lock() {
            Ok(()) => {
                let mut text = String::new();
                (&lock).read_to_string(&mut text)?;
                let reserved = AtomicU64::new(parse_reserved(&text).unwrap_or_default());
                Ok(Self {
                    path,
                    lock,
                    reserved,
                    ended: AtomicBool::new(false),
                    settled: AtomicBool::new(false),
                    turn: Mutex::default(),
                    counted: None,
                })
            }
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::ResourceBusy.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The same folder, for the request whose turn it is, and all that it begins.
    pub(super) fn in_turn(mut self, turn: Turn) -> Self {
        self.turn = Mutex::new(Some(turn));
        self
    }

    /// The same folder, whose bytes count in a ledger under this name.
    pub(super) fn counted_in(mut self, counted: Option<(Ledger, EntryName)>) -> Self {
        self.counted = counted.map(|(ledger, name)| Counted { arrived: ledger.arrivals(&name), ledger, name });
        self
    }

    /// Counts how many bytes have come in all.
    pub(crate) fn count_there(&self, bytes: u64) {
        if let Some(Counted { arrived: Some(arrived), .. }) = &self.counted {
            arrived.store(bytes, Ordering::Relaxed);
        }
    }

    /// Counts bytes that have come.
    pub(crate) fn count_more(&self, bytes: u64) {
        if let Some(Counted { arrived: Some(arrived), .. }) = &self.counted {
            arrived.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Reserves bytes where they count, and returns how many there are in all.
    ///
    /// # Errors
    ///
    /// If there is no room for them.
    pub(super) fn reserve_in_ledger(&self, wanted: Wanted) -> Result<u64, FileRejection> {
        let Some(Counted { ledger, name, .. }) = &self.counted else { return Ok(wanted.most) };
        ledger.reserve(name, Account::default(), wanted, &[]).map(|(bytes, _)| bytes)
    }

    /// Whether no more is reserved for its account than may be.
    pub(super) fn is_within_quota(&self) -> bool {
        self.counted.as_ref().is_none_or(|Counted { ledger, name, .. }| ledger.is_within(name))
    }

    pub(super) fn charge(&self) -> Charge {
        let Some(Counted { ledger, name, .. }) = &self.counted else { return Charge::default() };
        Charge::of_partial(ledger.clone(), ledger.account(name), name.clone())
    }

    pub(super) fn enter(&self) -> Result<UploadSlot, FileRejection> {
        let Some(Counted { ledger, name, .. }) = &self.counted else { return Ok(UploadSlot::default()) };
        ledger.enter(ledger.account(name))
    }

    pub(super) fn end_turn(&self) {
        // Nothing that holds the lock can panic half-way.
        self.turn.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes there is room for.
    pub(super) fn reserved(&self) -> u64 {
        self.reserved.load(Ordering::Relaxed)
    }

    /// Notes how many bytes there is room for.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn reserve(&self, bytes: u64) -> io::Result<()> {
        let mut lock = &self.lock;
        lock.seek(SeekFrom::Start(0))?;
        // Of one length, so that it is written over at once: others read it.
        lock.write_all(format!("{bytes:>20}").as_bytes())?;
        self.reserved.store(bytes, Ordering::Relaxed);
        self.touch();
        Ok(())
    }

    /// Where the file of this number is, or will be.
    pub(crate) fn path_of(&self, nth: usize) -> PathBuf {
        self.path.join(nth.to_string())
    }

    /// How many bytes of the file of this number there are.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn size_of(&self, nth: usize) -> io::Result<u64> {
        own::size_of(&self.path_of(nth))
    }

    /// Opens the file of this number to write to it.
    ///
    /// # Errors
    ///
    /// If something else has its name, or the disk fails.
    pub(crate) fn open_to_write(&self, nth: usize) -> io::Result<File> {
        open_to_write(&self.path_of(nth))
    }

    /// What is uploaded.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn plan(&self) -> io::Result<Vec<u8>> {
        read_own(&self.path.join(PLAN))
    }

    /// Changes what is uploaded.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn set_plan(&self, plan: &[u8]) -> io::Result<()> {
        match write_whole(&self.path, PLAN, plan) {
            // One that is no longer than before needs no room, as where files have been taken over: those must not be lost.
            Err(error) if error.kind() == io::ErrorKind::StorageFull => self.write_over_plan(plan)?.ok_or(error),
            written => written,
        }
    }

    /// Which files go to the store by themselves; nothing if none does.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn direct(&self) -> io::Result<Option<Vec<u8>>> {
        or_gone(read_own(&self.path.join(DIRECT)))
    }

    /// Notes which files go to the store by themselves.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn set_direct(&self, files: &[u8]) -> io::Result<()> {
        write_whole(&self.path, DIRECT, files)
    }

    /// Writes a plan over the one that is there, unless that is shorter.
    fn write_over_plan(&self, plan: &[u8]) -> io::Result<Option<()>> {
        let Some(mut file) = or_gone(open_own(File::options().write(true), &self.path.join(PLAN)))? else {
            return Ok(None);
        };
        if file.metadata()?.len() < plan.len() as u64 {
            return Ok(None);
        }
        file.write_all(plan)?;
        file.set_len(plan.len() as u64).map(Some)
    }

    /// Notes that something has come.
    pub(crate) fn touch(&self) {
        if let Err(error) = self.lock.set_modified(clock::now()) {
            tracing::warn!(%error, "the time of a partial upload could not be noted: it may expire too early");
        }
    }

    /// When something has come last.
    pub(super) fn touched(&self) -> io::Result<SystemTime> {
        self.lock.metadata()?.modified()
    }

    /// Notes that the event begins that takes the files.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn begin_event(&self) -> io::Result<()> {
        make_new(&self.path.join(BEGUN)).map(drop)
    }

    /// Whether an event has begun that takes the files, and has not ended.
    pub(crate) fn has_begun(&self) -> bool {
        self.path.join(BEGUN).exists()
    }

    /// Keeps what became of the event in place of the files, which go when nothing uses them any more.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn settle(&self, outcome: &[u8]) -> io::Result<()> {
        write_whole(&self.path, DONE, outcome)?;
        or_gone(std::fs::remove_file(self.path.join(BEGUN)))?;
        self.settled.store(true, Ordering::Release);
        self.touch();
        Ok(())
    }

    /// What is uploaded, if another server runs its event: it holds the folder. None if not.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn plan_of_running(path: &Path) -> io::Result<Option<Vec<u8>>> {
        if !is_own(path) || !path.join(BEGUN).exists() {
            return Ok(None);
        }
        match Self::open(path.to_owned()) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => or_gone(read_own(&path.join(PLAN))),
            // Its server was killed, or has just let go of it.
            opened => opened.map(|_| None),
        }
    }

    /// Asks the server that runs the event to end it. Whoever asks does not hold the folder.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn ask_to_end(path: &Path) -> io::Result<()> {
        if !is_own(path) {
            return Ok(());
        }
        or_gone(make_new(&path.join(CANCELLED))).map(drop).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        })
    }

    /// Whether another server asks to end the event.
    pub(super) fn is_asked_to_end(&self) -> bool {
        // Opened, because some file systems of networks remember for a while that a name was not there.
        open_own(File::options().read(true), &self.path.join(CANCELLED)).is_ok()
    }

    /// What became of the event, if it has ended and that is kept.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn outcome(&self) -> io::Result<Option<Vec<u8>>> {
        or_gone(read_own(&self.path.join(DONE)))
    }

    /// Notes that of the first file no more than so many bytes count, whatever comes, until that is [taken back](Self::accept).
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn doubt_after(&self, bytes: u64) -> io::Result<()> {
        write_whole(&self.path, UNCHECKED, bytes.to_string().as_bytes())
    }

    /// Lets everything count that has come.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn accept(&self) -> io::Result<()> {
        or_gone(std::fs::remove_file(self.path.join(UNCHECKED))).map(drop)
    }

    /// Throws away what does not count: its digest is wrong, or its request was cut off.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn reject_doubtful(&self) -> io::Result<()> {
        let Some(bytes) = or_gone(read_own(&self.path.join(UNCHECKED)))? else { return Ok(()) };
        let bytes: u64 = String::from_utf8_lossy(&bytes).parse().map_err(io::Error::other)?;
        if let Some(file) = or_gone(open_own(File::options().write(true), &self.path_of(0)))?
            && file.metadata()?.len() > bytes
        {
            file.set_len(bytes)?;
        }
        self.accept()
    }

    /// Ends the upload, and removes what its browser has sent to the store.
    pub(crate) fn give_up(&self, direct: Option<&DirectTarget>) {
        if let Some(direct) = direct
            && let Err(error) = self.remove_from(direct)
        {
            tracing::warn!(%error, "what an upload that was given up has in the store stays there for a while");
        }
        self.end();
    }

    fn remove_from(&self, direct: &DirectTarget) -> io::Result<()> {
        let Some(noted) = self.direct()? else { return Ok(()) };
        let files: Vec<Option<DirectFile>> = serde_json::from_slice(&noted)?;
        direct.remove(files.into_iter().flatten().collect());
        Ok(())
    }

    /// Ends the upload: what is left of it goes when nothing uses it any more.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Whether its files go with those who use them.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire) || self.settled.load(Ordering::Acquire)
    }

    /// Leaves the folder for those who come next.
    fn let_go(&self) {
        if self.settled.load(Ordering::Acquire)
            && let Err(error) = clear(&self.path, &[LOCK, PLAN, DONE])
        {
            tracing::warn!(%error, "files of an upload that has ended could not be removed");
        }
        // A program that is being started has a copy of every open file for a moment, and would hold the lock with it.
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "the lock of an upload could not be released");
        }
    }

    /// Removes the files that the event of a server that was killed has published.
    pub(super) fn undo_event(&self, root: &Path) -> io::Result<()> {
        // Behind a note of what became of it the event has ended.
        if self.has_begun() && self.outcome()?.is_none() {
            let unfinished = remove_unfinished(&self.path, root)?;
            if unfinished > 0 {
                tracing::info!(unfinished, "the event of an upload was cut off when its server was killed");
            }
        }
        Ok(())
    }
}

/// Whether a folder and that of its owner are there, and lead nowhere else.
fn is_own(path: &Path) -> bool {
    is_folder(path) && path.parent().is_some_and(is_folder)
}

/// Makes a folder and that of its owner, which goes with the last upload: perhaps in between.
fn create_folders(path: &Path) -> io::Result<()> {
    let mut made = std::iter::repeat_with(|| std::fs::create_dir_all(path)).take(ATTEMPTS);
    let is_final = |made: &io::Result<()>| !matches!(made, Err(error) if error.kind() == io::ErrorKind::NotFound);
    made.find(is_final).unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()))
}

/// Removes what is in a folder besides these.
fn clear(path: &Path, kept: &[&str]) -> io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if kept.iter().any(|kept| entry.file_name() == *kept) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        // While others are kept out: one of the same name that comes next has an entry of its own.
        if let Some(Counted { ledger, name, .. }) = self.counted.as_ref().filter(|_| self.has_ended()) {
            ledger.release(name);
        }
        if !self.ended.load(Ordering::Acquire) {
            return self.let_go();
        }
        match or_gone(remove_some(&self.path)) {
            Err(error) => tracing::warn!(%error, "the folder of an upload could not be removed"),
            Ok(Some(true)) => hand_over_removal(std::mem::take(&mut self.path)),
            Ok(_) => remove_rest(&self.path),
        }
    }
}

/// How many files are removed at once. This may be a thread that answers other visitors.
const AT_ONCE: usize = 512;

/// Removes the lock, without which nothing can go on with an upload, and some files. Returns whether there are more.
fn remove_some(path: &Path) -> io::Result<bool> {
    or_gone(std::fs::remove_file(path.join(LOCK)))?;
    let mut entries = std::fs::read_dir(path)?;
    for entry in entries.by_ref().take(AT_ONCE) {
        or_gone(std::fs::remove_file(entry?.path()))?;
    }
    Ok(entries.next().is_some())
}

/// Removes what is left of an upload, where that holds up no other visitor.
fn hand_over_removal(path: PathBuf) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => _ = runtime.spawn_blocking(move || remove_rest(&path)),
        Err(_) => remove_rest(&path),
    }
}

fn remove_rest(path: &Path) {
    match or_gone(std::fs::remove_dir_all(path)) {
        Err(error) => tracing::warn!(%error, "the folder of an upload could not be removed"),
        // That of the owner goes with its last upload.
        Ok(_) => _ = path.parent().map(std::fs::remove_dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::local::partial::glance::Glance;

    #[test]
    fn nothing_is_kept_of_what_lies_in_a_folder_of_that_name() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("upload");
        std::fs::create_dir_all(path.join("folder/in it")).unwrap();
        for name in ["0", BEGUN, DONE, UNCHECKED] {
            std::fs::write(path.join(name), "left").unwrap();
        }
        let folder = PartialFolder::create(path.clone(), b"plan", 7).unwrap();
        assert_eq!((folder.size_of(0).unwrap(), folder.has_begun()), (0, false));
        assert_eq!(folder.outcome().unwrap(), None);
        let mut names: Vec<_> =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, [LOCK, PLAN]);
    }

    #[test]
    fn a_folder_that_another_server_works_on_is_not_made_anew() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("upload");
        let folder = PartialFolder::create(path.clone(), b"plan", 7).unwrap();
        std::fs::write(folder.path_of(0), "bytes").unwrap();
        let error = PartialFolder::create(path.clone(), b"other", 8).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
        assert_eq!((folder.size_of(0).unwrap(), folder.plan().unwrap()), (5, b"plan".to_vec()));
        assert_eq!(Glance::at(path).unwrap().unwrap().bytes, 7);
    }

    #[test]
    fn a_copy_of_an_open_file_holds_no_upload() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("upload");
        let folder = PartialFolder::create(path.clone(), b"", 0).unwrap();
        let of_a_program_that_starts = folder.lock.try_clone().unwrap();
        assert!(PartialFolder::open(path.clone()).is_err(), "it is held");
        drop(folder);
        assert!(PartialFolder::open(path).unwrap().is_some());
        drop(of_a_program_that_starts);
    }
}
