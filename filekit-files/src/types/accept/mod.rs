//! Which files an `accept` list lets in, judged by name and content together; what a browser claims plays no part.
//!
//! An entry must name the file, by its extension or by the type that name and content together tell. A file whose name
//! says one thing and whose content is another is taken where both are named.

#[cfg(fuzzing)]
pub mod fuzzing;

use std::collections::BTreeSet;

use crate::error::Mismatch;
use crate::texts::Texts;
use crate::types::formats::{self, FORMATS, Format, Holds};
use crate::types::{Judgement, Name};

/// Reads a list as it stands in HTML: `image/png, .heic`. Everything is accepted if it is empty.
pub fn entries(list: &str) -> Vec<String> {
    let entries: Vec<String> =
        list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).collect();
    if entries.iter().any(|entry| entry == "*/*") {
        return Vec::new();
    }
    for entry in entries.iter().filter(|entry| !Entry::parse(entry).is_some_and(Entry::is_known)) {
        tracing::error!(
            ?entry,
            "an entry of `accept` is no extension, and no type of which an extension is known, so it accepts nothing"
        );
    }
    entries
}

/// The extensions of all that is accepted, without their first dots and in order, for a browser that knows no types.
pub(crate) fn extensions(entries: &[String]) -> Vec<&str> {
    let of_entry = |entry| -> Vec<&str> {
        match entry {
            Entry::Extension(extension) => synonyms(extension).collect(),
            _ => entry.formats().flat_map(|format| format.extensions()).collect(),
        }
    };
    parsed(entries).flat_map(of_entry).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The list for people: `PNG, JPEG, HEIC, images`.
pub(crate) fn words(entries: &[String], texts: &Texts) -> String {
    let word = |entry: Entry<'_>| match entry {
        Entry::Extension(extension) => extension.to_ascii_uppercase(),
        Entry::Type(mime) => {
            // The one that has the type, before those that go by it as well.
            let meant = entry.formats().find(|format| format.mime == mime);
            let named = meant.or_else(|| entry.formats().next());
            named.map_or_else(|| mime.to_owned(), word_for)
        }
        Entry::Group(top @ ("image" | "video" | "audio" | "text")) => texts.say(&format!("accepted.{top}"), &[]),
        Entry::Group(top) => format!("{top}/*"),
    };
    let mut words: Vec<String> = parsed(entries).map(word).collect();
    let mut seen = BTreeSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words.join(", ")
}

/// What people call a format.
fn word_for(format: &Format) -> String {
    formats::usual_extension(format).unwrap_or_default().to_ascii_uppercase()
}

/// Why a list does not accept a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is of none of the formats.
    NotAccepted,
    /// It is of this format, and its name says another.
    Misnamed(&'static Format),
    /// It has no content that could be of a format that is accepted.
    Empty,
    /// Its name says text of a kind that is accepted, and its content is none.
    NotText,
    /// Its name says this format, which is accepted, and its content is of none that is known.
    Damaged(&'static Format),
}

impl Refusal {
    /// What is wrong with the content, for people, if more is wrong than that it is not accepted.
    pub(crate) fn mismatch(self) -> Option<Mismatch> {
        Some(match self {
            Self::NotAccepted => return None,
            Self::Misnamed(content) => Mismatch::OtherFormat(word_for(content)),
            Self::Empty => Mismatch::Empty,
            Self::NotText => Mismatch::NotText,
            Self::Damaged(said) => Mismatch::NoSuchFormat(word_for(said)),
        })
    }

    /// Why a file is not accepted whose content is none of what its name allows.
    fn of(entries: &[String], name: &str, head: &[u8], judged: &Judgement) -> Self {
        match (judged.name, judged.format) {
            (Name::HasNoExtension, None) if head.is_empty() => Self::Empty,
            (Name::Misleads, Some(content)) => Self::Misnamed(content),
            (Name::Misleads, None) => match said_by(entries, name) {
                None => Self::NotAccepted,
                Some(_) if head.is_empty() => Self::Empty,
                Some(said) if said.holds == Holds::Text => Self::NotText,
                Some(said) => Self::Damaged(said),
            },
            _ => Self::NotAccepted,
        }
    }
}

/// Judges a file of this name that begins with these bytes. An empty list accepts everything.
///
/// `head` is [`SNIFF_LENGTH`](crate::types::SNIFF_LENGTH) bytes, or the whole file. Returns the extension that the file should
/// have, if its name says one thing and its content is another: a phone hands over a JPEG as `IMG_1.HEIC`, a browser saves a
/// WebP as `photo.jpg`.
///
/// # Errors
///
/// If the list does not accept it.
pub(crate) fn check(entries: &[String], name: &str, head: &[u8]) -> Result<Option<&'static str>, Refusal> {
    if entries.is_empty() {
        return Ok(None);
    }
    let name = name.to_ascii_lowercase();
    let judged = Judgement::of(head, &name);
    let misleads = judged.name == Name::Misleads;
    let right = judged.format.filter(|_| misleads).and_then(|format| right_extension(entries, &name, format));
    match right.is_some() || names_file(entries, &name, &judged) {
        true => Ok(right),
        false => Err(Refusal::of(entries, &name, head, &judged)),
    }
}

fn names_file(entries: &[String], name: &str, judged: &Judgement) -> bool {
    let format = judged.format;
    match judged.name {
        Name::Fits => format.is_some_and(|format| parsed(entries).any(|entry| entry.names_as(name, format))),
        Name::HasNoExtension => format.is_some_and(|format| parsed(entries).any(|entry| entry.names(format))),
        // Nothing else tells what it should be.
        Name::IsUnknown => parsed(entries).any(|entry| entry.is_extension_of(name)),
        Name::Misleads => false,
    }
}

/// The extension of what the content is, if the list accepts that, and what the name says as well.
fn right_extension(entries: &[String], name: &str, content: &Format) -> Option<&'static str> {
    // What text is of, only its name tells.
    let right = content.extensions().next().filter(|_| content.holds == Holds::Signature)?;
    let (stem, _) = name.rsplit_once('.')?;
    let corrected = format!("{stem}.{right}");
    let names_name = said_by(entries, name).is_some();
    let names_content = parsed(entries).any(|entry| entry.names_as(&corrected, content));
    (names_name && names_content).then_some(right)
}

/// The format that a name says by its extension, if the list accepts that.
fn said_by(entries: &[String], name: &str) -> Option<&'static Format> {
    let (_, said) = name.rsplit_once('.')?;
    let is_accepted = |format: &&&Format| parsed(entries).any(|entry| entry.names_as(name, format));
    formats::of_extension(said).iter().find(is_accepted).copied()
}

/// One entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry<'a> {
    /// `.heic`, without the dot. It may have dots inside: `tar.gz`.
    Extension(&'a str),
    /// `image/*`: what stands before the slash.
    Group(&'a str),
    /// `image/png`.
    Type(&'a str),
}

fn parsed(entries: &[String]) -> impl Iterator<Item = Entry<'_>> {
    entries.iter().filter_map(|entry| Entry::parse(entry))
}

impl<'a> Entry<'a> {
    fn parse(entry: &'a str) -> Option<Self> {
        if let Some(extension) = entry.strip_prefix('.') {
            return (!extension.is_empty() && !extension.contains('/')).then_some(Self::Extension(extension));
        }
        // Parameters, as in `text/plain; charset=utf-8`, say nothing about a file.
        let mime = entry.split(';').next().unwrap_or_default().trim_end();
        let (top, sub) = mime.split_once('/')?;
        match sub {
            _ if top.is_empty() || sub.is_empty() || top == "*" => None,
            "*" => Some(Self::Group(top)),
            _ => Some(Self::Type(mime)),
        }
    }

    /// Tells whether there are files that it accepts.
    fn is_known(self) -> bool {
        matches!(self, Self::Extension(_)) || self.formats().next().is_some()
    }

    /// The formats of a type or group.
    fn formats(self) -> impl Iterator<Item = &'static Format> {
        let (named, group) = match self {
            Self::Extension(_) => (&[][..], None),
            Self::Type(mime) => (formats::of_name(mime), None),
            Self::Group(top) => (&[][..], Some(top)),
        };
        let in_group = group.into_iter().flat_map(|top| FORMATS.iter().filter(move |format| format.is_in_group(top)));
        named.iter().copied().chain(in_group)
    }

    /// Tells whether this is an entry for files of that name, whose format is this.
    fn names_as(self, name: &str, format: &Format) -> bool {
        self.is_extension_of(name) || self.names(format)
    }

    /// Tells whether this is an entry for files of that format, by its type.
    fn names(self, format: &Format) -> bool {
        match self {
            Self::Extension(_) => false,
            Self::Group(top) => format.is_in_group(top),
            Self::Type(mime) => formats::of_name(mime).contains(&format),
        }
    }

    /// Tells whether a name ends in the extension that is wanted, or in another one of the same meaning.
    fn is_extension_of(self, name: &str) -> bool {
        let ends_in = |extension: &str| {
            name.strip_suffix(extension).and_then(|rest| rest.strip_suffix('.')).is_some_and(|stem| !stem.is_empty())
        };
        matches!(self, Self::Extension(wanted) if synonyms(wanted).any(ends_in))
    }
}

/// Extensions of one meaning: files of one kind under an older or a longer name.
const SYNONYMS: &[&[&str]] = &[
    &["aif", "aiff"],
    &["heic", "heif"],
    &["htm", "html"],
    &["jfif", "jpe", "jpeg", "jpg"],
    &["markdown", "md"],
    &["mid", "midi"],
    &["mpeg", "mpg"],
    &["tif", "tiff"],
    &["yaml", "yml"],
];

/// The extension, and the others of its meaning.
fn synonyms(extension: &str) -> impl Iterator<Item = &str> {
    let group = SYNONYMS.iter().find(|group| group.contains(&extension));
    let others = group.into_iter().flat_map(|group| group.iter().copied());
    [extension].into_iter().chain(others.filter(move |other| *other != extension))
}

#[cfg(test)]
mod tests;
