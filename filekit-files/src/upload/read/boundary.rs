//! What the head of a request says of the parts in its body (RFC 7578, section 4).

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use mime::Mime;

use crate::error::FileRejection;

/// The longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// The boundary of the parts. A compressed body is refused: it is not decompressed here, and a handler could not read it.
///
/// # Errors
///
/// If the body is not `multipart/form-data`, or if another reader could take another boundary.
pub(super) fn boundary(headers: &HeaderMap) -> Result<String, FileRejection> {
    let is_identity = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(is_identity) {
        return Err(FileRejection::NotMultipart);
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let mime = types.next().and_then(|value| value.to_str().ok()?.parse::<Mime>().ok());
    let form = mime.filter(|mime| mime.type_() == "multipart" && mime.subtype() == "form-data");
    let form = form.ok_or(FileRejection::NotMultipart)?;
    // `boundary*` and `boundary*0` are continued or extended values, which some readers put together (RFC 2231).
    let mut boundaries = form.params().filter(|(name, _)| name.as_str().starts_with("boundary"));
    let boundary =
        boundaries.next().filter(|(name, _)| *name == "boundary").map(|(_, value)| value.as_str().to_owned());
    if types.next().is_some() || boundaries.next().is_some() {
        return Err(FileRejection::malformed("the body has two boundaries"));
    }
    boundary.filter(|text| (1..=MAX_BOUNDARY).contains(&text.len())).ok_or(FileRejection::NotMultipart)
}

/// How many bytes the body has, if its head says so.
pub(super) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
