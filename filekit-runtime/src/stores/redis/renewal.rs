//! Leases last for as long as they are held: one task renews all of them that have the same time to live, so that a lease which is held for
//! a moment costs no task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;

use crate::lock::held;
use crate::stores::lifetime::millis;
use crate::stores::redis::link::Link;
use crate::stores::redis::scripts::EXTEND;

/// Who holds a lease.
pub(super) type Token = [u8; 16];

/// The keys in Redis of leases that are held.
type Leases = HashMap<Token, String>;

/// The leases of one server, by their times to live. A task runs for each of these.
#[derive(Debug, Default)]
pub(super) struct Renewals(Mutex<HashMap<Duration, Leases>>);

/// A lease that is renewed until this is dropped.
#[derive(Debug)]
pub(super) struct Renewal {
    all: Arc<Renewals>,
    ttl: Duration,
    token: Token,
}

impl Renewals {
    /// Renews a lease from now on. To be called in a runtime.
    pub(super) fn add(self: &Arc<Self>, link: &Link, ttl: Duration, token: Token, key: String) -> Renewal {
        let mut all = held(&self.0);
        let is_new = !all.contains_key(&ttl);
        all.entry(ttl).or_default().insert(token, key);
        drop(all);
        if is_new {
            tokio::spawn(renew_all(Arc::clone(self), link.clone(), ttl));
        }
        Renewal { all: Arc::clone(self), ttl, token }
    }

    /// The leases that are held. None if there are none: then they have no task any more.
    fn leases(&self, ttl: Duration) -> Option<Leases> {
        let mut all = held(&self.0);
        let leases = all.get(&ttl).filter(|leases| !leases.is_empty()).cloned();
        if leases.is_none() {
            all.remove(&ttl);
        }
        leases
    }

    fn remove(&self, ttl: Duration, token: Token) -> bool {
        held(&self.0).get_mut(&ttl).is_some_and(|leases| leases.remove(&token).is_some())
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        self.all.remove(self.ttl, self.token);
    }
}

/// Renews leases three times in their time to live, whenever they began, until there are none.
async fn renew_all(renewals: Arc<Renewals>, link: Link, ttl: Duration) {
    let mut cut_off = CutOff { renewals: Some(Arc::clone(&renewals)), ttl };
    let pause = (ttl / 3).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(pause).await;
        let Some(leases) = renewals.leases(ttl) else { break };
        join_all(leases.iter().map(|(token, key)| renew(&renewals, &link, ttl, (*token, key)))).await;
    }
    cut_off.renewals = None;
}

/// Has the next lease begin a task, if this one is cut off: its runtime ends.
struct CutOff {
    renewals: Option<Arc<Renewals>>,
    ttl: Duration,
}

impl Drop for CutOff {
    fn drop(&mut self) {
        if let Some(renewals) = &self.renewals {
            held(&renewals.0).remove(&self.ttl);
        }
    }
}

async fn renew(renewals: &Renewals, link: &Link, ttl: Duration, (token, key): (Token, &str)) {
    let mut script = EXTEND.key(key);
    script.arg(&token[..]).arg(millis(ttl));
    match link.run::<bool>(&script).await {
        Ok(true) => {}
        // It may have been given back meanwhile.
        Ok(false) if renewals.remove(ttl, token) => tracing::warn!(key, "a lease has run out while it was held"),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, key, "a lease cannot be renewed for now"),
    }
}
