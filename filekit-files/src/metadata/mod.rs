//! Takes metadata out of pictures (JPEG, PNG, WebP) without decoding them: what is needed to show the picture stays, byte for byte,
//! and everything else goes. Which uploads ask for it, and where the result is kept, is `upload/strip.rs`.
//!
//! ```text
//! file -> Source -> jpeg | png | webp: segment or chunk, one after the other -> Output: this range of the file, or these bytes
//! ```
//!
//! Each walker has a list of what it keeps, and drops what it does not know. It reads the frame of a format only, and holds no
//! more of a file than a few dozen bytes.

mod exif;
#[cfg(fuzzing)]
pub mod fuzzing;
mod jpeg;
#[cfg(any(fuzzing, test))]
mod memory;
mod png;
mod source;
#[cfg(test)]
mod tests;
mod webp;

use std::io::{self, BufRead, Seek};
use std::ops::Range;

use source::Source;

/// The formats whose metadata is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    Jpeg,
    Png,
    WebP,
}

/// Why a picture could not be rewritten.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The file is not a whole picture of its format, for this reason.
    Broken(&'static str),
    Disk(io::Error),
}

/// The fault of a file that stops within something.
const ENDS_EARLY: Fault = Fault::Broken("it ends early");

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// What becomes of a picture: ranges of the file, in their order, and new bytes between them.
pub(crate) trait Output {
    /// Keeps a range of the file, which is not empty and begins behind the one before.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    fn keep(&mut self, range: Range<u64>) -> io::Result<()>;

    /// Inserts a few bytes that are not those of the file.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    fn insert(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl Picture {
    /// The picture that a file of this type is, if its metadata can be taken out.
    pub(crate) fn of_type(mime: &str) -> Option<Self> {
        Some(match mime {
            "image/jpeg" => Self::Jpeg,
            "image/png" | "image/apng" => Self::Png,
            "image/webp" => Self::WebP,
            _ => return None,
        })
    }
}

/// Says what of a picture stays.
///
/// # Errors
///
/// If the file is not a whole picture of this format, which may be found out at its end; or if the disk fails.
pub(crate) fn strip(
    picture: Picture,
    file: impl BufRead + Seek,
    length: u64,
    output: &mut impl Output,
) -> Result<(), Fault> {
    let source = &mut Source::new(file, length);
    match picture {
        Picture::Jpeg => jpeg::strip(source, output),
        Picture::Png => png::strip(source, output),
        Picture::WebP => webp::strip(source, output),
    }
}

/// Puts `bytes` in the place of a range, which stays if it has the same ones: so a file without metadata is known as one. Where the
/// source is afterwards is not said.
fn replace<R: BufRead + Seek>(
    source: &mut Source<R>,
    range: Range<u64>,
    bytes: &[u8],
    output: &mut impl Output,
) -> Result<(), Fault> {
    match source.has(&range, bytes)? {
        true => output.keep(range)?,
        false => output.insert(bytes)?,
    }
    Ok(())
}
