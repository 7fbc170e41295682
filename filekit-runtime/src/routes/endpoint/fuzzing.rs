//! Requests to an endpoint as its protocols read them, for fuzz targets (`cfg(fuzzing)`).

use http::{HeaderMap, Method};

use super::draft;
pub use super::draft::fuzzing::{boolean, bytes, size};
use super::protocol::Protocol;
use super::request::{Concatenation, EndpointRequest};
use super::tus;

/// A request that was understood, as far as it is the same in each protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// Whether it makes an upload, or adds to one.
    pub is_creation: bool,
    /// Where the bytes begin.
    pub offset: Option<u64>,
    /// How long the upload is.
    pub length: Option<u64>,
    /// Whether the upload ends with these bytes.
    pub is_last: bool,
    /// What the file is called.
    pub name: Option<String>,
}

/// Reads a request that makes an upload or adds to one; nothing if it is another, is refused, or is a form.
#[must_use]
pub fn read(method: &str, headers: &HeaderMap, is_to_upload: bool) -> Option<Understood> {
    let method: Method = method.parse().ok()?;
    let request = match Protocol::of(&method, headers, is_to_upload).ok()? {
        Protocol::Tus => tus::read(&method, headers, is_to_upload),
        Protocol::Draft(interop) => draft::read(interop, &method, headers, is_to_upload),
        Protocol::Multipart => return None,
    };
    match request.ok()? {
        EndpointRequest::Create(creation) if creation.concatenation == Concatenation::None => Some(Understood {
            is_creation: true,
            offset: None,
            length: creation.length,
            is_last: creation.content.is_some_and(|content| content.is_last),
            name: creation.file.name,
        }),
        EndpointRequest::Append(append) => Some(Understood {
            is_creation: false,
            offset: Some(append.offset),
            length: append.length,
            is_last: append.content.is_last,
            name: None,
        }),
        _ => None,
    }
}
