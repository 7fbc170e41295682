//! The entries of a ledger, and their sums.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::account::{Account, AccountKey};

/// What an entry is about: the key of a stored file, or what is on its way. The latter begin with a slash, which no key does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EntryName(Arc<str>);

/// Bytes that are there, or may come.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) account: Account,
    pub(super) bytes: u64,
    /// How many of them have come, where more may.
    pub(super) arrived: Option<Arc<AtomicU64>>,
}

/// Entries, and what they come to.
#[derive(Debug, Default)]
pub(super) struct Book {
    entries: HashMap<EntryName, Entry>,
    owners: HashMap<AccountKey, u64>,
    addresses: HashMap<AccountKey, u64>,
    total: u64,
    on_their_way: HashSet<EntryName>,
    /// The listings that run, by number: two servers' own, or two of one, may do so at once.
    listings: HashMap<u64, RunningListing>,
    /// Stored files of calls that run: they count as what came with their call until that succeeds.
    published: HashSet<EntryName>,
}

/// A listing of all entries of a kind.
#[derive(Debug)]
struct RunningListing {
    kind: EntryKind,
    /// What has changed since it began.
    changed: HashSet<EntryName>,
}

/// What there are entries of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EntryKind {
    Stored,
    Partial,
    /// What comes with one request. Other servers do not know of it.
    Request,
}

/// What a listing has found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FoundEntry {
    /// None if it is about to change.
    pub(crate) bytes: Option<u64>,
    /// How many of them have come, where more may.
    pub(crate) arrived: Option<u64>,
}

const PARTIAL: &str = "/partial/";
const REQUEST: &str = "/request/";

impl EntryName {
    /// A stored file.
    pub(crate) fn stored(key: &str) -> Self {
        Self(key.into())
    }

    /// A partial upload.
    pub(crate) fn partial(owner: impl fmt::Display, id: impl fmt::Display) -> Self {
        Self(format!("{PARTIAL}{owner}/{id}").into())
    }

    /// What comes with one request of this server.
    pub(super) fn request(number: u64) -> Self {
        Self(format!("{REQUEST}{number}").into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn kind(&self) -> EntryKind {
        match &self.0 {
            name if name.starts_with(PARTIAL) => EntryKind::Partial,
            name if name.starts_with('/') => EntryKind::Request,
            _ => EntryKind::Stored,
        }
    }
}

impl From<&str> for EntryName {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Entry {
    /// What is stored.
    pub(super) fn stored(account: Account, bytes: u64) -> Self {
        Self { account, bytes, arrived: None }
    }

    /// What may come.
    #[cfg(test)]
    pub(super) fn on_its_way(account: Account, bytes: u64) -> Self {
        Self { account, bytes, arrived: Some(Arc::default()) }
    }

    /// How many bytes are to come.
    fn missing(&self) -> u64 {
        self.arrived.as_ref().map_or(0, |arrived| self.bytes.saturating_sub(arrived.load(Ordering::Relaxed)))
    }
}

impl Book {
    pub(super) fn get(&self, name: &EntryName) -> Option<&Entry> {
        self.entries.get(name)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&EntryName, &Entry)> {
        self.entries.iter()
    }

    pub(super) fn of_owner(&self, owner: AccountKey) -> u64 {
        self.owners.get(&owner).copied().unwrap_or_default()
    }

    pub(super) fn of_address(&self, address: AccountKey) -> u64 {
        self.addresses.get(&address).copied().unwrap_or_default()
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// How many bytes are on their way, with those of it that have come.
    pub(super) fn reserved(&self) -> u64 {
        self.on_their_way.iter().filter_map(|name| self.entries.get(name)).map(|entry| entry.bytes).sum()
    }

    /// How many bytes may come yet.
    pub(super) fn missing(&self) -> u64 {
        let entries = self.on_their_way.iter().filter_map(|name| self.entries.get(name));
        entries.fold(0, |sum, entry| sum.saturating_add(entry.missing()))
    }

    /// Notes that a file stands of a call that runs.
    pub(super) fn publish(&mut self, name: EntryName) {
        self.published.insert(name);
    }

    /// Notes that the call of a file has come to its end.
    pub(super) fn settle(&mut self, name: &EntryName) {
        self.published.remove(name);
    }

    /// Puts an entry in, in place of what has its name.
    pub(super) fn set(&mut self, name: EntryName, entry: Entry) {
        self.note_change(&name);
        self.count(&entry, u64::saturating_add);
        match entry.arrived {
            Some(_) => _ = self.on_their_way.insert(name.clone()),
            None if name.kind() != EntryKind::Stored => _ = self.on_their_way.remove(&name),
            // It has never been on its way.
            None => {}
        }
        if let Some(before) = self.entries.insert(name, entry) {
            self.count(&before, u64::saturating_sub);
        }
    }

    /// Tells the listings that run of a change.
    fn note_change(&mut self, name: &EntryName) {
        for listing in self.listings.values_mut().filter(|listing| listing.kind == name.kind()) {
            listing.changed.insert(name.clone());
        }
    }

    pub(super) fn remove(&mut self, name: &EntryName) -> Option<Entry> {
        self.note_change(name);
        let entry = self.entries.remove(name)?;
        self.on_their_way.remove(name);
        self.count(&entry, u64::saturating_sub);
        Some(entry)
    }

    fn count(&mut self, entry: &Entry, with: fn(u64, u64) -> u64) {
        let Entry { account, bytes, .. } = entry;
        self.total = with(self.total, *bytes);
        for (sums, key) in [(&mut self.owners, account.owner), (&mut self.addresses, account.address)] {
            let Some(key) = key else { continue };
            match sums.entry(key) {
                Slot::Occupied(mut sum) => {
                    *sum.get_mut() = with(*sum.get(), *bytes);
                    if *sum.get() == 0 {
                        sum.remove();
                    }
                }
                // Nothing would take away one of no bytes.
                Slot::Vacant(sum) if *bytes > 0 => _ = sum.insert(with(0, *bytes)),
                Slot::Vacant(_) => {}
            }
        }
    }

    /// Puts all that one owner has on the account of another.
    pub(super) fn move_owner(&mut self, from: AccountKey, to: AccountKey) {
        if from == to {
            return;
        }
        for entry in self.entries.values_mut().filter(|entry| entry.account.owner == Some(from)) {
            entry.account.owner = Some(to);
        }
        if let Some(bytes) = self.owners.remove(&from) {
            *self.owners.entry(to).or_default() += bytes;
        }
    }

    /// Begins to note what changes, while all entries of a kind are listed. The numbers of listings differ.
    pub(super) fn begin_listing(&mut self, number: u64, kind: EntryKind) {
        self.listings.insert(number, RunningListing { kind, changed: HashSet::new() });
    }

    /// Forgets a listing that did not come to its end.
    pub(super) fn give_up_listing(&mut self, number: u64) {
        self.listings.remove(&number);
    }

    /// What a listing of all entries of a kind changes: those of the second list were not found. What has changed meanwhile is as it
    /// is known.
    pub(super) fn end_listing(
        &mut self,
        number: u64,
        listed: HashMap<EntryName, FoundEntry>,
    ) -> (Vec<(EntryName, Entry)>, Vec<EntryName>) {
        let Some(RunningListing { kind, changed }) = self.listings.remove(&number) else { return Default::default() };
        let is_gone =
            |name: &&EntryName| name.kind() == kind && !listed.contains_key(*name) && !changed.contains(*name);
        let gone = self.entries.keys().filter(is_gone).cloned().collect();
        let is_known_better = |name: &EntryName| changed.contains(name) || self.published.contains(name);
        let unchanged = listed.into_iter().filter(|(name, _)| !is_known_better(name));
        let found = unchanged.filter_map(|(name, listed)| Some((self.correct(&name, listed)?, name)));
        (found.map(|(entry, name)| (name, entry)).collect(), gone)
    }

    /// What takes the place of an entry according to a listing, if something does.
    fn correct(&self, name: &EntryName, listed: FoundEntry) -> Option<Entry> {
        let known = self.entries.get(name);
        if let (Some(counted), Some(arrived)) = (known.and_then(|known| known.arrived.as_ref()), listed.arrived) {
            // Another server may take them.
            counted.fetch_max(arrived, Ordering::Relaxed);
        }
        let bytes = listed.bytes.filter(|bytes| known.is_none_or(|known| known.bytes != *bytes))?;
        let account = known.map(|known| known.account).unwrap_or_default();
        let counted = known.and_then(|known| known.arrived.clone());
        let arrived = listed.arrived.map(|arrived| counted.unwrap_or_else(|| Arc::new(arrived.into())));
        Some(Entry { account, bytes, arrived })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(owner: u8) -> Account {
        Account { owner: Some(AccountKey::new([owner; 16])), address: Some(AccountKey::new([9; 16])) }
    }

    fn sums(book: &Book) -> [u64; 4] {
        let owner = |owner| book.of_owner(AccountKey::new([owner; 16]));
        [owner(1), owner(2), book.of_address(AccountKey::new([9; 16])), book.total()]
    }

    #[test]
    fn sums_are_those_of_the_entries() {
        let mut book = Book::default();
        book.set("a".into(), Entry::stored(account(1), 10));
        book.set("b".into(), Entry::stored(account(2), 20));
        book.set("/request/1".into(), Entry::on_its_way(account(1), 5));
        assert_eq!((sums(&book), book.missing()), ([15, 20, 35, 35], 5));
        book.set("a".into(), Entry::stored(account(2), 1));
        book.set("b".into(), Entry::stored(account(2), 2));
        book.remove(&"/request/1".into());
        assert_eq!((sums(&book), book.missing()), ([0, 3, 3, 3], 0));
        book.move_owner(AccountKey::new([2; 16]), AccountKey::new([1; 16]));
        assert_eq!(sums(&book), [3, 0, 3, 3]);
    }

    #[test]
    fn nothing_is_left_of_an_account_that_has_nothing() {
        let mut book = Book::default();
        book.set("/request/1".into(), Entry::on_its_way(account(1), 5));
        book.set("/request/1".into(), Entry::on_its_way(account(1), 0));
        book.remove(&"/request/1".into());
        assert_eq!((book.owners.len(), book.addresses.len(), book.on_their_way.len()), (0, 0, 0));
    }

    #[test]
    fn a_listing_corrects_what_has_not_changed_meanwhile() {
        let mut book = Book::default();
        for name in ["stays", "removed by others", "changed"] {
            book.set(name.into(), Entry::stored(account(1), 10));
        }
        book.publish("of a call that runs".into());
        book.set("/partial/a/b".into(), Entry::on_its_way(account(1), 10));
        book.begin_listing(1, EntryKind::Stored);
        book.set("changed".into(), Entry::stored(account(1), 3));
        book.set("new".into(), Entry::stored(account(1), 4));
        book.remove(&"gone meanwhile".into());
        let listed = [
            ("stays", 10),
            ("changed", 10),
            ("put there by others", 7),
            ("gone meanwhile", 9),
            ("of a call that runs", 8),
        ];
        let listed = listed.map(|(name, bytes)| (name.into(), FoundEntry { bytes: Some(bytes), arrived: None }));
        let (found, gone) = book.end_listing(1, listed.into());
        found.into_iter().for_each(|(name, entry)| book.set(name, entry));
        gone.iter().for_each(|name| _ = book.remove(name));
        assert_eq!(sums(&book), [27, 0, 27, 34]);
        assert!(book.get(&"gone meanwhile".into()).is_none() && book.get(&"removed by others".into()).is_none());
    }

    #[test]
    fn a_listing_of_uploads_leaves_what_is_about_to_change() {
        let mut book = Book::default();
        let name = |id: &str| EntryName::partial("a", id);
        for id in ["ghost", "at work", "undone", "moves on"] {
            book.set(name(id), Entry::on_its_way(account(1), 10));
        }
        book.set("stored".into(), Entry::stored(account(1), 10));
        book.begin_listing(1, EntryKind::Partial);
        book.begin_listing(2, EntryKind::Partial);
        book.set(name("new"), Entry::on_its_way(account(1), 1));
        let found = |bytes, arrived| FoundEntry { bytes, arrived: Some(arrived) };
        let listed = [("at work", None, 3), ("undone", Some(12), 12), ("moves on", Some(10), 4), ("found", Some(7), 7)];
        let listed = listed.map(|(id, bytes, arrived)| (name(id), found(bytes, arrived)));
        let (found, gone) = book.end_listing(1, listed.into());
        found.into_iter().for_each(|(name, entry)| book.set(name, entry));
        assert_eq!(gone, [name("ghost")]);
        book.remove(&gone[0]);
        assert_eq!((sums(&book), book.missing()), ([43, 0, 43, 50], 7 + 6 + 1));
    }
}
