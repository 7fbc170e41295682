//! What is made of safe names, for fuzz targets (`cfg(fuzzing)`).

use std::io;

use crate::storage::{FileKey, Folder, SafeName, SafePath};

/// The name with a number.
#[must_use]
pub fn numbered(name: &SafeName, number: usize) -> SafeName {
    name.numbered(number)
}

/// The name that browsers save a file under.
#[must_use]
pub fn to_save(name: &SafeName) -> SafeName {
    name.to_save()
}

/// The path with another extension.
#[must_use]
pub fn with_extension(path: &SafePath, extension: &str) -> SafePath {
    path.with_extension(extension)
}

/// A new key for a file of that name.
///
/// # Errors
///
/// If the system has no random numbers.
pub fn key(name: &SafeName) -> io::Result<FileKey> {
    FileKey::random(&Folder::root(), name)
}
