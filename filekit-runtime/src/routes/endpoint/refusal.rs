//! Why a request to an endpoint is refused, whatever its protocol. How a protocol says it is `speaker.rs`; what the rules of the upload,
//! the event or a layer of the page say is an error as everywhere.

use http::StatusCode;

use crate::error::{Error, FileRejection};

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
    /// More bytes come than the upload was said to have.
    TooLong,
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
    /// The event reads its files while they arrive.
    Streams,
    /// The page sends its visitor elsewhere, to sign in for example.
    Elsewhere,
    /// The file is refused, whatever brings it.
    OfFile(Error),
    /// Anything else that is refused, or fails.
    Error(Error),
}

impl EndpointRefusal {
    /// A refusal of the file by its rules.
    pub(super) fn of_file(error: impl Into<Error>) -> Self {
        Self::OfFile(single(error.into()))
    }

    /// Status, code and words for who writes the client; nothing if the error has its own.
    pub(super) fn told(&self) -> Option<Told> {
        self.of_request().or_else(|| self.of_upload())
    }

    /// What is wrong with the request, whatever the upload is.
    fn of_request(&self) -> Option<Told> {
        use StatusCode as S;
        Some(match self {
            Self::Malformed(reason) => told(S::BAD_REQUEST, "request.malformed", reason),
            Self::UnknownVersion => {
                told(S::PRECONDITION_FAILED, "endpoint.unknown-version", "tus 1.0.0 is spoken here")
            }
            Self::UnknownInterop => {
                let words = "interop versions 8 and 6 of the draft are spoken here";
                told(S::BAD_REQUEST, "endpoint.unknown-version", words)
            }
            Self::WrongMethod(allowed) => {
                let words = format!("the methods here are {allowed}");
                told(S::METHOD_NOT_ALLOWED, "endpoint.wrong-method", &words)
            }
            Self::WrongMediaType(expected) => {
                let words = format!("the content type has to be {expected}");
                told(S::UNSUPPORTED_MEDIA_TYPE, "endpoint.wrong-media-type", &words)
            }
            Self::UnknownDigest => {
                told(S::BAD_REQUEST, "upload.unknown-digest", "this kind of digest is not computed here")
            }
            Self::Streams => {
                let words = "this event reads files while they arrive, and takes them from its page alone";
                told(S::NOT_IMPLEMENTED, "endpoint.streams", words)
            }
            Self::Elsewhere => {
                told(S::UNAUTHORIZED, "event.extractor-refused", "the page of this endpoint asks to sign in")
            }
            _ => return None,
        })
    }

    /// What is wrong with the request as one for this upload.
    fn of_upload(&self) -> Option<Told> {
        use StatusCode as S;
        Some(match self {
            Self::WrongOffset { .. } => {
                told(S::CONFLICT, "upload.wrong-offset", "offset from request does not match offset of resource")
            }
            Self::InconsistentLength => {
                told(S::BAD_REQUEST, "upload.inconsistent-length", "inconsistent length values for upload")
            }
            Self::TooLong => told(S::PAYLOAD_TOO_LARGE, "upload.too-long", "the upload was said to be shorter"),
            Self::DigestMismatch => {
                // tus 1.0.0, "Checksum".
                let status = S::from_u16(460).unwrap_or(S::BAD_REQUEST);
                told(status, "upload.digest-mismatch", "the content does not have the digest that was sent")
            }
            Self::IsFinal => {
                told(S::FORBIDDEN, "upload.is-final", "an upload that was put together from others takes no bytes")
            }
            Self::Gone => told(S::NOT_FOUND, "upload.gone", "there is no such upload"),
            Self::Running => told(S::LOCKED, "upload.running", "the file is being processed; ask again"),
            _ => return None,
        })
    }
}

/// Status, code and words.
type Told = (StatusCode, &'static str, String);

fn told(status: StatusCode, code: &'static str, words: &str) -> Told {
    (status, code, words.to_owned())
}

/// The refusal of the only file of an upload, without the list that it is in.
fn single(error: Error) -> Error {
    match error.downcast_ref::<FileRejection>() {
        Some(FileRejection::FilesRefused { refused, .. }) => match refused.first() {
            Some(first) => first.rejection.clone().into(),
            None => error,
        },
        _ => error,
    }
}

impl<E: Into<Error>> From<E> for EndpointRefusal {
    fn from(error: E) -> Self {
        let error = error.into();
        match error.downcast_ref::<FileRejection>() {
            Some(FileRejection::UploadGone) => Self::Gone,
            _ => Self::Error(error),
        }
    }
}
