//! Rewrites pictures in memory, for tests and fuzz targets.

use std::io::{self, Cursor};
use std::ops::Range;

use super::{Fault, Output, Picture, strip};

/// What became of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rewritten {
    pub(super) kept: Vec<Range<u64>>,
    pub(super) inserted: Vec<Vec<u8>>,
    pub(super) bytes: Vec<u8>,
}

struct Rewrite<'a> {
    file: &'a [u8],
    rewritten: Rewritten,
}

impl Output for Rewrite<'_> {
    fn keep(&mut self, range: Range<u64>) -> io::Result<()> {
        let bytes = |place: u64| usize::try_from(place).map_err(io::Error::other);
        self.rewritten.bytes.extend_from_slice(&self.file[bytes(range.start)?..bytes(range.end)?]);
        self.rewritten.kept.push(range);
        Ok(())
    }

    fn insert(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.rewritten.bytes.extend_from_slice(bytes);
        self.rewritten.inserted.push(bytes.to_vec());
        Ok(())
    }
}

/// Rewrites a picture.
pub(super) fn rewrite(picture: Picture, file: &[u8]) -> Result<Rewritten, Fault> {
    let mut rewrite = Rewrite { file, rewritten: Rewritten::default() };
    strip(picture, Cursor::new(file), file.len() as u64, &mut rewrite)?;
    Ok(rewrite.rewritten)
}
