//! What is known of the folder of a partial upload by a look from outside: to tell which of many are to go.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::folder::{DONE, LOCK};
use super::own::read_own;
use crate::clock;
use crate::storage::local::unfinished::or_gone;

/// Reads how many bytes there is room for.
pub(super) fn parse_reserved(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

/// How many bytes the files in a folder have.
pub(super) fn size_of(path: &Path) -> io::Result<u64> {
    let Some(mut entries) = or_gone(std::fs::read_dir(path))? else { return Ok(0) };
    entries.try_fold(0, |sum, entry| Ok(sum + or_gone(entry?.metadata())?.map_or(0, |found| found.len())))
}

/// What is known of a folder without opening it, and without a look at its files: there may be thousands.
#[derive(Debug)]
pub(super) struct Glance {
    pub(super) path: PathBuf,
    /// When something has come last.
    pub(super) touched: SystemTime,
    /// Whether nothing can go on with it: it is about to get a lock, or is being removed, or was left so by a server that was killed.
    pub(super) has_no_lock: bool,
    /// How many bytes there is room for, or those that are kept where nothing is to come.
    pub(super) bytes: u64,
    /// Whether it is only kept for those who ask what became of it.
    pub(super) is_settled: bool,
}

impl Glance {
    /// Looks at a folder; nothing if it is none, or goes meanwhile.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn at(path: PathBuf) -> io::Result<Option<Self>> {
        let lock = or_gone(std::fs::symlink_metadata(path.join(LOCK)))?;
        let has_no_lock = lock.is_none();
        let Some(found) = lock.map_or_else(|| or_gone(std::fs::symlink_metadata(&path)), |lock| Ok(Some(lock)))? else {
            return Ok(None);
        };
        let done = or_gone(std::fs::symlink_metadata(path.join(DONE)))?;
        // Some systems let no other handle read a file that is locked.
        let text = || read_own(&path.join(LOCK)).ok().and_then(|text| String::from_utf8(text).ok());
        let reserved = || text().and_then(|text| parse_reserved(&text));
        let (bytes, is_settled) = match done {
            Some(done) => (done.len(), true),
            None => (reserved().map_or_else(|| size_of(&path), Ok)?, false),
        };
        Ok(Some(Self { touched: found.modified()?, path, has_no_lock, bytes, is_settled }))
    }

    pub(super) fn is_older_than(&self, age: Duration) -> bool {
        clock::elapsed(self.touched) > age
    }
}
