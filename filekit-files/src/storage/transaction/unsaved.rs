//! Notes of files that stand already and do not stay unless their call succeeds: by these the next start finds what a server that
//! was killed has left half done, where the files themselves do not say it.

use std::io;
use std::path::{Path, PathBuf};

use crate::storage::local::or_gone;
use crate::storage::{Disk, FileKey, FileMetadata, Spool};

/// The folder of notes, in the private one.
const FOLDER: &str = "unsaved";

/// A note of one file. It stays until it is removed: also if it is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct UnsavedNote(PathBuf);

/// A file that is to be removed, because its call has not come to its end.
#[derive(Debug)]
pub(crate) struct UnsavedFile {
    pub(crate) note: UnsavedNote,
    pub(crate) key: FileKey,
    /// Its version, if another one may have taken the key.
    pub(crate) version: Option<String>,
}

impl UnsavedFile {
    /// Whether it is the file that is found under its key now.
    pub(crate) fn is(&self, found: Option<&FileMetadata>) -> bool {
        found.is_some_and(|found| self.version.as_ref().is_none_or(|version| *version == found.version))
    }
}

impl UnsavedNote {
    /// Notes that the file with this key is about to be published by the server that has the spool, or that it was, in this version.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it, or the system has no random numbers.
    pub(crate) fn write(disk: &Disk, spool: &Spool, key: &FileKey, version: Option<&str>) -> io::Result<Self> {
        let folder = disk.private(FOLDER);
        let path = folder.join(format!("{:016x}", getrandom::u64().map_err(io::Error::other)?));
        let text = format!("{}\n{key}\n{}\n", spool.id(), version.unwrap_or_default());
        match std::fs::write(&path, &text) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(&folder)?;
                std::fs::write(&path, text)?;
            }
            written => written?,
        }
        Ok(Self(path))
    }

    /// The file stays, or is gone.
    pub(crate) fn remove(self) {
        if let Err(error) = or_gone(std::fs::remove_file(&self.0)) {
            tracing::error!(%error, note = %self.0.display(), "a note of an unsaved file could not be removed");
        }
    }
}

/// The files of servers that are no more, which are to be removed.
///
/// # Errors
///
/// If the disk does not allow to look.
pub(crate) fn left_behind(disk: &Disk) -> io::Result<Vec<UnsavedFile>> {
    let Some(folder) = or_gone(std::fs::read_dir(disk.private(FOLDER)))? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in folder {
        let path = entry?.path();
        let Some(text) = or_gone(std::fs::read_to_string(&path))? else { continue };
        let lines: Vec<&str> = text.split('\n').collect();
        if is_alive(disk, lines[0], &path)? {
            continue;
        }
        let note = UnsavedNote(path);
        match lines[..] {
            [_, key, version, ""] if let Some(key) = FileKey::parse(key) => {
                let version = (!version.is_empty()).then(|| version.to_owned());
                found.push(UnsavedFile { note, key, version });
            }
            // It was cut short before its file was published.
            _ => note.remove(),
        }
    }
    Ok(found)
}

/// Whether the server of a note is there. A note that is being written has no text yet, and is left for a day.
fn is_alive(disk: &Disk, spool: &str, note: &Path) -> io::Result<bool> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    if spool.is_empty() {
        let written = or_gone(std::fs::symlink_metadata(note).and_then(|metadata| metadata.modified()))?;
        return Ok(written.is_some_and(|written| written.elapsed().is_ok_and(|age| age < DAY)));
    }
    Spool::is_alive(disk, spool)
}
