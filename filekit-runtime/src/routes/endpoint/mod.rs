//! The route of `upload_endpoint(..)`: one URL to which other programs send files, by tus 1.0.0, by the draft "Resumable Uploads for
//! HTTP", or as a form. The headers tell which; each protocol is a translation of the same few requests.
//!
//! ```text
//! headers -> Protocol -> EndpointRequest -> upload on the disk -> event -> answer of the protocol
//! ```

#![allow(dead_code, reason = "nothing keeps uploads yet")]

mod answer;
mod digest;
mod draft;
mod protocol;
mod refusal;
mod request;
mod tus;

use http::Uri;

use crate::wire::path;

/// Stands between the URL of an endpoint and the id of one of its uploads.
const UPLOAD: &str = "&upload=";

/// The id of the upload whose URL this is: a path, or a whole URL, under whatever name its sender knows this server.
fn upload_of(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let (_, upload) = url.query()?.split_once(UPLOAD)?;
    (url.path().ends_with(path::ENDPOINT) && !upload.is_empty()).then(|| upload.to_owned())
}
