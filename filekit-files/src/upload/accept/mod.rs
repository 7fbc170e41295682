//! Which files an `accept` list lets in, judged by name and content together; what a browser claims plays no part.
//!
//! An entry must name the file, by its extension or by one of the types that its extension stands for, and the content
//! must be what that type says: what has a known signature bears it, and text looks like text.

mod types;

use std::collections::BTreeSet;

use crate::storage::looks_like_text;
use crate::texts::Texts;

/// How many first bytes are enough to judge.
pub(crate) const ENOUGH: usize = 4 * 1024;

/// Reads a list as it stands in HTML: `image/png, .heic`. Everything is accepted if it is empty.
pub fn entries(list: &str) -> Vec<String> {
    let entries: Vec<String> =
        list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).collect();
    if entries.iter().any(|entry| entry == "*/*") {
        return Vec::new();
    }
    for entry in entries.iter().filter(|entry| Entry::parse(entry).is_none()) {
        tracing::error!(?entry, "an entry of `accept` is neither an extension nor a type, so it accepts nothing");
    }
    entries
}

/// The extensions of all that is accepted, without their dots and in order, for a browser that knows no types.
pub(crate) fn extensions(entries: &[String]) -> Vec<String> {
    let mut extensions = BTreeSet::new();
    for entry in entries.iter().filter_map(|entry| Entry::parse(entry)) {
        match entry {
            Entry::Extension(extension) => {
                let last = last_extension(extension);
                extensions.insert(last.to_owned());
                extensions.extend(types::synonyms(last).map(str::to_owned));
            }
            Entry::Group(top) => extensions.extend(types::extensions_of_group(top).into_iter().map(str::to_owned)),
            Entry::Type(mime) => extensions.extend(types::extensions_of(mime).into_iter().map(str::to_owned)),
        }
    }
    extensions.into_iter().collect()
}

/// The list for people: `PNG, JPEG, HEIC, images`.
pub(crate) fn words(entries: &[String], texts: &Texts) -> String {
    let word = |entry: Entry<'_>| match entry {
        Entry::Extension(extension) => extension.to_ascii_uppercase(),
        Entry::Type(mime) => types::usual_extension(mime).map_or_else(|| mime.to_owned(), str::to_ascii_uppercase),
        Entry::Group(top @ ("image" | "video" | "audio" | "text")) => texts.say(&format!("accepted.{top}"), &[]),
        Entry::Group(top) => format!("{top}/*"),
    };
    let mut words: Vec<String> = entries.iter().filter_map(|entry| Entry::parse(entry)).map(word).collect();
    let mut seen = BTreeSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words.join(", ")
}

/// Tells whether the list accepts a file of this name that begins with these bytes. An empty list accepts everything.
///
/// `start` is at least [`ENOUGH`] bytes, or the whole file.
pub(crate) fn accepts(entries: &[String], name: &str, start: &[u8]) -> bool {
    if entries.is_empty() {
        return true;
    }
    let name = name.to_ascii_lowercase();
    let content = Content::of(start);
    entries.iter().filter_map(|entry| Entry::parse(entry)).any(|entry| entry.accepts(&name, &content))
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

/// What the first bytes of a file say about it.
struct Content {
    /// The type whose signature it bears.
    signature: Option<&'static str>,
    is_text: bool,
    /// It is text that begins as markup does: with `<`.
    is_markup: bool,
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

    fn accepts(self, name: &str, content: &Content) -> bool {
        let Some(extension) = name.rsplit_once('.').map(|(_, extension)| extension) else {
            return self.accepts_nameless(content);
        };
        let types = types::of_extension(extension);
        match self {
            Self::Extension(wanted) => {
                is_extension_of(wanted, name) && (types.is_empty() || types.iter().any(|mime| content.is(mime)))
            }
            _ => {
                let is_called = types::other_names(extension).any(|mime| self.names(mime));
                types.iter().any(|mime| (is_called || self.names(mime)) && content.is(mime))
            }
        }
    }

    /// A file without an extension is what its content says.
    fn accepts_nameless(self, content: &Content) -> bool {
        match content.signature {
            Some(signature) => self.names(signature),
            None => content.is_text && self.names("text/plain"),
        }
    }

    /// Tells whether this is an entry for files of that type.
    fn names(self, mime: &str) -> bool {
        match self {
            Self::Extension(_) => false,
            Self::Group(top) => mime.split_once('/').is_some_and(|(of, _)| of == top),
            Self::Type(wanted) => types::canonical(wanted) == types::canonical(mime),
        }
    }
}

/// Tells whether a name ends in an extension, or in another one of the same meaning.
fn is_extension_of(wanted: &str, name: &str) -> bool {
    let ends_in = |extension: &str| {
        name.strip_suffix(extension).and_then(|rest| rest.strip_suffix('.')).is_some_and(|stem| !stem.is_empty())
    };
    ends_in(wanted) || types::synonyms(wanted).any(ends_in)
}

fn last_extension(extension: &str) -> &str {
    extension.rsplit('.').next().unwrap_or(extension)
}

impl Content {
    fn of(start: &[u8]) -> Self {
        let is_text = looks_like_text(start);
        let blank = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff);
        Self {
            signature: types::signature(start).map(types::canonical),
            is_text,
            is_markup: is_text && start.iter().find(|byte| !blank(byte)) == Some(&b'<'),
        }
    }

    /// Tells whether this can be the content of a file of that type.
    fn is(&self, mime: &str) -> bool {
        let mime = types::canonical(mime);
        if mime == "application/octet-stream" {
            return true;
        }
        if types::is_text(mime) {
            return self.is_text && self.is_text_of(mime);
        }
        match self.signature {
            Some(signature) => types::agree(signature, mime),
            None if types::has_signature(mime) => false,
            None => !self.is_text || types::may_be_text(mime),
        }
    }

    fn is_text_of(&self, mime: &str) -> bool {
        match self.signature {
            // Documents that are written in characters, but not to be read as they are.
            Some("application/pdf" | "application/rtf" | "application/postscript") => false,
            Some("text/html") if types::is_xml(mime) => mime.contains("html"),
            _ => !types::is_xml(mime) || self.is_markup,
        }
    }
}

#[cfg(test)]
mod tests;
