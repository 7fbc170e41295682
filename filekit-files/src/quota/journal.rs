//! The entries of a ledger on the disk: they survive a restart, and all servers on the same directory share them.
//!
//! There is one file, to which each server appends. A record stands on a line, and ends with a mark, so that half a record, of a disk that
//! was full, is known to be one. A server changes the file while it has the lock, and has read all that is in it by then: so the records
//! stand in the order in which things happened, and every server that reads them comes to the same entries.
//!
//! ```text
//! set     bytes  owner  address  name
//! remove  name
//! move    owner  owner
//! ```

use std::fmt::Write as _;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::account::{Account, AccountKey};
use super::book::EntryName;
use crate::storage::or_gone;

/// No name and no key has a tabulator.
const END: &str = "\t.";

/// Where there is no owner, or no address.
const NONE: &str = "-";

/// The file is written anew, without what is past, when it has this many bytes and is several times as long as it would be then.
const LONG: u64 = 4 << 20;
const TIMES: u64 = 4;

/// How long a turn is waited for. A server has it for less than a millisecond, unless it is stopped in it.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long it takes until it is looked again.
const PAUSE: Duration = Duration::from_micros(200);

/// How long turns are not waited for after one did not come.
const BREAK: Duration = Duration::from_secs(10);

/// A change of the entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Set { name: EntryName, account: Account, bytes: u64 },
    Remove(EntryName),
    MoveOwner { from: AccountKey, to: AccountKey },
}

/// The file of records, as far as this server has read it.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// A file beside it, which is never replaced.
    lock: Arc<File>,
    /// When a turn was waited for in vain.
    gave_up: Option<Instant>,
    file: File,
    identity: FileIdentity,
    offset: u64,
}

/// The right to change the journal. Other servers wait for theirs until it is dropped.
#[derive(Debug)]
pub(super) struct JournalTurn(Arc<File>);

impl Journal {
    /// Opens the journal in a folder. Nothing of it is read yet.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("journal");
        let lock = Arc::new(options().write(true).open(folder.join("lock"))?);
        let file = open_to_append(&path)?;
        let identity = FileIdentity::of(&file.metadata()?);
        Ok(Self { path, lock, gave_up: None, file, identity, offset: 0 })
    }

    /// Waits until no other server changes the journal.
    ///
    /// # Errors
    ///
    /// If another one has it for long, or the file system has no locks.
    pub(super) fn turn(&mut self) -> io::Result<JournalTurn> {
        let patience = if self.gave_up.is_some_and(|then| then.elapsed() < BREAK) { Duration::ZERO } else { PATIENCE };
        let until = Instant::now() + patience;
        loop {
            match self.lock.try_lock() {
                Ok(()) => return Ok(JournalTurn(Arc::clone(&self.lock))),
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
                Err(error) => {
                    self.gave_up = Some(Instant::now());
                    return Err(error.into());
                }
            }
        }
    }

    /// What other servers have noted since the last look.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn catch_up(&mut self) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        let found = or_gone(std::fs::metadata(&self.path))?;
        let is_same = found.as_ref().is_some_and(|found| FileIdentity::of(found) == self.identity);
        if !is_same || found.is_some_and(|found| found.len() > self.offset) {
            self.read(&mut records)?;
        }
        if !is_same {
            // What was appended before another server has written it anew is read by now. To set the rest once more changes nothing.
            self.file = open_to_append(&self.path)?;
            self.identity = FileIdentity::of(&self.file.metadata()?);
            self.offset = 0;
            self.read(&mut records)?;
        }
        Ok(records)
    }

    /// Reads the records behind the offset. One that is not complete yet is left.
    fn read(&mut self, records: &mut Vec<Record>) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.offset))?;
        let mut text = Vec::new();
        self.file.read_to_end(&mut text)?;
        let end = text.windows(END.len()).rposition(|window| window == END.as_bytes()).map_or(0, |at| at + END.len());
        let text = String::from_utf8_lossy(&text[..end]);
        records.extend(text.lines().filter_map(Record::parse));
        self.offset += end as u64;
        Ok(())
    }

    /// Notes changes. This server has its turn, and has caught up.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(super) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        let text: String = records.iter().map(Record::to_line).collect();
        self.file.write_all(text.as_bytes())?;
        let end = self.file.stream_position()?;
        // What another server has written in between, where there was no turn to be had, is read next, and these once more.
        if end.checked_sub(text.len() as u64) == Some(self.offset) {
            self.offset = end;
        }
        Ok(())
    }

    /// Whether the file has much that is past.
    pub(super) fn is_long(&self, entries: usize) -> bool {
        const RECORD: u64 = 200;
        self.offset > LONG && self.offset / TIMES > RECORD * entries as u64
    }

    /// Writes the file anew. This server has its turn, and has caught up.
    ///
    /// # Errors
    ///
    /// If the disk fails. The one before is as it was.
    pub(super) fn rewrite(&mut self, records: impl Iterator<Item = Record>) -> io::Result<()> {
        let text: String = records.map(|record| record.to_line()).collect();
        let new = self.path.with_extension("new");
        or_gone(std::fs::remove_file(&new))?;
        let mut file = open_to_append(&new)?;
        let renamed = file.write_all(text.as_bytes()).and_then(|()| std::fs::rename(&new, &self.path));
        if let Err(error) = renamed {
            let _ = std::fs::remove_file(new);
            return Err(error);
        }
        (self.identity, self.offset) = (FileIdentity::of(&file.metadata()?), text.len() as u64);
        self.file = file;
        Ok(())
    }
}

impl Drop for JournalTurn {
    fn drop(&mut self) {
        // The end of the process gives it back as well.
        let _ = self.0.unlock();
    }
}

/// What tells a file from the one that replaced it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg(unix)]
struct FileIdentity {
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl FileIdentity {
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// What tells a file from the one that replaced it, a while later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg(not(unix))]
struct FileIdentity(Option<std::time::SystemTime>);

#[cfg(not(unix))]
impl FileIdentity {
    fn of(metadata: &Metadata) -> Self {
        Self(metadata.created().ok())
    }
}

fn open_to_append(path: &Path) -> io::Result<File> {
    options().read(true).append(true).open(path)
}

/// A file that only this user may read, made if it is not there.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
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
    fn servers_read_what_others_note_and_what_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let [mut one, mut other] = [(); 2].map(|()| Journal::open(folder.path()).unwrap());
        let move_owner = Record::MoveOwner { from: AccountKey::new([1; 16]), to: AccountKey::new([2; 16]) };
        let records = [set("fotos/a b.jpg", 3), Record::Remove("写真.png".into()), move_owner];
        for record in &records {
            one.append(std::slice::from_ref(record)).unwrap();
            assert_eq!(other.catch_up().unwrap(), std::slice::from_ref(record));
        }
        assert_eq!(one.catch_up().unwrap(), [], "its own it knows");
        one.append(&[set("a", 1)]).unwrap();
        one.rewrite([set("c", 4)].into_iter()).unwrap();
        one.append(&[set("d", 5)]).unwrap();
        assert_eq!(other.catch_up().unwrap(), [set("a", 1), set("c", 4), set("d", 5)], "nothing before it is left out");
        other.append(&[set("e", 6)]).unwrap();
        assert_eq!(one.catch_up().unwrap(), [set("e", 6)]);
        let mut new = Journal::open(folder.path()).unwrap();
        assert_eq!(new.catch_up().unwrap(), [set("c", 4), set("d", 5), set("e", 6)]);
    }

    #[test]
    fn half_a_record_is_none_and_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let [mut one, mut other] = [(); 2].map(|()| Journal::open(folder.path()).unwrap());
        one.append(&[set("a", 1)]).unwrap();
        one.file.write_all(b"\nset\t1000\t-\t-\tfol").unwrap();
        assert_eq!(other.catch_up().unwrap(), [set("a", 1)]);
        other.append(&[set("b", 2)]).unwrap();
        assert_eq!(one.catch_up().unwrap(), [set("b", 2)]);
    }

    #[test]
    fn one_server_at_a_time_has_its_turn() {
        let folder = tempfile::tempdir().unwrap();
        let [mut one, mut other] = [(); 2].map(|()| Journal::open(folder.path()).unwrap());
        let turn = one.turn().unwrap();
        assert_eq!(
            other.turn().unwrap_err().kind(),
            io::ErrorKind::WouldBlock,
            "a server that is stopped holds up no other"
        );
        drop(turn);
        drop(other.turn().unwrap());
    }

    #[test]
    fn what_is_noted_without_a_turn_hides_nothing_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let [mut one, mut other] = [(); 2].map(|()| Journal::open(folder.path()).unwrap());
        other.append(&[set("b", 2)]).unwrap();
        one.append(&[set("a", 1)]).unwrap();
        assert_eq!(one.catch_up().unwrap(), [set("b", 2), set("a", 1)]);
    }
}
