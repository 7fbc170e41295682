//! What one server knows of a quota: entries, which it notes for others.

use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

use super::book::{Book, Entry, EntryKind, EntryName};
use super::journal::{Journal, JournalTurn, Record};
use crate::log_pace::LogPace;

#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) book: Book,
    /// None if nothing is bounded that has to be known after a restart.
    pub(super) journal: Option<Journal>,
    /// What is to be noted there.
    unnoted: Vec<Record>,
}

/// The books, and the right to note changes of them, which are written down when this is dropped.
pub(super) struct BooksInTurn<'a> {
    // Given back before the books are: another thread of this server would find that it has the turn already.
    turn: Option<JournalTurn>,
    books: MutexGuard<'a, Books>,
    log: &'a LogPace,
}

impl Books {
    /// Takes over what other servers have noted since the last look.
    pub(super) fn catch_up(&mut self) -> io::Result<()> {
        let noted = self.journal.as_mut().map(Journal::catch_up).transpose()?;
        noted.into_iter().flatten().for_each(|record| self.apply(record));
        Ok(())
    }

    /// Takes over what another server has noted.
    fn apply(&mut self, record: Record) {
        match record {
            Record::Set { name, account, bytes } if name.kind() == EntryKind::Stored => {
                self.book.set(name, Entry::stored(account, bytes));
            }
            // How many have come is not noted: only the server that takes them knows.
            Record::Set { name, account, bytes } => {
                let arrived = self.book.get(&name).and_then(|known| known.arrived.clone());
                let arrived = Some(arrived.unwrap_or_default());
                self.book.set(name, Entry { account, bytes, arrived });
            }
            Record::Remove(name) => _ = self.book.remove(&name),
            Record::MoveOwner { from, to } => self.book.move_owner(from, to),
        }
    }

    pub(super) fn set(&mut self, name: EntryName, entry: Entry) {
        if name.kind() != EntryKind::Request {
            self.note(Record::Set { name: name.clone(), account: entry.account, bytes: entry.bytes });
        }
        self.book.set(name, entry);
    }

    pub(super) fn remove(&mut self, name: &EntryName) -> Option<Entry> {
        let removed = self.book.remove(name)?;
        if name.kind() != EntryKind::Request {
            self.note(Record::Remove(name.clone()));
        }
        Some(removed)
    }

    pub(super) fn note(&mut self, record: Record) {
        if self.journal.is_some() {
            self.unnoted.push(record);
        }
    }

    /// Writes down what was noted.
    fn note_all(&mut self) -> io::Result<()> {
        let records = std::mem::take(&mut self.unnoted);
        match &mut self.journal {
            Some(journal) if !records.is_empty() => journal.append(&records),
            _ => Ok(()),
        }
    }

    pub(super) fn records(&self) -> impl Iterator<Item = Record> + use<'_> {
        let lasting = self.book.iter().filter(|(name, _)| name.kind() != EntryKind::Request);
        lasting.map(|(name, Entry { account, bytes, .. })| Record::Set {
            name: name.clone(),
            account: *account,
            bytes: *bytes,
        })
    }

    /// Writes the journal anew, if much of it is past.
    fn shorten(&mut self) {
        let entries = self.book.len();
        let Some(mut journal) = self.journal.take_if(|journal| journal.is_long(entries)) else { return };
        if let Err(error) = journal.rewrite(self.records()) {
            tracing::warn!(%error, "the journal of what is kept could not be written anew");
        }
        self.journal = Some(journal);
    }
}

impl<'a> BooksInTurn<'a> {
    /// Waits for the turn, and catches up. Where that fails the books are as far as they are known: servers agree again later.
    pub(super) fn wait(mut books: MutexGuard<'a, Books>, log: &'a LogPace) -> Self {
        let turn = books.journal.as_mut().map(Journal::turn).transpose();
        let turn = turn.inspect_err(|error| warn_of_journal(log, error)).ok().flatten();
        if let Err(error) = books.catch_up() {
            warn_of_journal(log, &error);
        }
        Self { turn, books, log }
    }

    /// For changes that no other server is to know of.
    pub(super) fn for_requests(books: MutexGuard<'a, Books>, log: &'a LogPace) -> Self {
        Self { turn: None, books, log }
    }
}

impl Drop for BooksInTurn<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.books.note_all() {
            warn_of_journal(self.log, &error);
        }
        if self.turn.is_some() {
            self.books.shorten();
        }
    }
}

impl Deref for BooksInTurn<'_> {
    type Target = Books;

    fn deref(&self) -> &Books {
        &self.books
    }
}

impl DerefMut for BooksInTurn<'_> {
    fn deref_mut(&mut self) -> &mut Books {
        &mut self.books
    }
}

pub(super) fn warn_of_journal(log: &LogPace, error: &io::Error) {
    if let Some(left_out) = log.next() {
        tracing::warn!(%error, left_out, "the journal of what is kept could not be used: servers may count differently for a while");
    }
}
