//! A call as the servers see it that share a store: which of them has it, and what became of it. What a server knows of its own calls is
//! `kit/idempotency.rs`.
//!
//! ```text
//! question: is this server the first? -> with the lease of the state, or by itself -> permit
//!     -> record, with the commit of the state, or by itself
//! ```

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::error::{Rejection, Result};
use crate::state::stored::told;
use crate::stores::{self, AnyStateStore, Record, StateStore as _, Swap};

/// How long a call waits for what becomes of the same one on another server, which may have been killed.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often the store is asked for that, at first and at last.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LAST_PAUSE: Duration = Duration::from_millis(500);

/// The call has begun on another server.
#[derive(Debug)]
pub(crate) struct BegunElsewhere;

impl std::fmt::Display for BegunElsewhere {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the call has begun on another server")
    }
}

impl std::error::Error for BegunElsewhere {}

/// Whether a server is the first with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// The store has not been asked.
    Unasked,
    /// It has not answered.
    Pending,
    Ours,
    Elsewhere,
    /// The store has failed.
    Unknown,
    /// It is ours, and the store has been told that it has happened.
    Recorded,
}

/// What the store says of a call besides that it has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// It has failed, and may come again.
    Again,
    /// It has come again, and runs.
    Running,
    Done,
    Failed,
}

impl Word {
    const ALL: [Self; 4] = [Self::Again, Self::Running, Self::Done, Self::Failed];

    fn bytes(self) -> Bytes {
        Bytes::from_static(match self {
            Self::Again => b"again",
            Self::Running => b"running",
            Self::Done => b"done",
            Self::Failed => b"failed",
        })
    }
}

/// A call as other servers see it. It is cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub(crate) struct SharedCall {
    store: AnyStateStore,
    key: Arc<str>,
    /// How long it is remembered.
    age: Duration,
    claim: watch::Sender<Claim>,
}

/// The question whether this server is the first with a call, which is put to the store once. It stays unknown if this is dropped.
#[derive(Debug)]
pub(super) struct Question(SharedCall);

impl Question {
    /// The key of what is to happen once, and how long it is remembered.
    pub(super) fn once(&self) -> (&str, Duration) {
        (&self.0.key, self.0.age)
    }

    pub(super) fn answer(self, is_first: bool) {
        self.0.claim.send_replace(if is_first { Claim::Ours } else { Claim::Elsewhere });
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.0.replace(Claim::Pending, Claim::Unknown);
    }
}

impl SharedCall {
    pub(crate) fn new(store: AnyStateStore, key: &str, age: Duration) -> Self {
        Self { store, key: key.into(), age, claim: watch::Sender::new(Claim::Unasked) }
    }

    /// Returns whether it was the one.
    fn replace(&self, one: Claim, by: Claim) -> bool {
        self.claim.send_if_modified(|claim| {
            let is_one = *claim == one;
            if is_one {
                *claim = by;
            }
            is_one
        })
    }

    /// The question, unless it has been put.
    pub(super) fn question(&self) -> Option<Question> {
        self.replace(Claim::Unasked, Claim::Pending).then(|| Question(self.clone()))
    }

    /// Puts the question by itself, unless it has been put. The answer comes also if nothing waits for it any more.
    pub(crate) fn ask(&self) {
        let Some(question) = self.question() else { return };
        let store = self.store.clone();
        tokio::spawn(async move {
            let (key, age) = question.once();
            if let Ok(is_first) = told(store.insert_once(key, age).await) {
                question.answer(is_first);
            }
        });
    }

    /// Waits until it is known whether this server has the call.
    async fn claimed(&self) -> Claim {
        self.ask();
        let mut claim = self.claim.subscribe();
        // This holds the other end.
        claim.wait_for(|claim| *claim != Claim::Pending).await.map_or(Claim::Unknown, |claim| *claim)
    }

    /// Waits for whether the call may run here.
    ///
    /// # Errors
    ///
    /// [`BegunElsewhere`], or if the store fails.
    pub(crate) async fn permit(&self) -> Result<()> {
        match self.claimed().await {
            Claim::Ours => Ok(()),
            Claim::Elsewhere if told(self.take_over().await)? => Ok(()),
            Claim::Elsewhere | Claim::Recorded => Err(BegunElsewhere.into()),
            Claim::Unasked | Claim::Pending | Claim::Unknown => Err(Rejection::StatesUnavailable.into()),
        }
    }

    /// Takes the call over if it has failed and may come again. Returns whether it did.
    async fn take_over(&self) -> stores::Result<bool> {
        let stored = self.store.load(&self.key).await?;
        let Some(stored) = stored.filter(|stored| stored.content == Word::Again.bytes()) else { return Ok(false) };
        let swapped = self.store.swap(&self.key, Some(stored.version), Word::Running.bytes(), self.age).await?;
        let is_ours = matches!(swapped, Swap::Done(_));
        if is_ours {
            self.claim.send_replace(Claim::Ours);
        }
        Ok(is_ours)
    }

    /// What the store is told with the commit of a call that is this server's.
    pub(super) fn record(&self) -> Record<'_> {
        Record { key: &self.key, content: Word::Done.bytes(), ttl: self.age }
    }

    /// Notes that the store has the record.
    pub(super) fn note_recorded(&self) {
        self.replace(Claim::Ours, Claim::Recorded);
    }

    /// Lets other servers know what became of the call, if it is that of this one and they don't know yet. It is not waited for: a browser
    /// that has the answer does not ask again.
    pub(crate) fn tell(&self, word: Word) {
        if *self.claim.borrow() == Claim::Recorded {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let call = self.clone();
        runtime.spawn(async move {
            if call.claimed().await == Claim::Ours
                && let Err(error) = call.put(word).await
            {
                tracing::warn!(error = &error as &dyn std::error::Error, "what became of a call could not be noted");
            }
        });
    }

    async fn put(&self, word: Word) -> stores::Result<()> {
        if let Swap::Conflict = self.store.swap(&self.key, None, word.bytes(), self.age).await? {
            // It came again after it had failed.
            let version = self.store.load(&self.key).await?.map(|stored| stored.version);
            let (Swap::Done(_) | Swap::Conflict) = self.store.swap(&self.key, version, word.bytes(), self.age).await?;
        }
        Ok(())
    }

    /// Waits for what becomes of the call on the server that has it. None if that does not say so in time.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(crate) async fn outcome_elsewhere(&self) -> Result<Option<Word>> {
        told(self.end_elsewhere().await)
    }

    async fn end_elsewhere(&self) -> stores::Result<Option<Word>> {
        let (until, mut pause) = (Instant::now() + PATIENCE, FIRST_PAUSE);
        loop {
            let stored = self.store.load(&self.key).await?;
            let word = stored.and_then(|stored| Word::ALL.into_iter().find(|word| word.bytes() == stored.content));
            match word {
                Some(Word::Done | Word::Failed | Word::Again) => return Ok(word),
                _ if Instant::now() >= until => return Ok(None),
                _ => sleep(pause).await,
            }
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }
}
