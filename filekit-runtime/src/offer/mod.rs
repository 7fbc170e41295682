//! Offers: events with their arguments that a page offers its visitor to call, the values that the browser evaluates, and the
//! signed texts in which an offer comes back.

mod capability;
pub(crate) mod client;
mod encoding;
mod endpoint;
#[cfg(fuzzing)]
pub mod fuzzing;
mod grant;
mod id;
mod page_uploads;
mod reference;
mod several;

pub(crate) use capability::{Capability, CapabilitySigner, CapabilityUse};
pub use client::Client;
pub(crate) use endpoint::{Endpoint, EndpointSigner};
pub use grant::OwnedState;
pub(crate) use grant::{FilesOffer, Grant, GrantedArgument, Offer, OfferedFiles, Taken};
pub use id::EventId;
pub(crate) use page_uploads::PageUploads;
pub use reference::{EventArg, EventRef, EventValue, Get, Method, OfferedArguments, Post};
pub use several::SeveralFiles;

use serde::Serializer as _;

use crate::upload::{Rules, UploadId};

/// Uploads and their rules, in the order of the view.
pub(crate) type Uploads = Vec<(UploadId, Rules)>;

/// Appends uploads as JSON: a map from their ids to their rules.
fn write_uploads(uploads: &[(UploadId, Rules)], json: &mut Vec<u8>) {
    let uploads = uploads.iter().map(|(id, rules)| (id.as_str(), rules));
    // Writing text and numbers to memory cannot fail.
    let _ = serde_json::Serializer::new(json).collect_map(uploads);
}
