//! Sessions that ended early, and their successors. Their states are in `state/store.rs`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock;
use crate::lru::{Bounds, IdleLru};
use crate::visitor::SessionId;

/// How many are remembered.
const COUNT: usize = 200_000;

/// How long requests may still be on their way that were sent before a browser knew of its new session.
const ON_THE_WAY: Duration = Duration::from_secs(60);

/// The sessions that have ended, for as long as a browser could show them.
#[derive(Debug)]
pub(crate) struct EndedSessions(Mutex<IdleLru<SessionId, End>>);

#[derive(Clone, Copy, Debug)]
struct End {
    at: SystemTime,
    successor: Option<SessionId>,
}

impl EndedSessions {
    /// An empty list. A session that was not used for `ttl` has ended by itself.
    pub(crate) fn new(ttl: Duration) -> Self {
        Self(Mutex::new(IdleLru::new(Bounds { count: COUNT, bytes: usize::MAX, age: ttl })))
    }

    /// Notes that a session ended so long ago, for good or in favour of another. One that has ended keeps the successor that it has: a late
    /// request must not choose which session comes after its own.
    pub(crate) fn end(&self, session: SessionId, successor: Option<SessionId>, ago: Duration) {
        let mut ended = self.held();
        if ended.get(session).is_none() {
            ended.insert(session, End { at: clock::now() - ago, successor }, 0);
        }
    }

    pub(crate) fn has(&self, session: SessionId) -> bool {
        self.held().get(session).is_some()
    }

    /// Whether a session was renewed just now, so that its browser may not have the new cookie yet.
    pub(crate) fn was_renewed_just_now(&self, session: SessionId) -> bool {
        self.held().get(session).is_some_and(|end| end.successor.is_some() && is_just_now(end.at))
    }

    /// The session that a visitor has by now who had this one. None if it has ended for good.
    pub(crate) fn current(&self, mut session: SessionId) -> Option<SessionId> {
        let mut ended = self.held();
        while let Some(end) = ended.get(session).copied() {
            session = end.successor?;
        }
        Some(session)
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, IdleLru<SessionId, End>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_just_now(at: SystemTime) -> bool {
    clock::now().duration_since(at).is_ok_and(|elapsed| elapsed < ON_THE_WAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_ended_or_goes_on_as_another() {
        let ended = EndedSessions::new(Duration::from_secs(60));
        let [a, b, c, other] = std::array::from_fn(|_| SessionId::random().unwrap());
        ended.end(a, Some(b), Duration::ZERO);
        ended.end(b, Some(c), Duration::ZERO);
        assert_eq!([ended.current(a), ended.current(c), ended.current(other)], [Some(c), Some(c), Some(other)]);
        assert!(ended.has(a) && ended.has(b) && !ended.has(c));
        assert!(ended.was_renewed_just_now(a) && !ended.was_renewed_just_now(other));
        ended.end(c, None, Duration::ZERO);
        assert_eq!(ended.current(a), None);
        assert!(!ended.was_renewed_just_now(c));
    }

    #[test]
    fn a_session_ends_once() {
        let ended = EndedSessions::new(Duration::from_secs(60));
        let [a, b, late] = std::array::from_fn(|_| SessionId::random().unwrap());
        ended.end(a, Some(b), Duration::ZERO);
        ended.end(a, Some(late), Duration::ZERO);
        ended.end(a, None, Duration::ZERO);
        assert_eq!(ended.current(a), Some(b));
    }
}
