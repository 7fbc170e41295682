//! The entries of a ledger on the disk: they survive a restart, and other servers on the same directory read them.
//!
//! Each server appends to a file of its own, named by its spool, which tells whether it is alive. A record stands on a line, and
//! ends with a mark, so that half a record, of a disk that was full, is known to be one.
//!
//! ```text
//! set     bytes  owner  address  name
//! remove  name
//! move    owner  owner
//! ```

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::account::{Account, AccountKey};
use super::book::EntryName;
use crate::storage::or_gone;

/// No name and no key has a tabulator.
const END: &str = "\t.";

/// Where there is no owner, or no address.
const NONE: &str = "-";

/// A file is written anew, without what is past, when it has this many bytes and is several times as long as it would be then.
const LONG: u64 = 4 << 20;
const TIMES: u64 = 4;

/// A change of the entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Set { name: EntryName, account: Account, bytes: u64 },
    Remove(EntryName),
    MoveOwner { from: AccountKey, to: AccountKey },
}

/// The file of this server, and those of others.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// The name of the spool of this server.
    id: String,
    /// How often the file was written anew: it has another name then.
    generation: u64,
    file: File,
    length: u64,
    /// How far the files of other servers were read.
    others: HashMap<String, u64>,
}

impl Journal {
    /// Opens the journal of a server with this id, and returns all that is noted. What dead servers had noted is this one's to note: call
    /// [`rewrite`](Self::rewrite).
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn open(folder: &Path, id: &str) -> io::Result<(Self, Vec<Record>)> {
        std::fs::create_dir_all(folder)?;
        let file = open_new(&folder.join(name_of(id, 0)))?;
        let (folder, id, others) = (folder.to_owned(), id.to_owned(), HashMap::new());
        let mut journal = Self { folder, id, generation: 0, file, length: 0, others };
        let records = journal.catch_up()?;
        Ok((journal, records))
    }

    /// Notes a change.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn append(&mut self, record: &Record) -> io::Result<()> {
        let line = record.to_line();
        self.length += line.len() as u64;
        self.file.write_all(line.as_bytes())
    }

    /// What other servers have noted since the last look.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn catch_up(&mut self) -> io::Result<Vec<Record>> {
        let mut names = HashSet::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if id_of(&name) != self.id {
                names.insert(name);
            }
        }
        self.others.retain(|name, _| names.contains(name));
        let mut records = Vec::new();
        for name in names {
            let offset = self.others.entry(name.clone()).or_default();
            *offset += read_from(&self.folder.join(&name), *offset, &mut records)?;
        }
        Ok(records)
    }

    /// Removes the files of servers that are no more. Their records have to be in that of this server by now.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn remove_dead(&mut self, is_alive: impl Fn(&str) -> io::Result<bool>) -> io::Result<()> {
        for name in self.others.keys() {
            if !is_alive(id_of(name))? {
                or_gone(std::fs::remove_file(self.folder.join(name)))?;
            }
        }
        Ok(())
    }

    /// Whether the file has much that is past.
    pub(super) fn is_long(&self, entries: usize) -> bool {
        const RECORD: u64 = 200;
        self.length > LONG && self.length / TIMES > RECORD * entries as u64
    }

    /// Writes the file anew.
    ///
    /// # Errors
    ///
    /// If the disk fails. The one before is as it was.
    pub(super) fn rewrite(&mut self, records: impl Iterator<Item = Record>) -> io::Result<()> {
        let text: String = records.map(|record| record.to_line()).collect();
        let [old, new] = [self.generation, self.generation + 1].map(|nth| self.folder.join(name_of(&self.id, nth)));
        let mut file = open_new(&new)?;
        if let Err(error) = file.write_all(text.as_bytes()) {
            let _ = std::fs::remove_file(new);
            return Err(error);
        }
        (self.file, self.length, self.generation) = (file, text.len() as u64, self.generation + 1);
        or_gone(std::fs::remove_file(old)).map(drop)
    }
}

fn name_of(id: &str, generation: u64) -> String {
    format!("{id}-{generation}")
}

fn id_of(name: &str) -> &str {
    name.split_once('-').map_or(name, |(id, _)| id)
}

fn open_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads the records behind so many bytes of a file, and returns how many bytes they have. One that is not complete yet is left.
fn read_from(path: &Path, offset: u64, records: &mut Vec<Record>) -> io::Result<u64> {
    let Some(mut file) = or_gone(File::open(path))? else { return Ok(0) };
    if file.metadata()?.len() <= offset {
        return Ok(0);
    }
    file.seek(SeekFrom::Start(offset))?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let length = text.windows(END.len()).rposition(|window| window == END.as_bytes()).map_or(0, |at| at + END.len());
    let text = String::from_utf8_lossy(&text[..length]);
    records.extend(text.lines().filter_map(Record::parse));
    Ok(length as u64)
}

impl Record {
    /// The line break comes first: it ends what was not written whole before.
    fn to_line(&self) -> String {
        let mut line = String::from("\n");
        let key = |key: &Option<AccountKey>| key.map_or_else(|| NONE.to_owned(), |key| key.to_string());
        let written = match self {
            Self::Set { name, account: Account { owner, address }, bytes } => {
                write!(line, "set\t{bytes}\t{}\t{}\t{}", key(owner), key(address), name.as_str())
            }
            Self::Remove(name) => write!(line, "remove\t{}", name.as_str()),
            Self::MoveOwner { from, to } => write!(line, "move\t{from}\t{to}"),
        };
        debug_assert!(written.is_ok(), "text can be written to text");
        line.push_str(END);
        line
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.strip_suffix(END)?.split('\t');
        let key = |field: &str| if field == NONE { Some(None) } else { AccountKey::parse(field).map(Some) };
        let record = match fields.next()? {
            "set" => {
                let (bytes, owner) = (fields.next()?.parse().ok()?, key(fields.next()?)?);
                let account = Account { owner, address: key(fields.next()?)? };
                Self::Set { name: fields.next()?.into(), account, bytes }
            }
            "remove" => Self::Remove(fields.next()?.into()),
            "move" => {
                Self::MoveOwner { from: AccountKey::parse(fields.next()?)?, to: AccountKey::parse(fields.next()?)? }
            }
            _ => return None,
        };
        fields.next().is_none().then_some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, bytes: u64) -> Record {
        let account = Account { owner: Some(AccountKey::new([7; 16])), address: None };
        Record::Set { name: name.into(), account, bytes }
    }

    #[test]
    fn another_server_reads_what_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, _) = Journal::open(folder.path(), "a").unwrap();
        let (mut other, found) = Journal::open(folder.path(), "b").unwrap();
        assert_eq!(found, []);
        let move_owner = Record::MoveOwner { from: AccountKey::new([1; 16]), to: AccountKey::new([2; 16]) };
        let records = [set("fotos/a b.jpg", 3), Record::Remove("写真.png".into()), move_owner];
        for record in &records {
            one.append(record).unwrap();
            assert_eq!(other.catch_up().unwrap(), std::slice::from_ref(record));
        }
        one.rewrite([set("c", 4)].into_iter()).unwrap();
        assert_eq!(other.catch_up().unwrap(), [set("c", 4)]);
        assert_eq!(other.catch_up().unwrap(), []);
    }

    #[test]
    fn half_a_record_is_none_and_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, _) = Journal::open(folder.path(), "a").unwrap();
        let (mut other, _) = Journal::open(folder.path(), "b").unwrap();
        one.append(&set("a", 1)).unwrap();
        one.file.write_all(b"\nset\t1000\t-\t-\tfol").unwrap();
        assert_eq!(other.catch_up().unwrap(), [set("a", 1)]);
        one.append(&set("b", 2)).unwrap();
        assert_eq!(other.catch_up().unwrap(), [set("b", 2)]);
    }

    #[test]
    fn what_a_dead_server_had_noted_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let (mut dead, _) = Journal::open(folder.path(), "dead").unwrap();
        dead.append(&set("a", 1)).unwrap();
        let (mut alive, _) = Journal::open(folder.path(), "alive").unwrap();
        alive.append(&set("b", 2)).unwrap();
        let (mut new, mut found) = Journal::open(folder.path(), "new").unwrap();
        found.sort_by_key(|record| format!("{record:?}"));
        assert_eq!(found, [set("a", 1), set("b", 2)]);
        new.rewrite(found.into_iter()).unwrap();
        new.remove_dead(|id| Ok(id == "alive")).unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["alive-0", "new-1"]);
    }
}
