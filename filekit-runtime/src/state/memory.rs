//! Keeps states in memory, as they are, within limits.
//!
//! Sessions are free, so a limit of each says nothing about all of them. A later visitor drives out no earlier one: growth is refused where
//! there is no room for it. Beside what a session holds as much has to stay free, so who holds much is refused first, and there is room
//! for little when there is none for much. Who was here before takes the place of those who came later and hold more.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::error::{Rejection, Result};
use crate::lock::held;
use crate::log_pace::LogPace;
use crate::lru::{Bounds, IdleLru};
use crate::state::State;
use crate::state::kept::{Change, Measured};
use crate::visitor::{SessionId, StateKey};

/// What was not used for so long goes before growth is refused.
const UNUSED: Duration = Duration::from_secs(24 * 60 * 60);

/// How many holders are looked at for one whose place can be taken.
const LOOKS: usize = 64;

/// States of this process.
#[derive(Debug)]
pub(super) struct StatesInMemory {
    ledger: Mutex<Ledger>,
    log: LogPace,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct MemoryLimits {
    /// Bytes of all states.
    pub(super) bytes: usize,
    /// Bytes of all states of one session, or of one state of another owner.
    pub(super) of_holder: usize,
    /// How long an unused state is kept.
    pub(super) age: Duration,
}

/// Who has one account for what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Session(SessionId),
    /// Another owner, with one state.
    Owner([u8; 32]),
}

/// The states of a holder.
#[derive(Debug)]
struct Holding {
    /// Numbers holders in the order in which they came.
    number: u64,
    states: Vec<KeptState>,
}

#[derive(Debug)]
struct KeptState {
    key: StateKey,
    state: Arc<dyn Any + Send + Sync>,
    bytes: usize,
}

#[derive(Debug)]
struct Ledger {
    limits: MemoryLimits,
    holdings: IdleLru<Holder, Holding>,
    /// Holders by how much they hold, and by when they came.
    by_size: BTreeMap<(usize, u64), Holder>,
    bytes: usize,
    /// The number of the next holder.
    next: u64,
}

/// Why a state cannot grow.
#[derive(Clone, Copy, Debug)]
enum NoRoom {
    /// The session would hold too much.
    OfHolder,
    /// All states together take too much.
    OfAll,
}

impl StatesInMemory {
    pub(super) fn new(limits: MemoryLimits) -> Self {
        Self { ledger: Mutex::new(Ledger::new(limits)), log: LogPace::default() }
    }

    pub(super) fn load<S: State>(&self, key: StateKey) -> Option<Arc<S>> {
        let found = held(&self.ledger).load(key)?;
        found.downcast().ok()
    }

    /// Keeps a state, and returns its key.
    ///
    /// # Errors
    ///
    /// If there is no room for it.
    pub(super) fn keep(&self, change: Change) -> Result<StateKey> {
        let Change { owner, name, state: Measured { state, bytes, .. }, .. } = change;
        let key = owner.state(name);
        let (kept, limits) = {
            let mut ledger = held(&self.ledger);
            (ledger.keep(KeptState { key, state, bytes }), ledger.limits)
        };
        kept.map_err(|no_room| self.refuse(no_room, limits, name))?;
        Ok(key)
    }

    pub(super) fn remove_session(&self, session: SessionId) {
        held(&self.ledger).take(Holder::Session(session));
    }

    /// Lets a session go on as another one.
    pub(super) fn move_session(&self, old: SessionId, new: SessionId) {
        held(&self.ledger).move_session(old, new);
    }

    fn refuse(&self, no_room: NoRoom, limits: MemoryLimits, state: &'static str) -> Rejection {
        let MemoryLimits { bytes, of_holder, .. } = limits;
        match (no_room, self.log.next()) {
            (NoRoom::OfAll, Some(left_out)) => {
                tracing::error!(
                    bytes,
                    left_out,
                    "states in memory are full, and one that grew was refused: raise `Budgets::state_bytes`, or keep states in a \
                     store (`FILEKIT_STATE`)"
                );
            }
            (NoRoom::OfHolder, Some(left_out)) => {
                tracing::warn!(
                    state,
                    bytes = of_holder,
                    left_out,
                    "a session keeps more in memory than it may, and was refused: keep less, or raise `Budgets::session_bytes`"
                );
            }
            (_, None) => {}
        }
        Rejection::StateFull
    }
}

impl Holder {
    fn of(key: StateKey) -> Self {
        match key {
            StateKey::OfSession(session, _) => Self::Session(session),
            StateKey::OfOwner(digest) => Self::Owner(digest),
        }
    }
}

impl Holding {
    fn bytes(&self) -> usize {
        self.states.iter().map(|kept| kept.bytes).sum()
    }

    fn find(&self, key: StateKey) -> Option<&KeptState> {
        self.states.iter().find(|kept| kept.key == key)
    }

    fn put(&mut self, new: KeptState) {
        self.states.retain(|kept| kept.key != new.key);
        self.states.push(new);
    }
}

impl Ledger {
    fn new(limits: MemoryLimits) -> Self {
        // What goes is decided here.
        let bounds = Bounds { count: usize::MAX, bytes: usize::MAX, age: Duration::MAX };
        Self { limits, holdings: IdleLru::new(bounds), by_size: BTreeMap::new(), bytes: 0, next: 0 }
    }

    fn load(&mut self, key: StateKey) -> Option<Arc<dyn Any + Send + Sync>> {
        self.drop_unused();
        let holding = self.holdings.get(Holder::of(key))?;
        holding.find(key).map(|kept| Arc::clone(&kept.state))
    }

    fn keep(&mut self, new: KeptState) -> Result<(), NoRoom> {
        self.drop_unused();
        let holder = Holder::of(new.key);
        let mut holding = self.take(holder).unwrap_or_else(|| self.new_holding());
        let before = holding.find(new.key).map_or(0, |kept| kept.bytes);
        let total = holding.bytes() - before + new.bytes;
        let room = if new.bytes > before { self.make_room(total, holding.number) } else { Ok(()) };
        if room.is_ok() {
            holding.put(new);
        }
        self.put(holder, holding);
        room
    }

    fn new_holding(&mut self) -> Holding {
        self.next += 1;
        Holding { number: self.next, states: Vec::new() }
    }

    /// Makes room for what a holder of this number would hold. Its states are not among the others now.
    fn make_room(&mut self, total: usize, number: u64) -> Result<(), NoRoom> {
        if total > self.limits.of_holder {
            return Err(NoRoom::OfHolder);
        }
        let most = self.limits.bytes.saturating_sub(total.saturating_mul(2));
        while self.bytes > most && self.take_unused(UNUSED) {}
        let mut lacking = self.bytes.saturating_sub(most);
        let mut leaving = Vec::new();
        for (&(bytes, came), &holder) in self.by_size.iter().rev().take(LOOKS) {
            if lacking == 0 || bytes <= total {
                break;
            }
            if came > number {
                leaving.push(holder);
                lacking = lacking.saturating_sub(bytes);
            }
        }
        if lacking > 0 || total.saturating_mul(2) > self.limits.bytes {
            return Err(NoRoom::OfAll);
        }
        for holder in leaving {
            self.take(holder);
        }
        Ok(())
    }

    fn drop_unused(&mut self) {
        while self.take_unused(self.limits.age) {}
    }

    /// Removes the holder that was not used for longest, if that is longer than `age`.
    fn take_unused(&mut self, age: Duration) -> bool {
        let unused = self.holdings.take_unused(age);
        unused.inspect(|holding| self.forget(holding)).is_some()
    }

    fn take(&mut self, holder: Holder) -> Option<Holding> {
        let (holding, _) = self.holdings.take(holder)?;
        self.forget(&holding);
        Some(holding)
    }

    /// Counts no more what is gone.
    fn forget(&mut self, holding: &Holding) {
        let bytes = holding.bytes();
        self.by_size.remove(&(bytes, holding.number));
        self.bytes -= bytes;
    }

    fn put(&mut self, holder: Holder, holding: Holding) {
        if holding.states.is_empty() {
            return;
        }
        let bytes = holding.bytes();
        self.bytes += bytes;
        self.by_size.insert((bytes, holding.number), holder);
        self.holdings.insert(holder, holding, 0);
    }

    fn move_session(&mut self, old: SessionId, new: SessionId) {
        let Some(mut holding) = self.take(Holder::Session(old)) else { return };
        for kept in &mut holding.states {
            if let StateKey::OfSession(session, _) = &mut kept.key {
                *session = new;
            }
        }
        self.put(Holder::Session(new), holding);
    }
}
