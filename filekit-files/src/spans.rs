//! The spans of this crate, whose names and fields are stable. Whoever wants them asks for their target at the level `debug`, else they
//! cost a look at a number.

use tracing::field::Empty;
use tracing::{Span, debug_span};

/// Files that come with one request. `bytes` are those that have come by its end.
pub(crate) fn upload() -> Span {
    debug_span!(target: "filekit::spans", "filekit.upload", bytes = Empty)
}

/// An answer with a stored file: until its head is made.
pub(crate) fn serve(key: &str) -> Span {
    debug_span!(target: "filekit::spans", "filekit.serve", key)
}
