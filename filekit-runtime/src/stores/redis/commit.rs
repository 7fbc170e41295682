//! What an event leaves, in one step: its state, the record of its call, the notice, and the end of its lease.

use std::sync::Arc;

use crate::stores::lifetime::millis;
use crate::stores::redis::lease::Claim;
use crate::stores::redis::notices::Announcement;
use crate::stores::redis::scripts::COMMIT;
use crate::stores::redis::states::Shared;
use crate::stores::{Commit, Committed, Lease, Result, Swap, Version};

impl Shared {
    pub(super) async fn commit(self: &Arc<Self>, commit: Commit<'_>) -> Result<Committed> {
        let Commit { key, expected, content, ttl, lease, record, notice } = commit;
        let mut claim = match self.claim(lease) {
            Ok(claim) => claim,
            Err(_held) => return self.swap(key, expected, content, ttl).await.map(Committed::only),
        };
        let version = Version::unused();
        let [stored, recorded] = [&content, &record.content].map(|content| [&version.to_bytes()[..], content].concat());
        let expected = expected.map(Version::to_bytes);
        let notice = notice.as_ref().and_then(|notice| notice.get()).filter(|notice| self.can_send(notice));
        let mut script = COMMIT.key(self.key("state", key));
        script.key(self.key("state", record.key)).key(self.key("lease", &claim.key));
        script.arg(expected.as_ref().map_or(&[][..], |expected| expected)).arg(stored).arg(millis(ttl));
        script.arg(recorded).arg(millis(record.ttl));
        script.arg(&claim.token[..]).arg(self.freed_channel()).arg(&claim.key);
        if let Some(Announcement { channel, message, .. }) = notice {
            script.arg(channel).arg(message);
        }
        // It lasts for longer than Redis is waited for. If this fails, it is given back by itself.
        claim.stop_renewal();
        let done: u8 = self.link.run(&script).await?;
        if done == CONFLICT {
            return Ok(Committed::only(Swap::Conflict));
        }
        claim.end(done == DONE_AND_AWAITED);
        Ok(Committed { swap: Swap::Done(version), is_recorded: true, is_told: notice.is_some() })
    }

    /// What the lease of a commit is made of, if it is of this store.
    ///
    /// # Errors
    ///
    /// The lease itself.
    fn claim(self: &Arc<Self>, lease: Lease) -> Result<Claim, Lease> {
        match lease.into_held::<Claim>() {
            Ok(claim) if claim.is_of(self) => Ok(claim),
            Ok(claim) => Err(Lease::new(claim)),
            Err(lease) => Err(lease),
        }
    }

    fn can_send(&self, notice: &Announcement) -> bool {
        self.link.account().is_some_and(|account| *account == notice.account)
    }
}

/// What the script says.
const CONFLICT: u8 = 0;
const DONE_AND_AWAITED: u8 = 2;
