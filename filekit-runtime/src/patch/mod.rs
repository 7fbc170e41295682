//! What changed between two views of a page; not how it travels, and not what a page instance is.
//!
//! ```text
//! View -> Fingerprint, kept by the server
//! old Fingerprint + new Fingerprint + new View -> patch
//! ```

mod fingerprint;

pub(crate) use fingerprint::Fingerprint;

use serde_json::value::RawValue;

use crate::view::{Filling, Uploads, View};

/// The patch that makes a page that shows `old` show `view`, whose fingerprint is `new`. Nothing if it does already.
///
/// `fill` appends what belongs into a hole; only holes that travel are filled.
pub(crate) fn patch(
    old: &Fingerprint,
    new: &Fingerprint,
    view: &View,
    fill: impl FnMut(&Filling, &Uploads, &mut String),
) -> Option<Box<RawValue>> {
    if old == new {
        return None;
    }
    let change = serde_json::json!([view.clone().into_html(fill), []]);
    // Text and numbers can always be written.
    serde_json::value::to_raw_value(&change).ok()
}
