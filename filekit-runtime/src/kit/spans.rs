//! The spans around pages and calls, whose names and fields are stable. Those of files are in `filekit-files`.

use tracing::{Span, debug_span};

/// The handler of a page, for a visitor who opens it. `path` is without its query, which may hold what is secret.
pub(crate) fn page(path: &str) -> Span {
    debug_span!(target: "filekit::spans", "filekit.page", path)
}

/// The call of an event, with what it waits for.
pub(crate) fn call(state: &str, event: &str) -> Span {
    debug_span!(target: "filekit::spans", "filekit.call", state, event)
}
