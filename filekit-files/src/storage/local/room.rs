//! The room in the spool for downloads that wait to be fetched, which all visitors share. What waits is `kit/pending.rs` of the runtime.
//!
//! Beside what a visitor holds as much has to stay free, so who holds much is refused first, and there is room for little when there is
//! none for much.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::FileRejection;
use crate::log_pace::LogPace;
use crate::storage::PartialOwner;

/// How much may wait in the spool.
#[derive(Clone, Copy, Debug)]
pub struct SpoolBounds {
    /// Bytes of all visitors.
    pub bytes: u64,
    /// Files of all visitors.
    pub files: u64,
    /// Bytes of one visitor, unless it is a single file.
    pub bytes_per_owner: u64,
}

impl SpoolBounds {
    /// What holds if nothing was chosen.
    pub const DEFAULT: Self = Self { bytes: 8 << 30, files: 10_000, bytes_per_owner: 256 << 20 };
}

impl Default for SpoolBounds {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The room that all visitors share. It is cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct SpoolRoom(Arc<Room>);

#[derive(Debug, Default)]
struct Room {
    bounds: SpoolBounds,
    taken: Mutex<Taken>,
    log: LogPace,
}

#[derive(Debug, Default)]
struct Taken {
    all: Amount,
    by_owner: HashMap<PartialOwner, Amount>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    bytes: u64,
    files: u64,
}

impl Amount {
    /// Whether it fits beside all others, and leaves as much free. `all` has what was here before.
    fn fits(self, before: Self, all: Self, bounds: SpoolBounds) -> bool {
        let fits = |after: u64, before: u64, all: u64, most: u64| {
            (all - before).saturating_add(after.saturating_mul(2)) <= most
        };
        fits(self.bytes, before.bytes, all.bytes, bounds.bytes)
            && fits(self.files, before.files, all.files, bounds.files)
    }
}

impl SpoolRoom {
    /// Room within these bounds.
    #[must_use]
    pub fn new(bounds: SpoolBounds) -> Self {
        Self(Arc::new(Room { bounds, ..Room::default() }))
    }

    /// Takes room for a file of `owner`, or more room for one that has `has` bytes so far.
    fn take(&self, owner: PartialOwner, more: Amount, has: u64) -> bool {
        let bounds = self.0.bounds;
        let mut taken = self.taken();
        let before = taken.by_owner.get(&owner).copied().unwrap_or_default();
        let after = Amount { bytes: before.bytes.saturating_add(more.bytes), files: before.files + more.files };
        let is_single = before.bytes == has;
        if !after.fits(before, taken.all, bounds) || (after.bytes > bounds.bytes_per_owner && !is_single) {
            return false;
        }
        taken.all.bytes += more.bytes;
        taken.all.files += more.files;
        taken.by_owner.insert(owner, after);
        true
    }

    fn give_back(&self, owner: PartialOwner, bytes: u64) {
        let mut taken = self.taken();
        taken.all.bytes -= bytes;
        taken.all.files -= 1;
        if let Some(amount) = taken.by_owner.get_mut(&owner) {
            amount.bytes -= bytes;
            amount.files -= 1;
            if amount.files == 0 {
                taken.by_owner.remove(&owner);
            }
        }
    }

    fn refuse(&self) -> FileRejection {
        if let Some(left_out) = self.0.log.next() {
            let Amount { bytes, files } = self.taken().all;
            tracing::error!(
                bytes,
                files,
                left_out,
                "there is no room for another download that waits to be fetched: raise `Budgets::spool_bytes` or `spool_files`, or hand \
                 out large files by a link, which needs none"
            );
        }
        FileRejection::DownloadsFull
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned one is as good as any.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The room that one visitor finds, whose own oldest download makes way for a new one.
#[derive(Clone)]
pub struct VisitorRoom {
    /// The room of all visitors.
    pub room: SpoolRoom,
    /// The visitor.
    pub owner: PartialOwner,
    /// Removes the visitor's oldest download that waits. Returns false if there is none.
    pub drop_oldest: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl fmt::Debug for VisitorRoom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("VisitorRoom").field("room", &self.room).finish_non_exhaustive()
    }
}

impl VisitorRoom {
    /// Takes room for a file, as yet without content.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn begin(&self) -> Result<RoomLease, FileRejection> {
        self.take(Amount { bytes: 0, files: 1 }, 0)?;
        Ok(RoomLease { room: self.room.clone(), owner: self.owner, bytes: 0 })
    }

    /// Takes room for so many bytes more of a file.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn grow(&self, lease: &mut RoomLease, bytes: usize) -> Result<(), FileRejection> {
        let bytes = bytes as u64;
        self.take(Amount { bytes, files: 0 }, lease.bytes)?;
        lease.bytes += bytes;
        Ok(())
    }

    fn take(&self, more: Amount, has: u64) -> Result<(), FileRejection> {
        while !self.room.take(self.owner, more, has) {
            if !(self.drop_oldest)() {
                return Err(self.room.refuse());
            }
        }
        Ok(())
    }
}

/// The room that a file takes, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct RoomLease {
    room: SpoolRoom,
    owner: PartialOwner,
    bytes: u64,
}

impl Drop for RoomLease {
    fn drop(&mut self) {
        self.room.give_back(self.owner, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: SpoolBounds = SpoolBounds { bytes: 1_000, files: 20, bytes_per_owner: 300 };

    fn visitor(room: &SpoolRoom, number: u8) -> VisitorRoom {
        VisitorRoom { room: room.clone(), owner: PartialOwner::new([number; 16]), drop_oldest: Arc::new(|| false) }
    }

    fn file(visitor: &VisitorRoom, bytes: usize) -> Result<RoomLease, FileRejection> {
        let mut lease = visitor.begin()?;
        visitor.grow(&mut lease, bytes)?;
        Ok(lease)
    }

    #[test]
    fn what_a_visitor_takes_stays_free_once_more_and_comes_back() {
        let room = SpoolRoom::new(BOUNDS);
        assert!(file(&visitor(&room, 0), 501).is_err());
        let held: Vec<_> = (1..10).map_while(|number| file(&visitor(&room, number), 200).ok()).collect();
        assert_eq!(held.len(), 4);
        assert!(file(&visitor(&room, 20), 100).is_ok());
        drop(held);
        let taken = room.taken();
        assert_eq!((taken.all.bytes, taken.all.files, taken.by_owner.len()), (0, 0, 0));
    }

    #[test]
    fn a_single_file_of_a_visitor_may_be_larger_than_several() {
        let room = SpoolRoom::new(BOUNDS);
        let one = visitor(&room, 1);
        let large = file(&one, 400).unwrap();
        assert!(file(&one, 1).is_err());
        drop(large);
        let _several = [file(&one, 150).unwrap(), file(&one, 150).unwrap()];
        assert!(file(&one, 1).is_err());
    }

    #[test]
    fn files_are_counted_too() {
        let room = SpoolRoom::new(BOUNDS);
        let held: Vec<_> = (1..30).map_while(|number| file(&visitor(&room, number), 1).ok()).collect();
        assert_eq!(held.len(), 19);
    }
}
