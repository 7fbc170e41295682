//! What a fault of the disk means for a visitor.

use std::io;

use crate::error::{Error, FileRejection};

/// EMFILE and ENFILE of POSIX, the same numbers on all systems that have them.
const TOO_MANY_OPEN_FILES: [i32; 2] = [24, 23];

/// A full disk is something that the visitor can be told, and a busy server; any other fault is for the log.
#[must_use]
pub fn storage_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FileRejection::StorageFull.into(),
        _ if cfg!(unix) && error.raw_os_error().is_some_and(|code| TOO_MANY_OPEN_FILES.contains(&code)) => {
            FileRejection::Busy.into()
        }
        _ => error.into(),
    }
}
