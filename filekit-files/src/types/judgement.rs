//! The one judgement of content and name together: which type a file is of.

use crate::types::SNIFF_LENGTH;
use crate::types::content::Content;
use crate::types::formats::{self, Format, Holds};

/// What a file is called of which nothing is known.
const UNKNOWN: &str = "application/octet-stream";

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) mime: &'static str,
    /// The format, if it is one of those that are known.
    pub(crate) format: Option<&'static Format>,
    pub(crate) name: Name,
}

/// What the name of a file says of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// What it is.
    Fits,
    /// Something else.
    Misleads,
    /// Nothing: it has no extension.
    HasNoExtension,
    /// Nothing: it has an extension that means nothing here.
    IsUnknown,
}

/// The MIME type of a file with these first bytes and this name. What a client claims plays no part.
///
/// The name says what the file should be. If the content can be that, it is; otherwise the file is what its signature
/// says. So a text is what it is called, and a picture is what it is.
#[must_use]
pub fn sniff_type(head: &[u8], name: &str) -> &'static str {
    Judgement::of(head, name).mime
}

impl Judgement {
    pub(crate) fn of(head: &[u8], name: &str) -> Self {
        let content = Content::of(&head[..head.len().min(SNIFF_LENGTH)]);
        let extension = extension(name).map(str::to_ascii_lowercase);
        let named = extension.as_deref().map_or(&[][..], formats::of_extension);
        if let Some(format) = content.choose(named) {
            return Self { mime: type_of(format, &content), format: Some(format), name: Name::Fits };
        }
        let name = match extension {
            None => Name::HasNoExtension,
            Some(_) if named.is_empty() => Name::IsUnknown,
            Some(_) => Name::Misleads,
        };
        let mime = content.signature.or_else(|| content.type_of_text()).unwrap_or(UNKNOWN);
        Self { mime, format: formats::of_type(mime).filter(|_| mime != UNKNOWN), name }
    }
}

/// What may hold anything is what it holds.
fn type_of(format: &Format, content: &Content<'_>) -> &'static str {
    match (format.holds, content.signature) {
        (Holds::Anything, Some(signature)) => signature,
        _ => format.mime,
    }
}

/// The MIME type that a name says, where the content is not looked at.
#[must_use]
pub(crate) fn type_of_name(name: &str) -> &'static str {
    let extension = extension(name).map(str::to_ascii_lowercase);
    let named = extension.as_deref().and_then(|extension| formats::of_extension(extension).first());
    named.map_or("application/octet-stream", |format| format.mime)
}

/// What follows the last dot of a name.
pub(crate) fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    #[test]
    fn the_name_says_what_a_file_should_be_and_the_content_whether_it_is() {
        for (head, name, mime) in [
            (PNG, "a.png", "image/png"),
            (PNG, "a.txt", "image/png"),
            (PNG, "a.bin", "image/png"),
            (b"%PDF-1.7\n", "a.pdf", "application/pdf"),
            (b"a,b\n1,2\n", "a.csv", "text/csv"),
            (b"{}", "a.json", "application/json"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"),
            (b"<!DOCTYPE html><p>", "a.html", "text/html"),
            (b"plain", "README", "text/plain"),
            (b"plain", "a.png", "text/plain"),
            (b"\0\x01\x02", "a.txt", UNKNOWN),
            (b"", "a.txt", "text/plain"),
            (b"", "a.png", UNKNOWN),
            (b"", "a", UNKNOWN),
            (b"BMI,weight\n21,70\n", "a.csv", "text/csv"),
            (b"ID3 is a format of tags", "a", "text/plain"),
            (COMPOUND, "a.doc", "application/msword"),
            (COMPOUND, "a.xls", "application/vnd.ms-excel"),
            (COMPOUND, "a.png", "application/msword"),
        ] {
            assert_eq!(sniff_type(head, name), mime, "{name} {}", head.escape_ascii());
        }
    }
}
