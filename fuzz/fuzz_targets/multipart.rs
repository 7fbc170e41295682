//! Bodies of `multipart/form-data`: their parts are the same wherever frames end, and come back as they were read.
//!
//! The input is the body. Its boundary is what its first line says, or `x`.

#![no_main]

use filekit_files::upload::fuzzing::{Form, Part, form, parts};
use filekit_files::upload::{Rules, UploadId};
use filekit_files::{FileRejection, storage::SafePath};
use filekit_fuzz::{Numbers, assert_safe_name, cut, extended, run};
use libfuzzer_sys::fuzz_target;

const MAX_SIZE: u64 = 600;
const MAX_FILES: usize = 3;

fuzz_target!(|body: &[u8]| {
    let boundary = boundary(body);
    let mut numbers = Numbers::of(body);
    // Thousands of frames take time, and tell no more than hundreds.
    let shortest = if body.len() < 512 { 1 } else { 8 };
    let mut cut = |longest| cut(body, longest, &mut numbers);
    let cuts = [vec![body], cut(shortest), cut(40), cut(700)];
    let read = cuts.each_ref().map(|frames| run(parts(frames, boundary)));
    for other in &read[1..] {
        match (&read[0], other) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "frames end elsewhere"),
            (one, other) => assert_eq!(format!("{one:?}"), format!("{other:?}"), "frames end elsewhere"),
        }
    }
    if let [Ok(parts), ..] = &read {
        check_parts(parts, body, boundary);
    }
    let forms = cuts.each_ref().map(|frames| run(form(frames, boundary, upload(), "note")));
    check_forms(&forms, body);
});

/// The rest of the first line, if it begins as a delimiter.
fn boundary(body: &[u8]) -> &str {
    let line = body.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let boundary = line.strip_prefix(b"--").and_then(|boundary| std::str::from_utf8(boundary).ok());
    boundary.filter(|text| (1..=70).contains(&text.len())).unwrap_or("x")
}

fn upload() -> (UploadId, Rules) {
    let mut rules = Rules { accept: ["image/*", "text/*", ".pdf"].map(str::to_owned).into(), ..Rules::default() };
    rules.limits.max_size = Some(MAX_SIZE);
    rules.limits.max_files = Some(MAX_FILES as u32);
    ("photos".into(), rules)
}

/// Nothing is there twice or made up, and what was read is read again of a body that is made of it.
fn check_parts(parts: &[Part], body: &[u8], boundary: &str) {
    let content: usize = parts.iter().map(|part| part.content.len()).sum();
    assert!(content <= body.len(), "{content} bytes of {}", body.len());
    let mut again = Vec::new();
    for part in parts {
        assert!(!part.name.is_empty());
        let Some(written) = head(part, boundary).filter(|head| head.len() < 16 * 1024) else { return };
        again.extend_from_slice(written.as_bytes());
        again.extend_from_slice(&part.content);
        again.extend_from_slice(b"\r\n");
    }
    again.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let read = run(filekit_files::upload::fuzzing::parts(&[&again], boundary));
    assert_eq!(read.expect("it is well-formed"), parts);
}

/// Delimiter and head of a part. Nothing where a value of a field could be taken for something else.
fn head(part: &Part, boundary: &str) -> Option<String> {
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name*={}", extended(&part.name));
    if let Some(file_name) = &part.file_name {
        head.extend(["; filename*=", &extended(file_name)]);
    }
    if let Some(content_type) = &part.content_type {
        head.extend(["\r\nContent-Type: ", content_type]);
    }
    head.push_str("\r\n\r\n");
    let is_plain = !head[2..].contains(&format!("\r\n--{boundary}"));
    is_plain.then_some(head)
}

/// A form is taken or refused wherever frames end; which of several reasons is found first may depend on that.
fn check_forms(forms: &[Result<Form, FileRejection>], body: &[u8]) {
    for other in &forms[1..] {
        match (&forms[0], other) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "frames end elsewhere"),
            (one, other) => assert!(one.is_err() && other.is_err(), "{one:?} and {other:?}"),
        }
    }
    let [Ok(form), ..] = forms else { return };
    assert!(form.files.len() <= MAX_FILES);
    let accept = upload().1.accept;
    for file in &form.files {
        assert_eq!(file.upload, "photos");
        assert!(file.content.len() as u64 <= MAX_SIZE && file.content.len() <= body.len());
        assert_eq!(SafePath::parse(&file.path).expect("it is one"), file.path);
        let name = file.path.name();
        assert_safe_name(&name, &file.path);
        let verdict = filekit_files::types::accept::fuzzing::check(&accept, &name, &file.content);
        assert!(verdict.is_ok(), "{name:?} was taken: {verdict:?}");
    }
}
