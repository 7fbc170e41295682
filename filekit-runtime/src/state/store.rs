//! Keeps states in memory, within limits, each under its owner and its name. Handlers get them by `current.rs`, events by `event/dispatch.rs`.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use crate::error::{Rejection, Result, caught};
use crate::lru::{Bounds, IdleLru};
use crate::state::{Changes, State};
use crate::tag::Tag;
use crate::visitor::{EndedSessions, OwnerKey, SessionId, StateKey};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateLimits {
    /// States at most; those not used for longest go first.
    pub(crate) count: usize,
    /// Bytes at most, counted as JSON.
    pub(crate) bytes: usize,
    /// Bytes at most of one state, so that one visitor cannot drive out all others.
    pub(crate) each: usize,
    /// How long an unused state is kept.
    pub(crate) age: Duration,
}

impl Default for StateLimits {
    fn default() -> Self {
        Self { count: 100_000, bytes: 256 << 20, each: 8 << 20, age: Duration::from_secs(7 * 24 * 60 * 60) }
    }
}

/// The states of all owners.
#[derive(Debug)]
pub(crate) struct StateStore {
    /// Bytes at most of one state.
    each: usize,
    kept: Mutex<States>,
    turns: Mutex<HashMap<StateKey, Weak<tokio::sync::Mutex<()>>>>,
    changes: Arc<Changes>,
    /// A request loads and saves under its own session alone; what the program changes goes to the session that came after it.
    ended: Arc<EndedSessions>,
    /// The names of all states that were ever kept.
    names: Mutex<HashSet<&'static str>>,
}

type States = IdleLru<StateKey, Arc<dyn Any + Send + Sync>>;

/// A state that fits, and its size as JSON.
#[derive(Debug)]
pub(crate) struct Measured {
    state: Arc<dyn Any + Send + Sync>,
    bytes: usize,
}

/// A state is larger than a state may be.
#[derive(Debug)]
struct TooLarge {
    state: &'static str,
    bytes: usize,
    limit: usize,
}

impl std::fmt::Display for TooLarge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { state, bytes, limit } = self;
        write!(formatter, "the state `{state}` of one owner has {bytes} bytes as JSON; at most {limit} are kept")
    }
}

impl std::error::Error for TooLarge {}

/// A caller that a change may have to wait for, and that so must not wait for a change.
#[derive(Clone, Copy, Debug)]
enum Waiter {
    /// An event, with the name of the state that it holds.
    Event(&'static str),
    /// A page that is called after an event or a change.
    Page,
}

#[derive(Debug)]
struct WouldWaitForEver {
    waiter: Waiter,
    awaited: &'static str,
}

impl std::fmt::Display for WouldWaitForEver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { waiter, awaited } = self;
        match waiter {
            Waiter::Event(held) => {
                write!(formatter, "an event that holds `{held}` waits for an update of `{awaited}`: ")?;
                formatter.write_str(if held == awaited { "change `self`, or spawn a task" } else { "spawn a task" })
            }
            Waiter::Page => {
                write!(formatter, "a page waits for an update of `{awaited}`, after which it would be called again: ")?;
                formatter.write_str("leave the change to an event or a task")
            }
        }
    }
}

impl std::error::Error for WouldWaitForEver {}

/// The session of a state that is to be changed is no more.
#[derive(Debug)]
struct SessionEnded;

impl std::fmt::Display for SessionEnded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the session has ended, and its states with it")
    }
}

impl std::error::Error for SessionEnded {}

tokio::task_local! {
    /// The event or page that runs in this task.
    static WAITER: Waiter;
}

/// Does the work of a page, which shows states and changes none.
pub(crate) async fn as_page<T>(work: impl Future<Output = T>) -> T {
    WAITER.scope(Waiter::Page, work).await
}

impl StateStore {
    pub(crate) fn new(limits: StateLimits, changes: Arc<Changes>, ended: Arc<EndedSessions>) -> Self {
        let StateLimits { count, bytes, each, age } = limits;
        let kept = Mutex::new(IdleLru::new(Bounds { count, bytes, age }));
        Self { each, kept, turns: Mutex::default(), changes, ended, names: Mutex::default() }
    }

    /// The state of an owner, or the initial one if there is none: as there is of a session that has ended.
    pub(crate) fn load<S: State>(&self, owner: &OwnerKey) -> Arc<S> {
        let found = held(&self.kept).get(owner.state(S::NAME)).map(Arc::clone);
        found.and_then(|state| state.downcast().ok()).unwrap_or_else(|| Arc::new(S::initial()))
    }

    /// Measures a state that is to be kept.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON, or is larger than a state may be.
    pub(crate) fn measured<S: State>(&self, state: S) -> Result<Measured> {
        let bytes = size_as_json(&state)?;
        if bytes > self.each {
            return Err(TooLarge { state: S::NAME, bytes, limit: self.each }.into());
        }
        Ok(Measured { state: Arc::new(state), bytes })
    }

    /// Changes the state of an owner, all or nothing, when no event runs on it.
    ///
    /// # Errors
    ///
    /// If `change` panics, the state is too large then, or an event that holds a state, or a page, waits for this.
    pub(crate) async fn update<S: State>(&self, owner: OwnerKey, change: impl FnOnce(&mut S)) -> Result<()> {
        if let Ok(waiter) = WAITER.try_with(|waiter| *waiter) {
            return Err(WouldWaitForEver { waiter, awaited: S::NAME }.into());
        }
        let (now, _turn) = self.turn_of_current::<S>(&owner).await?;
        // A panic leaves a half-changed copy, which is dropped.
        let changed = caught(async {
            let mut state = S::clone(&self.load::<S>(&now));
            change(&mut state);
            self.measured(state)
        });
        let changed = changed.await??;
        let mut kept = held(&self.kept);
        let now = self.owner_now(&owner).ok_or(SessionEnded)?;
        let tag = self.insert(&mut kept, &now, (S::NAME, changed));
        drop(kept);
        self.changes.note(tag);
        Ok(())
    }

    /// The owner that has the states of this one by now: of a session that was renewed, the one after it. None if it has ended for good.
    fn owner_now(&self, owner: &OwnerKey) -> Option<OwnerKey> {
        match owner {
            OwnerKey::Session(session) => self.ended.current(*session).map(OwnerKey::Session),
            OwnerKey::Text(_) => Some(owner.clone()),
        }
    }

    /// The owner that has the states of this one by now, and the turn of its state.
    async fn turn_of_current<S: State>(&self, owner: &OwnerKey) -> Result<(OwnerKey, OwnedMutexGuard<()>)> {
        loop {
            let current = self.owner_now(owner).ok_or(SessionEnded)?;
            let turn = self.turn::<S>(&current).await;
            // The event that was waited for may have renewed it.
            if self.owner_now(owner).as_ref() == Some(&current) {
                return Ok((current, turn));
            }
        }
    }

    /// Does the work of an event when no other runs on this state of this owner, and keeps others waiting meanwhile.
    pub(crate) async fn in_turn<S: State, T>(&self, owner: &OwnerKey, work: impl Future<Output = T>) -> T {
        let _turn = self.turn::<S>(owner).await;
        WAITER.scope(Waiter::Event(S::NAME), work).await
    }

    /// Checks that a session may still be acted for.
    ///
    /// # Errors
    ///
    /// If it has ended.
    pub(crate) fn check(&self, session: SessionId) -> Result<(), Rejection> {
        (!self.ended.has(session)).then_some(()).ok_or(Rejection::CapabilityRefused)
    }

    /// The session that a visitor has by now who had this one. None if it has ended for good.
    pub(crate) fn current(&self, session: SessionId) -> Option<SessionId> {
        self.ended.current(session)
    }

    /// Keeps a state in place of the one before, and lets the session go on as `successor`, all at once.
    ///
    /// # Errors
    ///
    /// If the session has ended. Nothing is kept then.
    pub(crate) fn commit(
        &self,
        session: SessionId,
        successor: Option<SessionId>,
        state: Option<(OwnerKey, &'static str, Measured)>,
    ) -> Result<(), Rejection> {
        // Sessions end under this lock, so this one cannot do so in between.
        let mut kept = held(&self.kept);
        self.check(session)?;
        if let Some(new) = successor {
            self.move_all(&mut kept, session, new);
        }
        let tag = state.map(|(owner, name, state)| {
            let owner = match (owner, successor) {
                (OwnerKey::Session(_), Some(new)) => OwnerKey::Session(new),
                (owner, _) => owner,
            };
            self.insert(&mut kept, &owner, (name, state))
        });
        drop(kept);
        if let Some(tag) = tag {
            self.changes.note(tag);
        }
        Ok(())
    }

    /// Ends a session for good, and lets go of all its states.
    pub(crate) fn end(&self, session: SessionId) {
        let mut kept = held(&self.kept);
        self.ended.end(session, None);
        for name in held(&self.names).iter() {
            kept.remove(StateKey::OfSession(session, name));
        }
        self.changes.wake(session.tag());
    }

    /// Ends a session in favour of another one, which gets all its states.
    pub(crate) fn renew(&self, old: SessionId, new: SessionId) {
        self.move_all(&mut held(&self.kept), old, new);
    }

    fn move_all(&self, kept: &mut States, old: SessionId, new: SessionId) {
        self.ended.end(old, Some(new));
        for name in held(&self.names).iter() {
            if let Some((state, bytes)) = kept.take(StateKey::OfSession(old, name)) {
                kept.insert(StateKey::OfSession(new, name), state, bytes);
            }
        }
        self.changes.wake(old.tag());
    }

    /// Keeps a state, and returns the tag under which that is to be noted.
    fn insert(&self, kept: &mut States, owner: &OwnerKey, state: (&'static str, Measured)) -> Tag {
        let (name, Measured { state, bytes }) = state;
        held(&self.names).insert(name);
        let key = owner.state(name);
        let dropped = kept.insert(key, state, bytes);
        if dropped > 0 {
            tracing::warn!(dropped, "the store of states is full: those not used for longest are dropped");
        }
        key.tag()
    }

    /// Waits until no other event runs on this state of this owner, and keeps others waiting while it is held.
    async fn turn<S: State>(&self, owner: &OwnerKey) -> OwnedMutexGuard<()> {
        let key = owner.state(S::NAME);
        let turn = {
            let mut turns = held(&self.turns);
            let known = turns.get(&key).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                // Locks that no caller holds or waits for are removed.
                if turns.len() == turns.capacity() {
                    turns.retain(|_, turn| turn.strong_count() > 0);
                }
                let turn = Arc::default();
                turns.insert(key, Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }
}

/// Nothing that holds one of the locks can panic half-way, so a poisoned one is as good as any.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size_as_json(state: &impl serde::Serialize) -> Result<usize> {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    serde_json::to_writer(&mut count, state)?;
    Ok(count.0)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Words(Vec<String>);

    impl State for Words {
        const NAME: &'static str = "Words";
        type Owner = SessionId;

        fn initial() -> Self {
            Self::default()
        }
    }

    fn store(limits: StateLimits) -> StateStore {
        StateStore::new(limits, Arc::default(), Arc::new(EndedSessions::new(limits.age)))
    }

    fn words(text: &str) -> Words {
        Words(vec![text.to_owned()])
    }

    fn keep(store: &StateStore, session: SessionId, state: Words) {
        store
            .commit(session, None, Some((OwnerKey::Session(session), Words::NAME, store.measured(state).unwrap())))
            .unwrap();
    }

    #[test]
    fn one_visitor_cannot_drive_out_all_others() {
        let store = store(StateLimits { each: 40, ..StateLimits::default() });
        assert!(store.measured(words(&"x".repeat(30))).is_ok());
        assert!(store.measured(words(&"x".repeat(50))).is_err());
    }

    fn sessions<const N: usize>() -> [SessionId; N] {
        std::array::from_fn(|_| SessionId::random().unwrap())
    }

    #[test]
    fn a_state_belongs_to_its_session() {
        let store = store(StateLimits::default());
        let [a, b] = sessions();
        keep(&store, a, words("a"));
        assert_eq!(*store.load::<Words>(&OwnerKey::Session(a)), words("a"));
        assert_eq!(*store.load::<Words>(&OwnerKey::Session(b)), Words::default());
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let store = store(StateLimits { count: 2, ..StateLimits::default() });
        let [a, b, c] = sessions();
        keep(&store, a, words("a"));
        keep(&store, b, words("b"));
        store.load::<Words>(&OwnerKey::Session(a));
        keep(&store, c, words("c"));
        let left = [a, b, c].map(|session| store.load::<Words>(&OwnerKey::Session(session)).0.len());
        assert_eq!(left, [1, 0, 1]);
    }

    #[test]
    fn nothing_is_loaded_or_kept_for_a_session_that_has_ended() {
        let store = store(StateLimits::default());
        let [a, b] = sessions();
        keep(&store, a, words("a"));
        store.renew(a, b);
        assert_eq!(
            [store.load::<Words>(&OwnerKey::Session(a)), store.load::<Words>(&OwnerKey::Session(b))]
                .map(|state| state.0.len()),
            [0, 1]
        );
        assert!(
            store
                .commit(a, None, Some((OwnerKey::Session(a), Words::NAME, store.measured(words("late")).unwrap())))
                .is_err()
        );
        assert_eq!(
            [store.load::<Words>(&OwnerKey::Session(a)), store.load::<Words>(&OwnerKey::Session(b))]
                .map(|state| state.0.len()),
            [0, 1]
        );
    }

    #[tokio::test]
    async fn a_change_that_waits_while_the_session_is_renewed_goes_to_the_one_after_it() {
        let store = store(StateLimits::default());
        let [a, b] = sessions();
        let turn = store.turn::<Words>(&OwnerKey::Session(a)).await;
        let change = store.update::<Words>(OwnerKey::Session(a), |state| state.0.push("change".to_owned()));
        tokio::pin!(change);
        assert!(change.as_mut().now_or_never().is_none());
        store
            .commit(a, Some(b), Some((OwnerKey::Session(a), Words::NAME, store.measured(words("event")).unwrap())))
            .unwrap();
        drop(turn);
        change.await.unwrap();
        assert_eq!(store.load::<Words>(&OwnerKey::Session(b)).0, ["event", "change"]);
    }
}
