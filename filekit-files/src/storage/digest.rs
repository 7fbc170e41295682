//! The SHA-256 of a file's content, computed as it passes or read from the disk; not who asks for it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::Digest as _;

/// The SHA-256 (FIPS 180-4) of a file's content. As text it is 64 hexadecimal digits.
///
/// ```
/// use filekit_files::storage::Sha256;
///
/// let digest = Sha256::of(b"hello");
/// assert!(digest.to_string().starts_with("2cf24dba5fb0a30e"));
/// assert_eq!(digest.as_ref().len(), 32);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

/// A digest of content that has not come to its end yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningSha256(sha2::Sha256);

/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

impl Sha256 {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut running = RunningSha256::default();
        running.pass(bytes);
        running.finish()
    }

    /// The digest of a file, which is read in constant memory.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut running = RunningSha256::default();
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece) {
                Ok(0) => return Ok(running.finish()),
                Ok(length) => running.pass(&piece[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl RunningSha256 {
    /// Counts what passes.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that has passed.
    pub(crate) fn finish(self) -> Sha256 {
        Sha256(self.0.finalize().into())
    }
}

impl AsRef<[u8]> for Sha256 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of FIPS 180-4 as NIST publishes them.
    #[test]
    fn digests_are_those_of_the_standard() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!([Sha256::of(b"abc").to_string(), Sha256::of(b"").to_string()], [abc, empty]);
    }

    #[test]
    fn a_file_has_the_digest_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..3 * PIECE + 1).map(|number| number.to_le_bytes()[0]).collect();
        let path = folder.path().join("file");
        std::fs::write(&path, &content).unwrap();
        assert_eq!(Sha256::of_file(&path).unwrap(), Sha256::of(&content));
    }
}
