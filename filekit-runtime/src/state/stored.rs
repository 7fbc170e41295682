//! Keeps states in a store of bytes, as JSON, which other servers and later versions of the program read.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::completion::ToCompletion;
use crate::error::{Error, Rejection, Result};
use crate::lock::held;
use crate::lru::{Bounds, IdleLru};
use crate::state::State;
use crate::state::ends::SessionEnds;
use crate::state::kept::{Change, Loaded};
use crate::state::known::KnownStates;
use crate::state::shared_call::{Question, SharedCall};
use crate::storage::Sha256;
use crate::stores::{
    self, AnyStateStore, Begin, Commit, Committed, Envelope, Lease, StateStore as _, StoreError, Stored, Swap, Version,
};
use crate::visitor::{OwnerKey, SessionId, StateKey};

/// How long the store keeps others waiting for a server that was killed in the middle of an event.
const LEASE: Duration = Duration::from_secs(10);

/// How long an event waits for another one on the same state, on another server.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long is kept what no version of the program could read.
const ASIDE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often the store is told that a state is used, in the time that it keeps it. A state that is read all the time lives an eighth shorter
/// after its last use than its time is.
const TOUCHES: u32 = 8;

/// States in a store.
#[derive(Debug)]
pub(super) struct StatesInStore {
    store: AnyStateStore,
    /// How long a state is kept that is not used.
    ttl: Duration,
    pub(super) ends: SessionEnds,
    /// When states were used that the store knows of.
    touched: Mutex<IdleLru<StateKey, Instant>>,
    known: KnownStates,
}

impl StatesInStore {
    pub(super) fn new(store: AnyStateStore, ttl: Duration, ends: SessionEnds) -> Self {
        let bounds = Bounds { count: 100_000, bytes: usize::MAX, age: ttl };
        let touched = Mutex::new(IdleLru::new(bounds));
        Self { store, ttl, ends, touched, known: KnownStates::new() }
    }

    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn check(&self) -> Result<()> {
        Ok(self.store.load("check").await.map(drop)?)
    }

    /// Tells the store that a state is used, now and then.
    async fn touch(&self, owner: &OwnerKey, name: &'static str, key: &str) -> Result<()> {
        let known = owner.state(name);
        let is_recent = |touched: &Instant| touched.elapsed() < self.ttl / TOUCHES;
        if held(&self.touched).get(known).is_some_and(is_recent) {
            return Ok(());
        }
        told(self.store.touch(key, self.ttl).await)?;
        held(&self.touched).insert(known, Instant::now(), 0);
        Ok(())
    }

    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn load<S: State>(&self, owner: &OwnerKey) -> Result<Option<Loaded<S>>> {
        let key = key(owner, S::NAME);
        let stored = told(self.store.load(&key).await)?;
        self.read(owner, &key, stored).await
    }

    /// Keeps others from changing a state, on all servers, while the lease is held, and loads it. If it is for a call, the store is asked
    /// on the way whether this server is the first that has it.
    ///
    /// # Errors
    ///
    /// If the store fails, or another event holds the state for too long.
    pub(super) async fn lease<S: State>(
        &self,
        owner: &OwnerKey,
        call: Option<&SharedCall>,
    ) -> Result<(Lease, Option<Loaded<S>>)> {
        let key = key(owner, S::NAME);
        let leased = match call.and_then(SharedCall::question) {
            Some(question) => self.begin(key.clone(), question).await?,
            None => None,
        };
        let leased = match leased {
            Some(leased) => Some(leased),
            None => told(self.store.lease_and_load(&key, LEASE, PATIENCE).await)?,
        };
        let (lease, stored) = leased.ok_or(HeldForLong { state: S::NAME })?;
        Ok((lease, self.read(owner, &key, stored).await?))
    }

    /// Asks for a lease that is free, and answers the question on the way: also if the visitor goes away, so that it is known whose call it
    /// is.
    async fn begin(&self, key: String, question: Question) -> Result<Option<(Lease, Option<Stored>)>> {
        let store = self.store.clone();
        let begun = async move {
            let (once, once_ttl) = question.once();
            let begun = told(store.begin(Begin { key: &key, lease_ttl: LEASE, once, once_ttl }).await)?;
            question.answer(begun.is_first);
            Ok(begun.leased)
        };
        ToCompletion::of(begun).await
    }

    async fn read<S: State>(&self, owner: &OwnerKey, key: &str, stored: Option<Stored>) -> Result<Option<Loaded<S>>> {
        let Some(Stored { version, content }) = stored else { return Ok(None) };
        self.touch(owner, S::NAME, key).await?;
        if let Some(state) = self.known.get(owner.state(S::NAME), version) {
            return Ok(Some(Loaded { state, version: Some(version) }));
        }
        let state = match serde_json::from_slice(&content) {
            Ok(state) => {
                let state = Arc::new(state);
                self.known.note(owner.state(S::NAME), version, Arc::<S>::clone(&state), content.len());
                state
            }
            Err(error) => {
                tracing::error!(
                    state = S::NAME,
                    %error,
                    "a stored state cannot be read, so its owner begins anew; it is kept aside for thirty days"
                );
                self.put_aside(key, version, content).await?;
                Arc::new(S::initial())
            }
        };
        Ok(Some(Loaded { state, version: Some(version) }))
    }

    /// Keeps what cannot be read under another key. It may be there already.
    async fn put_aside(&self, key: &str, version: Version, content: Bytes) -> Result<()> {
        let aside = format!("unreadable/{:032x}/{key}", u128::from_be_bytes(version.to_bytes()));
        let (Swap::Done(_) | Swap::Conflict) = told(self.store.swap(&aside, None, content, ASIDE).await)?;
        Ok(())
    }

    /// Keeps a state, if it is still that version which it replaces. Returns what is stored then; none if it was another version.
    ///
    /// # Errors
    ///
    /// If the store fails. It is not known then whether the state was kept.
    pub(super) async fn keep(&self, change: &Change) -> Result<Option<Stored>> {
        let Change { owner, name, state, version } = change;
        let swapped = told(self.store.swap(&key(owner, name), *version, state.json.clone(), self.ttl).await)?;
        Ok(self.swapped(change, swapped))
    }

    /// The same at the end of a call, of which the record is stored as well, and whose lease is given back. Returns whether the notice was
    /// sent, too.
    ///
    /// # Errors
    ///
    /// As [`StatesInStore::keep`].
    pub(super) async fn commit(
        &self,
        change: &Change,
        (lease, call): (Lease, &SharedCall),
        notice: Option<Envelope>,
    ) -> Result<(Option<Stored>, bool)> {
        let Change { owner, name, state, version } = change;
        let (key, content) = (key(owner, name), state.json.clone());
        let (expected, ttl, record) = (*version, self.ttl, call.record());
        let commit = Commit { key: &key, expected, content, ttl, lease, record, notice };
        let Committed { swap, is_recorded, is_told } = told(self.store.commit(commit).await)?;
        if is_recorded {
            call.note_recorded();
        }
        Ok((self.swapped(change, swap), is_told))
    }

    /// What is stored after a swap.
    fn swapped(&self, Change { owner, name, state, .. }: &Change, swap: Swap) -> Option<Stored> {
        held(&self.touched).insert(owner.state(name), Instant::now(), 0);
        match swap {
            Swap::Done(version) => Some(Stored { version, content: state.json.clone() }),
            Swap::Conflict => None,
        }
    }

    /// Reads a state that was just kept.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn read_kept<S: State>(&self, owner: &OwnerKey, stored: Stored) -> Result<Option<Loaded<S>>> {
        self.read(owner, &key(owner, S::NAME), Some(stored)).await
    }

    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn remove(&self, owner: &OwnerKey, name: &'static str) -> Result<()> {
        self.known.forget(owner.state(name));
        told(self.store.remove(&key(owner, name)).await)
    }

    /// Lets a session have the state of another one, as it is now, unless it has been copied `before` and is the same.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn copy(
        &self,
        [from, to]: [SessionId; 2],
        name: &'static str,
        before: Option<CopiedState>,
    ) -> Result<Option<CopiedState>> {
        let [from, to] = [from, to].map(|session| key(&OwnerKey::Session(session), name));
        let Some(Stored { version, content }) = told(self.store.load(&from).await)? else { return Ok(before) };
        if before.is_some_and(|before| before.from == version) {
            return Ok(before);
        }
        match told(self.store.swap(&to, before.map(|before| before.to), content, self.ttl).await)? {
            Swap::Done(to) => Ok(Some(CopiedState { from: version, to })),
            // The new session has changed it meanwhile.
            Swap::Conflict => Ok(before),
        }
    }
}

/// The versions of a state that was copied, under both keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct CopiedState {
    from: Version,
    to: Version,
}

/// What the store has answered. Visitors learn of one that is out of reach that it may pass.
///
/// # Errors
///
/// If the store fails.
pub(crate) fn told<T>(answered: stores::Result<T>) -> Result<T> {
    answered.map_err(|error| match error.is_unavailable() {
        true => {
            tracing::error!(error = &error as &dyn std::error::Error, "the store of states is out of reach");
            Rejection::StatesUnavailable.into()
        }
        false => error.into(),
    })
}

/// Whether an error is the store's, which may have done all the same what it was asked.
pub(crate) fn is_of_store(error: &Error) -> bool {
    let is_passing = matches!(error.downcast_ref(), Some(Rejection::StatesUnavailable | Rejection::OutcomeUnknown));
    is_passing || error.downcast_ref::<StoreError>().is_some()
}

/// The key of a state. Who reads the store learns no session by it.
fn key(owner: &OwnerKey, name: &str) -> String {
    match owner {
        OwnerKey::Session(session) => format!("state/{name}/session/{}", Sha256::of(session.as_bytes())),
        OwnerKey::Text(key) => format!("state/{name}/owner/{key}"),
    }
}

/// An event on the same state takes longer than another one waits for it.
#[derive(Debug)]
struct HeldForLong {
    state: &'static str,
}

impl std::fmt::Display for HeldForLong {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (state, seconds) = (self.state, PATIENCE.as_secs());
        write!(formatter, "another event has held the state `{state}` for {seconds} seconds: ")?;
        formatter.write_str("let a task do what takes so long, and change the state by `FileKit::update`")
    }
}

impl std::error::Error for HeldForLong {}
