//! The `Content-Disposition` of downloads: one line of ASCII for any name, of which the name is read again.
//!
//! The input is the name.

#![no_main]

use filekit_files::download::{Download, content_disposition};
use filekit_files::serving::restrict;
use filekit_files::upload::fuzzing::head;
use filekit_fuzz::assert_safe_name;
use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|name: &str| {
    for inline in [false, true] {
        let header = content_disposition(inline, name);
        let header = header.to_str().expect("it is ASCII");
        let kind = if inline { "inline; " } else { "attachment; " };
        let parameters = header.strip_prefix(kind).expect("it begins with the kind");
        check(parameters, name);
    }
    check_kinds(name);
    check_download(name);
});

/// Both forms are there, and say the name: plain with `_` for what such programs get wrong, extended as it is.
fn check(parameters: &str, name: &str) {
    assert!(parameters.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{parameters:?}");
    let (plain, extended) = parameters.rsplit_once("; filename*=").expect("both forms");
    let saved = read(&format!("filename*={extended}"));
    assert!(saved.len() <= 230, "{saved:?}");
    if name.len() <= 230 {
        assert_eq!(saved, name);
    }
    let is_plain = |character: char| matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%');
    let expected: String = saved.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
    assert_eq!(read(plain), expected);
    // An encoded word has a better value beside it, and so has nothing at all.
    let both = read(parameters);
    assert!(both == expected || both == saved, "{both:?} of {name:?}");
}

/// The name of the file, as the reader of uploads reads it.
fn read(parameters: &str) -> String {
    let disposition = format!("form-data; name=\"a\"; {parameters}");
    let part = head(&[("Content-Disposition", disposition.as_bytes())]);
    let part = part.unwrap_or_else(|error| panic!("{disposition:?}: {error:?}"));
    assert_eq!(part.name, "a", "{disposition:?}");
    part.file_name.unwrap_or_else(|| panic!("{disposition:?} has no file name"))
}

/// Only what cannot do harm is shown.
fn check_kinds(name: &str) {
    for (mime, may_be_shown) in [("image/png", true), ("text/html", false), ("image/svg+xml", false), (name, false)] {
        let mut headers = HeaderMap::new();
        restrict(mime, true, name, &mut headers);
        let is_shown = headers[CONTENT_DISPOSITION].as_bytes().starts_with(b"inline");
        assert!(is_shown == may_be_shown || mime == name, "{mime:?}");
        assert!(!is_shown || !["html", "xml", "script", "css"].iter().any(|word| mime.contains(word)), "{mime:?}");
    }
}

/// A download has a safe name, or none.
fn check_download(name: &str) {
    let Ok(download) = Download::data("x").filename(name).checked() else { return };
    let safe = download.safe_filename().expect("it was checked").expect("it has a name");
    assert_safe_name(&safe, &name);
    assert!(safe.len() <= 230);
    let header = content_disposition(false, &safe);
    // The last one: a name can have those letters in it.
    let (_, extended) = header.to_str().expect("it is ASCII").rsplit_once("; filename*=").expect("both forms");
    assert_eq!(read(&format!("filename*={extended}")), safe.as_str());
}
