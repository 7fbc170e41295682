//! The key of a stored file: what links, states and the disk know it by. The name that people see is a part of it.

use std::fmt;
use std::io;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::storage::SafeName;
use crate::storage::name::{MAX_NAME, short_stem, split_extension};

/// The key of a stored file, such as `photo.7k2mq9xwh3dp.jpg`: the name that people see, with twelve random characters
/// before its extension.
///
/// A key that [`save`](crate::upload::UploadFile::save) gives never comes back, also after its file was removed, and tells
/// nothing about other files of the same name. A key that a program chose itself, for
/// [`save_as`](crate::upload::UploadFile::save_as), is the name as well.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey(SafeName);

/// How many random characters a key has: 60 bits. With a million links to files that are gone, and a million new files of
/// the same name, the chance that one of the links opens one of the files is one in a million.
const RANDOM_LENGTH: usize = 12;

/// Crockford's base 32: digits and small letters without `i l o u`. File systems that ignore case keep them apart.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl FileKey {
    /// Makes a new key for a file of this name. A very long name is cut before its extension.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub(crate) fn random(name: &SafeName) -> io::Result<Self> {
        let (stem, extension) = split_extension(name.as_str());
        let random = getrandom::u64().map_err(io::Error::other)?;
        let stem = short_stem(stem, MAX_NAME - RANDOM_LENGTH - 1 - extension.len());
        let mut key = String::with_capacity(stem.len() + 1 + RANDOM_LENGTH + extension.len());
        key.push_str(&stem);
        key.push('.');
        key.extend((0..RANDOM_LENGTH).map(|nth| char::from(ALPHABET[(random >> (5 * nth)) as usize % ALPHABET.len()])));
        key.push_str(extension);
        Ok(Self(SafeName::of_key(key)))
    }

    /// The key that a program chose.
    pub(crate) fn chosen(name: SafeName) -> Self {
        Self(name)
    }

    /// Recognises the key in a URL or in a call of the program: text is never made safe here, so that one file has one key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if SafeName::parse(text).is_ok_and(|name| name.as_str() == text) {
            return Some(Self(SafeName::of_key(text.to_owned())));
        }
        // Other programs, and filekit before it cleaned names of them, put files with emoji into the directory.
        let plain: String = text.chars().filter(|character| !is_variation_selector(*character)).collect();
        let is_recognised = text.len() <= MAX_NAME && SafeName::parse(&plain).is_ok_and(|name| name.as_str() == plain);
        is_recognised.then(|| Self(SafeName::of_key(text.to_owned())))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name that people see, and save a download under: the key without its random characters.
    #[must_use]
    pub fn name(&self) -> String {
        let key = self.as_str();
        let (rest, last) = key.rsplit_once('.').unwrap_or((key, ""));
        match rest.rsplit_once('.') {
            Some((stem, random)) if is_random(random) => format!("{stem}.{last}"),
            _ if is_random(last) => rest.to_owned(),
            _ => key.to_owned(),
        }
    }
}

/// Chooses how the character before it looks: U+FE0F makes an emoji of a heart (Unicode, section 23.4).
fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_random(text: &str) -> bool {
    text.len() == RANDOM_LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

impl fmt::Display for FileKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl AsRef<str> for FileKey {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Serialize for FileKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FileKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format_args!("`{text}` is not the key of a stored file")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn key_of(name: &str) -> FileKey {
        FileKey::random(&SafeName::parse(name).unwrap()).unwrap()
    }

    #[test]
    fn a_key_gives_back_the_name_it_was_made_of() {
        let long_extension = format!("a.{}", "x".repeat(40));
        let like_a_key = "b.7k2mq9xwh3dp";
        for name in [
            "photo.jpg",
            "README",
            "archive.tar.gz",
            "写真 1.png",
            "a.b.c",
            "abcdefghjkmn",
            "abcdefghjkmn.abcdefghjkmn",
            "a.abcdefghjkmn.txt",
            like_a_key,
            &long_extension,
            "_CON.txt",
        ] {
            let key = key_of(name);
            assert_eq!(key.name(), name, "{key}");
            assert_eq!(key_of(key.as_str()).name(), key.as_str(), "a key may be the name of another file");
            assert_eq!(FileKey::parse(key.as_str()), Some(key));
        }
    }

    #[test]
    fn a_key_of_the_longest_name_fits_into_a_directory_and_keeps_the_extension() {
        for name in ["x".repeat(300) + ".jpg", "語".repeat(100) + ".png", "x".repeat(255)] {
            let key = key_of(&name);
            assert!(key.as_str().len() <= 255, "{key}");
            assert_eq!(FileKey::parse(key.as_str()).as_ref(), Some(&key));
            let name = SafeName::parse(&name).unwrap();
            let (stem, extension) = split_extension(name.as_str());
            let shown = key.name();
            assert!(shown.ends_with(extension) && stem.starts_with(shown.strip_suffix(extension).unwrap()), "{shown}");
        }
    }

    #[test]
    fn a_key_that_is_cut_is_recognised() {
        for device in ["CON", "nul", "COM¹"] {
            for length in 230..260 {
                let key = key_of(&format!("{device}{}a.txt", " ".repeat(length)));
                assert_eq!(FileKey::parse(key.as_str()), Some(key));
            }
        }
    }

    #[test]
    fn keys_of_one_name_differ() {
        let keys: HashSet<_> = (0..1000).map(|_| key_of("photo.jpg")).collect();
        assert_eq!(keys.len(), 1000);
    }

    #[test]
    fn a_chosen_key_is_its_name() {
        for key in ["report.pdf", "claims-42", "a.jpg.txt"] {
            assert_eq!(FileKey::parse(key).unwrap().name(), key);
        }
    }

    #[test]
    fn a_file_with_an_emoji_in_its_name_is_recognised() {
        let key = "\u{2764}\u{fe0f}.png";
        assert_eq!(FileKey::parse(key).unwrap().as_str(), key);
    }

    #[test]
    fn what_is_no_key_is_not_made_one() {
        for text in [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            ".hidden",
            "a\u{202e}b",
            "a\u{200b}b",
            "a ",
            "\u{fe0f}",
            ".\u{fe0f}.",
            "/etc/passwd",
        ] {
            assert_eq!(FileKey::parse(text), None, "{text:?}");
            assert!(serde_json::from_value::<FileKey>(text.into()).is_err(), "{text:?}");
        }
    }
}
