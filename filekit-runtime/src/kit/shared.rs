//! The data that all servers of a program would have to agree on.

use std::sync::Arc;

use crate::kit::IdempotencyKeys;
use crate::state::{Changes, StateStore};
use crate::storage::Disk;

/// The data that a second server of the program would have to see as well.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) states: Arc<StateStore>,
    /// When visitors' states change.
    pub(crate) changes: Arc<Changes>,
    /// The calls that run or have happened.
    pub(crate) calls: IdempotencyKeys,
    /// Where files are stored.
    pub(crate) disk: Disk,
}
