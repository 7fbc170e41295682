//! What a client wants of an endpoint or of one of its uploads, and what it is told: the same in every protocol. How each protocol
//! says it is `tus/` and `draft/`.

use std::time::Duration;

use super::digest::ExpectedDigest;

/// A request that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EndpointRequest {
    /// What can be sent here, and how.
    Options,
    Create(Creation),
    /// How many bytes of an upload are there.
    Offset,
    Append(Append),
    Discard,
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
    /// The file is made of these uploads, one after the other: their ids.
    Final(Vec<String>),
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

/// The upload, as its client is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UploadStatus {
    pub(super) offset: u64,
    pub(super) length: Option<u64>,
    /// Whether the event has taken the file.
    pub(super) is_complete: bool,
    /// How long it is still kept.
    pub(super) left: Duration,
    pub(super) is_partial: bool,
    /// The uploads that it was made of, as their URLs were written.
    pub(super) parts: Vec<String>,
    /// What the client has said of the file, as it wrote it.
    pub(super) metadata: Option<String>,
}

/// The largest upload that an endpoint takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MaxSize(pub(super) u64);
