//! Judges the type of a file by its content and its name; not what may be done with it.

/// How many first bytes are looked at to judge a type; the signatures that `infer` knows need fewer.
pub(crate) const HEAD: usize = 8 * 1024;

/// What a file is called of which nothing is known.
const UNKNOWN: &str = "application/octet-stream";

/// The MIME type of a file with these first bytes and this name. What a client claims plays no part.
///
/// A signature in the content decides. Types that have none (text and its like) are judged by the name, if the
/// content is text; and a container such as zip may be called by the more exact type that the name says.
#[must_use]
pub fn judge(head: &[u8], name: &str) -> String {
    let by_name = mime_guess::from_path(name).first();
    let by_content = signature(head);
    match (by_content, by_name) {
        // Documents of all older Office programs begin alike (MS-CFB, section 2.2); the name says which one's it is.
        (Some("application/msword"), Some(named)) if is_office(named.subtype().as_str()) => named.to_string(),
        (Some("application/zip"), Some(named)) if is_zip_based(named.subtype().as_str()) => named.to_string(),
        // Markup is text: what it is depends on how it is called.
        (Some("text/html" | "text/xml"), Some(named)) if is_text(&named) => named.to_string(),
        (Some(content), _) => content.to_owned(),
        (None, Some(named)) if is_text(&named) && looks_like_text(head) => named.to_string(),
        (None, None) if looks_like_text(head) && !head.is_empty() => "text/plain".to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

fn is_office(subtype: &str) -> bool {
    subtype == "msword" || subtype.starts_with("vnd.ms-")
}

fn is_zip_based(subtype: &str) -> bool {
    subtype.ends_with("+zip") || subtype.starts_with("vnd.") || subtype == "java-archive"
}

fn is_text(mime: &mime_guess::Mime) -> bool {
    mime.type_() == "text"
        || mime.suffix().is_some_and(|suffix| suffix == "xml" || suffix == "json")
        || matches!(
            mime.subtype().as_str(),
            "json" | "javascript" | "xml" | "toml" | "x-sh" | "sql" | "yaml" | "x-yaml"
        )
}

/// Types with a signature whose files are nevertheless written in characters.
const WRITTEN: [&str; 7] = [
    "application/pdf",
    "application/postscript",
    "application/rtf",
    "application/x-x509-ca-cert",
    "text/html",
    "text/x-shellscript",
    "text/xml",
];

/// The type whose signature a file bears that begins with these bytes.
///
/// Some signatures are two or three letters (`BM` is an image, `ID3` music), which text may begin with as well. But
/// such files never consist of characters alone.
pub(crate) fn signature(head: &[u8]) -> Option<&'static str> {
    let found = infer::get(head)?.mime_type();
    (WRITTEN.contains(&found) || !looks_like_text(head)).then_some(found)
}

/// No byte that text never has: in UTF-8, in UTF-16 with a byte order mark, or in one of the older encodings, which
/// spreadsheets still write, and of which nothing can be told but that they have no control characters either.
pub(crate) fn looks_like_text(head: &[u8]) -> bool {
    match head {
        [0xff, 0xfe, rest @ ..] => is_utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => is_utf_16(rest, u16::from_be_bytes),
        _ => !head.iter().any(|byte| is_control(u16::from(*byte))) && (is_utf_8(head) || is_of_one_byte_each(head)),
    }
}

fn is_control(unit: u16) -> bool {
    matches!(unit, 0..=8 | 14..=26 | 28..=31 | 127)
}

/// Valid up to a character that the end of `head` may have cut.
fn is_utf_8(head: &[u8]) -> bool {
    std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true)
}

fn is_utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut last_is_cut = false;
    for character in char::decode_utf16(units) {
        // Half a character is allowed at the end, where it was cut, and nowhere else.
        match character {
            _ if last_is_cut => return false,
            Ok(character) if u16::try_from(u32::from(character)).is_ok_and(is_control) => return false,
            Ok(_) => {}
            Err(_) => last_is_cut = true,
        }
    }
    true
}

/// Most of it is in the Latin alphabet. What is not looks like anything else, so it is not called text.
fn is_of_one_byte_each(head: &[u8]) -> bool {
    head.iter().filter(|byte| byte.is_ascii()).count() * 4 >= head.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    #[test]
    fn content_decides_and_the_name_helps_where_there_is_no_signature() {
        for (head, name, mime) in [
            (PNG, "a.png", "image/png"),
            (PNG, "a.txt", "image/png"),
            (b"%PDF-1.7\n", "a.pdf", "application/pdf"),
            (b"a,b\n1,2\n", "a.csv", "text/csv"),
            (b"{}", "a.json", "application/json"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"),
            (b"<!DOCTYPE html><p>", "a.html", "text/html"),
            (b"plain", "README", "text/plain"),
            (b"plain", "a.png", UNKNOWN),
            (b"\0\x01\x02", "a.txt", UNKNOWN),
            (b"", "a.txt", "text/plain"),
            (b"", "a", UNKNOWN),
            (b"BMI,weight\n21,70\n", "a.csv", "text/csv"),
            (b"ID3 is a format of tags", "a", "text/plain"),
            (b"\xff\xfea\0,\0b\0\n\0", "a.csv", "text/csv"),
            (b"\xfe\xff\0a\0,\0b", "a.csv", "text/csv"),
            (b"\xff\xfea\0\0\0", "a.csv", UNKNOWN),
            (b"name,place\nJos\xe9,M\xfcnchen\n", "a.csv", "text/csv"),
            (b"\xe9\xe8\xfc\xf0", "a.csv", UNKNOWN),
            (COMPOUND, "a.doc", "application/msword"),
            (COMPOUND, "a.xls", "application/vnd.ms-excel"),
            (COMPOUND, "a.png", "application/msword"),
        ] {
            assert_eq!(judge(head, name), mime, "{name} {head:?}");
        }
    }
}
