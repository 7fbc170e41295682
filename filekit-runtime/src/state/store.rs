//! Keeps states, each under its owner and its name, in memory or in a store. Handlers get them by `current.rs`, events by
//! `event/dispatch.rs`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use crate::error::{Rejection, Result, caught};
use crate::lock::held;
use crate::state::ends::SessionEnds;
use crate::state::kept::{Change, Loaded, Measured};
use crate::state::memory::{MemoryLimits, StatesInMemory};
use crate::state::stored::StatesInStore;
use crate::state::waiting::{as_event, check_waiter};
use crate::state::{Changes, JustKept, SharedCall, State};
use crate::stores::{AnyStateStore, Lease};
use crate::turns::Turns;
use crate::visitor::{EndedSessions, OwnerKey, SessionId, StateKey};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateLimits {
    /// Bytes of all states in memory, by what they take there.
    pub(crate) bytes: usize,
    /// Bytes of all states of one session in memory, or of one state of another owner.
    pub(crate) of_session: usize,
    /// Bytes of one state in a store, as JSON.
    pub(crate) of_stored: usize,
    /// How long an unused state is kept.
    pub(crate) age: Duration,
}

impl Default for StateLimits {
    fn default() -> Self {
        let age = Duration::from_secs(7 * 24 * 60 * 60);
        Self { bytes: 256 << 20, of_session: 16 << 20, of_stored: 8 << 20, age }
    }
}

/// The states of all owners.
#[derive(Debug)]
pub(crate) struct States {
    /// Bytes at most of one state in a store.
    of_stored: usize,
    kept: Kept,
    turns: Turns<StateKey>,
    changes: Arc<Changes>,
    /// A request loads and saves under its own session alone; what the program changes goes to the session that came after it.
    ended: Arc<EndedSessions>,
    /// Sessions end, and states are kept in memory, under this lock: no state is kept of a session that has ended. It holds the names of all states
    /// that sessions may have in a store.
    names: Mutex<HashSet<&'static str>>,
}

/// Where they are.
#[derive(Debug)]
enum Kept {
    Memory(Box<StatesInMemory>),
    Store(Box<StatesInStore>),
}

/// No other event and no other server changes a state while this is held.
#[derive(Debug)]
struct Turn {
    here: OwnedMutexGuard<()>,
    everywhere: Option<Lease>,
}

/// What ends with the commit of an event whose states are in a store. By default nothing does.
#[derive(Debug, Default)]
pub(crate) struct TurnEnd {
    /// Keeps other servers waiting.
    pub(crate) lease: Option<Lease>,
    /// The call that has happened then.
    pub(crate) call: Option<SharedCall>,
}

/// The session of a state that is to be changed is no more.
#[derive(Debug)]
struct SessionEnded;

impl std::fmt::Display for SessionEnded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the session has ended, and its states with it")
    }
}

impl std::error::Error for SessionEnded {}

/// Another server has changed a state while an event ran on it, although it waited for its turn.
#[derive(Debug)]
struct Overtaken {
    state: &'static str,
}

impl std::fmt::Display for Overtaken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state;
        write!(
            formatter,
            "the state `{state}` was changed by another server while an event ran on it, whose lease had run out: "
        )?;
        formatter.write_str("nothing of the event was kept, and it was not run again")
    }
}

impl std::error::Error for Overtaken {}

impl States {
    /// States in memory.
    pub(crate) fn new(limits: StateLimits, changes: Arc<Changes>, ended: Arc<EndedSessions>) -> Self {
        let StateLimits { bytes, of_session, of_stored, age } = limits;
        let kept = Kept::Memory(Box::new(StatesInMemory::new(MemoryLimits { bytes, of_holder: of_session, age })));
        Self { of_stored, kept, turns: Turns::default(), changes, ended, names: Mutex::default() }
    }

    /// The same, in a store. `names` are those of the states that sessions may have.
    pub(crate) fn in_store(self, store: AnyStateStore, ttl: Duration, names: HashSet<&'static str>) -> Self {
        let ends = SessionEnds::new(store.clone(), ttl, &self.ended, &self.changes);
        Self { kept: Kept::Store(Box::new(StatesInStore::new(store, ttl, ends))), names: Mutex::new(names), ..self }
    }

    /// The state of an owner, or the initial one if there is none: as there is of a session that has ended.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(crate) async fn load<S: State>(&self, owner: &OwnerKey) -> Result<Loaded<S>> {
        let found = match &self.kept {
            Kept::Memory(states) => {
                let state = states.load(owner.state(S::NAME));
                state.map(|state| Loaded { state, version: None })
            }
            Kept::Store(_) if self.has_ended(owner) => None,
            Kept::Store(states) => states.load(owner).await?,
        };
        Ok(found.unwrap_or_else(Loaded::initial))
    }

    /// The state of an owner, which is the one that was just kept if that is its own.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(crate) async fn load_after<S: State>(&self, owner: &OwnerKey, kept: Option<&JustKept>) -> Result<Loaded<S>> {
        match (&self.kept, kept.filter(|kept| kept.is_of::<S>(owner))) {
            (Kept::Store(states), Some(kept)) if !self.has_ended(owner) => {
                let found = states.read_kept(owner, kept.stored.clone()).await?;
                Ok(found.unwrap_or_else(Loaded::initial))
            }
            _ => self.load(owner).await,
        }
    }

    /// Checks that the store answers.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub(crate) async fn check_store(&self) -> Result<()> {
        match &self.kept {
            Kept::Memory(_) => Ok(()),
            Kept::Store(states) => states.check().await,
        }
    }

    /// Measures a state that is to be kept.
    ///
    /// # Errors
    ///
    /// If it cannot be written as JSON, or is larger than a state may be in a store.
    pub(crate) fn measured<S: State>(&self, state: S) -> Result<Measured> {
        match self.kept {
            Kept::Memory(_) => Measured::in_memory(state),
            Kept::Store(_) => Measured::in_store(state, self.of_stored),
        }
    }

    /// Changes the state of an owner, all or nothing, when no event runs on it.
    ///
    /// # Errors
    ///
    /// If `change` panics, there is no room for the state then, an event that holds a state, or a page, waits for this, or the store fails.
    pub(crate) async fn update<S: State>(&self, owner: OwnerKey, change: impl FnOnce(&mut S)) -> Result<()> {
        check_waiter(S::NAME)?;
        let (_turn, Loaded { state, version }) = self.turn_of_current::<S>(&owner).await?;
        // A panic leaves a half-changed copy, which is dropped.
        let changed = caught(async {
            let mut state = S::clone(&state);
            change(&mut state);
            self.measured(state)
        });
        let state = changed.await??;
        // It may have been renewed since, which moves its states.
        let owner = self.owner_now(&owner).ok_or(SessionEnded)?;
        self.keep(Change { owner, name: S::NAME, state, version }).await
    }

    /// The owner that has the states of this one by now: of a session that was renewed, the one after it. None if it has ended for good.
    fn owner_now(&self, owner: &OwnerKey) -> Option<OwnerKey> {
        match owner {
            OwnerKey::Session(session) => self.ended.current(*session).map(OwnerKey::Session),
            OwnerKey::Text(_) => Some(owner.clone()),
        }
    }

    /// The turn of the state of the owner that has those of this one by now, and the state.
    async fn turn_of_current<S: State>(&self, owner: &OwnerKey) -> Result<(Turn, Loaded<S>)> {
        loop {
            if let OwnerKey::Session(session) = owner {
                self.learn(*session).await?;
            }
            let current = self.owner_now(owner).ok_or(SessionEnded)?;
            let turn = self.turn::<S>(&current, None).await?;
            // The event that was waited for may have renewed it.
            if self.owner_now(owner).as_ref() == Some(&current) {
                return Ok(turn);
            }
        }
    }

    /// Does the work of an event on this state of this owner when no other runs on it, and keeps others waiting meanwhile: those of this
    /// server until the work is done, those of others for as long as it holds the lease, which it may hand over to [`States::commit`].
    ///
    /// # Errors
    ///
    /// If the store fails, or those of the work.
    pub(crate) async fn in_turn<S: State, T, W: Future<Output = Result<T>>>(
        &self,
        owner: &OwnerKey,
        call: Option<&SharedCall>,
        work: impl FnOnce(Loaded<S>, Option<Lease>) -> W,
    ) -> Result<T> {
        let (Turn { here: _here, everywhere }, loaded) = self.turn(owner, call).await?;
        as_event(S::NAME, work(loaded, everywhere)).await
    }

    /// Lets this server know whether a session has ended on another one, or before it was started.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(crate) async fn learn(&self, session: SessionId) -> Result<()> {
        match &self.kept {
            Kept::Memory(_) => Ok(()),
            Kept::Store(states) => states.ends.learn(session).await,
        }
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

    /// Whether what an event changes is kept without waiting.
    pub(crate) fn are_in_memory(&self) -> bool {
        matches!(self.kept, Kept::Memory(_))
    }

    /// Keeps a state in place of the one before, and lets the session go on as `successor`, all at once. In memory it does not wait. Returns
    /// the state if it is in a store, from which it would have to be read. The lease of `end` is given back.
    ///
    /// # Errors
    ///
    /// If the session has ended, there is no room in memory, the store fails, or another server has changed the state meanwhile. Nothing is
    /// kept then, unless the store does not say so.
    pub(crate) async fn commit(
        &self,
        session: SessionId,
        successor: Option<SessionId>,
        change: Option<Change>,
        end: TurnEnd,
    ) -> Result<Option<JustKept>> {
        match &self.kept {
            Kept::Memory(states) => {
                // Sessions end under this lock, so this one cannot do so in between.
                let names = held(&self.names);
                self.check(session)?;
                self.commit_in_memory(states, names, (session, successor), change)?;
                Ok(None)
            }
            Kept::Store(states) => {
                self.check(session)?;
                match (change, successor) {
                    (Some(change), None) => self.keep_in_store(states, &change, end).await,
                    (change, successor) => {
                        // Until all of it has happened the lease is held, and the call has no record.
                        let _lease = end.lease;
                        if let Some(change) = change {
                            self.keep_in_store(states, &change, TurnEnd::default()).await?;
                        }
                        if let Some(new) = successor {
                            self.renew(session, new).await?;
                        }
                        Ok(None)
                    }
                }
            }
        }
    }

    fn commit_in_memory(
        &self,
        states: &StatesInMemory,
        names: MutexGuard<'_, HashSet<&'static str>>,
        (session, successor): (SessionId, Option<SessionId>),
        change: Option<Change>,
    ) -> Result<()> {
        let kept = change.map(|change| states.keep(change)).transpose()?;
        if let Some(new) = successor {
            self.ended.end(session, Some(new), Duration::ZERO);
            states.move_session(session, new);
        }
        drop(names);
        if let Some(key) = kept {
            self.changes.note(key.tag());
        }
        if let Some(new) = successor {
            self.changes.note(new.tag());
            self.changes.wake(session.tag());
        }
        Ok(())
    }

    /// Keeps a state whatever session it is of.
    async fn keep(&self, change: Change) -> Result<()> {
        let states = match &self.kept {
            Kept::Store(states) => {
                return self.keep_in_store(states, &change, TurnEnd::default()).await.map(drop);
            }
            Kept::Memory(states) => states,
        };
        // Sessions end under this lock, so this one cannot do so in between.
        let names = held(&self.names);
        let owner = self.owner_now(&change.owner).ok_or(SessionEnded)?;
        let key = states.keep(Change { owner, ..change })?;
        drop(names);
        self.changes.note(key.tag());
        Ok(())
    }

    async fn keep_in_store(&self, states: &StatesInStore, change: &Change, end: TurnEnd) -> Result<Option<JustKept>> {
        held(&self.names).insert(change.name);
        let Change { owner, name, .. } = change;
        let (before, tag) = (self.changes.now(), owner.state(name).tag());
        let kept = match end {
            TurnEnd { lease: Some(lease), call: Some(call) } => {
                states.commit(change, (lease, &call), self.changes.envelope(tag)).await
            }
            TurnEnd { lease: _lease, .. } => states.keep(change).await.map(|stored| (stored, false)),
        };
        // A store that has not answered may have kept it all the same, and a notice does not come back to the server that sent it.
        let (stored, is_told) = kept.inspect_err(|_| self.changes.note(tag))?;
        let stored = stored.ok_or(Overtaken { state: name })?;
        if !is_told {
            self.changes.tell_later(tag);
        }
        let kept_at = self.changes.note_here_after(tag, before);
        Ok(kept_at.map(|kept_at| JustKept { owner: owner.clone(), name, stored, kept_at }))
    }

    /// Ends a session for good, and lets go of all its states.
    ///
    /// # Errors
    ///
    /// If the store fails: the session has ended or not, and some of its states may be kept for their time.
    pub(crate) async fn end(&self, session: SessionId) -> Result<()> {
        let owner = OwnerKey::Session(session);
        match &self.kept {
            Kept::Memory(states) => {
                let _names = held(&self.names);
                self.ended.end(session, None, Duration::ZERO);
                states.remove_session(session);
            }
            Kept::Store(states) => {
                _ = states.ends.end(session, None).await?;
                for name in self.names() {
                    states.remove(&owner, name).await?;
                }
            }
        }
        // Documents that are open on other servers as well.
        self.changes.note(session.tag());
        Ok(())
    }

    /// Ends a session in favour of another one, which gets all its states.
    ///
    /// # Errors
    ///
    /// If the store fails. One of both sessions has all states then.
    pub(crate) async fn renew(&self, old: SessionId, new: SessionId) -> Result<()> {
        match &self.kept {
            Kept::Memory(states) => self.commit_in_memory(states, held(&self.names), (old, Some(new)), None),
            Kept::Store(states) => self.renew_in_store(states, old, new).await,
        }
    }

    /// The states are there for the new session before the old one ends, and go from the old one after that: wherever this stops, one of
    /// them has all.
    async fn renew_in_store(&self, states: &StatesInStore, old: SessionId, new: SessionId) -> Result<()> {
        let mut copied = Vec::new();
        for name in self.names() {
            copied.push((name, states.copy([old, new], name, None).await?));
        }
        let is_ours = states.ends.end(old, Some(new)).await?;
        let left = if is_ours { old } else { new };
        for (name, before) in copied {
            if is_ours {
                // Another server may have changed it in between.
                states.copy([old, new], name, before).await?;
            }
            states.remove(&OwnerKey::Session(left), name).await?;
        }
        self.changes.note(old.tag());
        Ok(())
    }

    /// The names of the states that sessions may have.
    fn names(&self) -> Vec<&'static str> {
        held(&self.names).iter().copied().collect()
    }

    /// Waits until no other event runs on this state of this owner, and keeps others waiting while the turn is held. The state is as it is
    /// then.
    async fn turn<S: State>(&self, owner: &OwnerKey, call: Option<&SharedCall>) -> Result<(Turn, Loaded<S>)> {
        let here = self.turns.take(&owner.state(S::NAME)).await;
        match &self.kept {
            Kept::Memory(_) => Ok((Turn { here, everywhere: None }, self.load(owner).await?)),
            Kept::Store(states) => {
                let (lease, loaded) = states.lease(owner, call).await?;
                let loaded = loaded.filter(|_| !self.has_ended(owner)).unwrap_or_else(Loaded::initial);
                Ok((Turn { here, everywhere: Some(lease) }, loaded))
            }
        }
    }

    /// Whether an owner is a session that has ended.
    fn has_ended(&self, owner: &OwnerKey) -> bool {
        matches!(owner, OwnerKey::Session(session) if self.ended.has(*session))
    }
}
