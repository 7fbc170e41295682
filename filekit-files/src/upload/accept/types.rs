//! What is known of types: their extensions, their other names, and which signatures their files bear; not what is
//! accepted.

use mime_guess::{from_ext, get_extensions, get_mime_extensions_str};

use crate::storage;

/// Extensions of one meaning.
const SYNONYMS: [&[&str]; 9] = [
    &["aif", "aiff"],
    &["heic", "heif"],
    &["htm", "html"],
    &["jfif", "jpe", "jpeg", "jpg"],
    &["markdown", "md"],
    &["mid", "midi"],
    &["mpeg", "mpg"],
    &["tif", "tiff"],
    &["yaml", "yml"],
];

/// Types that files of an extension are as well, or that `mime_guess` does not know.
const FURTHER: [(&str, &str); 9] = [
    ("exe", "application/x-msdownload"),
    ("obj", "model/obj"),
    ("ogg", "video/ogg"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("stl", "model/stl"),
    ("ts", "text/typescript"),
    ("tsx", "text/typescript"),
    ("webm", "audio/webm"),
    ("woff2", "font/woff2"),
];

/// Types by which files of an extension go on some systems, although they are none.
const OTHER_NAMES: [(&str, &str); 4] = [
    // Windows with a spreadsheet program installed.
    ("csv", "application/vnd.ms-excel"),
    ("mp4", "application/mp4"),
    ("mp4", "audio/m4a"),
    ("ogg", "application/ogg"),
];

/// Other names of types. The first of each pair is what `infer` calls it, where that knows its signature.
const ALIASES: [(&str, &[&str]); 39] = [
    ("application/epub+zip", &["application/x-epub+zip"]),
    (
        "application/font-sfnt",
        &[
            "application/vnd.ms-opentype",
            "application/x-font-otf",
            "application/x-font-ttf",
            "font/collection",
            "font/otf",
            "font/sfnt",
            "font/ttf",
        ],
    ),
    ("application/font-woff", &["application/x-font-woff", "font/woff", "font/woff2"]),
    ("application/gzip", &["application/x-gzip"]),
    ("application/json", &["text/json"]),
    ("application/pdf", &["application/x-pdf"]),
    ("application/rtf", &["application/x-rtf", "text/rtf", "text/richtext"]),
    ("application/toml", &["text/x-toml"]),
    ("application/vnd.microsoft.portable-executable", &["application/x-dosexec", "application/x-msdownload"]),
    ("application/vnd.rar", &["application/x-rar", "application/x-rar-compressed"]),
    ("application/vnd.sqlite3", &["application/x-sqlite3"]),
    ("application/x-bzip2", &["application/x-bzip"]),
    ("application/zip", &["application/x-zip", "application/x-zip-compressed"]),
    ("application/zstd", &["application/x-zstd"]),
    ("audio/aac", &["audio/x-aac", "audio/aacp"]),
    ("audio/m4a", &["audio/mp4", "audio/x-m4a"]),
    ("audio/midi", &["audio/mid", "audio/x-midi"]),
    ("audio/mpeg", &["audio/mp3", "audio/mpeg3", "audio/x-mp3", "audio/x-mpeg", "audio/x-mpeg-3"]),
    ("audio/x-aiff", &["audio/aiff"]),
    ("audio/x-flac", &["audio/flac"]),
    ("audio/x-wav", &["audio/vnd.wave", "audio/wav", "audio/wave", "audio/x-pn-wav"]),
    ("image/bmp", &["image/x-bmp", "image/x-ms-bmp"]),
    ("image/heif", &["image/heic", "image/heic-sequence", "image/heif-sequence"]),
    ("image/jpeg", &["image/jpg", "image/pjpeg"]),
    ("image/png", &["image/x-png"]),
    ("image/svg+xml", &["image/svg"]),
    ("image/vnd.adobe.photoshop", &["application/photoshop", "application/x-photoshop", "image/x-photoshop"]),
    ("image/vnd.dwg", &["application/acad", "application/x-acad", "application/dwg", "image/x-dwg"]),
    ("image/vnd.microsoft.icon", &["image/ico", "image/icon", "image/x-icon"]),
    ("model/stl", &["application/vnd.ms-pki.stl", "application/sla"]),
    ("text/csv", &["application/csv", "application/x-csv", "text/comma-separated-values", "text/x-csv"]),
    ("text/javascript", &["application/javascript", "application/x-javascript", "text/ecmascript"]),
    ("text/markdown", &["text/x-markdown"]),
    ("text/typescript", &["application/typescript", "application/x-typescript"]),
    ("text/vcard", &["text/x-vcard"]),
    ("text/xml", &["application/xml"]),
    ("text/yaml", &["application/x-yaml", "application/yaml", "text/x-yaml"]),
    ("video/mp4", &["video/x-m4v"]),
    ("video/x-msvideo", &["video/avi", "video/msvideo"]),
];

/// Types whose files begin alike, so that the name has to tell them apart.
const FAMILIES: [&[&str]; 6] = [
    // Older Office programs: MS-CFB, section 2.2.
    &["application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/x-ole-storage"],
    // ISO base media (ISO/IEC 14496-12): the brands in them say less than they should.
    &["audio/3gpp", "audio/m4a", "video/3gpp", "video/3gpp2", "video/mp4", "video/quicktime"],
    &["audio/ogg", "audio/opus", "video/ogg"],
    &["audio/webm", "audio/x-matroska", "video/webm", "video/x-matroska"],
    &["audio/x-ms-wma", "video/x-ms-asf", "video/x-ms-wmv"],
    // Illustrator writes PDF.
    &["application/pdf", "application/postscript"],
];

/// What other formats are built upon: a format of which no signature is known may begin like these.
const CONTAINERS: [&str; 9] = [
    "application/gzip",
    "application/msword",
    "application/vnd.sqlite3",
    "application/x-tar",
    "application/zip",
    "audio/ogg",
    "image/tiff",
    "video/mp4",
    "video/x-matroska",
];

/// Types of text that are not `text/..`, `..+xml` or `..+json`.
const TEXTS: [&str; 11] = [
    "application/graphql",
    "application/json",
    "application/jsonlines",
    "application/ld+json",
    "application/toml",
    "application/x-ndjson",
    "application/x-sh",
    "application/x-sql",
    "application/x-subrip",
    "application/x-tex",
    "application/xml-dtd",
];

/// Types of images and sound that may be written in characters.
const WRITTEN_MEDIA: [&str; 8] = [
    "audio/mpegurl",
    "audio/scpls",
    "audio/x-mpegurl",
    "image/x-portable-anymap",
    "image/x-portable-bitmap",
    "image/x-portable-graymap",
    "image/x-portable-pixmap",
    "image/x-xpixmap",
];

/// The one name of a type that is called by several.
pub(super) fn canonical(mime: &str) -> &str {
    ALIASES.iter().find(|(_, aliases)| aliases.contains(&mime)).map_or(mime, |(name, _)| name)
}

/// The types that an extension stands for.
pub(super) fn of_extension(extension: &str) -> Vec<&'static str> {
    let known = from_ext(extension);
    let mut types: Vec<&str> = known.iter_raw().map(canonical).collect();
    types.extend(FURTHER.iter().filter(|(of, _)| *of == extension).map(|(_, mime)| canonical(mime)));
    if types.len() > 1 {
        // Of a file of which something better is known, this says nothing.
        types.retain(|mime| *mime != "application/octet-stream");
    }
    types
}

/// Types by which files of an extension go as well.
pub(super) fn other_names(extension: &str) -> impl Iterator<Item = &'static str> {
    OTHER_NAMES.iter().filter(move |(of, _)| *of == extension).map(|(_, mime)| *mime)
}

/// Other extensions of the same meaning.
pub(super) fn synonyms(extension: &str) -> impl Iterator<Item = &'static str> {
    let group = SYNONYMS.iter().find(|group| group.contains(&extension));
    group.into_iter().flat_map(|group| group.iter().copied())
}

/// The extensions of a type, by all of its names.
pub(super) fn extensions_of(mime: &str) -> Vec<&'static str> {
    let name = canonical(mime);
    let aliases = ALIASES.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, aliases)| aliases);
    let known = [name].into_iter().chain(aliases.iter().copied()).flat_map(|name| get_mime_extensions_str(name));
    let mut extensions: Vec<&str> = known.flatten().copied().collect();
    let further = FURTHER.iter().chain(&OTHER_NAMES).filter(|(_, mime)| canonical(mime) == name);
    extensions.extend(further.map(|(extension, _)| *extension));
    extensions
}

/// The extension by which people know a type: the one that it is called after, or a common one.
pub(super) fn usual_extension(mime: &str) -> Option<&'static str> {
    let extensions = extensions_of(mime);
    let called = mime.split(['/', '+']).nth(1).unwrap_or_default();
    let usual = extensions.iter().find(|extension| **extension == called);
    usual.or_else(|| extensions.iter().find(|extension| USUAL.contains(extension))).or(extensions.first()).copied()
}

/// Extensions that people know, of types that are not called after them and have others as well.
const USUAL: &[&str] = &["txt", "md", "js", "doc", "xls", "ppt", "mp3", "m4a", "mov", "mkv", "avi", "ogg", "bin"];

/// The extensions of all types with this beginning.
pub(super) fn extensions_of_group(top: &str) -> Vec<&'static str> {
    let mut extensions: Vec<&str> = get_extensions(top, "*").into_iter().flatten().copied().collect();
    let is_of_group = |mime: &str| mime.split_once('/').is_some_and(|(of, _)| of == top);
    let further = FURTHER.iter().chain(&OTHER_NAMES).filter(|(_, mime)| is_of_group(mime));
    extensions.extend(further.map(|(extension, _)| *extension));
    extensions
}

/// The type whose signature a file bears that begins with these bytes. Of a family it is the one that the others are
/// built upon.
pub(super) fn signature(start: &[u8]) -> Option<&'static str> {
    match start {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(of_brands(start)),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("video/x-matroska"),
        // The sync word of a frame, with a layer that there is (ISO/IEC 11172-3, section 2.4.2.3); layer 0 is AAC.
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 && !is_marked(start) => Some("audio/mpeg"),
        _ => storage::signature(start),
    }
}

/// A byte order mark, or the beginning of a JPEG XL stream.
fn is_marked(start: &[u8]) -> bool {
    matches!(start, [0xff, 0xfe, ..] | [0xff, 0x0a, ..])
}

/// The brands of an ISO base media file: one of images, or one of the many of films and sound.
fn of_brands(start: &[u8]) -> &'static str {
    let length = start.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let end = length.clamp(12, 256).min(start.len());
    let brands = || start[8..end].chunks_exact(4);
    let has = |names: &[&[u8; 4]]| brands().any(|brand| names.iter().any(|name| brand == *name));
    if has(&[b"avif", b"avis"]) {
        "image/avif"
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"]) {
        "image/heif"
    } else {
        "video/mp4"
    }
}

/// Tells whether files of a type bear a signature that would have been recognised.
pub(super) fn has_signature(mime: &str) -> bool {
    infer::is_mime_supported(mime) || FAMILIES.iter().any(|family| family.contains(&mime))
}

/// Tells whether a file with one type's signature can be of the other type.
pub(super) fn agree(signature: &str, mime: &str) -> bool {
    signature == mime
        || FAMILIES.iter().any(|family| family.contains(&signature) && family.contains(&mime))
        || (is_zip(signature) && is_zip(mime) && (is_plain_zip(signature) || is_plain_zip(mime)))
        // An Office document with a password is wrapped up in the older format.
        || (signature == "application/msword" && is_office_zip(mime))
        || (!has_signature(mime) && (CONTAINERS.contains(&signature) || is_zip(signature)))
}

fn is_plain_zip(mime: &str) -> bool {
    mime == "application/zip"
}

fn is_zip(mime: &str) -> bool {
    is_plain_zip(mime)
        || is_office_zip(mime)
        || mime.starts_with("application/vnd.oasis.opendocument.")
        || matches!(mime, "application/epub+zip" | "image/openraster")
}

fn is_office_zip(mime: &str) -> bool {
    mime.starts_with("application/vnd.openxmlformats-officedocument.")
}

/// Tells whether files of a type are text.
pub(super) fn is_text(mime: &str) -> bool {
    mime.starts_with("text/") || mime.ends_with("+json") || is_xml(mime) || TEXTS.contains(&mime)
}

pub(super) fn is_xml(mime: &str) -> bool {
    mime.ends_with("+xml") || mime == "text/xml"
}

/// Tells whether files of a type without a signature may be written in characters: images and sound are not.
pub(super) fn may_be_text(mime: &str) -> bool {
    let is_media = ["audio/", "font/", "image/", "video/"].iter().any(|top| mime.starts_with(top));
    !is_media || WRITTEN_MEDIA.contains(&mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_one_name() {
        for (name, aliases) in ALIASES {
            assert_eq!(canonical(name), name, "an alias of something else");
            for alias in aliases {
                assert_eq!(canonical(alias), name);
            }
        }
        for (_, mime) in OTHER_NAMES {
            assert_eq!(canonical(mime), mime);
        }
        for mime in FAMILIES.concat().into_iter().chain(CONTAINERS).chain(TEXTS).chain(WRITTEN_MEDIA) {
            assert_eq!(canonical(mime), mime);
        }
    }

    #[test]
    fn what_the_signatures_are_called_is_what_the_types_are_called() {
        let named = |mime: &str| canonical(mime) == mime;
        for mime in ["image/heif", "audio/x-wav", "application/font-sfnt", "application/vnd.rar", "video/x-msvideo"] {
            assert!(infer::is_mime_supported(mime) && named(mime), "{mime}");
        }
    }

    #[test]
    fn extensions_and_types_lead_to_each_other() {
        assert_eq!(extensions_of("image/jpg"), extensions_of("image/jpeg"));
        for (mime, extension) in [
            ("image/jpeg", "jpg"),
            ("image/heic", "heif"),
            ("text/csv", "csv"),
            ("application/vnd.ms-excel", "csv"),
            ("application/vnd.ms-excel", "xls"),
            ("audio/mp4", "m4a"),
            ("font/woff2", "woff2"),
            ("application/x-zip-compressed", "zip"),
        ] {
            assert!(extensions_of(mime).contains(&extension), "{mime} {extension}");
        }
        assert!(extensions_of_group("image").contains(&"png") && extensions_of_group("image").contains(&"psd"));
        assert_eq!(of_extension("psd"), ["image/vnd.adobe.photoshop"]);
    }
}
