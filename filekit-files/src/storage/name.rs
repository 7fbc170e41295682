//! The only way from a client's text to the name of a file. Where files lie is `disk.rs`.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use crate::error::FileRejection;

/// A file's name that is safe to use: one path component, and none that means something else to this system.
///
/// It is never empty, has at most 255 bytes, no separators, no character that is not seen, no leading dot, no
/// trailing dot or blank, is in Unicode's normal form NFC, and is no device of Windows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeName(String);

/// A relative path of [`SafeName`]s, as it comes with a folder that was dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafePath(String);

/// The longest name of the usual file systems, in bytes.
pub(super) const MAX_NAME: usize = 255;
/// The longest name that browsers save a download under, in bytes. While Chromium writes, the name has `.crdownload` after
/// it, and a number if there is such a file; where that is too long for the disk it drops the download without a word.
const MAX_SAVED: usize = 230;
/// How deep a dropped folder may be.
const MAX_DEPTH: usize = 32;
/// What a file is called of whose name nothing is left.
const NAMELESS: &str = "file";
/// What divides the components of a path, on whichever system it was written.
const SEPARATORS: [char; 2] = ['/', '\\'];

impl SafeName {
    /// Makes a name out of the one that a client sent: of a path, relative or absolute, its last component.
    ///
    /// # Errors
    ///
    /// If a component of the path is `..`, or if a relative path is deeper than 32 folders.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_files::storage::SafeName;
    ///
    /// assert_eq!(SafeName::parse("résumé.pdf").unwrap().as_str(), "résumé.pdf");
    /// assert_eq!(SafeName::parse("a\u{202e}gpj.exe").unwrap().as_str(), "agpj.exe");
    /// assert_eq!(SafeName::parse("/data/ada/notes.txt").unwrap().as_str(), "notes.txt");
    /// assert_eq!(SafeName::parse(r"C:\Users\ada\notes.txt").unwrap().as_str(), "notes.txt");
    /// assert!(SafeName::parse("../../etc/passwd").is_err());
    /// ```
    pub fn parse(client_name: &str) -> Result<Self, FileRejection> {
        if is_clean(client_name) {
            return Ok(Self(client_name.to_owned()));
        }
        SafePath::parse(client_name).map(|path| path.name())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of what has none.
    pub(crate) fn nameless() -> Self {
        Self(NAMELESS.to_owned())
    }

    /// The name, short enough for browsers to save a file under it.
    pub(crate) fn to_save(&self) -> Self {
        Self(short_to_save(&self.0).into_owned())
    }

    /// The name with a number before its extension: `photo-1.jpg`.
    pub(crate) fn numbered(&self, number: usize) -> Self {
        let (stem, extension) = split_extension(&self.0);
        let suffix = format!("-{number}{extension}");
        Self(format!("{}{suffix}", cut_at(stem, MAX_NAME - suffix.len())))
    }

    fn clean(segment: &str) -> Self {
        if is_clean(segment) {
            return Self(segment.to_owned());
        }
        // Hidden characters go first: one between a letter and its accent would keep them apart.
        let text: String = segment.chars().filter(|character| !is_hidden(*character)).map(replaced).nfc().collect();
        let text = text.trim_matches(|character: char| character.is_whitespace() || character == '.');
        if text.is_empty() {
            return Self(NAMELESS.to_owned());
        }
        let text = if is_device(text) { format!("_{text}") } else { text.to_owned() };
        Self(shortened(&text, MAX_NAME))
    }
}

/// As text: `file.name() == "notes.txt"`.
impl PartialEq<str> for SafeName {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

/// As text: `*file.name() == "notes.txt"`.
impl PartialEq<&str> for SafeName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl SafePath {
    /// Makes a relative path out of the one that a client sent; a plain name is a path of one. Both `/` and `\` separate
    /// folders. Of an absolute path the last component stays: its folders are those of the sender's disk. PHP's `CURLFile`,
    /// Go's `CreateFormFile`, WWW::Mechanize and lynx send them.
    ///
    /// # Errors
    ///
    /// If a component is `..`, or if a relative path is deeper than 32 folders.
    pub fn parse(client_path: &str) -> Result<Self, FileRejection> {
        let refused = || FileRejection::UnsafeName { name: client_path.to_owned() };
        let mut components: Vec<&str> = client_path.split(SEPARATORS).collect();
        if components.iter().any(|component| is_parent(component)) {
            return Err(refused());
        }
        components.retain(|component| !matches!(*component, "" | "."));
        if is_absolute(client_path) {
            components.drain(..components.len().saturating_sub(1));
        }
        match components.len() {
            0 => Ok(Self(NAMELESS.to_owned())),
            1..=MAX_DEPTH => {
                let mut names: Vec<String> =
                    components.into_iter().map(|component| SafeName::clean(component).0).collect();
                // What stood in front of a drive is gone by now.
                if names.len() > 1 && is_drive(&names[0]) {
                    names.drain(..names.len() - 1);
                }
                Ok(Self(names.join("/")))
            }
            _ => Err(refused()),
        }
    }

    /// The path as text, with `/` between the names.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same path, whose last name has this extension in place of its own.
    pub(crate) fn with_extension(&self, extension: &str) -> Self {
        let folders = self.0.rfind('/').map_or(0, |slash| slash + 1);
        let (folders, name) = self.0.split_at(folders);
        let (stem, _) = split_extension(name);
        Self(format!("{folders}{}.{extension}", short_stem(stem, MAX_NAME - 1 - extension.len())))
    }

    /// The last name of the path.
    #[must_use]
    pub fn name(&self) -> SafeName {
        SafeName(self.0.rsplit('/').next().unwrap_or_default().to_owned())
    }
}

macro_rules! text {
    ($($type:ident),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<Path> for $type {
            fn as_ref(&self) -> &Path {
                Path::new(&self.0)
            }
        }

        impl std::ops::Deref for $type {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

text! { SafeName, SafePath }

/// Tells of most names at a glance that nothing is to be done to them.
fn is_clean(name: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' ');
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(usual)
        && !name.starts_with(['.', ' '])
        && !name.ends_with(['.', ' '])
        && !is_device(name)
}

/// `..`, also with blanks around it or dots after it, as Windows reads it.
fn is_parent(segment: &str) -> bool {
    let segment = segment.trim();
    segment.len() >= 2 && segment.bytes().all(|byte| byte == b'.')
}

/// Whether a path begins at the root of a file system, of a drive or of a network.
fn is_absolute(path: &str) -> bool {
    path.starts_with(SEPARATORS) || has_drive(path)
}

/// `C:\` and its like. Without the slash it may be a name like any other.
fn has_drive(path: &str) -> bool {
    path.split_once(SEPARATORS).is_some_and(|(first, _)| is_drive(first))
}

fn is_drive(component: &str) -> bool {
    matches!(component.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Whether a character can be in a name without being seen: controls, line breaks, annotation marks, those that turn the
/// direction of text, those without a width, and the pattern of Braille without a dot.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' | '\u{2800}')
        || is_default_ignorable(character)
}

/// Unicode's `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt, Unicode 16): what is not displayed where a font does
/// not know it.
fn is_default_ignorable(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Windows does not take these characters in a name (a colon would even name a hidden stream). Elsewhere a name is
/// kept as people wrote it.
fn replaced(character: char) -> char {
    let refused = cfg!(windows) && matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    if refused { '_' } else { character }
}

/// Names of devices on Windows, whatever extension follows (Microsoft, "Naming Files, Paths, and Namespaces").
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    if stem.len() > "CONOUT$".len() {
        return false;
    }
    let stem = stem.to_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| {
            matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// The name and its extension with the dot. What is longer than 32 bytes is no extension.
pub(super) fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 32 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// The name of a download, short enough for browsers to save a file under it.
pub(crate) fn short_to_save(name: &str) -> Cow<'_, str> {
    if name.len() <= MAX_SAVED { name.into() } else { shortened(name, MAX_SAVED).into() }
}

/// At most `limit` bytes of the name, with its extension.
fn shortened(name: &str, limit: usize) -> String {
    let (stem, extension) = split_extension(name);
    format!("{}{extension}", short_stem(stem, limit - extension.len()))
}

/// At most `limit` bytes of what stands in front of an extension. A cut leaves no blank or dot at the end, and no device: what
/// told a name from one may have been behind it.
pub(super) fn short_stem(stem: &str, limit: usize) -> Cow<'_, str> {
    if stem.len() <= limit {
        return stem.into();
    }
    let cut = cut_at(stem, limit).trim_end_matches(|character: char| character.is_whitespace() || character == '.');
    if is_device(cut) { format!("_{}", cut_at(cut, limit - 1)).into() } else { cut.into() }
}

/// At most `limit` bytes of `text`, cut between characters.
fn cut_at(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

#[cfg(test)]
mod tests;
