//! Heads of requests of other programs: what is understood of one says the same when it is written again in each protocol that can
//! say it, and structured fields are read as `sfv` reads them.
//!
//! The input is a line with the method, which has a `/` behind it if it is sent to an upload, and lines of fields.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use filekit_fuzz::extended;
use filekit_runtime::endpoints::{Understood, boolean, bytes, read, size};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

/// The largest number of a structured field.
const LARGEST: u64 = 999_999_999_999_999;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let method = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (method, is_to_upload) = match method.strip_suffix('/') {
        Some(method) => (method, true),
        None => (&*method, false),
    };
    let headers: HeaderMap = lines.filter_map(header).collect();
    for name in headers.keys() {
        let values = headers.get_all(name).iter().map(|value| value.to_str().ok());
        if let Some(values) = values.collect::<Option<Vec<&str>>>() {
            check_structured(&values);
        }
    }
    if let Some(understood) = read(method, &headers, is_to_upload) {
        check_again(&understood);
    }
});

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
    // As a server reads it (RFC 9112, section 5).
    let value = value[1..].trim_ascii();
    Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))
}

/// The lines of a field mean what they mean to `sfv`.
fn check_structured(lines: &[&str]) {
    let text = lines.join(", ");
    let item = Parser::new(&text).parse::<Item>().ok().map(|item| item.bare_item);
    let expected = item.as_ref().and_then(BareItem::as_boolean);
    assert_eq!(boolean(lines), expected, "{text:?}");
    let expected =
        item.as_ref().and_then(BareItem::as_integer).and_then(|number| u64::try_from(i64::from(number)).ok());
    assert_eq!(size(lines), expected, "{text:?}");
    let dictionary = Parser::new(&text).parse::<Dictionary>().ok();
    let expected = dictionary.map(|members| members.iter().filter_map(member).collect::<Vec<_>>());
    let found = bytes(lines).map(|mut members| {
        // Of several members of a key the last one holds; where it stands says nothing.
        members.sort();
        members
    });
    assert_eq!(
        found,
        expected.map(|mut members| {
            members.sort();
            members
        }),
        "{text:?}"
    );
}

fn member((key, entry): (&sfv::Key, &ListEntry)) -> Option<(String, Vec<u8>)> {
    match entry {
        ListEntry::Item(Item { bare_item: BareItem::ByteSequence(bytes), .. }) => {
            Some((key.as_str().to_owned(), bytes.clone()))
        }
        _ => None,
    }
}

/// What was understood is understood when it is written as a client of each protocol would.
fn check_again(understood: &Understood) {
    let Understood { is_creation, offset, length, is_last, name } = understood;
    assert_eq!(*is_creation, offset.is_none());
    let (method, is_to_upload) = if *is_creation { ("POST", false) } else { ("PATCH", true) };
    let again = |fields: &[(&'static str, String)]| {
        let field = |(name, value): &(&'static str, String)| Some((name.parse().ok()?, value.parse().ok()?));
        read(method, &fields.iter().filter_map(field).collect(), is_to_upload)
    };
    let [offset_field, length_field] = [("upload-offset", offset), ("upload-length", length)]
        .map(|(field, number)| number.map(|number| (field, number.to_string())));

    // In tus no request says that it is the last one.
    let mut tus = vec![("tus-resumable", "1.0.0".to_owned())];
    tus.extend(offset_field.clone());
    tus.extend(length_field.clone());
    if *is_creation {
        tus.extend(length.is_none().then(|| ("upload-defer-length", "1".to_owned())));
        tus.extend(name.as_ref().map(|name| ("upload-metadata", format!("filename {}", STANDARD.encode(name)))));
    } else {
        tus.push(("content-type", "application/offset+octet-stream".to_owned()));
    }
    assert_eq!(again(&tus), Some(Understood { is_last: false, ..understood.clone() }), "{tus:?}");

    if [offset, length].iter().any(|number| number.is_some_and(|number| number > LARGEST)) {
        return;
    }
    for version in ["6", "8"] {
        let complete = if *is_last { "?1" } else { "?0" };
        let mut draft =
            vec![("upload-draft-interop-version", version.to_owned()), ("upload-complete", complete.to_owned())];
        draft.extend(offset_field.clone());
        draft.extend(length_field.clone());
        if !is_creation {
            draft.push(("content-type", "application/partial-upload".to_owned()));
        }
        let disposition = name.as_ref().map(|name| format!("attachment; filename*={}", extended(name)));
        draft.extend(disposition.map(|field| ("content-disposition", field)));
        assert_eq!(again(&draft).as_ref(), Some(understood), "{draft:?}");
    }
}
