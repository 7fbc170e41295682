//! The head of a part of `multipart/form-data` (RFC 7578, section 4): fields in, names out, whichever reader brought the
//! fields. How a head is split into fields is `lines.rs`, how a disposition into names `disposition.rs`.

mod disposition;
mod extended;
mod lines;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::error::FileRejection;

/// What the head of a part says of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartHead {
    /// The name of the form control that the part belongs to.
    pub(crate) name: String,
    /// The name of the file, with its folders, as its sender meant it. A part without one is a value of a form, or a file
    /// input in which nothing was chosen.
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
}

/// The fields that matter. Each may be there once.
#[derive(Default)]
struct Fields<'a> {
    disposition: Option<&'a str>,
    content_type: Option<&'a str>,
    transfer_encoding: Option<&'a str>,
}

impl PartHead {
    /// Reads the fields of a head: names, and values without the line ends.
    ///
    /// # Errors
    ///
    /// If the part has no name, if another reader could see another part in it, or if it holds parts itself.
    pub(crate) fn of_fields<'a>(fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, FileRejection> {
        let fields = Fields::collect(fields)?;
        fields.check_transfer_encoding()?;
        let disposition = fields.disposition.unwrap_or_default();
        let (name, file_name) = disposition::names(disposition)?;
        let name =
            name.filter(|name| !name.is_empty()).ok_or_else(|| FileRejection::malformed("a part has no name"))?;
        let content_type = fields.content_type.map(str::to_owned);
        let head = Self { name, file_name, content_type };
        if head.is_nested() { Err(FileRejection::NestedMultipart { name: head.name }) } else { Ok(head) }
    }

    /// Whether the part has a file name that is not empty. Without one, only the content tells a file whose name was left out
    /// from a file input in which nothing was chosen.
    pub(crate) fn has_file_name(&self) -> bool {
        self.file_name.as_ref().is_some_and(|name| !name.is_empty())
    }

    /// Whether the content is a body of several parts: the way to send several files under one name before RFC 7578,
    /// section 4.3. With a file name it is a file of such a type: browsers say `multipart/related` of a saved page.
    fn is_nested(&self) -> bool {
        let is_multipart = |mime: &String| {
            let kind = mime.as_bytes().get(..MULTIPART.len());
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case(MULTIPART.as_bytes()))
        };
        self.file_name.is_none() && self.content_type.as_ref().is_some_and(is_multipart)
    }
}

const MULTIPART: &str = "multipart/";

/// The encodings that leave the content as it is (RFC 2045, section 6.1). What another one makes of it would be stored in
/// place of the file.
const IDENTITY_ENCODINGS: &[&str] = &["7bit", "8bit", "binary"];

impl<'a> Fields<'a> {
    fn collect(fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, FileRejection> {
        let mut found = Self::default();
        for (name, value) in fields {
            let value = checked(name, value)?;
            let place = match name.to_ascii_lowercase().as_str() {
                "content-disposition" => &mut found.disposition,
                "content-type" => &mut found.content_type,
                "content-transfer-encoding" => &mut found.transfer_encoding,
                _ => continue,
            };
            set_once(place, value)?;
        }
        Ok(found)
    }

    fn check_transfer_encoding(&self) -> Result<(), FileRejection> {
        let is_identity = |encoding: &str| IDENTITY_ENCODINGS.iter().any(|known| known.eq_ignore_ascii_case(encoding));
        match self.transfer_encoding {
            Some(encoding) if !is_identity(encoding) => {
                Err(FileRejection::malformed(format!("a part has the transfer encoding {encoding}")))
            }
            _ => Ok(()),
        }
    }
}

/// The value of a field, if every reader sees the same field in it.
///
/// A line break or a zero byte ends a value for some readers, a line that begins with two dashes is a delimiter to those
/// that look for one first, and a name with a blank in it is skipped or repaired.
fn checked<'a>(name: &str, value: &'a [u8]) -> Result<&'a str, FileRejection> {
    let value = std::str::from_utf8(value).map_err(|_| FileRejection::malformed("the head of a part is not UTF-8"))?;
    if name.starts_with("--") {
        return Err(FileRejection::malformed("the head of a part has a line like a delimiter"));
    }
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        return Err(FileRejection::malformed("the head of a part has a field with a wrong name"));
    }
    if value.contains(['\r', '\n', '\0']) {
        return Err(FileRejection::malformed("the head of a part has a stray line break or a zero byte"));
    }
    Ok(value.trim_matches(BLANKS))
}

/// Blanks that may stand around values (RFC 9110, section 5.6.3).
const BLANKS: [char; 2] = [' ', '\t'];

/// RFC 9110, section 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Two values would be one to this reader and the other to the next.
fn set_once<T>(place: &mut Option<T>, value: T) -> Result<(), FileRejection> {
    if place.replace(value).is_some() {
        return Err(FileRejection::malformed("the head of a part says something twice"));
    }
    Ok(())
}

/// Whether a form control that is called `id` in a page sends its parts under `name`.
pub(crate) fn is_name_of(id: &str, name: &str) -> bool {
    id == name || unescaped(id) == name
}

/// A name without the escapes of browsers, which write a quote as `%22`, a carriage return as `%0D` and a line feed as
/// `%0A`, but a percent sign as it is (HTML standard, "multipart/form-data encoding algorithm").
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}
