//! Of the requests for a partial upload the newest works on it, whichever server it reaches. Within one server `filekit-files` sees to
//! that.

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use crate::kit::{FileKit, RunKey};

/// A request that has its upload within so long tells other servers nothing: the one before has ended by itself.
const SOON: Duration = Duration::from_millis(50);

/// Takes hold of an upload by `claim`. If another server has it, the request there is told to stop.
pub(crate) async fn claim_from_all<T>(kit: &FileKit, key: RunKey, claim: impl Future<Output = T>) -> T {
    let shared = kit.shared();
    let mut claim = pin!(claim);
    if !shared.has_other_servers {
        return claim.await;
    }
    match timeout(SOON, claim.as_mut()).await {
        Ok(claimed) => claimed,
        Err(_) => {
            // Once: the other request may be the newer one by the time it is told, and its page asks again then.
            let telling = async {
                shared.changes.tell(key.request_tag()).await;
                std::future::pending().await
            };
            tokio::select! {
                biased;
                claimed = claim => claimed,
                never = telling => never,
            }
        }
    }
}

/// Does the work of a request on an upload, which stops if a newer request has come to another server.
pub(crate) async fn until_newer<T>(kit: &FileKit, key: RunKey, work: impl Future<Output = T>) -> T {
    let shared = kit.shared();
    if !shared.has_other_servers {
        return work.await;
    }
    let (changes, tag) = (&shared.changes, key.request_tag());
    let since = changes.now();
    let mut watcher = changes.watch_tag(tag);
    let stop = async {
        // It is woken as well when notices may have been lost.
        while !changes.was_told(tag, since) {
            watcher.changed().await;
        }
        shared.partials.stop_requests(key.owner, key.id);
        std::future::pending().await
    };
    tokio::select! {
        biased;
        done = work => done,
        never = stop => never,
    }
}
