//! Which protocol a request to an endpoint speaks, told by its headers.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap};

use super::draft::{self, Interop};
use super::refusal::EndpointRefusal;
use super::tus;

/// The protocols in which files can be sent to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tus,
    Draft(Interop),
    /// A form with files, such as `curl -F` sends.
    Multipart,
}

/// Fields that only a client of tus sends.
const OF_TUS: [&str; 4] = ["upload-defer-length", "upload-concat", "upload-checksum", "x-http-method-override"];

impl Protocol {
    /// The protocol of a request: to the endpoint, or to one of its uploads.
    ///
    /// A request that says nothing of any protocol, such as a `HEAD`, is one of the standard that the draft becomes.
    ///
    /// # Errors
    ///
    /// If it is a version of the draft that is not spoken here, or the body of no protocol.
    pub(super) fn of(method: &Method, headers: &HeaderMap, is_to_upload: bool) -> Result<Self, EndpointRefusal> {
        let kind = media_type(headers);
        let is_form = kind.eq_ignore_ascii_case("multipart/form-data");
        if headers.contains_key(tus::RESUMABLE) || kind.eq_ignore_ascii_case(tus::MEDIA_TYPE) {
            return Ok(Self::Tus);
        }
        // A whole form is one without the draft as well, and of another version of it the draft asks no more.
        if is_form && *method == Method::POST && draft::completes(headers) != Some(false) {
            return Ok(Self::Multipart);
        }
        let is_of_draft = [draft::COMPLETE, draft::INTEROP].iter().any(|name| headers.contains_key(*name));
        if is_of_draft || kind.eq_ignore_ascii_case(draft::MEDIA_TYPE) {
            return Interop::of(headers).map(Self::Draft);
        }
        if OF_TUS.iter().any(|name| headers.contains_key(*name)) {
            return Ok(Self::Tus);
        }
        match *method {
            Method::POST | Method::PUT if !is_to_upload => Err(EndpointRefusal::WrongMediaType("multipart/form-data")),
            _ => Ok(Self::Draft(Interop::Eight)),
        }
    }
}

/// The type of the body, without its parameters.
fn media_type(headers: &HeaderMap) -> &str {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_told_by_its_headers() {
        const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");
        let tus = ("tus-resumable", "1.0.0");
        for (method, fields, expected) in [
            ("POST", &[tus, ("upload-length", "5")][..], Some(Protocol::Tus)),
            ("HEAD", &[tus], Some(Protocol::Tus)),
            ("PATCH", &[("content-type", "application/offset+octet-stream")], Some(Protocol::Tus)),
            ("POST", &[("upload-defer-length", "1")], Some(Protocol::Tus)),
            ("POST", &[("upload-complete", "?0")], Some(Protocol::Draft(Interop::Eight))),
            ("PUT", &[("upload-complete", "?1")], Some(Protocol::Draft(Interop::Eight))),
            (
                "POST",
                &[("upload-draft-interop-version", "6"), ("upload-complete", "?0")],
                Some(Protocol::Draft(Interop::Six)),
            ),
            ("HEAD", &[("upload-draft-interop-version", "8")], Some(Protocol::Draft(Interop::Eight))),
            ("POST", &[("upload-draft-interop-version", "5"), ("upload-complete", "?0")], None),
            (
                "POST",
                &[("upload-draft-interop-version", "3"), ("upload-incomplete", "?0")],
                Some(Protocol::Draft(Interop::Eight)),
            ),
            ("POST", &[("upload-draft-interop-version", "3"), ("upload-incomplete", "?1")], None),
            ("PATCH", &[("content-type", "Application/Partial-Upload")], Some(Protocol::Draft(Interop::Eight))),
            ("HEAD", &[], Some(Protocol::Draft(Interop::Eight))),
            ("DELETE", &[], Some(Protocol::Draft(Interop::Eight))),
            ("POST", &[FORM], Some(Protocol::Multipart)),
            ("POST", &[FORM, ("upload-complete", "?1")], Some(Protocol::Multipart)),
            ("POST", &[FORM, ("upload-complete", "?0")], Some(Protocol::Draft(Interop::Eight))),
            ("POST", &[("content-type", "image/png")], None),
            ("POST", &[], None),
        ] {
            let headers: HeaderMap =
                fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            let is_to_upload = !matches!(method, "POST" | "PUT");
            let found = Protocol::of(&method.parse().unwrap(), &headers, is_to_upload).ok();
            assert_eq!(found, expected, "{method} {fields:?}");
        }
    }
}
