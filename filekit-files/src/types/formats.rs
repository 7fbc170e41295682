//! Formats: what each is called, which extensions it has, what its files hold, and which of them cannot be told apart.

use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) use crate::types::table::FORMATS;
use crate::types::table::{CONTAINERS, FAMILIES, ZIPS};

/// One format. Several may share a type or an extension.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) mime: &'static str,
    pub(crate) holds: Holds,
    /// Without dots, between blanks.
    pub(super) extensions: &'static str,
    /// Other names of the type, between blanks.
    pub(super) names: &'static str,
    /// Whether the name of the type stands for these files as well as the name of its group.
    pub(super) is_meant_by_type: bool,
}

/// What the files of a format hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A signature that is known.
    Signature,
    /// Characters.
    Text,
    /// Characters that begin with `<`.
    Markup,
    /// DER, or base64 in characters: what is made of ASN.1.
    Asn1,
    /// Bytes without a signature that is known, and never characters alone.
    Bytes,
    /// Bytes or characters without a signature that is known.
    Either,
    /// Anything at all.
    Anything,
}

impl Format {
    /// The extensions, the usual one first.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.extensions.split_ascii_whitespace()
    }

    /// Tells whether the format belongs to the group `top/*`. What is written in characters belongs to `text/*` if any
    /// of its names does.
    pub(crate) fn is_in_group(&self, top: &str) -> bool {
        let is_in = |mime: &str| mime.split_once('/').is_some_and(|(of, _)| of == top);
        let is_text = top == "text" && matches!(self.holds, Holds::Text | Holds::Markup);
        is_in(self.mime) || (is_text && self.names.split_ascii_whitespace().any(is_in))
    }
}

/// The formats that have this extension, which is in small letters and without a dot.
pub(crate) fn of_extension(extension: &str) -> &'static [&'static Format] {
    BY_EXTENSION.get(extension).map_or(&[], Vec::as_slice)
}

/// The extension by which people know the files of a format: the one that its type is called after, or the usual one.
pub(crate) fn usual_extension(format: &Format) -> Option<&'static str> {
    let called = format.mime.split(['/', '+']).nth(1).unwrap_or_default();
    format.extensions().find(|extension| *extension == called).or_else(|| format.extensions().next())
}

/// The extension of files of which only this type is known, with its parameters or without.
#[must_use]
pub fn extension_of_type(mime: &str) -> Option<&'static str> {
    let name = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    of_name(&name).first().and_then(|format| usual_extension(format))
}

/// The formats that are meant by this name of a type, which is in small letters.
pub(crate) fn of_name(mime: &str) -> &'static [&'static Format] {
    BY_NAME.get(mime).map_or(&[], Vec::as_slice)
}

type Index = HashMap<&'static str, Vec<&'static Format>>;

// Each file that arrives or is served is looked up, and each list of types that a page shows.
static BY_EXTENSION: LazyLock<Index> = LazyLock::new(|| index(|format| format.extensions().collect()));

static BY_NAME: LazyLock<Index> = LazyLock::new(|| {
    index(|format| match format.is_meant_by_type {
        true => [format.mime].into_iter().chain(format.names.split_ascii_whitespace()).collect(),
        false => Vec::new(),
    })
});

fn index(keys: fn(&'static Format) -> Vec<&'static str>) -> Index {
    let mut index = Index::new();
    for format in FORMATS {
        for key in keys(format) {
            index.entry(key).or_default().push(format);
        }
    }
    index
}

/// The format that this type stands for first.
pub(crate) fn of_type(mime: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.mime == mime)
}

/// Tells whether a file whose signature is that of one type can be of the other type.
pub(crate) fn agree(signature: &str, mime: &str) -> bool {
    let both_zip = is_zip(signature) && is_zip(mime);
    signature == mime
        || FAMILIES.iter().any(|family| family.contains(&signature) && family.contains(&mime))
        || (both_zip && [signature, mime].contains(&"application/zip"))
        // An Office document with a password is wrapped up in the older format (MS-OFFCRYPTO, section 2.3.4.1).
        || (signature == "application/msword" && is_office_zip(mime))
        // What is for Java, Android or an editor holds the parts of the others.
        || (signature == "application/java-archive" && ZIPS.contains(&mime))
}

/// Tells whether a file whose signature is that of this type may be of a format without one.
pub(crate) fn is_container(signature: &str) -> bool {
    CONTAINERS.contains(&signature) || is_zip(signature)
}

fn is_zip(mime: &str) -> bool {
    mime == "application/zip"
        || is_office_zip(mime)
        || mime.starts_with("application/vnd.oasis.opendocument.")
        || ZIPS.contains(&mime)
}

fn is_office_zip(mime: &str) -> bool {
    mime.starts_with("application/vnd.openxmlformats-officedocument.")
        || (mime.starts_with("application/vnd.ms-") && mime.ends_with(".macroenabled.12"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_twice_is_named_alike() {
        let known = |mime: &str| FORMATS.iter().any(|format| format.mime == mime);
        for mime in FAMILIES.concat().into_iter().chain(ZIPS.iter().copied()).chain(CONTAINERS.iter().copied()) {
            assert!(known(mime), "{mime}");
        }
    }

    #[test]
    fn every_format_is_written_as_it_is_looked_for() {
        for format in FORMATS {
            assert!(format.extensions().next().is_some(), "{} has no extension", format.mime);
            for word in [format.mime, format.extensions, format.names] {
                assert!(word.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{word}");
                assert_eq!(word, word.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn an_extension_leads_to_its_types_and_a_type_to_its_extensions() {
        for (extension, mime) in [
            ("jpg", "image/jpeg"),
            ("jpg", "image/pjpeg"),
            ("heif", "image/heic"),
            ("heic", "image/heif"),
            ("csv", "application/vnd.ms-excel"),
            ("xls", "application/vnd.ms-excel"),
            ("m4a", "audio/x-m4a"),
            ("woff2", "font/woff2"),
            ("zip", "application/x-zip-compressed"),
            ("ogg", "video/ogg"),
            ("ogg", "audio/ogg"),
        ] {
            assert!(
                of_name(mime).iter().any(|format| format.extensions().any(|known| known == extension)),
                "{extension} {mime}"
            );
        }
        assert!(!of_name("text/plain").iter().any(|format| format.extensions().any(|known| known == "conf")));
        assert!(of_extension("conf").iter().any(|format| format.is_in_group("text")));
        assert!(of_extension("yml").iter().any(|format| format.is_in_group("text")));
        assert!(!of_extension("rtf").iter().any(|format| format.is_in_group("text")));
    }
}
