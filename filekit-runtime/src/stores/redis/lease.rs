//! Leases in Redis: held, renewed, waited for, given back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tokio::task::AbortHandle;

use crate::stores::lifetime::millis;
use crate::stores::redis::scripts::{ACQUIRE, EXTEND, RELEASE};
use crate::stores::redis::states::Shared;
use crate::stores::redis::subscription::{Listener, Subscription};
use crate::stores::version::unused;
use crate::stores::{Lease, Result};

/// A lease is asked for again after at most so long, where it is told that it was given back.
const SELDOM: Duration = Duration::from_millis(250);

/// And where it is not told.
const OFTEN: Duration = Duration::from_millis(25);

/// So long a server waits after it gave a lease back for which another one waits, so that one that has much to do under it
/// leaves others a turn.
const COURTESY: Duration = Duration::from_millis(5);

impl Shared {
    /// The lease, and the bytes under the key of the state if that is to be loaded.
    pub(super) async fn lease(
        self: &Arc<Self>,
        (key, state): (&str, Option<String>),
        ttl: Duration,
        patience: Duration,
    ) -> Result<Option<(Lease, Option<Bytes>)>> {
        let begun = Instant::now();
        let Some(turn) = self.turns.wait(key, patience).await else { return Ok(None) };
        // From here on it is given back if this is dropped: also when it is not known whether Redis has given it.
        let mut claim = Claim::new(Arc::clone(self), key, turn);
        let mut freed = None;
        loop {
            let others = match claim.acquire(state.as_deref(), ttl).await? {
                (left @ 0.., _) => Duration::from_millis(left.unsigned_abs()),
                (_, stored) => {
                    claim.renew(ttl);
                    return Ok(Some((Lease::new(claim), stored)));
                }
            };
            let rest = patience.saturating_sub(begun.elapsed());
            if rest.is_zero() {
                claim.forget();
                return Ok(None);
            }
            match (&mut freed, self.freed()) {
                // What is said between the last try and now is not heard, so it tries again at once.
                (None, Some(subscription)) => freed = Some(subscription.listen()),
                (freed, subscription) => {
                    let is_told = subscription.is_some_and(Subscription::is_live);
                    let pause = if is_told { SELDOM } else { OFTEN };
                    // One millisecond more, since Redis cuts off the rest of them.
                    wait(freed.as_mut(), key, pause.min(others + Duration::from_millis(1)).min(rest)).await;
                }
            }
        }
    }
}

/// Waits until a lease is given back, for at most so long.
async fn wait(freed: Option<&mut Listener>, key: &str, pause: Duration) {
    match freed {
        Some(freed) => _ = tokio::time::timeout(pause, freed.message(key.as_bytes())).await,
        None => tokio::time::sleep(pause).await,
    }
}

/// A lease that is held, or may be.
struct Claim {
    store: Arc<Shared>,
    key: String,
    token: [u8; 16],
    /// Nothing is to be given back without it. It keeps the others of this server waiting.
    turn: Option<OwnedMutexGuard<()>>,
    renewal: Option<AbortHandle>,
    /// Leases may be dropped where there is no runtime.
    runtime: Handle,
}

impl Claim {
    fn new(store: Arc<Shared>, key: &str, turn: OwnedMutexGuard<()>) -> Self {
        let runtime = Handle::current();
        Self { store, key: key.to_owned(), token: unused(), turn: Some(turn), renewal: None, runtime }
    }

    /// Asks for the lease. Less than nothing, and what is stored, if it has it; else for how many milliseconds others have it.
    async fn acquire(&self, state: Option<&str>, ttl: Duration) -> Result<(i64, Option<Bytes>)> {
        let mut script = ACQUIRE.key(self.store.key("lease", &self.key));
        if let Some(state) = state {
            script.key(state);
        }
        script.arg(&self.token[..]).arg(millis(ttl));
        self.store.link.run(&script).await
    }

    /// Keeps it until it is dropped.
    fn renew(&mut self, ttl: Duration) {
        let (store, key, token) = (Arc::clone(&self.store), self.store.key("lease", &self.key), self.token);
        let pause = (ttl / 3).max(Duration::from_millis(10));
        let renewal = self.runtime.spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let mut script = EXTEND.key(&key);
                script.arg(&token[..]).arg(millis(ttl));
                match store.link.run::<bool>(&script).await {
                    Ok(true) => {}
                    Ok(false) => return tracing::warn!(key, "a lease has run out while it was held"),
                    Err(error) => tracing::warn!(%error, key, "a lease cannot be renewed for now"),
                }
            }
        });
        self.renewal = Some(renewal.abort_handle());
    }

    /// Is dropped without a word to Redis, since others have it.
    fn forget(mut self) {
        self.turn = None;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(renewal) = self.renewal.take() {
            renewal.abort();
        }
        let Some(turn) = self.turn.take() else { return };
        let (store, token, key) = (Arc::clone(&self.store), self.token, std::mem::take(&mut self.key));
        // Where there is no runtime any more, it runs out.
        self.runtime.spawn(async move {
            let mut script = RELEASE.key(store.key("lease", &key));
            script.arg(&token[..]).arg(store.freed_channel()).arg(&key);
            match store.link.run::<bool>(&script).await {
                Ok(true) => tokio::time::sleep(COURTESY).await,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, key, "a lease cannot be given back, and runs out instead"),
            }
            drop(turn);
        });
    }
}
