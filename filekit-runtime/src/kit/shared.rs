//! The data that all servers of a program would have to agree on.

use std::sync::Arc;

use crate::kit::{IdempotencyKeys, UploadRuns};
use crate::state::{Changes, States};
use crate::storage::{Partials, StoredFiles};

/// The data that a second server of the program would have to see as well.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) states: Arc<States>,
    /// When visitors' states change.
    pub(crate) changes: Arc<Changes>,
    /// The calls that run or have happened.
    pub(crate) calls: IdempotencyKeys,
    /// Uploads that have come in part.
    pub(crate) partials: Partials,
    /// The events of uploads that came in parts.
    pub(crate) runs: UploadRuns,
    /// The stored files.
    pub(crate) files: StoredFiles,
    /// Whether other servers may answer the next request of a visitor: then they find out on the disk what became of an upload.
    pub(crate) has_other_servers: bool,
}
