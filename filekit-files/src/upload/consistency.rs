//! Refuses rules of a declaration that no file could pass. In a constant a panic is an error of the compiler. Attributes of the
//! `upload` element are checked by the macros.

use crate::upload::Limits;

/// The top-level types of the IANA registry, and the one of old that chemists use.
/// `filekit-macros/src/view/literals.rs` has the same list, for attributes of a view.
const TOP_LEVEL_TYPES: &[&str] = &[
    "application",
    "audio",
    "chemical",
    "example",
    "font",
    "haptics",
    "image",
    "message",
    "model",
    "multipart",
    "text",
    "video",
];

#[track_caller]
pub(super) const fn check_limits(limits: &Limits) {
    if let Some(0) = limits.max_files {
        panic!("`max_files(0)` would refuse every file; leave the upload out");
    }
    if let (Some(min), Some(max)) = (limits.min_files, limits.max_files)
        && min > max
    {
        panic!("`min_files` is more than `max_files`, so nothing could be uploaded");
    }
    if let (Some(min), Some(max)) = (limits.min_size, limits.max_size)
        && min > max
    {
        panic!("`min_size` is more than `max_size`, so nothing could be uploaded");
    }
    if let (Some(min), Some(max)) = (limits.min_size, limits.max_total)
        && min > max
    {
        panic!("`min_size` is more than `max_total`, so nothing could be uploaded");
    }
}

/// Each entry is one part or several with commas between them, as in the attribute.
#[track_caller]
pub(super) const fn check_accept(types: &[&str]) {
    let mut nth = 0;
    while nth < types.len() {
        let mut rest = types[nth].as_bytes();
        loop {
            let (part, behind) = split(rest, b',');
            check_part(part.trim_ascii());
            match behind {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        nth += 1;
    }
}

#[track_caller]
const fn check_part(part: &[u8]) {
    if is_extension(part) {
        return;
    }
    match split(part, b'/') {
        (b"*", Some(b"*")) => {}
        (_, None) if is_token(part) => panic!("`accept`: an extension begins with a dot, such as `.png`"),
        (top, Some(sub)) if is_token(sub) => {
            if !is_top_level(top) {
                panic!("`accept`: no MIME type begins like that; one is `image/png`, or `image/*` for all of them");
            }
        }
        _ => panic!("`accept`: neither an extension such as `.png` nor a MIME type such as `image/png` or `image/*`"),
    }
}

/// `.png`, or several in a row as in `.tar.gz`.
const fn is_extension(part: &[u8]) -> bool {
    let (before, Some(mut rest)) = split(part, b'.') else { return false };
    if !before.is_empty() {
        return false;
    }
    loop {
        let (extension, behind) = split(rest, b'.');
        if !is_token(extension) {
            return false;
        }
        match behind {
            Some(behind) => rest = behind,
            None => return true,
        }
    }
}

const fn is_top_level(top: &[u8]) -> bool {
    let mut nth = 0;
    while nth < TOP_LEVEL_TYPES.len() {
        if top.eq_ignore_ascii_case(TOP_LEVEL_TYPES[nth].as_bytes()) {
            return true;
        }
        nth += 1;
    }
    false
}

/// Tells whether text is one word of the characters that a type may have (RFC 6838, section 4.2), or `*`.
const fn is_token(text: &[u8]) -> bool {
    if matches!(text, b"*") {
        return true;
    }
    let mut nth = 0;
    while nth < text.len() {
        let is_allowed = matches!(text[nth], b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+');
        if !is_allowed && !text[nth].is_ascii_alphanumeric() {
            return false;
        }
        nth += 1;
    }
    !text.is_empty()
}

/// What is before the first `byte`, and what is behind it, if it is there.
const fn split(text: &[u8], byte: u8) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] == byte {
            let (before, behind) = text.split_at(at);
            let (_, behind) = behind.split_at(1);
            return (before, Some(behind));
        }
        at += 1;
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::Upload;

    #[test]
    fn rules_that_files_can_pass_are_taken() {
        let types = &[
            ".png",
            ".tar.gz",
            "image/*",
            "*/*",
            "Image/PNG",
            "image/png, .heic",
            "application/vnd.oasis.opendocument.text",
            "chemical/x-pdb",
            "image/svg+xml",
            ".7z",
            "*",
        ];
        // `*` alone is an extension without a dot to the attribute too.
        let (last, sound) = types.split_last().unwrap();
        check_accept(sound);
        assert!(std::panic::catch_unwind(|| check_accept(&[*last])).is_err());
        check_limits(&Limits { min_files: Some(2), max_files: Some(2), min_size: Some(1), ..Limits::NONE });
    }

    #[test]
    fn rules_that_no_file_can_pass_are_refused_by_name() {
        type Declaration = fn() -> Upload;
        let message = |work: Declaration| {
            let panic = std::panic::catch_unwind(work).unwrap_err();
            panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).unwrap()
        };
        let cases: [(Declaration, &str); 9] = [
            (|| Upload::new("a").max_files(0), "`max_files(0)`"),
            (|| Upload::new("a").max_files(1).min_files(2), "`min_files`"),
            (|| Upload::new("a").min_size(2).max_size(1), "`min_size`"),
            (|| Upload::new("a").min_size(2).max_total(1), "`max_total`"),
            (|| Upload::new("a").accept(&["png"]), "a dot"),
            (|| Upload::new("a").accept(&[".png", "images/*"]), "MIME type"),
            (|| Upload::new("a").accept(&[".png,"]), "`accept`"),
            (|| Upload::new("a").accept(&["image/"]), "`accept`"),
            (|| Upload::new("a").accept(&["two words"]), "`accept`"),
        ];
        for (work, named) in cases {
            let message = message(work);
            assert!(message.contains(named), "{message} does not name {named}");
        }
    }
}
