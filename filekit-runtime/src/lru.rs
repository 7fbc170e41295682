//! A map within limits (LRU): the entry that was not used for longest is dropped first.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

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
    /// A list in the order of their last use.
    entries: HashMap<K, Entry<K, V>>,
    oldest: Option<K>,
    newest: Option<K>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry<K, V> {
    value: V,
    bytes: usize,
    used: Instant,
    /// The entry that was used before it, and the one after.
    before: Option<K>,
    after: Option<K>,
}

impl<K: Copy + Eq + Hash, V> IdleLru<K, V> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self { bounds, entries: HashMap::new(), oldest: None, newest: None, bytes: 0 }
    }

    /// The value of `key`, which is used by this.
    pub(crate) fn get(&mut self, key: K) -> Option<&V> {
        let Entry { used, before, after, .. } = *self.entries.get(&key)?;
        if used.elapsed() > self.bounds.age {
            self.remove(key);
            return None;
        }
        self.unlink(before, after);
        let before = self.link(key);
        let entry = self.entries.get_mut(&key)?;
        (entry.before, entry.after) = (before, None);
        entry.used = Instant::now();
        Some(&entry.value)
    }

    /// Keeps a value in place of the one before, and returns how many others had to go because there was no room.
    pub(crate) fn insert(&mut self, key: K, value: V, bytes: usize) -> usize {
        self.remove(key);
        self.bytes += bytes;
        let before = self.link(key);
        self.entries.insert(key, Entry { value, bytes, used: Instant::now(), before, after: None });
        self.shrink()
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.take(key);
    }

    /// Removes the entry that was not used for longest, if that is longer than `age`.
    pub(crate) fn take_unused(&mut self, age: Duration) -> Option<V> {
        let oldest = self.oldest?;
        let is_unused = self.entries.get(&oldest).is_some_and(|entry| entry.used.elapsed() > age);
        if is_unused { self.take(oldest).map(|(value, _)| value) } else { None }
    }

    /// Removes the value of `key`, and returns it with its bytes.
    pub(crate) fn take(&mut self, key: K) -> Option<(V, usize)> {
        let entry = self.entries.remove(&key)?;
        self.unlink(entry.before, entry.after);
        self.bytes -= entry.bytes;
        Some((entry.value, entry.bytes))
    }

    /// Ends the list with `key`, and returns what is before it.
    fn link(&mut self, key: K) -> Option<K> {
        let before = self.newest.replace(key);
        match before.and_then(|before| self.entries.get_mut(&before)) {
            Some(entry) => entry.after = Some(key),
            None => self.oldest = Some(key),
        }
        before
    }

    /// Joins the neighbours of an entry that leaves the list.
    fn unlink(&mut self, before: Option<K>, after: Option<K>) {
        match before.and_then(|before| self.entries.get_mut(&before)) {
            Some(entry) => entry.after = after,
            None => self.oldest = after,
        }
        match after.and_then(|after| self.entries.get_mut(&after)) {
            Some(entry) => entry.before = before,
            None => self.newest = before,
        }
    }

    fn shrink(&mut self) -> usize {
        let mut dropped = 0;
        while self.entries.len() > 1
            && let Some(oldest) = self.oldest
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

    /// The keys in the order of their last use, as they are found from either end.
    fn keys<K: Copy + Eq + Hash + std::fmt::Debug, V>(kept: &IdleLru<K, V>) -> Vec<K> {
        let forward: Vec<_> = std::iter::successors(kept.oldest, |key| kept.entries[key].after).collect();
        let mut backward: Vec<_> = std::iter::successors(kept.newest, |key| kept.entries[key].before).collect();
        backward.reverse();
        assert_eq!(forward, backward);
        assert_eq!(forward.len(), kept.entries.len());
        forward
    }

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
        assert_eq!((kept.bytes, keys(&kept).len()), (80, 4));
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
        assert!(keys(&kept).is_empty());
    }

    #[test]
    fn the_order_is_that_of_the_last_use() {
        let mut kept = IdleLru::new(WIDE);
        for key in ["a", "b", "c", "d"] {
            kept.insert(key, (), 1);
        }
        for (used, order) in [("d", "abcd"), ("a", "bcda"), ("c", "bdac")] {
            kept.get(used);
            assert_eq!(keys(&kept).concat(), order);
        }
        kept.insert("b", (), 1);
        for (gone, order) in [("b", "dac"), ("d", "ac"), ("c", "a"), ("a", "")] {
            kept.take(gone);
            assert_eq!(keys(&kept).concat(), order);
        }
        kept.insert("e", (), 1);
        assert_eq!(keys(&kept), ["e"]);
    }
}
