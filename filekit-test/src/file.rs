//! Files that a test chooses.

/// A file as a visitor chooses it: a name and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Makes a file with a name and bytes.
///
/// filekit judges the type of a file by both: an upload of images takes a file that begins as an image does.
///
/// # Examples
///
/// ```
/// use filekit_test::file;
///
/// let notes = file("notes.txt", "buy milk");
/// let large = file("large.bin", vec![0; 2_000_000]);
/// # let _ = (notes, large);
/// ```
pub fn file(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> File {
    File { name: name.into(), bytes: bytes.into() }
}
