//! What is in the file, and how it is changed within a transaction.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `states` | key | 8 bytes: when it ends, in milliseconds since 1970; 16 bytes: its version; the content |
//! | `once` | key | when it ends |
//! | `ends` | a time, which table, key | nothing: that is when to look whether it has ended |
//!
//! An entry that lives on is looked at when its first time is over, and noted anew then. So a swap writes to one table alone.

use std::time::UNIX_EPOCH;

use bytes::Bytes;
use redb::{Database, Durability, ReadableDatabase as _, ReadableTable as _, Table, TableDefinition, WriteTransaction};

use crate::clock;
use crate::stores::{Stored, Version};

const STATES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("states");
const ONCE: TableDefinition<'_, &str, u64> = TableDefinition::new("once");
const ENDS: TableDefinition<'_, (u64, u8, &str), ()> = TableDefinition::new("ends");

const IN_STATES: u8 = 0;
const IN_ONCE: u8 = 1;

/// So many entries are looked at with each commit.
const SWEPT: usize = 64;

/// The bytes in front of the content of a state.
const HEAD: usize = 8 + Version::LENGTH;

/// What is to be changed. Times are in milliseconds since 1970.
#[derive(Debug)]
pub(super) enum Change {
    Swap {
        expected: Option<Version>,
        version: Version,
        content: Bytes,
        end: u64,
    },
    Remove,
    /// Keeps a state until `end`, if it ends before `enough`.
    Touch {
        end: u64,
        enough: u64,
    },
    InsertOnce {
        end: u64,
    },
}

impl Change {
    /// How much content it brings.
    pub(super) fn bytes(&self) -> usize {
        if let Self::Swap { content, .. } = self { content.len() } else { 0 }
    }
}

/// The tables of a transaction.
struct Tables<'a> {
    states: Table<'a, &'static str, &'static [u8]>,
    once: Table<'a, &'static str, u64>,
    ends: Table<'a, (u64, u8, &'static str), ()>,
    now: u64,
}

pub(super) fn now() -> u64 {
    let since = clock::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Makes the tables of a new file.
pub(super) fn create(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    Tables::open(&transaction, now())?;
    Ok(transaction.commit()?)
}

/// What is stored under a key, unless its time is over.
pub(super) fn load(database: &Database, key: &str) -> Result<Option<Stored>, redb::Error> {
    let states = database.begin_read()?.open_table(STATES)?;
    let found = states.get(key)?;
    Ok(found.and_then(|found| {
        let (end, version, content) = parse(found.value())?;
        (end > now()).then(|| Stored { version, content: Bytes::copy_from_slice(content) })
    }))
}

/// Makes changes, all of them or none, one after the other. They are on the disk when this returns. Tells of each whether it was
/// made. The time is that of the callers: the thread that commits has none that a test could move.
pub(super) fn commit<'a>(
    database: &Database,
    now: u64,
    changes: impl IntoIterator<Item = (&'a str, &'a Change)>,
) -> Result<Vec<bool>, redb::Error> {
    let mut transaction = database.begin_write()?;
    let mut has_to_last = false;
    let mut made = Vec::new();
    {
        let mut tables = Tables::open(&transaction, now)?;
        for (key, change) in changes {
            let is_made = tables.make(key, change)?;
            has_to_last |= is_made && !matches!(change, Change::Touch { .. });
            made.push(is_made);
        }
        if made.contains(&true) {
            tables.sweep()?;
        }
    }
    if !made.contains(&true) {
        transaction.abort()?;
        return Ok(made);
    }
    // A touch that is lost costs nothing that was promised.
    transaction.set_durability(if has_to_last { Durability::Immediate } else { Durability::None })?;
    transaction.commit()?;
    Ok(made)
}

impl<'a> Tables<'a> {
    fn open(transaction: &'a WriteTransaction, now: u64) -> Result<Self, redb::Error> {
        let states = transaction.open_table(STATES)?;
        let once = transaction.open_table(ONCE)?;
        let ends = transaction.open_table(ENDS)?;
        Ok(Self { states, once, ends, now })
    }

    fn make(&mut self, key: &str, change: &Change) -> Result<bool, redb::Error> {
        match change {
            Change::Swap { expected, version, content, end } => self.swap(key, *expected, (*end, *version, content)),
            Change::Remove => Ok(self.states.remove(key)?.is_some()),
            Change::Touch { end, enough } => self.touch(key, *end, *enough),
            Change::InsertOnce { end } => self.insert_once(key, *end),
        }
    }

    fn swap(&mut self, key: &str, expected: Option<Version>, new: (u64, Version, &[u8])) -> Result<bool, redb::Error> {
        let (is_there, current) = {
            let found = self.states.get(key)?;
            let head = found.as_ref().and_then(|found| parse(found.value()));
            (found.is_some(), head.filter(|(end, ..)| *end > self.now).map(|(_, version, _)| version))
        };
        if current != expected {
            return Ok(false);
        }
        let (end, version, content) = new;
        write(&mut self.states, key, (end, version), content)?;
        if !is_there {
            self.ends.insert((end, IN_STATES, key), ())?;
        }
        Ok(true)
    }

    fn touch(&mut self, key: &str, end: u64, enough: u64) -> Result<bool, redb::Error> {
        let short = {
            let found = self.states.get(key)?;
            let parsed = found.as_ref().and_then(|found| parse(found.value()));
            let short = parsed.filter(|(end, ..)| (self.now..enough).contains(end));
            short.map(|(_, version, content)| (version, Bytes::copy_from_slice(content)))
        };
        let Some((version, content)) = short else { return Ok(false) };
        write(&mut self.states, key, (end, version), &content)?;
        Ok(true)
    }

    fn insert_once(&mut self, key: &str, end: u64) -> Result<bool, redb::Error> {
        let earlier = self.once.get(key)?.map(|end| end.value());
        if earlier.is_some_and(|earlier| earlier > self.now) {
            return Ok(false);
        }
        self.once.insert(key, end)?;
        if earlier.is_none() {
            self.ends.insert((end, IN_ONCE, key), ())?;
        }
        Ok(true)
    }

    /// Removes some of what has ended.
    fn sweep(&mut self) -> Result<(), redb::Error> {
        let mut due = Vec::new();
        for entry in self.ends.range(..(self.now, 0, ""))?.take(SWEPT) {
            let (key, _) = entry?;
            let (at, table, key) = key.value();
            due.push((at, table, key.to_owned()));
        }
        for (at, table, key) in due {
            self.ends.remove((at, table, key.as_str()))?;
            let end = self.end(table, &key)?;
            match end {
                Some(end) if end > self.now => _ = self.ends.insert((end, table, key.as_str()), ())?,
                Some(_) if table == IN_STATES => _ = self.states.remove(key.as_str())?,
                Some(_) => _ = self.once.remove(key.as_str())?,
                None => {}
            }
        }
        Ok(())
    }

    fn end(&self, table: u8, key: &str) -> Result<Option<u64>, redb::Error> {
        if table == IN_STATES {
            let found = self.states.get(key)?;
            return Ok(found.map(|found| parse(found.value()).map_or(0, |(end, ..)| end)));
        }
        Ok(self.once.get(key)?.map(|end| end.value()))
    }
}

fn parse(value: &[u8]) -> Option<(u64, Version, &[u8])> {
    let (end, rest) = value.split_first_chunk()?;
    let (version, content) = rest.split_first_chunk()?;
    Some((u64::from_be_bytes(*end), Version::from_bytes(*version), content))
}

fn write(
    states: &mut Table<'_, &'static str, &'static [u8]>,
    key: &str,
    (end, version): (u64, Version),
    content: &[u8],
) -> Result<(), redb::Error> {
    let mut place = states.insert_reserve(key, HEAD + content.len())?;
    let (head, rest) = place.as_mut().split_at_mut(HEAD);
    head[..8].copy_from_slice(&end.to_be_bytes());
    head[8..].copy_from_slice(&version.to_bytes());
    rest.copy_from_slice(content);
    Ok(())
}
