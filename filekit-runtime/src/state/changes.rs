//! Notes that a session's states have changed, and wakes its watchers. The changed states are in `store.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

use crate::visitor::SessionId;

/// The most that watch one session at a time.
const MAX_WATCHERS: usize = 16;

/// How many counters there are. Sessions that share one look once too often.
const COUNTERS: usize = 4_096;

/// The changes of all sessions' states.
#[derive(Debug)]
pub(crate) struct Changes {
    counters: Box<[AtomicU64]>,
    hashing: RandomState,
    watched: Mutex<HashMap<SessionId, Weak<watch::Sender<()>>>>,
}

/// Waits for changes of a session's states.
#[derive(Debug)]
pub(crate) struct Watcher {
    receiver: watch::Receiver<()>,
    /// As long as a watcher holds it, the session is watched.
    _session: Arc<watch::Sender<()>>,
}

impl Default for Changes {
    fn default() -> Self {
        let counters = std::iter::repeat_with(AtomicU64::default).take(COUNTERS).collect();
        Self { counters, hashing: RandomState::new(), watched: Mutex::default() }
    }
}

impl Changes {
    /// Grows with every change of a state of the session.
    pub(crate) fn count(&self, session: SessionId) -> u64 {
        self.counter(session).load(Ordering::SeqCst)
    }

    /// Notes a change, and wakes the watchers.
    pub(crate) fn note(&self, session: SessionId) {
        self.counter(session).fetch_add(1, Ordering::SeqCst);
        self.wake(session);
    }

    /// Lets the watchers look again.
    pub(crate) fn wake(&self, session: SessionId) {
        let watched = self.held().get(&session).and_then(Weak::upgrade);
        if let Some(watched) = watched {
            watched.send_replace(());
        }
    }

    /// Watches a session, unless too many do already.
    pub(crate) fn watch(&self, session: SessionId) -> Option<Watcher> {
        let mut watched = self.held();
        let known = watched.get(&session).and_then(Weak::upgrade);
        let sender = known.unwrap_or_else(|| {
            // Sessions without a watcher are removed.
            if watched.len() == watched.capacity() {
                watched.retain(|_, sender| sender.strong_count() > 0);
            }
            let sender = Arc::new(watch::Sender::new(()));
            watched.insert(session, Arc::downgrade(&sender));
            sender
        });
        let receiver = sender.subscribe();
        (sender.receiver_count() <= MAX_WATCHERS).then_some(Watcher { receiver, _session: sender })
    }

    fn counter(&self, session: SessionId) -> &AtomicU64 {
        let hash = self.hashing.hash_one(session);
        // The remainder is below the number of counters.
        &self.counters[usize::try_from(hash % COUNTERS as u64).unwrap_or_default()]
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, HashMap<SessionId, Weak<watch::Sender<()>>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    /// Comes back when something has changed since this did so last.
    pub(crate) async fn changed(&mut self) {
        // The sender is there as long as this is.
        let _ = self.receiver.changed().await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn those_who_watch_a_session_are_woken_once_for_many_changes() {
        let changes = Changes::default();
        let [a, b] = std::array::from_fn(|_| SessionId::random().unwrap());
        let (mut of_a, mut of_b) = (changes.watch(a).unwrap(), changes.watch(b).unwrap());
        let before = changes.count(a);
        changes.note(a);
        changes.note(a);
        assert!(changes.count(a) >= before + 2);
        assert!(of_a.changed().now_or_never().is_some());
        assert!(of_a.changed().now_or_never().is_none());
        assert!(of_b.changed().now_or_never().is_none());
    }

    #[test]
    fn a_session_is_watched_by_so_many_and_those_who_leave_make_room() {
        let changes = Changes::default();
        let session = SessionId::random().unwrap();
        let mut watchers: Vec<_> = (0..MAX_WATCHERS).map(|_| changes.watch(session).unwrap()).collect();
        assert!(changes.watch(session).is_none());
        watchers.pop();
        assert!(changes.watch(session).is_some());
    }

    #[test]
    fn nothing_is_kept_of_sessions_that_nobody_watches() {
        let changes = Changes::default();
        for _ in 0..1_000 {
            changes.watch(SessionId::random().unwrap()).unwrap();
        }
        assert!(changes.held().capacity() < 100);
    }
}
