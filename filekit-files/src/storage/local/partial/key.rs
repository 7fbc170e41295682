//! The names of partial uploads: folders on the disk, and parts of URLs.

use std::{fmt, io};

/// Whose partial uploads lie in a folder: a text that tells nothing of the visitor's session to those who read the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartialOwner(u128);

/// The id of a partial upload: 128 random bits as hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartialId(u128);

impl PartialOwner {
    /// The owner of these bytes, which tell nothing of a session: a digest of its id, or a MAC.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl PartialId {
    /// The id of these bytes, which cannot be guessed.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The bytes that it was made of.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// An id that no other upload has.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(Self::new(bytes))
    }

    /// Reads an id; nothing if the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_id = text.len() == 32 && text.bytes().all(is_digit);
        is_id.then(|| u128::from_str_radix(text, 16).ok())?.map(Self)
    }
}

impl fmt::Display for PartialOwner {
    /// As the name of a folder.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl fmt::Display for PartialId {
    /// As it stands in URLs, and as the name of a folder.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_nothing_else_than_an_id() {
        let id = PartialId::random().unwrap();
        assert_eq!(PartialId::parse(&id.to_string()), Some(id));
        for text in ["", "..", "../../../../../../../../../secret", &"A".repeat(32), &"a".repeat(31), &"a".repeat(33)] {
            assert_eq!(PartialId::parse(text), None, "{text}");
        }
    }
}
