//! How an endpoint answers a client of the draft. Which answer it is was decided before.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, Version};
use serde_json::{Value, json};

use super::super::answer::{close, empty, insert, text};
use super::super::refusal::EndpointRefusal;
use super::super::request::{Finished, MaxSize, UploadStatus};
use super::{COMPLETE, INTEROP, Interop, LENGTH, LIMIT, MEDIA_TYPE, OFFSET};

/// RFC 9457.
const PROBLEM: &str = "application/problem+json";
const PROBLEM_TYPES: &str = "https://iana.org/assignments/http-problem-types#";

/// Writes the answers to one client.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct DraftAnswer {
    pub(in super::super) interop: Interop,
    pub(in super::super) max_size: MaxSize,
    pub(in super::super) version: Version,
}

impl DraftAnswer {
    /// What the endpoint can do.
    pub(in super::super) fn options(max_size: MaxSize, headers: &mut HeaderMap) {
        insert(headers, LIMIT, &format!("max-size={}", max_size.0));
        insert(headers, "accept-patch", MEDIA_TYPE);
    }

    /// The upload is there, under this URL, and has not ended.
    pub(in super::super) fn created(self, location: &str, status: &UploadStatus) -> Response {
        let mut response = self.told(StatusCode::CREATED, status);
        insert(response.headers_mut(), "location", location);
        response
    }

    /// How much of the upload is there.
    pub(in super::super) fn offset(self, status: &UploadStatus) -> Response {
        let mut response = self.told(StatusCode::NO_CONTENT, status);
        let headers = response.headers_mut();
        if let Some(length) = status.length {
            insert(headers, LENGTH, &length.to_string());
        }
        insert(headers, "cache-control", "no-store");
        response
    }

    /// The bytes are there, and the upload has not ended.
    pub(in super::super) fn appended(self, status: &UploadStatus) -> Response {
        match self.interop {
            Interop::Six => self.told(StatusCode::CREATED, status),
            Interop::Eight => self.told(StatusCode::NO_CONTENT, status),
        }
    }

    /// The answer of the event. If it went well, it has taken the file.
    pub(in super::super) fn finished(self, finished: Finished) -> Response {
        let Finished { location, status, outcome, .. } = finished;
        let went_well = outcome.status.is_success();
        let mut answer = outcome.into_response();
        let headers = answer.headers_mut();
        insert(headers, COMPLETE, boolean(true));
        if went_well {
            headers.extend(self.told(StatusCode::OK, &status).into_parts().0.headers);
            insert(headers, "location", &location);
        }
        answer
    }

    /// The upload is gone.
    pub(in super::super) fn discarded(self) -> Response {
        empty(StatusCode::NO_CONTENT)
    }

    /// Something else than what was asked for, told by a problem that has a title and a code already.
    pub(in super::super) fn refused(
        self,
        refusal: &EndpointRefusal,
        status: StatusCode,
        mut problem: Value,
    ) -> Response {
        // Of what has a status of its own in tus, these are for the draft.
        let status = match refusal {
            EndpointRefusal::TooLong | EndpointRefusal::DigestMismatch => StatusCode::BAD_REQUEST,
            _ => status,
        };
        // A refusal of the file itself ends the upload.
        let is_final = matches!(refusal, EndpointRefusal::OfFile(_));
        if let Some(kind) = problem_type(refusal) {
            problem["type"] = json!(format!("{PROBLEM_TYPES}{kind}"));
        }
        if let EndpointRefusal::WrongOffset { expected, provided } = refusal {
            problem["expected-offset"] = json!(expected);
            problem["provided-offset"] = json!(provided);
        }
        let mut response = text(status, PROBLEM, problem.to_string());
        let headers = response.headers_mut();
        insert(headers, COMPLETE, boolean(is_final));
        match refusal {
            EndpointRefusal::WrongMethod(allowed) => insert(headers, "allow", allowed),
            EndpointRefusal::WrongMediaType(expected) => insert(headers, "accept-patch", expected),
            EndpointRefusal::UnknownInterop => insert(headers, INTEROP, Interop::Eight.number()),
            EndpointRefusal::WrongOffset { expected, .. } => {
                insert(headers, OFFSET, &expected.to_string());
                close(self.version, headers);
            }
            _ => {}
        }
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            insert(headers, LIMIT, &format!("max-size={}", self.max_size.0));
        }
        response
    }

    /// An answer that tells how much is there, and until when.
    fn told(self, status: StatusCode, upload: &UploadStatus) -> Response {
        let mut response = empty(status);
        let headers = response.headers_mut();
        insert(headers, OFFSET, &upload.offset.to_string());
        insert(headers, COMPLETE, boolean(upload.is_complete));
        insert(headers, LIMIT, &self.limits(upload));
        close(self.version, headers);
        response
    }

    fn limits(self, upload: &UploadStatus) -> String {
        let age = match self.interop {
            Interop::Six => "expires",
            Interop::Eight => "max-age",
        };
        format!("max-size={}, {age}={}", self.max_size.0, upload.left.as_secs())
    }

    /// What a client is told before it has sent everything: where it can go on.
    pub(in super::super) fn announcement(self, location: &str, upload: &UploadStatus) -> HeaderMap {
        let mut headers = HeaderMap::new();
        insert(&mut headers, INTEROP, self.interop.number());
        insert(&mut headers, "location", location);
        insert(&mut headers, LIMIT, &self.limits(upload));
        headers
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "?1" } else { "?0" }
}

/// The registered type of a problem, if it has one.
fn problem_type(refusal: &EndpointRefusal) -> Option<&'static str> {
    match refusal {
        EndpointRefusal::WrongOffset { .. } => Some("mismatching-upload-offset"),
        EndpointRefusal::InconsistentLength | EndpointRefusal::TooLong => Some("inconsistent-upload-length"),
        _ => None,
    }
}
