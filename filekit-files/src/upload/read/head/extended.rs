//! The extended value of a parameter, `UTF-8''caf%C3%A9` (RFC 8187, section 3.2; ISO-8859-1 by its predecessor RFC 5987).

use percent_encoding::percent_decode_str;

/// The text of an extended value; nothing if it is none, or in another character set.
pub(super) fn decode(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !has_whole_escapes(encoded) {
        return None;
    }
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    if charset.eq_ignore_ascii_case("UTF-8") {
        return String::from_utf8(bytes).ok();
    }
    // Each byte is the character of that number. What is not escaped has to be ASCII: the head itself is UTF-8.
    let is_latin = charset.eq_ignore_ascii_case("ISO-8859-1") && encoded.is_ascii();
    is_latin.then(|| bytes.into_iter().map(char::from).collect())
}

/// Whether two hexadecimal digits follow each percent sign.
fn has_whole_escapes(encoded: &str) -> bool {
    let is_whole = |text: &str| text.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    encoded.split('%').skip(1).all(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_both_character_sets() {
        for (value, text) in [
            ("UTF-8''a.txt", "a.txt"),
            ("utf-8'ja'%E5%86%99%E7%9C%9F.png", "写真.png"),
            ("UTF-8''%e5%86%99 %22 it's.png", "写 \" it's.png"),
            ("UTF-8''écrit%20vite", "écrit vite"),
            ("iso-8859-1'en'%A3%20rates", "£ rates"),
            ("ISO-8859-1''caf%E9", "café"),
            ("UTF-8''", ""),
        ] {
            assert_eq!(decode(value).as_deref(), Some(text), "{value}");
        }
    }

    #[test]
    fn what_is_no_extended_value_is_not_guessed() {
        for value in
            ["", "a.txt", "UTF-8'a.txt", "UTF-8''%E5%86", "UTF-8''%zz", "UTF-8''a%4", "ISO-8859-1''é", "KOI8-R''%C1"]
        {
            assert_eq!(decode(value), None, "{value}");
        }
    }
}
