//! Ranges of files of any size, and headers by content, for fuzz targets (`cfg(fuzzing)`).

use std::ops::Range;

use http::HeaderMap;

use crate::serving::{Kind, ranges};

/// What a request wants of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// Parts of it.
    Parts(Vec<Range<u64>>),
    /// Parts that it does not have.
    Unsatisfiable,
}

/// What is wanted of a file of that size.
#[must_use]
pub fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    match ranges::select(headers, size) {
        ranges::Selection::Whole => Wanted::Whole,
        ranges::Selection::Parts(parts) => Wanted::Parts(parts),
        ranges::Selection::Unsatisfiable => Wanted::Unsatisfiable,
    }
}

/// The headers by which a file of a visitor's is kept from doing harm.
#[must_use]
pub fn described(name: &str, head: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    Kind::Uploaded { public: false }.describe(name, head, &mut headers);
    headers
}
