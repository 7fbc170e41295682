//! Heads of parts: what is read has a meaning, and a name comes back in each way of writing it.
//!
//! The input is a head: lines, of which `Content-Disposition` is one. Its text is also taken for a name.

#![no_main]

use filekit_files::upload::fuzzing::{Part, head};
use filekit_fuzz::{as_browsers_mean, as_browsers_write, extended};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let lines: Vec<&[u8]> =
        input.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    let fields: Option<Vec<(&str, &[u8])>> = lines.iter().map(|line| field(line)).collect();
    if let Some(Ok(part)) = fields.map(|fields| head(&fields)) {
        check_part(&part);
    }
    if let Ok(text) = std::str::from_utf8(input) {
        check_disposition(text);
        check_name(text);
    }
});

fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((std::str::from_utf8(&line[..colon]).ok()?, &line[colon + 1..]))
}

/// The name of a file in a disposition that ends with it.
fn read(parameter: &str) -> Part {
    let disposition = format!("form-data; name=\"a\"; {parameter}");
    let part = head(&[("Content-Disposition", disposition.as_bytes())]);
    part.unwrap_or_else(|error| panic!("{disposition:?}: {error:?}"))
}

/// What was read says the same when it is written in the way that leaves no doubt.
fn check_part(part: &Part) {
    assert!(!part.name.is_empty());
    let file_name = part.file_name.as_ref().map(|name| format!("; filename*={}", extended(name)));
    let disposition = format!("form-data; name*={}{}", extended(&part.name), file_name.unwrap_or_default());
    let mut fields = vec![("content-disposition", disposition.as_bytes())];
    if let Some(content_type) = &part.content_type {
        assert!(!content_type.contains(['\r', '\n', '\0']), "{content_type:?}");
        fields.push(("content-type", content_type.as_bytes()));
    }
    assert_eq!(head(&fields).expect("it is well-formed"), *part);
}

/// A disposition with nothing in it that can be read in two ways is read as it stands there.
fn check_disposition(text: &str) {
    let read = head(&[("Content-Disposition", text.as_bytes())]);
    if let Ok(part) = &read {
        check_part(part);
    }
    if let Some((name, file_name)) = strictly(text) {
        let part = read.unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        assert_eq!((part.name.as_str(), part.file_name.as_deref()), (name, file_name), "{text:?}");
    }
}

/// The names in `form-data; name="a"; filename="b"`, if nothing else is in it, nor any sign that means something.
fn strictly(text: &str) -> Option<(&str, Option<&str>)> {
    let mut parameters = text.strip_prefix("form-data;")?.split(';');
    let name = value(parameters.next()?, "name").filter(|name| !name.is_empty())?;
    let file_name = match parameters.next() {
        Some(parameter) => Some(value(parameter, "filename")?),
        None => None,
    };
    parameters.next().is_none().then_some((name, file_name))
}

fn value<'a>(parameter: &'a str, key: &str) -> Option<&'a str> {
    let value = parameter.trim_start_matches(' ').strip_prefix(key)?.strip_prefix("=\"")?.strip_suffix('"')?;
    (!value.contains(['"', '\\', '%', '\r', '\n', '\0'])).then_some(value)
}

fn check_name(text: &str) {
    assert_eq!(read(&format!("filename*={}", extended(text))).file_name.as_deref(), Some(text));
    if text.contains('\0') {
        return;
    }
    // Two separators of folders in a row are one.
    if !text.contains("\\\\") {
        let written = as_browsers_write(text);
        let name = read(&format!("filename=\"{written}\"")).file_name.expect("a name");
        assert_eq!(name, as_browsers_mean(&written), "as browsers write it");
    }
    if !text.contains(['\r', '\n']) {
        let written = text.replace('\\', "\\\\").replace('"', "\\\"");
        let name = read(&format!("filename=\"{written}\"")).file_name.expect("a name");
        // Senders that escape do not write `%22`, unless it is meant.
        let meant = if text.contains('"') { text.to_owned() } else { as_browsers_mean(text) };
        assert_eq!(name, meant, "with backslashes");
    }
}
