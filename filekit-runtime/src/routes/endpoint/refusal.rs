//! Why a request to an endpoint is refused, whatever its protocol. How a protocol says it is `tus/answer.rs` and
//! `draft/answer.rs`; what the rules of the upload, the event or a layer of the page say is an error as everywhere.

use http::StatusCode;

use crate::error::Error;

/// Why a request to an endpoint is refused.
#[derive(Debug)]
pub(super) enum EndpointRefusal {
    /// The request has no meaning in its protocol, for this reason.
    Malformed(&'static str),
    /// The version of tus is one that is not spoken here.
    UnknownVersion,
    /// The interop version of the draft is one that is not spoken here.
    UnknownInterop,
    /// Nothing is done by this method here; these are for.
    WrongMethod(&'static str),
    /// The body is not of this type.
    WrongMediaType(&'static str),
    /// The bytes do not begin where those end that are there.
    WrongOffset { expected: u64, provided: u64 },
    /// The request says two lengths of the upload, or another one than was said before.
    InconsistentLength,
    /// The bytes have another digest than was said; none of them is kept.
    DigestMismatch,
    /// The digest is of a kind that is not computed here.
    UnknownDigest,
    /// The upload is there, and was put together from others: no bytes can be added.
    IsFinal,
    /// There is no such upload, or not any more.
    Gone,
    /// The event takes the file at this moment, which takes its time.
    Running,
    /// Anything else that is refused, or fails.
    Error(Error),
}

impl EndpointRefusal {
    /// The status of the answer; nothing if the error knows.
    pub(super) fn status(&self) -> Option<StatusCode> {
        Some(match self {
            Self::Malformed(_) | Self::UnknownInterop | Self::InconsistentLength | Self::UnknownDigest => {
                StatusCode::BAD_REQUEST
            }
            Self::UnknownVersion => StatusCode::PRECONDITION_FAILED,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::WrongOffset { .. } => StatusCode::CONFLICT,
            // tus 1.0.0, "Checksum".
            Self::DigestMismatch => StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
            Self::IsFinal => StatusCode::FORBIDDEN,
            Self::Gone => StatusCode::NOT_FOUND,
            Self::Running => StatusCode::LOCKED,
            Self::Error(_) => return None,
        })
    }

    /// The stable code; nothing if the error has its own.
    pub(super) fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Malformed(_) => "request.malformed",
            Self::UnknownVersion | Self::UnknownInterop => "endpoint.unknown-version",
            Self::WrongMethod(_) => "endpoint.wrong-method",
            Self::WrongMediaType(_) => "endpoint.wrong-media-type",
            Self::WrongOffset { .. } => "upload.wrong-offset",
            Self::InconsistentLength => "upload.inconsistent-length",
            Self::DigestMismatch => "upload.digest-mismatch",
            Self::UnknownDigest => "upload.unknown-digest",
            Self::IsFinal => "upload.is-final",
            Self::Gone => "upload.gone",
            Self::Running => "upload.running",
            Self::Error(_) => return None,
        })
    }

    /// What is wrong, for whoever writes the client.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Malformed(reason) => (*reason).to_owned(),
            Self::UnknownVersion => "of tus, version 1.0.0 is spoken here".to_owned(),
            Self::UnknownInterop => "of the draft, the interop versions 8 and 6 are spoken here".to_owned(),
            Self::WrongMethod(allowed) => format!("the methods here are {allowed}"),
            Self::WrongMediaType(expected) => format!("the content type has to be {expected}"),
            Self::WrongOffset { .. } => "offset from request does not match offset of resource".to_owned(),
            Self::InconsistentLength => "inconsistent length values for upload".to_owned(),
            Self::DigestMismatch => "the content does not have the digest that was sent".to_owned(),
            Self::UnknownDigest => "this kind of digest is not computed here".to_owned(),
            Self::IsFinal => "an upload that was put together from others takes no bytes".to_owned(),
            Self::Gone => "there is no such upload".to_owned(),
            Self::Running => "the upload is being processed; ask again".to_owned(),
            Self::Error(error) => error.to_string(),
        }
    }
}

impl<E: Into<Error>> From<E> for EndpointRefusal {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}
