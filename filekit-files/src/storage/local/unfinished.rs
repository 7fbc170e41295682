//! What a server that was killed has left half done.

#[cfg(unix)]
use std::collections::HashSet;
use std::io;
use std::path::Path;

/// Removes published files whose calls were not done when their server died: those have a second name, in the folder that
/// they came from. Returns how many there were.
#[cfg(unix)]
pub(super) fn remove_unfinished(spool: &Path, root: &Path) -> io::Result<usize> {
    use std::os::unix::fs::MetadataExt as _;

    let spooled = std::fs::read_dir(spool)?.map(|entry| entry?.metadata());
    let spooled = spooled.collect::<io::Result<Vec<_>>>()?;
    let published: HashSet<u64> =
        spooled.iter().filter(|file| file.is_file() && file.nlink() > 1).map(|file| file.ino()).collect();
    if published.is_empty() {
        return Ok(0);
    }
    remove_from(root, &published)
}

/// Removes the files of these inodes from a folder and those in it. What is private is left alone.
#[cfg(unix)]
fn remove_from(folder: &Path, published: &HashSet<u64>) -> io::Result<usize> {
    use std::os::unix::fs::DirEntryExt as _;

    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_private = entry.file_name().as_encoded_bytes().starts_with(b".");
        // A link to a folder is none.
        if entry.file_type()?.is_dir() && !is_private {
            removed += or_gone(remove_from(&entry.path(), published))?.unwrap_or_default();
        } else if published.contains(&entry.ino()) {
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
pub(crate) fn or_gone<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}
