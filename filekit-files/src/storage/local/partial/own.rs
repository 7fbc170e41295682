//! The files and folders of partial uploads, which are that and nothing else: a link that somebody has put in the place of one leads
//! nowhere.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::storage::local::unfinished::or_gone;

/// Whether there is a folder, which is no link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Opens a file.
///
/// # Errors
///
/// If something else has its name, or the disk fails.
pub(super) fn open_own(options: &OpenOptions, path: &Path) -> io::Result<File> {
    size_of(path)?;
    let mut options = options.clone();
    // What took its place in between.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW);
    options.open(path)
}

/// How many bytes a file has; none if it is not there.
///
/// # Errors
///
/// As [`open_own`].
pub(super) fn size_of(path: &Path) -> io::Result<u64> {
    match or_gone(std::fs::symlink_metadata(path))? {
        Some(found) if !found.is_file() => Err(io::Error::other("what has the name of a file of an upload is none")),
        found => Ok(found.map_or(0, |found| found.len())),
    }
}

/// Opens a file to write to it, and makes it if it is not there.
///
/// # Errors
///
/// As [`open_own`].
pub(super) fn open_to_write(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open_own(&options, path)
}

/// Reads a file.
///
/// # Errors
///
/// As [`open_own`].
pub(super) fn read_own(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open_own(OpenOptions::new().read(true), path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Makes a file, in place of whatever has its name.
///
/// # Errors
///
/// If that is a folder, or the disk fails.
pub(super) fn make_new(path: &Path) -> io::Result<File> {
    or_gone(std::fs::remove_file(path))?;
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Writes a file under another name first: one that is there is complete.
///
/// # Errors
///
/// If the disk fails.
pub(super) fn write_whole(path: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let written = path.join("new");
    let write = || {
        make_new(&written)?.write_all(content)?;
        std::fs::rename(&written, path.join(name))
    };
    // Part of one takes room that there is none of.
    write().inspect_err(|_| _ = std::fs::remove_file(&written))
}
