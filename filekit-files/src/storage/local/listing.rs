//! Lists the files of the upload directory in the order of their keys, in a memory that does not grow with their number.

use std::collections::BinaryHeap;
use std::fs::Metadata;
use std::io;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;

use crate::storage::local::or_gone;
use crate::storage::{Disk, FileKey, FileListing, FileMetadata, FileVersion, Folder, Listed, Listing};

/// How many bytes of names of one folder are held at a time. A folder with more is read several times, each time for the next names.
/// It is enough for a hundred thousand names of the usual length.
const HELD: usize = 8 << 20;

/// What a name takes beside its bytes.
const AROUND_A_NAME: usize = 40;

/// How many files are handed over at once.
const BATCH: usize = 256;

impl FileMetadata {
    /// What the system says of a file.
    pub(crate) fn of_disk(metadata: &Metadata) -> Self {
        let modified = metadata.modified().unwrap_or(std::time::SystemTime::UNIX_EPOCH);
        Self { size: metadata.len(), modified, version: FileVersion::of(metadata).tag() }
    }
}

/// The files of the disk that are in a listing.
pub(crate) fn list(disk: &Disk, listing: &Listing) -> FileListing {
    let walk = Walk { disk: disk.clone(), listing: listing.clone() };
    let (sender, receiver) = mpsc::channel(2);
    let batches = stream::unfold((receiver, Some((walk, sender))), |(mut receiver, mut start)| async move {
        // Nothing is read before the first file is asked for.
        if let Some((walk, sender)) = start.take() {
            tokio::task::spawn_blocking(move || walk.run(sender));
        }
        receiver.recv().await.map(|batch: io::Result<Vec<Listed>>| (batch, (receiver, start)))
    });
    Box::pin(batches.flat_map(|batch| {
        let files = match batch {
            Ok(files) => files.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(files)
    }))
}

struct Walk {
    disk: Disk,
    listing: Listing,
}

/// Names of a folder, in order.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    /// Whether none is behind them, so that the folder need not be read again.
    are_all: bool,
}

/// The other end of the listing, which reads it.
struct Reader {
    sender: mpsc::Sender<io::Result<Vec<Listed>>>,
    waiting: Vec<Listed>,
}

/// The reader has gone, or was told of an error.
struct Ended;

impl Walk {
    fn run(self, sender: mpsc::Sender<io::Result<Vec<Listed>>>) {
        let mut reader = Reader { sender, waiting: Vec::new() };
        // A prefix begins in a folder, and what is beside that need not be read.
        let prefix = &self.listing.prefix;
        let folder = prefix.rfind('/').map_or(Some(Folder::root()), |slash| Folder::recognise(&prefix[..slash]));
        let folder = folder.filter(|folder| self.disk.has_folder(folder));
        if folder.is_none_or(|folder| self.folder(folder.as_prefix(), &mut reader).is_ok()) {
            // The reader may have enough.
            let _ = reader.hand_over();
        }
    }

    /// Lists a folder, which is empty or ends with a slash.
    fn folder(&self, folder: &str, reader: &mut Reader) -> Result<(), Ended> {
        let path = self.disk.root().join(folder);
        let mut last = String::new();
        loop {
            let Names { names, are_all } = match or_gone(self.names(&path, folder, &last)) {
                Ok(names) => names.unwrap_or_default(),
                // `lost+found`, for example, of a file system that has this directory as its root.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !folder.is_empty() => {
                    tracing::warn!(
                        folder,
                        "a folder of the upload directory is not this user's to read, so its files are not listed"
                    );
                    return Ok(());
                }
                Err(error) => return reader.fail(error),
            };
            let next = names.last().filter(|_| !are_all).cloned();
            for name in names {
                let key = format!("{folder}{name}");
                if let Some(key) = key.strip_suffix('/') {
                    match (self.listing.one_level, Folder::recognise(key)) {
                        // No key has a folder of this name.
                        (_, None) => {}
                        (true, Some(folder)) => reader.take(Listed::Folder(folder))?,
                        (false, Some(folder)) => self.folder(folder.as_prefix(), reader)?,
                    }
                    continue;
                }
                let found = or_gone(std::fs::symlink_metadata(path.join(&name)));
                match (FileKey::parse(&key), found) {
                    (Some(key), Ok(Some(found))) if found.is_file() => {
                        reader.take(Listed::File(key, FileMetadata::of_disk(&found)))?;
                    }
                    (_, Ok(_)) => {}
                    (_, Err(error)) => return reader.fail(error),
                }
            }
            match next {
                Some(next) => last = next,
                None => return Ok(()),
            }
        }
    }

    /// The next names of a folder behind `last`, in order: as many as may be held. Those of folders end with a slash, so that they have
    /// the place that keys in them have.
    fn names(&self, path: &Path, folder: &str, last: &str) -> io::Result<Names> {
        let mut held = BinaryHeap::new();
        let (mut bytes, mut are_all) = (0, true);
        let entries = match std::fs::read_dir(path) {
            // What is no folder holds no files.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Names::default()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            // A name that is no text belongs to no key.
            let Ok(mut name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                name.push('/');
            } else if !kind.is_file() {
                continue;
            }
            if name.as_str() <= last || !self.concerns(folder, &name) {
                continue;
            }
            bytes += name.len() + AROUND_A_NAME;
            held.push(name);
            while bytes > HELD && held.len() > 1 {
                bytes -= held.pop().map_or(0, |last| last.len() + AROUND_A_NAME);
                are_all = false;
            }
        }
        Ok(Names { names: held.into_sorted_vec(), are_all })
    }

    /// Whether the key of a file, or one of those in a folder, can be wanted.
    fn concerns(&self, folder: &str, name: &str) -> bool {
        let Listing { prefix, after, one_level, .. } = &self.listing;
        if folder.len() >= prefix.len() && after.is_empty() {
            return true;
        }
        let key = [folder, name].concat();
        let goes_down = name.ends_with('/') && !one_level;
        let has_prefix = key.starts_with(prefix) || goes_down && prefix.starts_with(&key);
        let is_behind = key > *after || goes_down && after.starts_with(&key);
        has_prefix && is_behind
    }
}

impl Reader {
    fn take(&mut self, file: Listed) -> Result<(), Ended> {
        self.waiting.push(file);
        if self.waiting.len() >= BATCH { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), Ended> {
        let files = std::mem::take(&mut self.waiting);
        self.sender.blocking_send(Ok(files)).map_err(|_| Ended)
    }

    fn fail(&mut self, error: io::Error) -> Result<(), Ended> {
        self.hand_over()?;
        // Nothing comes behind an error.
        let _ = self.sender.blocking_send(Err(error));
        Err(Ended)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::process::geteuid;
    use rustix::thread::set_thread_uid;

    use super::*;

    /// The keys that a user lists who is neither the owner of what may not be read nor the superuser.
    fn keys(disk: Disk) -> io::Result<Vec<String>> {
        let (sender, mut receiver) = mpsc::channel(100);
        let walk = Walk { disk, listing: Listing::default() };
        // The system has a user for each thread.
        let walker = std::thread::spawn(move || {
            if geteuid().is_root() {
                set_thread_uid(rustix::fs::Uid::from_raw(65_534)).unwrap();
            }
            walk.run(sender);
        });
        walker.join().unwrap();
        let mut keys = Vec::new();
        while let Some(batch) = receiver.blocking_recv() {
            keys.extend(batch?.into_iter().map(|listed| match listed {
                Listed::File(key, _) => key.as_str().to_owned(),
                Listed::Folder(folder) => folder.as_prefix().to_owned(),
            }));
        }
        Ok(keys)
    }

    #[test]
    fn a_folder_that_may_not_be_read_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        for (name, mode) in [("before", 0o755), ("lost+found", 0o000), ("more", 0o755)] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("a.txt"), "a").unwrap();
            fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(keys(disk.clone()).unwrap(), ["before/a.txt", "more/a.txt"]);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o000)).unwrap();
        assert_eq!(
            keys(disk).unwrap_err().kind(),
            io::ErrorKind::PermissionDenied,
            "the directory itself is another matter"
        );
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
}
