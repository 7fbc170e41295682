//! What is wrong with the file, and what to do about it.

use std::io;
use std::path::Path;

use crate::stores::StoreError;

/// An error of redb, whatever its operation.
pub(super) fn failed(path: &Path, error: impl Into<redb::Error>) -> StoreError {
    let error = error.into();
    let (what, is_passing) = match &error {
        redb::Error::Io(error) => complaint_of_disk(error),
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => (
            "is in use by another process: states in a file belong to one process at a time. Stop the other one, or keep states \
             in Redis for several",
            true,
        ),
        redb::Error::PreviousIo | redb::Error::DatabaseClosed => {
            ("is opened anew after an error of the disk: see the log", true)
        }
        redb::Error::Corrupted(_) | redb::Error::UpgradeRequired(_) => (DAMAGED, false),
        redb::Error::ValueTooLarge(_) => ("takes no state of that size: at most 3 GiB", false),
        _ => ("cannot be used", false),
    };
    let words = format!("the file of states `{}` {what}", path.display());
    let made = if is_passing { StoreError::unavailable(words) } else { StoreError::new(words) };
    made.with_source(error)
}

/// redb has panicked, as it may where a file is not as it wrote it.
pub(super) fn damaged(path: &Path) -> StoreError {
    StoreError::new(format!("the file of states `{}` {DAMAGED}", path.display()))
}

const DAMAGED: &str = "is damaged, or of another program: move it away to begin anew, without the states in it";

fn complaint_of_disk(error: &io::Error) -> (&'static str, bool) {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            ("has no room on its disk: make room", true)
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ("cannot be written: may this program write it, and its folder?", false)
        }
        io::ErrorKind::InvalidData => (DAMAGED, false),
        _ => ("cannot be read or written", true),
    }
}
