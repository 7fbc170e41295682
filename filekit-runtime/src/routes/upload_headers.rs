//! The headers of uploads that can be resumed, as the IETF draft names them ("Resumable Uploads for HTTP"): what they say in
//! requests, and how answers say it.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONNECTION, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Version};
use serde_json::json;

use crate::error::Rejection;
use crate::wire::header;

/// A structured field that is a boolean (RFC 9651, section 3.3.6); nothing if the header is not there, or is another one.
fn boolean(headers: &HeaderMap, name: &str) -> Option<bool> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    match value.as_bytes() {
        b"?1" => Some(true),
        b"?0" => Some(false),
        _ => None,
    }
}

/// A structured field that is an integer of at most fifteen digits (RFC 9651, section 3.3.1), and not negative.
fn integer(headers: &HeaderMap, name: &str) -> Option<u64> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    let is_integer = (1..=15).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then(|| value.parse().ok())?
}

/// Whether the upload ends with the body of the request.
pub(super) fn is_complete(request: &Parts) -> bool {
    boolean(&request.headers, header::COMPLETE) == Some(true)
}

/// Where the body of the request begins.
///
/// # Errors
///
/// If the request does not say it.
pub(super) fn offset(request: &Parts) -> Result<u64, Rejection> {
    integer(&request.headers, header::OFFSET).ok_or_else(|| Rejection::malformed("the request does not say its offset"))
}

/// How far an upload is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    pub(super) offset: u64,
    pub(super) length: Option<u64>,
    pub(super) is_complete: bool,
}

impl Progress {
    /// An answer that tells the offset.
    ///
    /// Its connection ends: Chromium (156) sends a request again by itself when a connection that was kept is reset, at the offset
    /// that it had then.
    pub(super) fn answer(self, status: StatusCode, request: &Parts) -> Response {
        let mut headers = HeaderMap::new();
        let number = |number: u64| HeaderValue::from(number);
        headers.insert(HeaderName::from_static(header::OFFSET), number(self.offset));
        let complete = if self.is_complete { "?1" } else { "?0" };
        headers.insert(HeaderName::from_static(header::COMPLETE), HeaderValue::from_static(complete));
        if let Some(length) = self.length {
            headers.insert(HeaderName::from_static(header::LENGTH), number(length));
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if request.version < Version::HTTP_2 {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        (status, headers).into_response()
    }

    /// The answer to bytes for another offset.
    pub(super) fn mismatch(self, provided: u64, request: &Parts) -> Response {
        let problem = json!({
            "type": "https://iana.org/assignments/http-problem-types#mismatching-upload-offset",
            "title": "offset from request does not match offset of resource",
            "expected-offset": self.offset,
            "provided-offset": provided,
        });
        let (mut parts, _) = self.answer(StatusCode::CONFLICT, request).into_parts();
        parts.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        Response::from_parts(parts, problem.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_are_defined() {
        let headers = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            values.iter().for_each(|value| _ = headers.append("upload-offset", value.parse().unwrap()));
            headers
        };
        for (values, expected) in [
            (&["0"][..], Some(0)),
            (&["123456789012345"], Some(123_456_789_012_345)),
            (&["1234567890123456"], None),
            (&["-1"], None),
            (&["1.0"], None),
            (&["1", "1"], None),
            (&[""], None),
            (&[], None),
        ] {
            assert_eq!(integer(&headers(values), "upload-offset"), expected, "{values:?}");
        }
        for (values, expected) in
            [(&["?1"][..], Some(true)), (&["?0"], Some(false)), (&["1"], None), (&["?1", "?1"], None), (&[], None)]
        {
            assert_eq!(boolean(&headers(values), "upload-offset"), expected, "{values:?}");
        }
    }
}
