//! Lists of accepted types, and the judging of content: verdicts do not contradict each other.
//!
//! The input is a list in the first line, a name in the second, and behind them the beginning of a file.

#![no_main]

use filekit_files::serving::fuzzing::described;
use filekit_files::texts::Texts;
use filekit_files::types::accept::entries;
use filekit_files::types::accept::fuzzing::check;
use filekit_files::types::sniff_type;
use filekit_files::upload::Rules;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use libfuzzer_sys::fuzz_target;

/// How much of a file is looked at.
const HEAD: usize = 4 * 1024;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(lines.next().unwrap_or_default());
    let (Ok(list), Ok(name)) = (line(), line()) else { return };
    let head = lines.next().unwrap_or_default();
    check_list(list);
    check_verdict(&entries(list), name, head);
    check_groups(name, head);
    check_headers(&described(name, head), name);
});

fn check_list(list: &str) {
    let read = entries(list);
    assert_eq!(entries(&read.join(",")), read);
    let rules = Rules { accept: read, ..Rules::default() };
    let json = rules.to_json(&Texts::english());
    assert_eq!(json.is_none(), rules.accept.is_empty());
}

fn check_verdict(list: &[String], name: &str, head: &[u8]) {
    let verdict = check(list, name, head);
    assert_eq!(check(list, &name.to_ascii_uppercase(), head).is_ok(), verdict.is_ok(), "capital letters");
    assert_eq!(sniff_type(&head[..head.len().min(HEAD)], name), sniff_type(head, name));
    if list.is_empty() {
        assert_eq!(verdict, Ok(None));
    }
    let reversed: Vec<String> = list.iter().rev().cloned().collect();
    assert_eq!(check(&reversed, name, head), verdict, "the order does not matter");
    if verdict.is_ok() && !list.is_empty() {
        let more = [list, &[".pdf".to_owned(), "image/*".to_owned()]].concat();
        assert!(check(&more, name, head).is_ok(), "a longer list accepts no less");
    }
    if let Ok(Some(right)) = verdict {
        let (stem, _) = name.rsplit_once('.').expect("it has an extension to put right");
        assert_eq!(check(list, &format!("{stem}.{right}"), head), Ok(None), "what was put right is right");
    }
}

/// What is taken for a picture, a sound or a film is one.
fn check_groups(name: &str, head: &[u8]) {
    for group in ["image", "audio", "video"] {
        if check(&[format!("{group}/*")], name, head) == Ok(None) {
            let mime = sniff_type(head, name);
            assert_eq!(mime.split('/').next(), Some(group), "{mime}");
        }
    }
}

/// A file of a visitor's runs nothing, whatever it is.
fn check_headers(headers: &HeaderMap, name: &str) {
    let text = |name: http::HeaderName| {
        headers.get(&name).and_then(|value| value.to_str().ok()).unwrap_or_else(|| panic!("no {name}"))
    };
    assert_eq!(text(X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(text(CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
    let mime = text(CONTENT_TYPE);
    let is_shown = text(CONTENT_DISPOSITION).starts_with("inline");
    let is_harmless = mime == "application/pdf"
        || mime.starts_with("text/plain")
        || ["image/", "audio/", "video/"].iter().any(|group| mime.starts_with(group)) && !mime.contains("svg");
    assert!(!is_shown || is_harmless, "{mime} of {name:?} is shown");
    assert!(!mime.contains("javascript") && !mime.starts_with("text/css") && mime != "application/wasm", "{mime}");
}
