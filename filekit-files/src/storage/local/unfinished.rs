//! What a server that was killed has left half done.

use std::io;
use std::path::Path;

/// Removes published files whose calls were not done when their server died: those have a second name, in the folder that
/// they came from. Returns how many there were.
#[cfg(unix)]
pub(super) fn remove_unfinished(spool: &Path, root: &Path) -> io::Result<usize> {
    use std::collections::HashSet;
    use std::os::unix::fs::{DirEntryExt as _, MetadataExt as _};

    let spooled = std::fs::read_dir(spool)?.map(|entry| entry?.metadata());
    let spooled = spooled.collect::<io::Result<Vec<_>>>()?;
    let published: HashSet<u64> =
        spooled.iter().filter(|file| file.is_file() && file.nlink() > 1).map(|file| file.ino()).collect();
    if published.is_empty() {
        return Ok(0);
    }
    let mut removed = 0;
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        if published.contains(&entry.ino()) {
            or_gone(std::fs::remove_file(entry.path()))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Other systems have no number by which the two names of a file could be found.
#[cfg(not(unix))]
pub(super) fn remove_unfinished(_spool: &Path, _root: &Path) -> io::Result<usize> {
    Ok(0)
}

/// What is not there is no error.
pub(super) fn or_gone<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}
