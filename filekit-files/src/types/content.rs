//! What the first bytes of a file say about it, and which formats it can be of.

use crate::types::formats::{Format, Holds, agree, is_container};
use crate::types::sniff;
use crate::types::text::looks_like_text;

/// What the first bytes of a file say about it.
#[derive(Debug)]
pub(super) struct Content<'a> {
    head: &'a [u8],
    /// The type whose signature it bears.
    pub(super) signature: Option<&'static str>,
    pub(super) is_text: bool,
}

/// What a document of HTML begins with: most of WHATWG, "MIME Sniffing", section 7.1.
const HTML: &[&str] =
    &["!doctype html", "html", "head", "body", "iframe", "div", "h1", "table", "p", "script", "title"];

impl<'a> Content<'a> {
    pub(super) fn of(head: &'a [u8]) -> Self {
        Self { head, signature: sniff::signature(head), is_text: looks_like_text(head) }
    }

    /// The one of these formats that the content is of: the one that it tells before those that it allows.
    pub(super) fn choose(&self, formats: &[&'static Format]) -> Option<&'static Format> {
        let is_told = |format: &&&Format| self.signature == Some(format.mime) && format.holds == Holds::Signature;
        let told = formats.iter().find(is_told);
        told.or_else(|| formats.iter().find(|format| self.can_be(format))).copied()
    }

    /// Tells whether this can be the content of a file of that format.
    fn can_be(&self, format: &Format) -> bool {
        match format.holds {
            Holds::Signature => self.bears_signature_of(format.mime),
            Holds::Text => self.is_readable(),
            Holds::Markup => self.is_readable() && self.is_markup(),
            Holds::Asn1 => self.is_readable() || self.is_der(),
            Holds::Bytes => self.has_no_other_signature() && !self.is_text,
            Holds::Either => self.has_no_other_signature(),
            Holds::Anything => true,
        }
    }

    fn bears_signature_of(&self, mime: &str) -> bool {
        match self.signature {
            Some(signature) => agree(signature, mime),
            None if mime == "application/pdf" => sniff::is_pdf_behind_something(self.head),
            // An archive of nothing, as `tar` writes it.
            None if mime == "application/x-tar" => self.head.len() >= 512 && self.head.iter().all(|byte| *byte == 0),
            None => false,
        }
    }

    fn is_readable(&self) -> bool {
        self.is_text && self.signature.is_none_or(sniff::is_readable)
    }

    fn is_markup(&self) -> bool {
        self.tag().is_some_and(|tag| !is_html(&tag))
    }

    /// The type of a text that no name tells.
    pub(super) fn type_of_text(&self) -> Option<&'static str> {
        let is_text = self.signature.is_none() && self.is_text && !self.head.is_empty();
        is_text.then(|| match self.tag() {
            Some(tag) if is_html(&tag) => "text/html",
            Some(tag) if tag.starts_with("?xml") => "text/xml",
            _ => "text/plain",
        })
    }

    /// What follows the `<` that the text begins with, in small letters.
    fn tag(&self) -> Option<String> {
        let letters = self.head.iter().copied().filter(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff));
        let text: String = letters.skip_while(u8::is_ascii_whitespace).map(char::from).take(64).collect();
        text.strip_prefix('<').map(str::to_ascii_lowercase)
    }

    /// A sequence (X.690, section 8.9) with a length in one of the forms that there are (section 8.1.3).
    fn is_der(&self) -> bool {
        self.signature.is_none() && matches!(self.head, [0x30, 0x02..=0x84, _, ..])
    }

    fn has_no_other_signature(&self) -> bool {
        self.signature.is_none_or(is_container)
    }
}

fn is_html(tag: &str) -> bool {
    let goes_on = |next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | ':' | '_');
    HTML.iter().any(|name| tag.strip_prefix(name).is_some_and(|rest| !rest.starts_with(goes_on)))
}
