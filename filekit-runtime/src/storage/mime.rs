//! Judges the type of a file by its content and its name; not what may be done with it.

/// How many first bytes are looked at to judge a type; the signatures that `infer` knows need fewer.
pub(crate) const HEAD: usize = 8 * 1024;

/// What a file is called of which nothing is known.
const UNKNOWN: &str = "application/octet-stream";

/// The MIME type of a file with these first bytes and this name. What a client claims plays no part.
///
/// A signature in the content decides. Types that have none (text and its like) are judged by the name, if the
/// content is text; and a container such as zip may be called by the more exact type that the name says.
pub(crate) fn judge(head: &[u8], name: &str) -> String {
    let by_name = mime_guess::from_path(name).first();
    let by_content = infer::get(head).map(|kind| kind.mime_type());
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

/// No byte that text never has, and valid UTF-8 up to a character that the end of `head` may have cut.
fn looks_like_text(head: &[u8]) -> bool {
    let controls = |byte: &u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    let cut = |error: std::str::Utf8Error| error.error_len().is_none();
    !head.iter().any(controls) && std::str::from_utf8(head).map_or_else(cut, |_| true)
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
            (COMPOUND, "a.doc", "application/msword"),
            (COMPOUND, "a.xls", "application/vnd.ms-excel"),
            (COMPOUND, "a.png", "application/msword"),
        ] {
            assert_eq!(judge(head, name), mime, "{name} {head:?}");
        }
    }
}
