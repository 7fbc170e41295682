//! Looks at all stored files now and then, for those that have ended and for what counts against the quota.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::kit::{FileKit, Kit};

/// How often at least and at most. Links of files that have ended are dead in between.
const SELDOM: Duration = Duration::from_secs(10 * 60);
const OFTEN: Duration = Duration::from_secs(1);

/// A file is there for so much longer than it is kept, at most.
const SHARE_OF_RETENTION: u32 = 10;

impl FileKit {
    /// Looks at the stored files from now on, as long as the filekit is there, if it does not do so already. Nothing happens outside of
    /// a runtime.
    pub(crate) fn sweep_regularly(&self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if self.local().sweeps.swap(true, Ordering::Relaxed) {
            return;
        }
        let share = self.config().retention.map(|time| time / SHARE_OF_RETENTION);
        runtime.spawn(run(Arc::downgrade(&self.0), share.unwrap_or(SELDOM).clamp(OFTEN, SELDOM)));
    }
}

async fn run(kit: Weak<Kit>, pause: Duration) {
    let shared = |kit: Arc<Kit>| (kit.shared.files.clone(), kit.shared.partials.clone());
    while let Some((files, partials)) = kit.upgrade().map(shared) {
        partials.sweep().await;
        match files.sweep().await {
            Ok(swept) if swept.ended == 0 => {}
            Ok(swept) => tracing::info!(files = swept.ended, "files that had ended were removed"),
            Err(error) => tracing::warn!(%error, "the stored files could not be looked at"),
        }
        tokio::time::sleep(pause).await;
    }
}
