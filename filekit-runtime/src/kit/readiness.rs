//! Whether a server can do its work: what a load balancer and an alarm ask.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use crate::kit::FileKit;
use crate::storage::Spool;

/// How long an answer is good for: who asks all the time costs the stores one question in that time.
const LASTS: Duration = Duration::from_secs(1);

/// How long a store may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What keeps a server from doing its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Problem {
    /// It is being stopped.
    Stopping,
    /// The store of states does not answer.
    States,
    /// The storage of files does not answer.
    Storage,
    /// The disk on which files are staged takes none, or has no more than is to be kept free.
    Disk,
}

/// What was found out last.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    known: Mutex<Option<(Instant, Vec<Problem>)>>,
    /// The try of a disk that has not answered yet: there is one at a time.
    disk: Arc<Mutex<()>>,
}

impl FileKit {
    /// What keeps this server from doing its work at the moment; nothing if it does it.
    pub(crate) async fn problems(&self) -> Vec<Problem> {
        if *self.local().stopping.borrow() {
            return vec![Problem::Stopping];
        }
        // Others who ask meanwhile get the same answer.
        let mut known = self.local().readiness.known.lock().await;
        if let Some((found, problems)) = &*known
            && found.elapsed() < LASTS
        {
            return problems.clone();
        }
        let problems = self.find_problems().await;
        if !problems.is_empty() {
            tracing::warn!(?problems, "this server is not ready");
        }
        *known = Some((Instant::now(), problems.clone()));
        problems
    }

    async fn find_problems(&self) -> Vec<Problem> {
        let (shared, spool) = (self.shared(), &self.local().spool);
        let states =
            async { timeout(PATIENCE, shared.states.check_store()).await.is_ok_and(|checked| checked.is_ok()) };
        let storage = async { timeout(PATIENCE, shared.files.reach()).await.is_ok_and(|reached| reached.is_ok()) };
        let disk = async { timeout(PATIENCE, self.try_disk(spool.clone())).await.is_ok_and(|works| works) };
        let (states, storage, disk) = tokio::join!(states, storage, disk);
        let all = [(states, Problem::States), (storage, Problem::Storage), (disk, Problem::Disk)];
        all.into_iter().filter(|(works, _)| !works).map(|(_, problem)| problem).collect()
    }

    /// Whether the disk takes files, and has more than is to be kept free. One that hangs is not tried again meanwhile.
    async fn try_disk(&self, spool: Spool) -> bool {
        let Ok(turn) = Arc::clone(&self.local().readiness.disk).try_lock_owned() else { return false };
        let ledger = self.ledger().cloned();
        let tried = tokio::spawn(async move {
            let _turn = turn;
            let has_room = spawn_blocking(move || ledger.is_none_or(|ledger| ledger.has_free_space()));
            spool.check().await.is_ok() && has_room.await.unwrap_or(false)
        });
        tried.await.unwrap_or(false)
    }
}
