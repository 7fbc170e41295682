//! "Resumable Uploads for HTTP" (draft-ietf-httpbis-resumable-upload) at the interop versions 8 and 6: what a request wants, and
//! how it is answered (`answer.rs`).
//!
//! | | 6 (drafts 04 and 05) | 8 (from draft 09 on) |
//! | --- | --- | --- |
//! | the rest of a lifetime in `Upload-Limit` | `expires` | `max-age` |
//! | bytes were added, more are to come | `201` | `204` |
//! | an append without `Upload-Complete` | more are to come | refused |
//! | a question for the offset, or a deletion, that tells an offset | refused | the field is not looked at |

mod answer;
mod disposition;
mod fields;
#[cfg(fuzzing)]
pub(super) mod fuzzing;

pub(super) use answer::DraftAnswer;

use std::ops::Not;

use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method};

use super::digest::{Algorithm, ExpectedDigest};
use super::refusal::EndpointRefusal;
use super::request::{Append, ClaimedFile, Concatenation, Content, Creation, EndpointRequest};
use super::tus;
use fields::BareItem;

/// The type of a body with bytes that are added to an upload.
pub(super) const MEDIA_TYPE: &str = "application/partial-upload";

pub(super) const COMPLETE: &str = "upload-complete";
pub(super) const INTEROP: &str = "upload-draft-interop-version";
/// What said the opposite of it in early versions, which URLSession of iOS 17 speaks.
const INCOMPLETE: &str = "upload-incomplete";
const LAST_WITH_INCOMPLETE: u64 = 3;
const LENGTH: &str = "upload-length";
const OFFSET: &str = "upload-offset";
const LIMIT: &str = "upload-limit";

/// By their keys in `Content-Digest` (RFC 9530, section 5).
const ALGORITHMS: [(&str, Algorithm); 2] = [("sha-512", Algorithm::Sha512), ("sha-256", Algorithm::Sha256)];

/// The version of the draft that a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interop {
    Six,
    Eight,
}

impl Interop {
    /// The version that a request names. Without a name it is what the standard will say, to which 8 is nearest. A file that
    /// comes as a whole is one in any version.
    ///
    /// # Errors
    ///
    /// If it is another one.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, EndpointRefusal> {
        match fields::size(headers, INTEROP) {
            Some(6) => Ok(Self::Six),
            Some(8) | None => Ok(Self::Eight),
            Some(_) if completes(headers) == Some(true) && !headers.contains_key(OFFSET) => Ok(Self::Eight),
            Some(_) => Err(EndpointRefusal::UnknownInterop),
        }
    }
}

impl Interop {
    fn number(self) -> &'static str {
        match self {
            Self::Six => "6",
            Self::Eight => "8",
        }
    }

    /// Whether a request names this very version: no other client is told before the answer that it can go on.
    pub(super) fn is_named(self, headers: &HeaderMap) -> bool {
        fields::size(headers, INTEROP).is_some_and(|number| number.to_string() == self.number())
    }
}

/// Whether the upload ends with the body of this request, if the request says.
pub(super) fn completes(headers: &HeaderMap) -> Option<bool> {
    let is_early = || fields::size(headers, INTEROP).is_some_and(|version| version <= LAST_WITH_INCOMPLETE);
    fields::boolean(headers, COMPLETE)
        .or_else(|| fields::boolean(headers, INCOMPLETE).filter(|_| is_early()).map(Not::not))
}

/// Reads a request: to the endpoint, or to one of its uploads.
///
/// # Errors
///
/// If it has no meaning.
pub(super) fn read(
    interop: Interop,
    method: &Method,
    headers: &HeaderMap,
    is_to_upload: bool,
) -> Result<EndpointRequest, EndpointRefusal> {
    match (method.as_str(), is_to_upload) {
        ("POST" | "PUT", false) => creation(headers).map(EndpointRequest::Create),
        ("HEAD" | "GET", true) => {
            interop.check_silence(headers)?;
            Ok(EndpointRequest::Offset)
        }
        ("PATCH", true) => append(interop, headers).map(EndpointRequest::Append),
        ("DELETE", true) => {
            interop.check_silence(headers)?;
            Ok(EndpointRequest::Discard)
        }
        (_, false) => Err(EndpointRefusal::WrongMethod("OPTIONS, POST, PUT")),
        (_, true) => Err(EndpointRefusal::WrongMethod("OPTIONS, HEAD, GET, PATCH, DELETE")),
    }
}

impl Interop {
    /// Version 6: a request that adds nothing must not speak of an offset, of a length, or of completeness.
    fn check_silence(self, headers: &HeaderMap) -> Result<(), EndpointRefusal> {
        let speaks = [OFFSET, COMPLETE, LENGTH].iter().any(|name| headers.contains_key(*name));
        match self {
            Self::Six if speaks => Err(EndpointRefusal::Malformed("a request without bytes says how they are added")),
            Self::Six | Self::Eight => Ok(()),
        }
    }
}

fn creation(headers: &HeaderMap) -> Result<Creation, EndpointRefusal> {
    let is_last = completes(headers).ok_or(EndpointRefusal::Malformed("`Upload-Complete` is `?1` or `?0`"))?;
    if !is_last && text(headers, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("multipart/")) {
        // The file would be the form with everything around it.
        return Err(EndpointRefusal::WrongMediaType("that of the file"));
    }
    let length = length(headers, 0, is_last)?;
    let content = Some(Content { is_last, digest: digest(headers)? });
    Ok(Creation { length, concatenation: Concatenation::None, file: file(headers)?, content })
}

fn append(interop: Interop, headers: &HeaderMap) -> Result<Append, EndpointRefusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()?.split(';').next());
    if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
        return Err(EndpointRefusal::WrongMediaType(MEDIA_TYPE));
    }
    let offset = fields::size(headers, OFFSET).ok_or(EndpointRefusal::Malformed("`Upload-Offset` is missing"))?;
    let is_last = match (completes(headers), interop) {
        (Some(is_last), _) => is_last,
        (None, Interop::Six) => false,
        (None, Interop::Eight) => return Err(EndpointRefusal::Malformed("`Upload-Complete` is `?1` or `?0`")),
    };
    let length = length(headers, offset, is_last)?;
    Ok(Append { offset, length, content: Content { is_last, digest: digest(headers)? } })
}

/// The length of the whole upload, of which the body begins at `offset`: what the request says, and what follows from the
/// length of a body that is the last one.
fn length(headers: &HeaderMap, offset: u64, is_last: bool) -> Result<Option<u64>, EndpointRefusal> {
    let told = fields::size(headers, LENGTH);
    let body = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let counted = body.filter(|_| is_last).map(|body| offset.saturating_add(body));
    match (told, counted) {
        (Some(told), Some(counted)) if told != counted => Err(EndpointRefusal::InconsistentLength),
        (told, counted) => Ok(told.or(counted)),
    }
}

/// The digest that the body should have. Of several, the strongest one is compared.
fn digest(headers: &HeaderMap) -> Result<Option<ExpectedDigest>, EndpointRefusal> {
    let members = fields::dictionary(headers, "content-digest").unwrap_or_default();
    for (key, algorithm) in ALGORITHMS {
        if let Some((_, BareItem::Bytes(value))) = members.iter().find(|(known, _)| known == key) {
            return Ok(Some(ExpectedDigest { algorithm, value: value.clone() }));
        }
    }
    // RFC 9530, section 2: what is of another kind may be passed over.
    Ok(None)
}

/// What the first request says of the file: its name as in any answer with a file, and its type.
fn file(headers: &HeaderMap) -> Result<ClaimedFile, EndpointRefusal> {
    let name = text(headers, CONTENT_DISPOSITION.as_str()).and_then(disposition::file_name);
    let mime = text(headers, CONTENT_TYPE.as_str()).filter(|mime| !mime.eq_ignore_ascii_case(MEDIA_TYPE));
    // tus-js-client, which speaks the draft too, names the file as it does in tus.
    let of_tus = text(headers, "upload-metadata").map(tus::read_metadata).transpose()?.unwrap_or_default();
    Ok(ClaimedFile { name: name.or(of_tus.name), mime: mime.map(str::to_owned).or(of_tus.mime), metadata: None })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
}

#[cfg(test)]
mod tests;
