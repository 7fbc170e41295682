//! The name in the `Content-Disposition` of a request (RFC 6266): `inline; filename="a.txt"; filename*=UTF-8''a.txt`. Those in the
//! parts of a form are read by `filekit-files`.

use percent_encoding::percent_decode_str;

const BLANKS: [char; 2] = [' ', '\t'];

/// The name that the field says: the extended one goes before the plain one (section 4.3).
pub(super) fn file_name(field: &str) -> Option<String> {
    let mut rest = field.split_once(';')?.1;
    let (mut plain, mut extended) = (None, None);
    while let Some((key, value, after)) = parameter(rest) {
        if key.eq_ignore_ascii_case("filename") {
            plain.get_or_insert(value);
        } else if key.eq_ignore_ascii_case("filename*") {
            extended = extended.or_else(|| decoded(&value));
        }
        rest = after;
    }
    extended.or(plain).filter(|name| !name.is_empty())
}

/// The first parameter: its key, its value, and what follows it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (key, value) = text.trim_start_matches([';', ' ', '\t']).split_once('=')?;
    let (value, rest) = match value.trim_start_matches(BLANKS).strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => {
            let end = value.find(';').unwrap_or(value.len());
            (value[..end].trim_matches(BLANKS).to_owned(), &value[end..])
        }
    };
    Some((key.trim_matches(BLANKS), value, rest))
}

/// The text up to the closing quote, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(signs.next()?.1),
            _ => value.push(sign),
        }
    }
    None
}

/// An extended value (RFC 8187, section 3.2) in UTF-8, as it has to be.
fn decoded(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    let is_known = charset.eq_ignore_ascii_case("UTF-8");
    is_known.then(|| percent_decode_str(encoded).decode_utf8().ok().map(Into::into)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_meant() {
        for (field, name) in [
            ("inline; filename=\"file name.jpg\"; filename*=UTF-8''file%20name.jpg", Some("file name.jpg")),
            ("attachment; filename=a.txt", Some("a.txt")),
            ("inline;FILENAME = \"a.txt\" ; x=y", Some("a.txt")),
            ("inline; filename*=utf-8'de'%E5%86%99.png; filename=\"x.png\"", Some("写.png")),
            ("inline; filename=\"a\\\"b.txt\"", Some("a\"b.txt")),
            ("inline; filename=\"a;b.txt\"; x=1", Some("a;b.txt")),
            ("inline; filename*=KOI8-R''%C1; filename=\"x.png\"", Some("x.png")),
            ("inline; filename*=UTF-8''%ff; filename=\"x.png\"", Some("x.png")),
            ("inline; filename=\"写.png\"", Some("写.png")),
            ("inline", None),
            ("inline; filename=\"\"", None),
            ("inline; filename=\"a", None),
            ("inline; x", None),
        ] {
            assert_eq!(file_name(field).as_deref(), name, "{field}");
        }
    }
}
