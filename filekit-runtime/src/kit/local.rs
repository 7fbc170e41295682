//! The data that one server keeps for itself.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::{Semaphore, watch};

use crate::instance::Instances;
use crate::kit::{PendingDownloads, ProgramStart, Readiness};
use crate::storage::Spool;
use crate::upload::WaitingBudget;

/// Data that no other server needs: a loss heals, or concerns this server alone.
#[derive(Debug)]
pub(crate) struct Local {
    /// The content of the open documents. The document of an instance that is not known gets its whole view.
    pub(crate) instances: Instances,
    /// Downloads that wait to be fetched.
    pub(crate) pending: PendingDownloads,
    pub(crate) spool: Spool,
    /// The memory for requests whose sender is not known yet.
    pub(crate) waiting: WaitingBudget,
    /// Whether it can do its work, as far as that was found out lately.
    pub(crate) readiness: Readiness,
    /// A place for each document that follows its visitor's state.
    pub(crate) live: Arc<Semaphore>,
    /// Whether documents are to stop following their visitors' states.
    pub(crate) stopping: watch::Sender<bool>,
    /// This start of the program, if it is in development.
    pub(crate) development: Option<ProgramStart>,
    /// Whether it looks at the stored files now and then.
    pub(crate) sweeps: AtomicBool,
}
