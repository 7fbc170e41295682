//! States in memory, within limits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::lock::held;
use crate::lru::{Bounds, IdleLru};
use crate::stores::{Lease, Result, StateStore, Stored, Swap, Version, lifetime};
use crate::turns::Turns;

/// States in the memory of this process: they end with it, and other processes do not see them.
///
/// At most 100,000 are kept, of 256 MiB together, unless said otherwise; those not used for longest go first. Of what is to
/// happen once, 100,000 keys are remembered. A lease lasts until it is dropped: its holder cannot end without that.
///
/// A copy (`clone`) is the same store.
#[derive(Clone, Debug)]
pub struct MemoryStates(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    states: Mutex<IdleLru<Key, Entry>>,
    once: Mutex<IdleLru<Key, Instant>>,
    turns: Turns<String>,
}

/// The digest of a key: of one length, whatever the key's is.
type Key = [u8; 32];

#[derive(Debug)]
struct Entry {
    stored: Stored,
    end: Instant,
}

const COUNT: usize = 100_000;
const BYTES: usize = 256 << 20;

impl MemoryStates {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(COUNT, BYTES)
    }

    /// A store that keeps at most so many states, of so many bytes together. The newest is always kept.
    ///
    /// ```
    /// # use filekit_runtime::stores::MemoryStates;
    /// let store = MemoryStates::with_limits(1_000, 64 << 20);
    /// ```
    #[must_use]
    pub fn with_limits(count: usize, bytes: usize) -> Self {
        let states = Mutex::new(IdleLru::new(Bounds { count, bytes, age: Duration::MAX }));
        let once = Mutex::new(IdleLru::new(Bounds { count: COUNT, bytes: usize::MAX, age: Duration::MAX }));
        Self(Arc::new(Shared { states, once, turns: Turns::default() }))
    }
}

impl Default for MemoryStates {
    fn default() -> Self {
        Self::new()
    }
}

impl StateStore for MemoryStates {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        let mut states = held(&self.0.states);
        Ok(current(&mut states, digest(key)).map(|entry| entry.stored.clone()))
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        let key = digest(key);
        let mut states = held(&self.0.states);
        if current(&mut states, key).map(|entry| entry.stored.version) != expected {
            return Ok(Swap::Conflict);
        }
        let version = Version::unused();
        let bytes = content.len();
        let entry = Entry { stored: Stored { version, content }, end: lifetime::end(ttl) };
        let dropped = states.insert(key, entry, bytes);
        if dropped > 0 {
            tracing::warn!(dropped, "the store of states is full: those not used for longest are dropped");
        }
        Ok(Swap::Done(version))
    }

    async fn remove(&self, key: &str) -> Result<()> {
        held(&self.0.states).remove(digest(key));
        Ok(())
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        let key = digest(key);
        let mut states = held(&self.0.states);
        if current(&mut states, key).is_some()
            && let Some((entry, bytes)) = states.take(key)
        {
            states.insert(key, Entry { end: lifetime::end(ttl), ..entry }, bytes);
        }
        Ok(())
    }

    async fn lease(&self, key: &str, _ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        Ok(self.0.turns.wait(key, patience).await.map(Lease::new))
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        let key = digest(key);
        let mut once = held(&self.0.once);
        if once.get(key).is_some_and(|end| *end > Instant::now()) {
            return Ok(false);
        }
        once.insert(key, lifetime::end(ttl), 0);
        Ok(true)
    }
}

/// What is stored under a key, unless its time is over.
fn current(states: &mut IdleLru<Key, Entry>, key: Key) -> Option<&Entry> {
    if states.get(key)?.end <= Instant::now() {
        states.remove(key);
        return None;
    }
    states.get(key)
}

fn digest(key: &str) -> Key {
    Sha256::digest(key).into()
}
