//! The `Content-Disposition` header.

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::storage::short_to_save;

/// What stands for itself in the extended form: letters, digits and three signs, all of them `attr-char` of RFC 8187,
/// section 3.2.1.
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The header for a file of that name, in both forms of RFC 6266: plain for old programs, extended for the rest.
///
/// The plain form has no `%`, because Chromium would decode it.
#[must_use]
pub fn content_disposition(inline: bool, name: &str) -> HeaderValue {
    let name = short_to_save(name);
    let plain: String = name.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
    let kind = if inline { "inline" } else { "attachment" };
    let extended = utf8_percent_encode(&name, EXTENDED);
    let text = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{extended}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| unreachable!("both forms are visible ASCII"))
}

fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_one_line_of_ascii_with_both_forms() {
        for (name, header) in [
            ("a b.txt", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"),
            ("€ \"100%\".txt", "attachment; filename=\"_ _100__.txt\"; filename*=UTF-8''%E2%82%AC%20%22100%25%22.txt"),
            ("a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
        ] {
            assert_eq!(content_disposition(false, name), header, "{name:?}");
        }
    }
}
