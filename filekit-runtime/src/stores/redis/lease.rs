//! Leases in Redis: held, renewed, waited for, given back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;

use crate::stores::lifetime::millis;
use crate::stores::redis::renewal::{Renewal, Token};
use crate::stores::redis::scripts::{ACQUIRE, RELEASE};
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
            let others = match claim.acquire(state.as_deref(), None, ttl).await?.outcome {
                Outcome::Held { left } => left,
                Outcome::Acquired { stored } => {
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

/// What is to happen once, and is asked together with a lease: its key in Redis, and how long it is remembered.
pub(super) type Once = (String, Duration);

/// The answer to a try to have a lease.
struct Acquisition {
    outcome: Outcome,
    /// Whether nothing else has asked for what is to happen once.
    is_first: bool,
}

enum Outcome {
    Acquired {
        stored: Option<Bytes>,
    },
    /// Others have it, for so long.
    Held {
        left: Duration,
    },
}

impl Shared {
    /// Whether something is the first of its key, and the lease with the bytes under the key of the state, if it is free.
    pub(super) async fn begin(
        self: &Arc<Self>,
        (key, state): (&str, &str),
        ttl: Duration,
        once: Once,
    ) -> Result<(bool, Option<(Lease, Option<Bytes>)>)> {
        let Some(turn) = self.turns.wait(key, Duration::ZERO).await else {
            return Ok((self.insert_once(once).await?, None));
        };
        // As above.
        let mut claim = Claim::new(Arc::clone(self), key, turn);
        let Acquisition { outcome, is_first } = claim.acquire(Some(state), Some(once), ttl).await?;
        let leased = match outcome {
            Outcome::Held { .. } => {
                claim.forget();
                None
            }
            Outcome::Acquired { stored } => {
                claim.renew(ttl);
                Some((Lease::new(claim), stored))
            }
        };
        Ok((is_first, leased))
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
pub(super) struct Claim {
    store: Arc<Shared>,
    pub(super) key: String,
    pub(super) token: Token,
    /// Nothing is to be given back without it. It keeps the others of this server waiting.
    turn: Option<OwnedMutexGuard<()>>,
    renewal: Option<Renewal>,
    /// Leases may be dropped where there is no runtime.
    runtime: Handle,
}

impl Claim {
    fn new(store: Arc<Shared>, key: &str, turn: OwnedMutexGuard<()>) -> Self {
        let runtime = Handle::current();
        Self { store, key: key.to_owned(), token: unused(), turn: Some(turn), renewal: None, runtime }
    }

    /// Asks for the lease, and what is stored under the key of the state with it.
    async fn acquire(&self, state: Option<&str>, once: Option<Once>, ttl: Duration) -> Result<Acquisition> {
        let mut script = ACQUIRE.key(self.store.key("lease", &self.key));
        if let Some(state) = state {
            script.key(state);
        }
        script.arg(&self.token[..]).arg(millis(ttl));
        if let Some((key, ttl)) = once {
            script.key(key).arg(&unused()[..]).arg(millis(ttl));
        }
        let (left, stored, is_first): (i64, _, _) = self.store.link.run(&script).await?;
        let outcome = match left {
            0.. => Outcome::Held { left: Duration::from_millis(left.unsigned_abs()) },
            _ => Outcome::Acquired { stored },
        };
        Ok(Acquisition { outcome, is_first })
    }

    /// Keeps it until it is dropped.
    fn renew(&mut self, ttl: Duration) {
        let Shared { renewals, link, .. } = &*self.store;
        self.renewal = Some(renewals.add(link, ttl, self.token, self.store.key("lease", &self.key)));
    }

    /// Is dropped without a word to Redis, since others have it.
    fn forget(mut self) {
        self.turn = None;
    }

    pub(super) fn is_of(&self, store: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.store, store)
    }

    pub(super) fn stop_renewal(&mut self) {
        self.renewal = None;
    }

    /// Ends in this server what has ended in Redis.
    pub(super) fn end(mut self, is_awaited: bool) {
        let turn = self.turn.take();
        if is_awaited {
            self.runtime.spawn(async move {
                tokio::time::sleep(COURTESY).await;
                drop(turn);
            });
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.stop_renewal();
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
