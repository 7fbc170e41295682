//! The SHA-256 of a file's content, computed as it passes or read from the disk.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
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

impl FromStr for Sha256 {
    type Err = NotSha256;

    fn from_str(text: &str) -> Result<Self, NotSha256> {
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(NotSha256);
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(NotSha256);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = (digit(*high)? * 16 + digit(*low)?) as u8;
        }
        Ok(Self(bytes))
    }
}

/// The text is not a SHA-256: it has other than 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSha256;

impl fmt::Display for NotSha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a SHA-256 is written as 64 hexadecimal digits")
    }
}

impl std::error::Error for NotSha256 {}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
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
    fn a_digest_is_read_as_it_is_written() {
        let digest = Sha256::of(b"abc");
        assert_eq!(serde_json::from_str::<Sha256>(&serde_json::to_string(&digest).unwrap()).unwrap(), digest);
        for text in ["", "ba", &"g".repeat(64), &"0".repeat(65), &"é".repeat(32)] {
            assert_eq!(text.parse::<Sha256>(), Err(NotSha256), "{text}");
        }
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
