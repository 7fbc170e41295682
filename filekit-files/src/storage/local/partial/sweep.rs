//! Which partial uploads go: those that are too old, and an owner's oldest where there are too many.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::PartialBounds;
use super::claim::Claims;
use super::folder::PartialFolder;
use super::glance::{Glance, size_of};
use super::key::PartialId;
use super::own::is_folder;
use crate::quota::{EntryKind, EntryName, FoundEntry, Ledger};
use crate::storage::DirectTarget;
use crate::storage::local::unfinished::or_gone;

/// Where there are too many uploads, one in so many goes at once: to look at all of them takes its time.
const SHARE: usize = 10;

/// How often is looked for what is too old.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// After how long a folder without a lock was left so by a server that was killed: others get theirs, or go, much sooner.
const LEFT_AFTER: Duration = Duration::from_secs(60);

/// What room is to be made for: a new upload, or one that grows.
#[derive(Debug)]
pub(super) struct Room {
    /// Its folder, in that of its owner.
    pub(super) upload: PathBuf,
    /// How many bytes it is going to have, as far as is known.
    pub(super) length: u64,
    /// The uploads whose files it takes over: they go last.
    pub(super) sources: Vec<PartialId>,
}

/// Looks for partial uploads that are to go.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    last: Mutex<Option<Instant>>,
    /// How many uploads there are, or a little more: those that end are not counted before the next sweep.
    count: AtomicUsize,
    /// Where browsers send files to by themselves.
    direct: Option<DirectTarget>,
    /// Where uploads count.
    ledger: Option<Ledger>,
}

impl Sweep {
    /// What goes of uploads goes from there, too.
    pub(super) fn with(direct: Option<DirectTarget>, ledger: Option<Ledger>) -> Self {
        Self { direct, ledger, ..Self::default() }
    }

    /// Counts the uploads that are there, and no others. Where not all of them can be looked at, nothing changes.
    pub(super) fn count(&self, root: &Path) {
        let Some(ledger) = &self.ledger else { return };
        let listing = ledger.begin_listing(EntryKind::Partial);
        if let Some(listed) = unless_broken(root, list(root, ledger)) {
            listing.end(listed, |_| false);
        }
    }

    /// Removes uploads of an owner that have waited longest, until so many bytes are given back: those that are of use for that.
    pub(super) fn free(&self, owner: &Path, bytes: u64, is_of_use: impl Fn(&EntryName) -> bool, claims: &Claims) {
        let mut uploads = glances(owner);
        uploads.retain(|upload| {
            let name = entry_name(&upload.path);
            !upload.is_settled && upload.bytes > 0 && name.is_some_and(|name| is_of_use(&name))
        });
        uploads.sort_by_key(|upload| upload.touched);
        let idle: Vec<_> = uploads.into_iter().filter(|upload| !is_claimed(&upload.path, claims)).collect();
        if idle.iter().fold(0, |sum: u64, upload| sum.saturating_add(upload.bytes)) < bytes {
            // Then none has to go.
            return;
        }
        let mut freed = 0_u64;
        for upload in idle {
            if freed >= bytes {
                break;
            }
            if self.remove(&upload.path, claims) {
                freed = freed.saturating_add(upload.bytes);
            }
        }
    }

    /// Whether there may be something to remove, of any owner: also before there is no room at all.
    pub(super) fn is_due(&self, bounds: &PartialBounds) -> bool {
        self.is_late() || self.is_nearly_full(bounds)
    }

    /// Removes what is too old, if that was not done lately, and what is too much.
    pub(super) fn tidy(&self, root: &Path, bounds: &PartialBounds, claims: &Claims) {
        if self.is_late() {
            self.run(root, bounds.ttl, claims);
        }
        if self.is_nearly_full(bounds) {
            self.thin_out(root, bounds.total - bounds.total / SHARE, claims);
        }
    }

    fn is_late(&self) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| last.elapsed() > EVERY)
    }

    fn is_nearly_full(&self, bounds: &PartialBounds) -> bool {
        self.count.load(Ordering::Relaxed) >= bounds.total - bounds.total / SHARE / 2
    }

    /// Whether there is no room for one more, of any owner.
    pub(super) fn is_full(&self, bounds: &PartialBounds) -> bool {
        self.count.load(Ordering::Relaxed) >= bounds.total
    }

    /// Removes what is too old.
    pub(super) fn run(&self, root: &Path, ttl: Duration, claims: &Claims) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let mut left = 0;
        for owner in entries(root) {
            for upload in glances(&owner) {
                match upload.is_older_than(ttl) && self.remove(&upload.path, claims) {
                    true => {}
                    false => left += 1,
                }
            }
            // It stays if there is something in it.
            let _ = std::fs::remove_dir(owner);
        }
        self.count.store(left, Ordering::Relaxed);
        self.count(root);
    }

    /// Removes the uploads that have waited longest, of any owner, until no more than so many are left. Those that come in
    /// again and again are the newest: who begins thousands of uploads keeps no other visitor from sending.
    fn thin_out(&self, root: &Path, most: usize, claims: &Claims) {
        let mut uploads: Vec<_> = entries(root).iter().flat_map(|owner| glances(owner)).collect();
        uploads.sort_by_key(|upload| (!upload.is_settled, upload.touched));
        let mut left = uploads.len();
        for upload in uploads {
            if left <= most {
                break;
            }
            if self.remove(&upload.path, claims) {
                left -= 1;
            }
        }
        self.count.store(left, Ordering::Relaxed);
    }

    /// Removes what the events of killed servers had published.
    pub(super) fn undo_events(&self, root: &Path, stored: &Path) {
        for upload in entries(root).iter().flat_map(|owner| entries(owner)) {
            let undone = match PartialFolder::open(upload.clone()) {
                Ok(Some(folder)) => folder.undo_event(stored),
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            unless_busy(&upload, undone);
        }
    }

    /// Makes room for one more upload of an owner, in place of those that have waited longest. Returns whether there is room.
    pub(super) fn make_room(&self, room: &Room, bounds: &PartialBounds, claims: &Claims) -> bool {
        self.make_way(room, bounds, claims) && !self.is_full(bounds)
    }

    /// Makes room for an upload of an owner beside the others, in place of those that have waited longest. Returns whether there is
    /// room.
    pub(super) fn make_way(&self, room: &Room, bounds: &PartialBounds, claims: &Claims) -> bool {
        let mut uploads: Vec<_> = room.upload.parent().map(glances).unwrap_or_default();
        uploads.retain(|upload| upload.path != room.upload);
        uploads.sort_by_cached_key(|upload| (room.takes_of(&upload.path), !upload.is_settled, upload.touched));
        // One that is alone may be larger than all of them may be: other limits hold for it.
        let has_room = |count, bytes: u64| {
            let has_bytes = bytes.saturating_add(room.length) <= bounds.bytes_per_owner;
            count < bounds.per_owner && (count == 0 || has_bytes)
        };
        let sum = |uploads: &[Glance]| uploads.iter().fold(0_u64, |sum, upload| sum.saturating_add(upload.bytes));
        let (mut count, mut bytes) = (uploads.len(), sum(&uploads));
        let (at_work, waiting): (Vec<_>, Vec<_>) =
            uploads.into_iter().partition(|upload| is_claimed(&upload.path, claims));
        if !has_room(at_work.len(), sum(&at_work)) {
            // Then no other has to go.
            return false;
        }
        for upload in waiting {
            if has_room(count, bytes) {
                break;
            }
            let is_of_use = count >= bounds.per_owner || upload.bytes > 0;
            if is_of_use && self.remove(&upload.path, claims) {
                count -= 1;
                bytes = bytes.saturating_sub(upload.bytes);
                self.count
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| Some(count.saturating_sub(1)))
                    .ok();
            }
        }
        has_room(count, bytes)
    }

    /// Moves the uploads of an owner that nothing works on to the folder of another one.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn move_all(&self, from: &Path, to: &Path, claims: &Claims) -> io::Result<()> {
        for upload in entries(from).into_iter().filter(|upload| !is_claimed(upload, claims)) {
            let held = unless_busy(&upload, PartialFolder::open(upload.clone())).flatten();
            if let (Some(_held), Some(id)) = (held, upload.file_name()) {
                std::fs::create_dir_all(to)?;
                let moved = to.join(id);
                if or_gone(std::fs::rename(&upload, &moved))?.is_some()
                    && let (Some(ledger), Some(from), Some(to)) =
                        (&self.ledger, entry_name(&upload), entry_name(&moved))
                {
                    ledger.rename(&from, to);
                }
            }
        }
        // It stays if there is something in it.
        let _ = std::fs::remove_dir(from);
        Ok(())
    }

    pub(super) fn count_one(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Removes an upload that nothing works on, and returns whether it did.
    pub(super) fn remove(&self, path: &Path, claims: &Claims) -> bool {
        if is_claimed(path, claims) {
            return false;
        }
        let removed = match PartialFolder::open(path.to_owned()) {
            Ok(Some(folder)) => {
                folder.give_up(self.direct.as_ref());
                Ok(())
            }
            // Without a lock nothing can go on with it.
            Ok(None) => or_gone(std::fs::remove_dir_all(path)).map(drop),
            Err(error) => Err(error),
        };
        let is_removed = unless_busy(path, removed).is_some();
        if let (true, Some(ledger), Some(name)) = (is_removed, &self.ledger, entry_name(path)) {
            ledger.release(&name);
        }
        is_removed
    }
}

/// All uploads that are to be counted.
fn list(root: &Path, ledger: &Ledger) -> io::Result<HashMap<EntryName, FoundEntry>> {
    let mut listed = HashMap::new();
    for owner in read_entries(root)? {
        for path in read_entries(&owner)? {
            let Some(upload) = Glance::at(path)?.filter(|upload| !upload.is_settled) else { continue };
            let Some(name) = entry_name(&upload.path) else { continue };
            let is_right = ledger.bytes_of(&name) == Some(upload.bytes) || !is_idle(&upload);
            let bytes = Some(upload.bytes).filter(|_| !is_right);
            listed.insert(name, FoundEntry { bytes, arrived: Some(size_of(&upload.path)?) });
        }
    }
    Ok(listed)
}

/// The name that the upload in a folder counts under.
fn entry_name(path: &Path) -> Option<EntryName> {
    owner_and_id(path).map(|(owner, id)| EntryName::partial(owner, id))
}

/// The last two names of a path.
fn owner_and_id(path: &Path) -> Option<(&str, &str)> {
    let mut names = path.iter().rev().map(|name| name.to_str());
    let (id, owner) = (names.next()??, names.next()??);
    Some((owner, id))
}

impl Room {
    /// Whether it takes over files of the upload in a folder.
    fn takes_of(&self, path: &Path) -> bool {
        let id = path.file_name().and_then(|name| PartialId::parse(name.to_str()?));
        id.is_some_and(|id| self.sources.contains(&id))
    }
}

/// Whether no server works on an upload, makes it or removes it. An event that takes its files gives back what it has stored, and what
/// is being removed may have been given back already.
fn is_idle(upload: &Glance) -> bool {
    match upload.has_no_lock {
        true => upload.is_older_than(LEFT_AFTER),
        false => matches!(PartialFolder::open(upload.path.clone()), Ok(Some(_))),
    }
}

/// Whether a request works on the upload in a folder.
fn is_claimed(path: &Path, claims: &Claims) -> bool {
    owner_and_id(path).is_some_and(|(owner, id)| claims.is_claimed(&format!("{owner}/{id}")))
}

fn glances(owner: &Path) -> Vec<Glance> {
    let glance = |path: PathBuf| unless_broken(&path, Glance::at(path.clone())).flatten();
    entries(owner).into_iter().filter_map(glance).collect()
}

/// The folders in a folder; none if it is not there, or cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    unless_broken(folder, read_entries(folder)).unwrap_or_default()
}

/// The folders in a folder; none if it is not there.
fn read_entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(entries) = or_gone(std::fs::read_dir(folder))? else { return Ok(Vec::new()) };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    Ok(paths.collect::<io::Result<Vec<_>>>()?.into_iter().filter(|path| is_folder(path)).collect())
}

/// What became of a folder; nothing if it cannot be read. It is left alone then: all others are as good as before.
fn unless_broken<T>(folder: &Path, done: io::Result<T>) -> Option<T> {
    let note = |error: &io::Error| {
        tracing::warn!(%error, folder = %folder.display(), "a folder of uploads cannot be used, and is left alone");
    };
    done.inspect_err(note).ok()
}

/// The same for a folder that another server may work on.
fn unless_busy<T>(folder: &Path, done: io::Result<T>) -> Option<T> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => None,
        done => unless_broken(folder, done),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::quota::Quota;

    /// Makes an upload that was touched so many seconds ago.
    fn upload(root: &Path, owner: &str, name: &str, seconds: u64) {
        let path = root.join(owner).join(name);
        drop(PartialFolder::create(path.clone(), b"{}", 100).unwrap());
        let lock = std::fs::File::options().write(true).open(path.join("lock")).unwrap();
        lock.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
    }

    fn room(owner: &Path, length: u64) -> Room {
        Room { upload: owner.join("new"), length, sources: Vec::new() }
    }

    fn names(root: &Path) -> Vec<String> {
        let uploads = entries(root).into_iter().flat_map(|owner| entries(&owner));
        let mut names: Vec<_> = uploads.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    const BOUNDS: PartialBounds = PartialBounds { per_owner: 3, bytes_per_owner: 1_000, ..PartialBounds::DEFAULT };

    #[test]
    fn what_is_too_old_goes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (name, seconds) in [("old", 100), ("new", 10)] {
            upload(root, "a", name, seconds);
        }
        upload(root, "b", "older", 1_000);
        Sweep::default().run(root, Duration::from_secs(50), &Claims::default());
        assert_eq!(names(root), ["new"]);
        assert!(!root.join("b").exists(), "nor does an owner stay without uploads");
    }

    #[test]
    fn what_is_being_removed_is_not_counted_and_what_was_left_is() {
        let (folder, journal) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        let ledger = Ledger::open(Quota::new().total(1_000), root, journal.path()).unwrap();
        let sweep = Sweep::with(None, Some(ledger.clone()));
        let in_use = PartialFolder::create(root.join("a/in use"), b"{}", 100).unwrap();
        for (name, age) in [("going", Duration::ZERO), ("left", LEFT_AFTER * 2)] {
            let path = root.join("a").join(name);
            std::fs::create_dir_all(&path).unwrap();
            std::fs::write(path.join("plan"), [b' '; 255]).unwrap();
            std::fs::File::open(&path).unwrap().set_modified(SystemTime::now() - age).unwrap();
        }
        upload(root, "a", "waits", 10);
        sweep.count(root);
        let counted = |name| ledger.bytes_of(&EntryName::partial("a", name));
        assert_eq!(["in use", "going", "left", "waits"].map(counted), [None, None, Some(255), Some(100)]);
        drop(in_use);
    }

    #[test]
    fn an_owner_who_begins_one_more_loses_the_one_that_waits_longest() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (name, seconds) in [("2", 20), ("3", 10), ("1", 30)] {
            upload(root, "a", name, seconds);
        }
        upload(root, "b", "other", 1_000);
        let sweep = Sweep::default();
        assert!(sweep.make_room(&room(&root.join("a"), 100), &BOUNDS, &Claims::default()));
        assert_eq!(names(root), ["2", "3", "other"]);
        assert!(sweep.make_room(&room(&root.join("a"), 850), &BOUNDS, &Claims::default()));
        assert_eq!(names(root), ["3", "other"]);
        assert!(sweep.make_room(&room(&root.join("a"), 5_000), &BOUNDS, &Claims::default()), "a large one alone");
        assert_eq!(names(root), ["other"]);
    }

    #[test]
    fn what_is_to_come_takes_room_and_what_is_taken_over_goes_last() {
        let folder = tempfile::tempdir().unwrap();
        let owner = folder.path().join("a");
        let ids = ["1", "2", "3"].map(|digit| digit.repeat(32));
        for (nth, id) in ids.iter().enumerate() {
            drop(PartialFolder::create(owner.join(id), b"{}", 300).unwrap());
            let lock = std::fs::File::options().write(true).open(owner.join(id).join("lock")).unwrap();
            lock.set_modified(SystemTime::now() - Duration::from_secs(100 - nth as u64)).unwrap();
        }
        let sources = vec![PartialId::parse(&ids[0]).unwrap()];
        let bounds = PartialBounds { per_owner: 9, ..BOUNDS };
        let room = Room { upload: owner.join("new"), length: 300, sources };
        assert!(Sweep::default().make_room(&room, &bounds, &Claims::default()));
        assert_eq!(names(folder.path()), [&*ids[0], &ids[2]]);
    }

    #[tokio::test]
    async fn what_a_request_works_on_stays() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["1", "2", "3"] {
            upload(root, "a", name, 10);
        }
        let claims = Claims::default();
        let mut held = Vec::new();
        for name in ["1", "2", "3"] {
            held.push(claims.claim(format!("a/{name}")).await);
        }
        let sweep = Sweep::default();
        assert!(!sweep.make_room(&room(&root.join("a"), 100), &BOUNDS, &claims));
        sweep.run(root, Duration::ZERO, &claims);
        assert_eq!(names(root), ["1", "2", "3"]);
        held.pop();
        assert!(sweep.make_room(&room(&root.join("a"), 100), &BOUNDS, &claims));
        assert_eq!(names(root), ["1", "2"]);
    }

    #[test]
    fn of_too_many_in_all_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for nth in 0..20_u64 {
            upload(root, &nth.to_string(), &format!("{nth:02}"), 1_000 - nth);
        }
        let sweep = Sweep::default();
        sweep.run(root, PartialBounds::DEFAULT.ttl, &Claims::default());
        let bounds = PartialBounds { total: 20, ..BOUNDS };
        assert!(sweep.is_due(&bounds));
        sweep.tidy(root, &bounds, &Claims::default());
        assert!(sweep.make_room(&room(&root.join("new"), 1), &bounds, &Claims::default()));
        assert_eq!(names(root).len(), 18);
        assert_eq!(names(root)[0], "02");
    }
}
