//! How an endpoint answers a client of tus 1.0.0. Which answer it is was decided before.

use axum::response::Response;
use http::{HeaderMap, StatusCode, Version};

use super::super::answer::{close, empty, insert, text};
use super::super::refusal::EndpointRefusal;
use super::super::request::{Finished, MaxSize, UploadStatus};
use super::{ALGORITHMS, EXTENSIONS, RESUMABLE, VERSION};
use crate::clock;

const TEXT: &str = "text/plain; charset=utf-8";

/// Writes the answers to one client.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct TusAnswer {
    pub(in super::super) version: Version,
}

impl TusAnswer {
    /// What the endpoint can do.
    pub(in super::super) fn options(max_size: MaxSize, headers: &mut HeaderMap) {
        let algorithms = ALGORITHMS.map(|(name, _)| name).join(",");
        insert(headers, RESUMABLE, VERSION);
        insert(headers, "tus-version", VERSION);
        insert(headers, "tus-extension", EXTENSIONS);
        insert(headers, "tus-max-size", &max_size.0.to_string());
        insert(headers, "tus-checksum-algorithm", &algorithms);
    }

    /// The upload is there, under this URL.
    pub(in super::super) fn created(self, location: &str, status: &UploadStatus) -> Response {
        let mut response = versioned(empty(StatusCode::CREATED));
        insert(response.headers_mut(), "location", location);
        self.tell(status, response.headers_mut());
        response
    }

    /// How much of the upload is there.
    pub(in super::super) fn offset(self, status: &UploadStatus) -> Response {
        let mut response = versioned(empty(StatusCode::OK));
        let headers = response.headers_mut();
        self.tell(status, headers);
        if !status.pieces.is_empty() && !status.is_complete {
            // tus 1.0.0, "Concatenation": there is no offset before it is put together.
            headers.remove(super::OFFSET);
        }
        match status.length {
            Some(length) => insert(headers, super::LENGTH, &length.to_string()),
            None => insert(headers, super::DEFER_LENGTH, "1"),
        }
        if let Some(metadata) = &status.metadata {
            insert(headers, super::METADATA, metadata);
        }
        if status.is_piece {
            insert(headers, super::CONCAT, "partial");
        } else if !status.pieces.is_empty() {
            insert(headers, super::CONCAT, &format!("final;{}", status.pieces));
        }
        insert(headers, "cache-control", "no-store");
        response
    }

    /// The bytes are there; if they were the last ones, the event has taken the file.
    pub(in super::super) fn appended(self, status: &UploadStatus) -> Response {
        let mut response = versioned(empty(StatusCode::NO_CONTENT));
        self.tell(status, response.headers_mut());
        response
    }

    /// Tells how much is there, and until when.
    fn tell(self, status: &UploadStatus, headers: &mut HeaderMap) {
        insert(headers, super::OFFSET, &status.offset.to_string());
        insert(headers, "upload-expires", &httpdate::fmt_http_date(clock::now() + status.left));
        close(self.version, headers);
    }

    /// The upload is gone.
    pub(in super::super) fn discarded(self) -> Response {
        versioned(empty(StatusCode::NO_CONTENT))
    }

    /// The event has taken the file.
    pub(in super::super) fn finished(self, finished: &Finished) -> Response {
        match finished.is_creation {
            true => self.created(&finished.location, &finished.status),
            false => self.appended(&finished.status),
        }
    }

    /// Something else than what was asked for, in words for who writes the client.
    pub(in super::super) fn refused(self, refusal: &EndpointRefusal, status: StatusCode, words: String) -> Response {
        let mut response = versioned(text(status, TEXT, words));
        let headers = response.headers_mut();
        match refusal {
            EndpointRefusal::UnknownVersion => insert(headers, "tus-version", VERSION),
            EndpointRefusal::WrongMethod(allowed) => insert(headers, "allow", allowed),
            EndpointRefusal::WrongOffset { expected, .. } => {
                insert(headers, super::OFFSET, &expected.to_string());
                close(self.version, headers);
            }
            _ => {}
        }
        response
    }
}

fn versioned(mut response: Response) -> Response {
    insert(response.headers_mut(), RESUMABLE, VERSION);
    response
}
