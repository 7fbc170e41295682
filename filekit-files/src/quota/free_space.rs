//! How much room a disk has.

use std::io;
use std::path::Path;

/// How many bytes this user can still write to the disk that has the folder.
///
/// # Errors
///
/// If the system does not tell.
#[cfg(unix)]
pub(super) fn free_space(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// The system is not asked, and nothing is refused for it.
///
/// # Errors
///
/// Always.
#[cfg(not(unix))]
pub(super) fn free_space(_: &Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}
