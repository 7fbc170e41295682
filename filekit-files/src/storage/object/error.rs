//! What errors of an object store mean.

use std::io;

use object_store::Error;

/// The error of a store as one that programs know from files.
pub(super) fn io_error(error: Error) -> io::Error {
    let kind = match &error {
        // A version that is not there any more is nothing to be had.
        Error::NotFound { .. } | Error::Precondition { .. } | Error::NotModified { .. } => io::ErrorKind::NotFound,
        Error::AlreadyExists { .. } => io::ErrorKind::AlreadyExists,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// Nothing if there is nothing.
pub(super) fn or_not_found<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}
