//! A map within limits (LRU): the entry that was not used for longest is dropped first.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Entries at most.
    pub(crate) count: usize,
    /// Bytes at most, as the caller of the insertion counts them.
    pub(crate) bytes: usize,
    /// How long an unused entry is kept.
    pub(crate) age: Duration,
}

/// Entries that are dropped when they are too old, or when there are too many. The newest always stays.
#[derive(Debug)]
pub(crate) struct IdleLru<K, V> {
    bounds: Bounds,
    entries: HashMap<K, Entry<V>>,
    /// The entries in the order of their last use.
    order: BTreeMap<u64, K>,
    uses: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
    used: Instant,
    /// Its place in `order`.
    place: u64,
}

impl<K: Copy + Eq + Hash, V> IdleLru<K, V> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self { bounds, entries: HashMap::new(), order: BTreeMap::new(), uses: 0, bytes: 0 }
    }

    /// The value of `key`, which is used by this.
    pub(crate) fn get(&mut self, key: K) -> Option<&V> {
        if self.entries.get(&key)?.used.elapsed() > self.bounds.age {
            self.remove(key);
            return None;
        }
        self.uses += 1;
        let entry = self.entries.get_mut(&key)?;
        self.order.remove(&entry.place);
        self.order.insert(self.uses, key);
        entry.place = self.uses;
        entry.used = Instant::now();
        Some(&entry.value)
    }

    /// Keeps a value in place of the one before, and returns how many others had to go because there was no room.
    pub(crate) fn insert(&mut self, key: K, value: V, bytes: usize) -> usize {
        self.remove(key);
        self.uses += 1;
        self.bytes += bytes;
        self.order.insert(self.uses, key);
        self.entries.insert(key, Entry { value, bytes, used: Instant::now(), place: self.uses });
        self.shrink()
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.take(key);
    }

    /// Removes the value of `key`, and returns it with its bytes.
    pub(crate) fn take(&mut self, key: K) -> Option<(V, usize)> {
        let entry = self.entries.remove(&key)?;
        self.order.remove(&entry.place);
        self.bytes -= entry.bytes;
        Some((entry.value, entry.bytes))
    }

    fn shrink(&mut self) -> usize {
        let mut dropped = 0;
        while self.entries.len() > 1
            && let Some((_, &oldest)) = self.order.first_key_value()
        {
            let too_much = self.entries.len() > self.bounds.count || self.bytes > self.bounds.bytes;
            let too_old = self.entries.get(&oldest).is_some_and(|entry| entry.used.elapsed() > self.bounds.age);
            if !too_much && !too_old {
                break;
            }
            dropped += usize::from(too_much);
            self.remove(oldest);
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Bounds = Bounds { count: 100, bytes: 10_000, age: Duration::from_secs(60) };

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut kept = IdleLru::new(Bounds { count: 2, ..WIDE });
        assert_eq!(kept.insert("a", 1, 1), 0);
        kept.insert("b", 2, 1);
        kept.get("a");
        assert_eq!(kept.insert("c", 3, 1), 1);
        assert_eq!(["a", "b", "c"].map(|key| kept.get(key).copied()), [Some(1), None, Some(3)]);
    }

    #[test]
    fn bytes_are_bounded_and_counted_back() {
        let mut kept = IdleLru::new(Bounds { bytes: 100, ..WIDE });
        for nth in 0..50 {
            kept.insert(nth, (), 30);
            kept.insert(nth, (), 20);
        }
        assert_eq!(kept.bytes, kept.entries.values().map(|entry| entry.bytes).sum::<usize>());
        assert_eq!((kept.bytes, kept.entries.len(), kept.order.len()), (80, 4, 4));
        assert_eq!(kept.insert(99, (), 1_000), 4, "the newest stays, even alone");
        assert!(kept.get(99).is_some());
    }

    #[test]
    fn what_nobody_used_for_too_long_is_gone() {
        let mut kept = IdleLru::new(Bounds { age: Duration::ZERO, ..WIDE });
        kept.insert("a", (), 1);
        assert_eq!(kept.insert("b", (), 1), 0, "that was no lack of room");
        assert_eq!(kept.entries.len(), 1);
        assert_eq!(kept.get("b"), None);
        assert!(kept.entries.is_empty() && kept.order.is_empty());
    }
}
