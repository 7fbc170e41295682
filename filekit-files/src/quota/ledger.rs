//! What is counted against a quota, and what is refused.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::account::{Account, AccountKey};
use super::book::{Entry, EntryKind, EntryName, FoundEntry};
use super::books::{Books, BooksInTurn, warn_of_journal};
use super::bound::{Bound, Lack, Refusal, Room, Wanted};
use super::charge::Charge;
use super::free_space::free_space;
use super::journal::{Journal, Record};
use super::traffic::Traffic;
use super::{OWNERS_OF_AN_ADDRESS, Quota};
use crate::error::FileRejection;
use crate::log_pace::LogPace;

/// After how long one who has as many uploads at once as may be is told to try again.
const ONE_MAY_BE_DONE: Duration = Duration::from_secs(5);

/// The ledger of a program: what is stored and on its way, on whose account.
///
/// Servers on one upload directory know of each other what is stored and what partial uploads reserve. What comes with a request
/// that a server is just taking, it counts for itself.
#[derive(Clone, Debug)]
pub struct Ledger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    quota: Quota,
    /// A folder of the disk that files are staged on.
    root: PathBuf,
    books: Mutex<Books>,
    /// Of this server alone.
    traffic: Mutex<Traffic>,
    requests: AtomicU64,
    listings: AtomicU64,
    /// Lines about the journal, and about refusals for which an operator is to do something.
    journal_log: LogPace,
    refusal_log: LogPace,
}

/// A listing of all entries of a kind. It is given up if it is dropped.
#[derive(Debug)]
pub(crate) struct LedgerListing {
    ledger: Ledger,
    number: u64,
}

/// How many bytes count against a quota.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuotaUse {
    /// Of what is stored.
    pub stored: u64,
    /// Of what is on its way: what has come of it, and what may come.
    pub reserved: u64,
}

/// A turn to take bytes, given back when it is dropped.
#[derive(Debug, Default)]
#[must_use = "others may not take theirs as long as it is there"]
pub struct UploadSlot(Option<(Ledger, Account)>);

impl Ledger {
    /// Opens the ledger of a server on the upload directory `root`. It is noted in `folder`, as that of all servers on the directory.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub fn open(quota: Quota, root: &Path, folder: &Path) -> io::Result<Self> {
        let mut books = Books::default();
        if quota.counts_stored() || quota.keep_free.is_some() {
            books.journal = Some(Journal::open(folder)?);
            books.catch_up()?;
        }
        Ok(Self(Arc::new(Inner {
            quota,
            root: root.to_owned(),
            books: Mutex::new(books),
            traffic: Mutex::default(),
            requests: AtomicU64::new(0),
            listings: AtomicU64::new(0),
            journal_log: LogPace::new(),
            refusal_log: LogPace::new(),
        })))
    }

    /// Begins an upload: it counts against the number of a minute.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub fn begin(&self, account: Account) -> Result<(), FileRejection> {
        let Some(limit) = self.0.quota.uploads_per_minute else { return Ok(()) };
        let mut traffic = self.traffic();
        for (key, limit) in limits(account, limit) {
            if let Some(wait) = traffic.wait(key, limit) {
                let seconds = wait.as_secs() + 1;
                return Err(FileRejection::TooManyUploads { seconds });
            }
        }
        limits(account, limit).for_each(|(key, _)| traffic.begin(key));
        Ok(())
    }

    /// Takes a turn to take bytes of an upload.
    ///
    /// # Errors
    ///
    /// If as many uploads of the account are at it as may be.
    pub fn enter(&self, account: Account) -> Result<UploadSlot, FileRejection> {
        let Some(limit) = self.0.quota.parallel else { return Ok(UploadSlot::default()) };
        let mut traffic = self.traffic();
        if limits(account, limit).any(|(key, limit)| traffic.is_full(key, limit)) {
            return Err(FileRejection::TooManyAtOnce { seconds: ONE_MAY_BE_DONE.as_secs() });
        }
        limits(account, limit).for_each(|(key, _)| traffic.enter(key));
        Ok(UploadSlot(Some((self.clone(), account))))
    }

    /// On whose account something is that is on its way.
    pub(crate) fn account(&self, name: &EntryName) -> Account {
        self.books().book.get(name).map(|entry| entry.account).unwrap_or_default()
    }

    /// What a call without files takes: what it stores, copies for example, is on this account.
    #[must_use]
    pub fn charge(&self, account: Account) -> Charge {
        self.charge_with(account, UploadSlot::default())
    }

    fn charge_with(&self, account: Account, slot: UploadSlot) -> Charge {
        Charge::of_request((self.clone(), account, self.next_request()), slot)
    }

    /// A name that nothing counts under.
    pub(crate) fn next_request(&self) -> EntryName {
        EntryName::request(self.0.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// Begins an upload that comes with one request. Nothing is [reserved](Charge::reserve) for it yet.
    ///
    /// # Errors
    ///
    /// If there are too many uploads.
    pub fn take_on(&self, account: Account) -> Result<Charge, FileRejection> {
        let slot = self.enter(account)?;
        self.begin(account)?;
        Ok(self.charge_with(account, slot))
    }

    /// Reserves bytes under a name, which may have some already, and returns how many it has and where it is counted how many of
    /// them have come. Those of `others` are going to be given back.
    ///
    /// # Errors
    ///
    /// If there is no room for them.
    pub(crate) fn reserve(
        &self,
        name: &EntryName,
        account: Account,
        wanted: Wanted,
        others: &[EntryName],
    ) -> Result<(u64, Arc<AtomicU64>), FileRejection> {
        self.try_reserve(name, account, wanted, others).map_err(|refusal| self.rejection(refusal))
    }

    /// The same, for one who can make room.
    pub(crate) fn try_reserve(
        &self,
        name: &EntryName,
        account: Account,
        wanted: Wanted,
        others: &[EntryName],
    ) -> Result<(u64, Arc<AtomicU64>), Refusal> {
        let mut books = self.books_for(name);
        let known = books.book.get(name).cloned();
        let account = known.as_ref().map_or(account, |known| known.account);
        let has = known.as_ref().map_or(0, |known| known.bytes);
        let bytes = if wanted.least > has { self.grant(&books, account, has, wanted, others)? } else { wanted.least };
        let arrived = known.and_then(|known| known.arrived).unwrap_or_default();
        books.set(name.clone(), Entry { account, bytes, arrived: Some(Arc::clone(&arrived)) });
        Ok((bytes, arrived))
    }

    /// How many bytes of those that are wanted one may have that has some.
    fn grant(
        &self,
        books: &Books,
        account: Account,
        has: u64,
        wanted: Wanted,
        others: &[EntryName],
    ) -> Result<u64, Refusal> {
        self.check_size(account, wanted.least).map_err(Refusal::Larger)?;
        let room = self.room(books, account, others);
        // What it has by now is room that it was given.
        let most = room.left.saturating_add(has);
        if wanted.least > most {
            return Err(Refusal::NoRoom(Room { left: most, ..room }));
        }
        Ok(wanted.most.min(most))
    }

    /// Gives back what is reserved under a name beside so many bytes.
    pub(crate) fn shrink(&self, name: &EntryName, bytes: u64) {
        let mut books = self.books_to_give_back(name);
        if let Some(known) = books.book.get(name).filter(|known| known.bytes > bytes).cloned() {
            books.set(name.clone(), Entry { bytes, ..known });
        }
    }

    /// Puts what is on its way on another account.
    ///
    /// # Errors
    ///
    /// If that one has no room for it.
    pub(crate) fn move_to(&self, name: &EntryName, account: Account) -> Result<(), FileRejection> {
        let mut books = self.books_for(name);
        let Some(known) = books.book.get(name).filter(|known| known.account != account).cloned() else {
            return Ok(());
        };
        self.check_size(account, known.bytes)?;
        self.check_account(&books, account, known.bytes, std::slice::from_ref(name))?;
        books.set(name.clone(), Entry { account, ..known });
        Ok(())
    }

    /// Refuses so many bytes on an account, if it has no room for them beside the rest, of which `others` are given back.
    fn check_account(
        &self,
        books: &Books,
        account: Account,
        bytes: u64,
        others: &[EntryName],
    ) -> Result<(), FileRejection> {
        let room = self.rooms_of_account(books, account, others).min_by_key(|room| room.left);
        match room.filter(|room| room.left < bytes) {
            Some(room) => Err(self.refusal(room)),
            None => Ok(()),
        }
    }

    /// Lets what was reserved by this server alone count for all of them, under another name.
    ///
    /// # Errors
    ///
    /// If another server has given the room away meanwhile. Nothing is reserved then.
    pub(crate) fn share(&self, from: &EntryName, to: EntryName, others: &[EntryName]) -> Result<(), FileRejection> {
        let mut books = self.books_in_turn();
        let Some(entry) = books.remove(from) else { return Ok(()) };
        self.check_account(&books, entry.account, entry.bytes, others)?;
        books.set(to, entry);
        Ok(())
    }

    /// How many bytes of those on an account have to go for so many more, and by which bound. None if there is room for them when `others` are given back.
    pub(crate) fn lack(&self, account: Account, bytes: u64, others: &[EntryName]) -> Option<Lack> {
        let books = self.books();
        let of_account = self
            .used_of_bounds(&books, account, others)
            .into_iter()
            .map(|(bound, used)| Lack { bytes: used.saturating_add(bytes).saturating_sub(bound.limit()), bound });
        let of_disk =
            self.disk_room(&books).map(|room| Lack { bytes: bytes.saturating_sub(room.left), bound: room.bound });
        of_account.chain(of_disk).filter(|lack| lack.bytes > 0).max_by_key(|lack| lack.bytes)
    }

    /// Whether an account has more room when what has a name goes.
    pub(crate) fn is_of_use(&self, name: &EntryName, account: Account, lack: Lack) -> bool {
        let books = self.lock();
        let of = books.book.get(name).map(|entry| entry.account).unwrap_or_default();
        lack.bound == Bound::Disk || lack.bound.is_of(account, of)
    }

    /// How much more an account may have, if those of `others` are given back: of disk there is no more for that.
    pub(crate) fn room_of(&self, account: Account, others: &[EntryName]) -> Room {
        self.room(&self.books(), account, others)
    }

    /// Whether the account of what is on its way has no more than it may.
    pub(crate) fn is_within(&self, name: &EntryName) -> bool {
        let books = self.books();
        let account = books.book.get(name).map(|entry| entry.account).unwrap_or_default();
        self.used_of_bounds(&books, account, &[]).iter().all(|(bound, used)| *used <= bound.limit())
    }

    /// Refuses what could never be taken.
    pub(crate) fn check_size(&self, account: Account, bytes: u64) -> Result<(), FileRejection> {
        match self.bounds(account).map(Bound::limit).min().filter(|limit| bytes > *limit) {
            Some(limit) => Err(FileRejection::LargerThanQuota { limit }),
            None => Ok(()),
        }
    }

    /// The bounds of what an account has, stored and on its way.
    fn bounds(&self, account: Account) -> impl Iterator<Item = Bound> + use<> {
        let of_owner = self.0.quota.per_owner.filter(|_| account.owner.is_some()).map(Bound::Owner);
        let of_address = self.0.quota.of_address().filter(|_| account.address.is_some()).map(Bound::Address);
        [of_owner, of_address, self.0.quota.total.map(Bound::Total)].into_iter().flatten()
    }

    /// How much of each of its bounds an account has used, if those of `others` are given back.
    fn used_of_bounds(&self, books: &Books, account: Account, others: &[EntryName]) -> Vec<(Bound, u64)> {
        // One may be named several times.
        let others: HashSet<_> = others.iter().collect();
        let others: Vec<_> = others.into_iter().filter_map(|name| books.book.get(name)).collect();
        let used = self.bounds(account).map(|bound| {
            let given_back = others.iter().filter(|entry| bound.is_of(account, entry.account));
            let given_back: u64 = given_back.map(|entry| entry.bytes).sum();
            (bound, bound.used(&books.book, account).saturating_sub(given_back))
        });
        used.collect()
    }

    /// How much more an account may have by each of its bounds, if those of `others` are given back.
    fn rooms_of_account(
        &self,
        books: &Books,
        account: Account,
        others: &[EntryName],
    ) -> impl Iterator<Item = Room> + use<> {
        let used = self.used_of_bounds(books, account, others).into_iter();
        used.map(|(bound, used)| Room { left: bound.limit().saturating_sub(used), bound })
    }

    /// How much more the disk may have, if that is bounded.
    fn disk_room(&self, books: &Books) -> Option<Room> {
        let keep = self.0.quota.keep_free?;
        // Where the system does not tell, a full disk is refused when it is full.
        let free = free_space(&self.0.root).ok()?;
        let left = free.saturating_sub(keep).saturating_sub(books.book.missing());
        Some(Room { left, bound: Bound::Disk })
    }

    /// Whether the disk has more than is to be kept free. The system is asked, which may take long where the disk hangs.
    #[must_use]
    pub fn has_free_space(&self) -> bool {
        // Where the system does not tell, a full disk is known when it is full.
        let is_above = |keep| free_space(&self.0.root).map_or(true, |free| free > keep);
        self.0.quota.keep_free.is_none_or(is_above)
    }

    fn room(&self, books: &Books, account: Account, others: &[EntryName]) -> Room {
        let of_account = self.rooms_of_account(books, account, others);
        let of_disk = self.disk_room(books);
        let rooms = of_account.chain(of_disk);
        rooms.min_by_key(|room| room.left).unwrap_or(Room { left: u64::MAX, bound: Bound::Disk })
    }

    /// Counts what is stored, each with its name, its bytes and its account if that is not the one for which it came. Where it was on its way
    /// under a name, it is there no more by as many bytes.
    pub(crate) fn keep_all(&self, stored: Vec<(EntryName, u64, Option<Account>)>, from: Option<&EntryName>) {
        let mut books = self.books_in_turn();
        let on_its_way = from.and_then(|name| Some((name, books.book.get(name)?.clone())));
        let came_on = on_its_way.as_ref().map(|(_, entry)| entry.account).unwrap_or_default();
        let mut sum = 0_u64;
        for (name, bytes, account) in stored {
            sum = sum.saturating_add(bytes);
            if self.0.quota.counts_stored() {
                books.book.settle(&name);
                books.set(name, Entry::stored(account.unwrap_or(came_on), bytes));
            }
        }
        if let Some((name, Entry { account, bytes, arrived })) = on_its_way {
            let arrived = arrived.unwrap_or_default();
            arrived.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |there| Some(there.saturating_sub(sum))).ok();
            books.set(name.clone(), Entry { account, bytes: bytes.saturating_sub(sum), arrived: Some(arrived) });
        }
    }

    /// Notes that a file is stored of a call that runs. It counts as what came with that.
    pub(crate) fn publish(&self, name: &EntryName) {
        if self.0.quota.counts_stored() {
            self.lock().book.publish(name.clone());
        }
    }

    /// Notes that a call has failed whose file was stored, and that there is the file of before, if there was one.
    pub(crate) fn settle(&self, name: &EntryName) {
        self.lock().book.settle(name);
    }

    /// Whether something counts under a name.
    pub(crate) fn knows(&self, name: &EntryName) -> bool {
        self.lock().book.get(name).is_some()
    }

    /// On whose account a stored file is, if that is known.
    pub(crate) fn account_of(&self, key: &str) -> Option<Account> {
        let account = self.books().book.get(&EntryName::stored(key))?.account;
        (account != Account::default()).then_some(account)
    }

    /// Gives back what has a name.
    pub(crate) fn release(&self, name: &EntryName) {
        self.books_to_give_back(name).remove(name);
    }

    /// Gives back what a stored file takes.
    pub(crate) fn release_stored(&self, key: &str) {
        self.release(&EntryName::stored(key));
    }

    /// Lets what is on its way under one name be so under another.
    pub(crate) fn rename(&self, from: &EntryName, to: EntryName) {
        let mut books = self.books_in_turn();
        if let Some(entry) = books.remove(from) {
            books.set(to, entry);
        }
    }

    /// Where it is counted how many bytes have come of what is on its way.
    pub(crate) fn arrivals(&self, name: &EntryName) -> Option<Arc<AtomicU64>> {
        self.books().book.get(name)?.arrived.clone()
    }

    /// Puts all that one owner has on the account of another, who comes in the place of that one.
    pub fn move_owner(&self, from: AccountKey, to: AccountKey) {
        let mut books = self.books_in_turn();
        books.note(Record::MoveOwner { from, to });
        books.book.move_owner(from, to);
    }

    /// Whether stored files are counted, so that they are to be listed now and then.
    pub(crate) fn counts_stored(&self) -> bool {
        self.0.quota.counts_stored()
    }

    /// How many bytes count under a name, if it is known.
    pub(crate) fn bytes_of(&self, name: &EntryName) -> Option<u64> {
        self.books().book.get(name).map(|entry| entry.bytes)
    }

    /// Begins a listing of all entries of a kind.
    pub(crate) fn begin_listing(&self, kind: EntryKind) -> LedgerListing {
        let number = self.0.listings.fetch_add(1, Ordering::Relaxed);
        self.books().book.begin_listing(number, kind);
        LedgerListing { ledger: self.clone(), number }
    }

    /// How many bytes count in all.
    #[must_use]
    pub fn used(&self) -> QuotaUse {
        let books = self.books();
        let reserved = books.book.reserved();
        QuotaUse { stored: books.book.total().saturating_sub(reserved), reserved }
    }

    /// How many bytes count for an owner, stored and on their way.
    #[must_use]
    pub fn used_by(&self, owner: AccountKey) -> u64 {
        self.books().book.of_owner(owner)
    }

    /// With what other servers have noted.
    fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.lock();
        if let Err(error) = books.catch_up() {
            warn_of_journal(&self.0.journal_log, &error);
        }
        books
    }

    /// The same, while no other server changes its own.
    fn books_in_turn(&self) -> BooksInTurn<'_> {
        BooksInTurn::wait(self.lock(), &self.0.journal_log)
    }

    /// The books to change what has a name. What comes with a request of this server is for no other to know.
    fn books_for(&self, name: &EntryName) -> BooksInTurn<'_> {
        match name.kind() {
            EntryKind::Request => BooksInTurn::for_requests(self.books(), &self.0.journal_log),
            EntryKind::Stored | EntryKind::Partial => self.books_in_turn(),
        }
    }

    /// The same to give something back: it does not matter what other servers have.
    fn books_to_give_back(&self, name: &EntryName) -> BooksInTurn<'_> {
        match name.kind() {
            EntryKind::Request => BooksInTurn::for_requests(self.lock(), &self.0.journal_log),
            EntryKind::Stored | EntryKind::Partial => self.books_in_turn(),
        }
    }

    pub(super) fn rejection(&self, refusal: Refusal) -> FileRejection {
        match refusal {
            Refusal::Larger(rejection) => rejection,
            Refusal::NoRoom(room) => self.refusal(room),
        }
    }

    /// The refusal of more than there is room for.
    pub(crate) fn refusal(&self, room: Room) -> FileRejection {
        let log = &self.0.refusal_log;
        match room.bound {
            Bound::Owner(limit) => FileRejection::QuotaFull { left: room.left, limit },
            Bound::Address(limit) => {
                if let Some(left_out) = log.next() {
                    tracing::warn!(
                        limit,
                        left_out,
                        "all visitors of one address have as much as `per_address` lets them"
                    );
                }
                FileRejection::QuotaFull { left: room.left, limit }
            }
            Bound::Total(limit) => {
                if let Some(left_out) = log.next() {
                    tracing::error!(limit, left_out, "there is no room left: as much is kept as the quota's `total`");
                }
                FileRejection::StorageFull
            }
            Bound::Disk => {
                if let Some(left_out) = log.next() {
                    tracing::error!(left_out, "there is no room left: the quota's `keep_free` of the disk is reached");
                }
                FileRejection::StorageFull
            }
        }
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        // Nothing that holds the lock can panic half-way.
        self.0.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        // Nothing that holds the lock can panic half-way.
        self.0.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LedgerListing {
    /// Brings the entries in line with a listing. One that was not found goes, unless it `is_there`.
    pub(crate) fn end(self, listed: HashMap<EntryName, FoundEntry>, is_there: impl Fn(&EntryName) -> bool) {
        let mut books = self.ledger.books_in_turn();
        let (found, not_found) = books.book.end_listing(self.number, listed);
        found.into_iter().for_each(|(name, entry)| books.set(name, entry));
        not_found.iter().filter(|name| !is_there(name)).for_each(|name| _ = books.remove(name));
    }
}

impl Drop for LedgerListing {
    fn drop(&mut self) {
        self.ledger.lock().book.give_up_listing(self.number);
    }
}

/// The accounts that a number of uploads is bounded for: all owners of an address may have more.
fn limits(account: Account, limit: u32) -> impl Iterator<Item = (AccountKey, u32)> {
    let owner = account.owner.map(|owner| (owner, limit));
    let address = account.address.map(|address| (address, limit.saturating_mul(OWNERS_OF_AN_ADDRESS)));
    owner.into_iter().chain(address)
}

impl Drop for UploadSlot {
    fn drop(&mut self) {
        if let Some((ledger, account)) = self.0.take() {
            let mut traffic = ledger.traffic();
            limits(account, 0).for_each(|(key, _)| traffic.leave(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(nth: u8) -> AccountKey {
        AccountKey::new([nth; 16])
    }

    fn account(nth: u8) -> Account {
        Account { owner: Some(owner(nth)), address: None }
    }

    /// Two visitors' uploads of a server: each is reserved, gets its folder, and is stored, given up or removed; some owners sign in.
    fn work(ledger: &Ledger, server: u8) {
        for nth in 0..200_u64 {
            let (account, bytes) = (account(server), 1 + nth % 7);
            let (request, partial) = (ledger.next_request(), EntryName::partial(server, nth));
            ledger.reserve(&request, account, Wanted::exactly(bytes), &[]).unwrap();
            ledger.share(&request, partial.clone(), &[]).unwrap();
            match nth % 4 {
                0 => ledger.release(&partial),
                1 => {}
                _ => {
                    ledger.keep_all(vec![(EntryName::stored(&format!("{server}/{nth}")), bytes, None)], Some(&partial));
                    ledger.release(&partial);
                }
            }
            if nth % 4 == 3 {
                ledger.release_stored(&format!("{server}/{nth}"));
            }
            if nth % 50 == 49 {
                ledger.move_owner(owner(server), owner(100 + server));
            }
        }
    }

    /// What a server is to have at the end.
    fn expected() -> QuotaUse {
        let sum = |rest| (0..200_u64).filter(|nth| nth % 4 == rest).map(|nth| 1 + nth % 7).sum();
        QuotaUse { stored: sum(2), reserved: sum(1) }
    }

    #[test]
    fn servers_that_work_at_once_come_to_the_same_entries_as_one_that_starts_meanwhile_or_later() {
        let folder = tempfile::tempdir().unwrap();
        let open =
            || Ledger::open(Quota::new().per_owner(1 << 20), folder.path(), &folder.path().join("quota")).unwrap();
        let (begun, servers) = (std::sync::Barrier::new(4), [1, 2, 3]);
        let ledgers = std::thread::scope(|scope| {
            let begun = &begun;
            let threads = servers.map(|server| {
                scope.spawn(move || {
                    let ledger = open();
                    begun.wait();
                    std::thread::scope(|both| {
                        both.spawn(|| work(&ledger, server));
                        work(&ledger, server + 3);
                    });
                    ledger
                })
            });
            begun.wait();
            let mut ledgers = vec![open()];
            ledgers.extend(threads.map(|thread| thread.join().unwrap()));
            ledgers
        });
        let QuotaUse { stored, reserved } = expected();
        for ledger in ledgers.into_iter().chain([open()]) {
            assert_eq!(ledger.used(), QuotaUse { stored: 6 * stored, reserved: 6 * reserved });
            for server in 1..=6 {
                assert_eq!(
                    (ledger.used_by(owner(server)), ledger.used_by(owner(100 + server))),
                    (0, stored + reserved)
                );
            }
        }
    }

    #[test]
    fn a_server_that_writes_the_journal_anew_takes_nothing_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let open =
            || Ledger::open(Quota::new().per_owner(1 << 20), folder.path(), &folder.path().join("quota")).unwrap();
        let [one, other] = [open(), open()];
        let keep = |ledger: &Ledger, key, bytes| {
            ledger.keep_all(vec![(EntryName::stored(key), bytes, Some(account(1)))], None)
        };
        keep(&one, "a", 1);
        keep(&other, "b", 2);
        {
            let mut books = one.books_in_turn();
            let mut journal = books.journal.take().unwrap();
            journal.rewrite(books.records()).unwrap();
            books.journal = Some(journal);
        }
        keep(&other, "c", 4);
        one.release_stored("b");
        for ledger in [&one, &other, &open()] {
            assert_eq!(ledger.used_by(owner(1)), 5);
        }
    }
}
