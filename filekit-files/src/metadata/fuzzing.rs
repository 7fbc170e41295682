//! Pictures and what is left of them, for fuzz targets (`cfg(fuzzing)`).

use std::ops::Range;

use crate::metadata::memory::rewrite;
use crate::metadata::{Fault, Picture};

/// What is left of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripped {
    /// The ranges of the file that stay.
    pub kept: Vec<Range<u64>>,
    /// The bytes that were put between them.
    pub inserted: Vec<Vec<u8>>,
    /// Both, in their order.
    pub bytes: Vec<u8>,
}

/// Takes the metadata out of a file of this type; nothing if it is no whole picture of that type.
///
/// # Panics
///
/// If the type is none whose metadata is taken out.
#[must_use]
pub fn strip(mime: &str, file: &[u8]) -> Option<Stripped> {
    let picture = Picture::of_type(mime).expect("the type of a picture");
    match rewrite(picture, file) {
        Ok(rewritten) => Some(Stripped { kept: rewritten.kept, inserted: rewritten.inserted, bytes: rewritten.bytes }),
        Err(Fault::Broken(_)) => None,
        Err(Fault::Disk(error)) => panic!("memory does not fail: {error}"),
    }
}
