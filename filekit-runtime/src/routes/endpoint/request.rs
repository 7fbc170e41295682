//! What a client wants of an endpoint or of one of its uploads, and what it is told: the same in every protocol. How each protocol
//! says it is `tus/` and `draft/`.

use std::time::Duration;

use super::digest::ExpectedDigest;
use crate::kit::Outcome;

/// A request that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EndpointRequest {
    Create(Creation),
    /// How many bytes of an upload are there.
    Offset,
    Append(Append),
    Discard,
}

impl EndpointRequest {
    /// The digest that the body should have.
    pub(super) fn digest(&self) -> Option<&ExpectedDigest> {
        match self {
            Self::Create(Creation { content: Some(content), .. }) | Self::Append(Append { content, .. }) => {
                content.digest.as_ref()
            }
            _ => None,
        }
    }
}

/// A new upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Creation {
    /// How many bytes the whole upload has, where its sender knows.
    pub(super) length: Option<u64>,
    pub(super) concatenation: Concatenation,
    pub(super) file: ClaimedFile,
    /// The bytes in the body of the request.
    pub(super) content: Option<Content>,
}

/// The part of an upload in a concatenation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Concatenation {
    /// The upload is one file by itself.
    #[default]
    None,
    /// The upload is a piece of a file.
    Partial,
    /// The file is made of these uploads, one after the other.
    Final { ids: Vec<String>, urls: String },
}

/// What a client says of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClaimedFile {
    /// Its name, or its path within a folder.
    pub(super) name: Option<String>,
    pub(super) mime: Option<String>,
    /// All that it says, as it wrote it, if the protocol wants it told again.
    pub(super) metadata: Option<String>,
}

/// The next bytes of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Append {
    /// Where the client believes that they begin.
    pub(super) offset: u64,
    /// How many bytes the whole upload has, if its sender knows by now.
    pub(super) length: Option<u64>,
    pub(super) content: Content,
}

/// Bytes in the body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Whether the upload ends with them.
    pub(super) is_last: bool,
    /// What their digest should be.
    pub(super) digest: Option<ExpectedDigest>,
}

impl Content {
    /// No bytes at all.
    pub(super) const EMPTY: Self = Self { is_last: false, digest: None };
}

/// The upload, as its client is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UploadStatus {
    pub(super) offset: u64,
    pub(super) length: Option<u64>,
    /// Whether the event has taken the file.
    pub(super) is_complete: bool,
    /// How long it is still kept.
    pub(super) left: Duration,
    /// Whether it is a piece of a file.
    pub(super) is_piece: bool,
    /// The URLs of the uploads that it was put together from, as they were written.
    pub(super) pieces: String,
    /// What the client has said of the file, as it wrote it.
    pub(super) metadata: Option<String>,
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum EndpointAnswer {
    /// The upload is there, under this URL, and more is to come.
    Created(String, UploadStatus),
    /// How far the upload is.
    Offset(UploadStatus),
    /// The bytes are there, and more are to come, or the upload is a piece of a file.
    Appended(UploadStatus),
    /// The event has run, or had run before.
    Finished(Finished),
    /// The upload is gone.
    Discarded,
}

/// An upload whose event has run.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) location: String,
    pub(super) status: UploadStatus,
    /// The answer of the event, whether it went well or not.
    pub(super) outcome: Outcome,
    /// Whether this request was the one that asked for the upload.
    pub(super) is_creation: bool,
}

/// The largest upload that an endpoint takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MaxSize(pub(super) u64);
