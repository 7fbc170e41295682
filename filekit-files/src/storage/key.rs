//! The key of a stored file: what links, states and the storage know it by. Its folders and the name that people see are parts
//! of it.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::clock;
use crate::error::FileRejection;
use crate::storage::name::{MAX_NAME, short_stem, split_extension};
use crate::storage::{Folder, SafeName, SafePath};

/// The key of a stored file, such as `claims/42/photo.7k2mq9xwh3dp.jpg`: its folders, if it is in any, and the name that people
/// see, with twelve random characters before its extension. Behind those of a file that ends stands when it does: `-` and ten more.
///
/// A key that [`save`](crate::upload::UploadFile::save) gives never comes back, also after its file was removed, and tells
/// nothing about other files of the same name. A key that a program chose itself, for
/// [`save_as`](crate::upload::UploadFile::save_as), has no random characters. Keys are ordered by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey(String);

/// How many random characters a key has: 60 bits. With a million links to files that are gone, and a million new files of
/// the same name, the chance that one of the links opens one of the files is one in a million.
const RANDOM_LENGTH: usize = 12;

/// How many characters say when a file ends: seconds since 1970, until the year 3058.
const END_LENGTH: usize = 7;

/// How many characters behind those say that it is an end.
const CHECK_LENGTH: usize = 3;

/// Stands between the random characters and the end.
const BEFORE_END: char = '-';

/// Crockford's base 32: digits and small letters without `i l o u`. File systems that ignore case keep them apart.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl FileKey {
    /// Makes a new key for a file of this name in a folder. A very long name is cut before its extension.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub(crate) fn random(folder: &Folder, name: &SafeName) -> io::Result<Self> {
        Self::random_until(folder, name, None)
    }

    /// The same for a file that ends, in whole seconds.
    ///
    /// # Errors
    ///
    /// As [`random`](Self::random).
    pub(crate) fn random_until(folder: &Folder, name: &SafeName, end: Option<SystemTime>) -> io::Result<Self> {
        let (stem, extension) = split_extension(name.as_str());
        let random = getrandom::u64().map_err(io::Error::other)?;
        let end = end.map(seconds_of);
        let inserted = RANDOM_LENGTH + end.map_or(0, |_| 1 + END_LENGTH + CHECK_LENGTH);
        let stem = short_stem(stem, MAX_NAME - inserted - 1 - extension.len());
        let stem = unlike_random(stem, extension);
        let folder = folder.as_prefix();
        let mut key = String::with_capacity(folder.len() + stem.len() + 1 + inserted + extension.len());
        key.push_str(folder);
        key.push_str(&stem);
        key.push('.');
        let start = key.len();
        key.extend(digits(random, RANDOM_LENGTH));
        if let Some(seconds) = end {
            key.push(BEFORE_END);
            key.extend(digits(seconds, END_LENGTH));
            let check = check_of(&key[start..]);
            key.push_str(&check);
        }
        key.push_str(extension);
        Ok(Self(key))
    }

    /// When the file ends, if its key says so. It is not there any more then, whether it has been removed by now or not.
    #[must_use]
    pub fn end(&self) -> Option<SystemTime> {
        let (_, end) = self.name_parts().1?.split_once(BEFORE_END)?;
        let digit = |byte: u8| ALPHABET.iter().position(|known| *known == byte).unwrap_or_default() as u64;
        let seconds = end[..END_LENGTH].bytes().rev().fold(0, |seconds, byte| seconds << 5 | digit(byte));
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }

    /// The key that a program chose: a name, perhaps with folders in front of it. Each is made safe.
    ///
    /// # Errors
    ///
    /// If a folder is `..`, or there are too many.
    pub(crate) fn chosen(path: &str) -> Result<Self, FileRejection> {
        let path = SafePath::parse(path)?;
        let refused = || FileRejection::UnsafeName { name: path.as_str().to_owned() };
        Self::parse(path.as_str()).ok_or_else(refused)
    }

    /// Recognises the key in a URL or in a call of the program: text is never made safe here, so that one file has one key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (folder, name) = text.rsplit_once('/').map_or((None, text), |(folder, name)| (Some(folder), name));
        let has_folder = folder.is_none_or(|folder| Folder::recognise(folder).is_some());
        (has_folder && is_name(name)).then(|| Self(text.to_owned()))
    }

    /// Whether the end that the key says has come.
    pub(crate) fn has_ended(&self) -> bool {
        self.end().is_some_and(|end| end <= clock::now())
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that the file is in.
    #[must_use]
    pub fn folder(&self) -> Folder {
        self.0.rsplit_once('/').map_or_else(Folder::root, |(folder, _)| Folder::of_key(folder))
    }

    /// The name that people see, and save a download under: the key without its folders and its random characters.
    #[must_use]
    pub fn name(&self) -> String {
        let (stem, random, extension) = self.name_parts();
        match random {
            Some(_) => format!("{stem}{extension}"),
            None => self.last().to_owned(),
        }
    }

    /// Whether the key has random characters, so that it never belongs to another file.
    pub(crate) fn is_random(&self) -> bool {
        self.name_parts().1.is_some()
    }

    /// The last name of the key.
    fn last(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// What stands before and behind the random characters, and these.
    fn name_parts(&self) -> (&str, Option<&str>, &str) {
        let last = self.last();
        let Some(dot) = last.rfind('.') else { return (last, None, "") };
        let (rest, extension) = last.split_at(dot);
        match rest.rsplit_once('.') {
            Some((stem, random)) if is_random(random) => (stem, Some(random), extension),
            _ if is_random(&extension[1..]) => (rest, Some(&extension[1..]), ""),
            _ => (last, None, ""),
        }
    }
}

/// Whether a text is the name of a file as it may stand in a key.
fn is_name(text: &str) -> bool {
    if SafeName::parse(text).is_ok_and(|name| name.as_str() == text) {
        return true;
    }
    // Other programs, and filekit before it cleaned names of them, put files with emoji into the directory.
    let plain: String = text.chars().filter(|character| !is_variation_selector(*character)).collect();
    text.len() <= MAX_NAME && SafeName::parse(&plain).is_ok_and(|name| name.as_str() == plain)
}

/// Chooses how the character before it looks: U+FE0F makes an emoji of a heart (Unicode, section 23.4).
fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a text is what stands between the name and the extension of a key.
fn is_random(text: &str) -> bool {
    let (random, end) = text.split_once(BEFORE_END).map_or((text, None), |(random, end)| (random, Some(end)));
    let is_of = |text: &str, length| text.len() == length && text.bytes().all(|byte| ALPHABET.contains(&byte));
    let is_end = |end: &str| {
        let before_check = text.len() - CHECK_LENGTH.min(end.len());
        is_of(end, END_LENGTH + CHECK_LENGTH) && check_of(&text[..before_check]) == text[before_check..]
    };
    is_of(random, RANDOM_LENGTH) && end.is_none_or(is_end)
}

/// Digits by which an end is told from a name that happens to look like one: one in 32,768 would.
fn check_of(text: &str) -> String {
    digits(crc32fast::hash(text.as_bytes()).into(), CHECK_LENGTH).collect()
}

/// The stem of a name, of which the end is not taken for what stands between name and extension: where there is no extension, it would
/// stand there.
fn unlike_random<'a>(stem: Cow<'a, str>, extension: &str) -> Cow<'a, str> {
    match stem.rsplit_once('.') {
        Some((before, last)) if extension.is_empty() && is_random(last) => format!("{before}_{last}").into(),
        _ => stem,
    }
}

/// The lowest digits of a number, the lowest first.
fn digits(number: u64, length: usize) -> impl Iterator<Item = char> {
    (0..length).map(move |nth| char::from(ALPHABET[(number >> (5 * nth)) as usize % ALPHABET.len()]))
}

/// So many seconds after 1970, rounded up; what is after the last one that can be written ends with that.
fn seconds_of(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (since.as_secs() + u64::from(since.subsec_nanos() > 0)).min((1 << (5 * END_LENGTH)) - 1)
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
        FileKey::random(&Folder::root(), &SafeName::parse(name).unwrap()).unwrap()
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
    fn a_key_in_folders_has_the_name_alone() {
        let folder = Folder::parse("claims/42").unwrap();
        let key = FileKey::random(&folder, &SafeName::parse("scan.pdf").unwrap()).unwrap();
        assert!(key.as_str().starts_with("claims/42/scan."), "{key}");
        assert_eq!((key.name().as_str(), key.folder()), ("scan.pdf", folder));
        assert_eq!(FileKey::parse(key.as_str()), Some(key));
        assert_eq!(FileKey::chosen("claims/42/scan.pdf").unwrap().as_str(), "claims/42/scan.pdf");
        assert!(FileKey::chosen("claims/../scan.pdf").is_err());
    }

    #[test]
    fn a_key_has_so_many_folders_and_they_have_so_many_bytes() {
        let deep = |depth: usize| format!("{}a.txt", "f/".repeat(depth));
        assert!(FileKey::parse(&deep(16)).is_some());
        assert!(FileKey::parse(&deep(17)).is_none());
        assert!(FileKey::chosen(&deep(17)).is_err());
        let long = |length: usize| format!("{0}/{0}/{1}/a.txt", "f".repeat(200), "f".repeat(length - 402));
        assert!(FileKey::parse(&long(512)).is_some());
        assert!(FileKey::parse(&long(513)).is_none());
    }

    #[test]
    fn a_key_says_when_its_file_ends() {
        let name = SafeName::parse("report.tar.gz").unwrap();
        let of = |end| FileKey::random_until(&Folder::root(), &name, Some(end)).unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for seconds in [0, 1, 1_764_000_000, (1 << 35) - 1] {
            let key = of(at(seconds));
            assert_eq!((key.end(), key.name().as_str()), (Some(at(seconds)), "report.tar.gz"), "{key}");
            assert!(key.is_random() && FileKey::parse(key.as_str()) == Some(key.clone()));
            let copy = key_of(key.as_str());
            assert_eq!((copy.end(), copy.name()), (None, key.to_string()), "a name that a visitor chose ends nothing");
        }
        assert_eq!(of(at(1_764_000_000) + Duration::from_millis(1)).end(), Some(at(1_764_000_001)));
        assert_eq!(of(at(1 << 40)).end(), Some(at((1 << 35) - 1)));
        assert_eq!(key_of("report.tar.gz").end(), None);
        assert_eq!(FileKey::parse("db.202411301230-0000001.dump").unwrap().end(), None, "a name that looks like one");
        // Without an extension a visitor's text stands right before the random characters, wherever it is cut.
        let ended = of(at(1)).to_string();
        let part = ended.split('.').find(|part| is_random(part)).unwrap();
        for length in 150..240 {
            let name = format!("{}.{part}{}", "P".repeat(length), "y".repeat(40));
            for name in [name.as_str(), &name[..name.len() - 40]] {
                let name = SafeName::parse(name).unwrap();
                assert_eq!(FileKey::random(&Folder::root(), &name).unwrap().end(), None, "{name}");
                let key = FileKey::random_until(&Folder::root(), &name, Some(at(7))).unwrap();
                assert_eq!(key.end(), Some(at(7)), "{key}");
            }
        }
        let long = SafeName::parse(&("x".repeat(255) + ".jpg")).unwrap();
        let key = FileKey::random_until(&Folder::root(), &long, Some(at(7))).unwrap();
        assert!(key.as_str().len() <= 255 && key.name().ends_with(".jpg") && key.end() == Some(at(7)));
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
            "a/../b",
            "/a",
            "a/",
            "a//b",
            "a/.hidden/b",
            ".filekit/secret",
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
