//! tus 1.0.0 with the extensions creation, creation-with-upload, creation-defer-length, expiration, checksum, termination and
//! concatenation (<https://tus.io/protocols/resumable-upload>): what a request wants, and how it is answered (`answer.rs`).

mod answer;
mod metadata;

pub(super) use answer::TusAnswer;
pub(super) use metadata::read as read_metadata;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, Method};

use super::digest::{Algorithm, ExpectedDigest};
use super::refusal::EndpointRefusal;
use super::request::{Append, Concatenation, Content, Creation, EndpointRequest};
use super::upload_of;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";
/// By their names in `Upload-Checksum`.
const ALGORITHMS: [(&str, Algorithm); 3] =
    [("sha1", Algorithm::Sha1), ("sha256", Algorithm::Sha256), ("sha512", Algorithm::Sha512)];

pub(super) const RESUMABLE: &str = "tus-resumable";
/// The type of a body with bytes of an upload.
pub(super) const MEDIA_TYPE: &str = "application/offset+octet-stream";

const LENGTH: &str = "upload-length";
const DEFER_LENGTH: &str = "upload-defer-length";
const OFFSET: &str = "upload-offset";
const METADATA: &str = "upload-metadata";
const CHECKSUM: &str = "upload-checksum";
const CONCAT: &str = "upload-concat";

/// The most uploads that one is put together from.
const MAX_PARTS: usize = 1_000;

/// Reads a request: to the endpoint, or to one of its uploads.
///
/// # Errors
///
/// If it is of another version of tus, or has no meaning.
pub(super) fn read(
    method: &Method,
    headers: &HeaderMap,
    is_to_upload: bool,
) -> Result<EndpointRequest, EndpointRefusal> {
    let method = overridden(method, headers)?;
    if text(headers, RESUMABLE)? != Some(VERSION) {
        return Err(EndpointRefusal::UnknownVersion);
    }
    match (method, is_to_upload) {
        (Method::POST, false) => creation(headers).map(EndpointRequest::Create),
        (Method::HEAD, true) => Ok(EndpointRequest::Offset),
        (Method::PATCH, true) => append(headers).map(EndpointRequest::Append),
        (Method::DELETE, true) => Ok(EndpointRequest::Discard),
        (_, false) => Err(EndpointRefusal::WrongMethod("OPTIONS, POST")),
        (_, true) => Err(EndpointRefusal::WrongMethod("OPTIONS, HEAD, PATCH, DELETE")),
    }
}

/// The method that the client means: some environments know no `PATCH` and no `DELETE`.
fn overridden(method: &Method, headers: &HeaderMap) -> Result<Method, EndpointRefusal> {
    match text(headers, "x-http-method-override")? {
        Some(name) => name.parse().map_err(|_| EndpointRefusal::Malformed("`X-HTTP-Method-Override` is no method")),
        None => Ok(method.clone()),
    }
}

fn creation(headers: &HeaderMap) -> Result<Creation, EndpointRefusal> {
    let concatenation = text(headers, CONCAT)?.map(concatenation).transpose()?.unwrap_or_default();
    let file = text(headers, METADATA)?.map(metadata::read).transpose()?.unwrap_or_default();
    let is_final = matches!(concatenation, Concatenation::Final { .. });
    let length = number(headers, LENGTH)?;
    let is_deferred = match text(headers, DEFER_LENGTH)? {
        Some("1") => true,
        Some(_) => return Err(EndpointRefusal::Malformed("`Upload-Defer-Length` is `1`, or not there")),
        None => false,
    };
    if !is_final && length.is_some() == is_deferred {
        return Err(EndpointRefusal::Malformed("an upload has either an `Upload-Length` or an `Upload-Defer-Length`"));
    }
    let content = if has_content(headers) { Some(content(headers)?) } else { None };
    if is_final && (content.is_some() || is_deferred) {
        return Err(EndpointRefusal::Malformed("a final upload has no bytes of its own"));
    }
    Ok(Creation { length, concatenation, file, content })
}

fn append(headers: &HeaderMap) -> Result<Append, EndpointRefusal> {
    let content = content(headers)?;
    let offset = number(headers, OFFSET)?.ok_or(EndpointRefusal::Malformed("`Upload-Offset` is missing"))?;
    Ok(Append { offset, length: number(headers, LENGTH)?, content })
}

/// What is known of the bytes in the body. An upload of tus ends where its length is reached.
fn content(headers: &HeaderMap) -> Result<Content, EndpointRefusal> {
    let kind = text(headers, CONTENT_TYPE.as_str())?.and_then(|kind| kind.split(';').next()).map(str::trim);
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case(MEDIA_TYPE)) {
        return Err(EndpointRefusal::WrongMediaType(MEDIA_TYPE));
    }
    Ok(Content { is_last: false, digest: text(headers, CHECKSUM)?.map(checksum).transpose()? })
}

/// Whether bytes come with a request.
fn has_content(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}

/// Reads `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`.
fn checksum(text: &str) -> Result<ExpectedDigest, EndpointRefusal> {
    const MALFORMED: EndpointRefusal =
        EndpointRefusal::Malformed("`Upload-Checksum` is no algorithm with a value in Base64");
    let (name, value) = text.split_once(' ').ok_or(MALFORMED)?;
    let known = ALGORITHMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let (_, algorithm) = known.ok_or(EndpointRefusal::UnknownDigest)?;
    let value = STANDARD.decode(value.trim()).map_err(|_| MALFORMED)?;
    Ok(ExpectedDigest { algorithm: *algorithm, value })
}

/// Reads `partial`, or `final;` with the URLs of uploads.
fn concatenation(text: &str) -> Result<Concatenation, EndpointRefusal> {
    const MALFORMED: EndpointRefusal = EndpointRefusal::Malformed(
        "`Upload-Concat` is `partial`, or `final;` with the URLs of uploads of this endpoint",
    );
    if text == "partial" {
        return Ok(Concatenation::Partial);
    }
    let urls = text.strip_prefix("final;").ok_or(MALFORMED)?;
    let ids: Vec<String> = urls.split_ascii_whitespace().map(upload_of).collect::<Option<_>>().ok_or(MALFORMED)?;
    if ids.is_empty() || ids.len() > MAX_PARTS {
        return Err(MALFORMED);
    }
    Ok(Concatenation::Final { ids, urls: urls.to_owned() })
}

/// A number of bytes: digits, and nothing else.
fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, EndpointRefusal> {
    const MALFORMED: EndpointRefusal = EndpointRefusal::Malformed("a length or an offset is no number of bytes");
    let Some(text) = text(headers, name)? else { return Ok(None) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MALFORMED);
    }
    text.parse().map(Some).map_err(|_| MALFORMED)
}

/// The value of a field that stands once.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, EndpointRefusal> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next();
    match (first, lines.next()) {
        (Some(_), Some(_)) => Err(EndpointRefusal::Malformed("a field of the request stands twice")),
        (Some(line), None) => {
            let text = line.to_str().map_err(|_| EndpointRefusal::Malformed("a field of the request is no ASCII"))?;
            Ok(Some(text.trim()))
        }
        (None, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
