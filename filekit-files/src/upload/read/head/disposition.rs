//! The names in a `Content-Disposition` (RFC 7578, section 4.2; RFC 6266), as the programs write them that send forms.
//!
//! Three kinds of senders write the same quoted value in different ways, and none says which kind it is:
//!
//! | sender | a quote in a name | a backslash in a name |
//! | --- | --- | --- |
//! | browsers, curl, undici | `%22` | as it is |
//! | libsoup, Go, Ruby's Net::HTTP, reqwest | `\"` | `\\` |
//! | rest-client, Guzzle, Poco, ureq | as it is | as it is |
//!
//! So a quote ends a value only where a parameter or nothing follows.

use super::{BLANKS, extended, is_token_byte, set_once, unescaped};
use crate::error::FileRejection;

/// The name of the control and that of the file.
type Names = (Option<String>, Option<String>);

/// Reads the names in `form-data; name="files"; filename="a.txt"`.
///
/// # Errors
///
/// If it is another disposition, which other readers skip, or if it cannot be told where a value ends.
pub(super) fn names(disposition: &str) -> Result<Names, FileRejection> {
    let (kind, parameters) = disposition.split_once(';').unwrap_or((disposition, ""));
    if !kind.trim_matches(BLANKS).eq_ignore_ascii_case("form-data") {
        return Err(FileRejection::malformed("a part is no form data"));
    }
    let [mut name, mut extended_name, mut file_name, mut extended_file_name] = [const { None }; 4];
    let mut parameters = Parameters { rest: parameters };
    while let Some((key, value)) = parameters.next()? {
        let place = match key.to_ascii_lowercase().as_str() {
            "name" => &mut name,
            "name*" => &mut extended_name,
            "filename" => &mut file_name,
            "filename*" => &mut extended_file_name,
            _ => continue,
        };
        set_once(place, value)?;
    }
    Ok((either(name, extended_name)?, either(file_name, extended_file_name)?))
}

/// The plain value if there is one: browsers, which other readers follow, send no other.
fn either(plain: Option<String>, extended: Option<String>) -> Result<Option<String>, FileRejection> {
    let decoded = extended.as_deref().map(extended::decode);
    match (plain, decoded) {
        (Some(plain), Some(Some(decoded))) if plain.is_empty() || is_encoded_word(&plain) => Ok(Some(decoded)),
        (Some(plain), _) => Ok(Some(plain)),
        (None, Some(None)) => Err(FileRejection::malformed("the head of a part has an extended value that is none")),
        (None, decoded) => Ok(decoded.flatten()),
    }
}

/// Whether a value is an encoded word (RFC 2047, section 2). .NET and Spring write a name that is not ASCII as one, beside
/// the extended value that says it right.
fn is_encoded_word(value: &str) -> bool {
    value.starts_with("=?") && value.ends_with("?=")
}

/// The parameters of a disposition, one after the other.
struct Parameters<'a> {
    rest: &'a str,
}

impl<'a> Parameters<'a> {
    /// The next parameter: its key, and its value without quotes.
    fn next(&mut self) -> Result<Option<(&'a str, String)>, FileRejection> {
        let rest = self.rest.trim_start_matches([';', ' ', '\t']);
        if rest.is_empty() {
            return Ok(None);
        }
        let (key, value) = split_key(rest).ok_or_else(|| FileRejection::malformed("a parameter has no value"))?;
        let (value, rest) = match value.strip_prefix('"') {
            Some(quoted) => split_quoted(quoted)?,
            None => split_plain(value)?,
        };
        self.rest = rest;
        Ok(Some((key, value)))
    }
}

/// The key at the beginning of a parameter, and what follows its equals sign.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !is_token_byte(byte)).filter(|end| *end > 0)?;
    let (key, rest) = text.split_at(end);
    let value = rest.trim_start_matches(BLANKS).strip_prefix('=')?;
    Some((key, value.trim_start_matches(BLANKS)))
}

/// The value without quotes at the beginning of `text`, and what follows it. It may have blanks in it, as some write it.
fn split_plain(text: &str) -> Result<(String, &str), FileRejection> {
    let (value, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
    if value.contains('"') {
        return Err(FileRejection::malformed("a parameter has a quote in its value"));
    }
    Ok((value.trim_end_matches(BLANKS).to_owned(), rest))
}

/// The value up to its closing quote, and what follows it. `text` follows the opening quote.
fn split_quoted(text: &str) -> Result<(String, &str), FileRejection> {
    let mut value = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        value.push_str(&rest[..at]);
        let sign = &rest[at..];
        rest = if let Some(after) = sign.strip_prefix("\\\"") {
            if is_end_behind_backslash(after) {
                return Ok((as_meant(value + "\\"), after));
            }
            value.push('"');
            after
        } else if let Some(after) = sign.strip_prefix("\\\\") {
            value.push('\\');
            after
        } else if let Some(after) = sign.strip_prefix('"') {
            if is_end(after) {
                return Ok((as_meant(value), after));
            }
            value.push('"');
            after
        } else {
            value.push('\\');
            &sign[1..]
        };
    }
    Err(FileRejection::malformed("a parameter has a quote that does not end"))
}

/// Whether a quote ends its value, by what follows it: nothing, or a parameter that is one.
fn is_end(after: &str) -> bool {
    let after = after.trim_start_matches(BLANKS);
    let next = after.trim_start_matches([';', ' ', '\t']);
    if next.is_empty() {
        return true;
    }
    match split_key(next).filter(|_| after.starts_with(';')) {
        Some((_, value)) => match value.strip_prefix('"') {
            Some(quoted) => quoted.contains('"'),
            // A value without quotes goes to the next semicolon.
            None => !value.find(['"', ';']).is_some_and(|at| value[at..].starts_with('"')),
        },
        None => false,
    }
}

/// Whether a quote behind a backslash ends its value all the same: it is the last one, or a parameter with quotes follows.
/// A sender that escapes quotes would have escaped those, too.
fn is_end_behind_backslash(after: &str) -> bool {
    let parameter = after.trim_start_matches(BLANKS).strip_prefix(';').map(|next| next.trim_start_matches(BLANKS));
    let quoted = parameter.and_then(split_key).and_then(|(_, value)| value.strip_prefix('"'));
    !after.contains('"') || quoted.is_some_and(|quoted| quoted.contains('"'))
}

/// What the sender meant by a quoted value. One that writes quotes as they are does not write `%22` for them.
fn as_meant(value: String) -> String {
    if value.contains('"') { value } else { unescaped(&value).into_owned() }
}
