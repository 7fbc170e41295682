//! What one server keeps for itself.

use tokio::sync::watch;

use crate::instance::Instances;
use crate::kit::PendingDownloads;
use crate::storage::Spool;

/// What no other server needs: what is lost of it heals, or was not for another one.
#[derive(Debug)]
pub(crate) struct Local {
    /// What the open documents show. The document of an instance that is not known gets its whole view.
    pub(crate) instances: Instances,
    /// Downloads that wait to be fetched.
    pub(crate) pending: PendingDownloads,
    pub(crate) spool: Spool,
    /// Whether documents are to stop following their visitors' states.
    pub(crate) stopping: watch::Sender<bool>,
}
