//! Structured fields as they are read, for fuzz targets (`cfg(fuzzing)`).

use http::{HeaderMap, HeaderName, HeaderValue};

use super::COMPLETE;
use super::fields::{self, BareItem};

/// Reads the boolean in the lines of a field.
#[must_use]
pub fn boolean(lines: &[&str]) -> Option<bool> {
    fields::boolean(&field(lines)?, COMPLETE)
}

/// Reads the number in the lines of a field.
#[must_use]
pub fn size(lines: &[&str]) -> Option<u64> {
    fields::size(&field(lines)?, COMPLETE)
}

/// The members of the dictionary in the lines of a field that are bytes; nothing if it is none.
#[must_use]
pub fn bytes(lines: &[&str]) -> Option<Vec<(String, Vec<u8>)>> {
    let is_bytes = |(key, value)| match value {
        BareItem::Bytes(value) => Some((key, value)),
        _ => None,
    };
    Some(fields::dictionary(&field(lines)?, COMPLETE)?.into_iter().filter_map(is_bytes).collect())
}

fn field(lines: &[&str]) -> Option<HeaderMap> {
    let name = HeaderName::from_static(COMPLETE);
    lines.iter().map(|line| Some((name.clone(), HeaderValue::from_str(line).ok()?))).collect()
}
