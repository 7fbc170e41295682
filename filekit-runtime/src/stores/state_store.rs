//! The trait of stores, and what they answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::try_join;

use crate::stores::{Begin, Begun, Commit, Committed, Lease, Result, Version};

/// What is stored under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Which content it is.
    pub version: Version,
    /// The bytes, as they were written.
    pub content: Bytes,
}

/// The outcome of a swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a swap may have been refused"]
pub enum Swap {
    /// The new content is stored, and this is its version.
    Done(Version),
    /// What is stored is not what was expected. Nothing has changed.
    Conflict,
}

/// Where the bytes of states are kept.
///
/// A key is any text, also an empty one. States, leases and what is to happen once have keys of their own, which do not meet. All
/// methods may be called by many tasks at once.
///
/// A time to live (`ttl`) of less than a millisecond counts as one, and of more than a hundred years as a hundred.
///
/// # Errors
///
/// Every method fails with a [`StoreError`](super::StoreError) if the store is out of reach, full or broken: after a few
/// seconds at the latest, and never with a panic.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use filekit_runtime::stores::{MemoryStates, Result, StateStore, Swap};
///
/// const DAY: Duration = Duration::from_secs(24 * 60 * 60);
///
/// /// Adds a line, also while others add theirs.
/// async fn add_line(store: &impl StateStore, line: &str) -> Result<()> {
///     loop {
///         let stored = store.load("lines").await?;
///         let version = stored.as_ref().map(|stored| stored.version);
///         let mut lines = stored.map_or_else(Vec::new, |stored| stored.content.to_vec());
///         lines.extend_from_slice(line.as_bytes());
///         lines.push(b'\n');
///         if let Swap::Done(_) = store.swap("lines", version, lines.into(), DAY).await? {
///             return Ok(());
///         }
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let store = MemoryStates::new();
/// add_line(&store, "one").await?;
/// add_line(&store, "two").await?;
/// assert_eq!(store.load("lines").await?.expect("lines").content, "one\ntwo\n");
/// # Ok(())
/// # }
/// ```
pub trait StateStore: Send + Sync + 'static {
    /// What is stored under a key. None if nothing is, or its time is over.
    fn load(&self, key: &str) -> impl Future<Output = Result<Option<Stored>>> + Send;

    /// Stores `content` for the time `ttl`, if what is stored has the version `expected`, or if nothing is stored and
    /// `expected` is `None`. All or nothing, also beside other swaps of the same key.
    ///
    /// After an error it is not known whether it has happened.
    fn swap(
        &self,
        key: &str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> impl Future<Output = Result<Swap>> + Send;

    /// Removes what is stored under a key, whatever it is. Nothing happens if there is nothing.
    fn remove(&self, key: &str) -> impl Future<Output = Result<()>> + Send;

    /// Keeps what is stored for the time `ttl` from now on, with the version that it has. Nothing happens if there is nothing.
    ///
    /// A store to which that is dear may keep it for up to an eighth less.
    fn touch(&self, key: &str, ttl: Duration) -> impl Future<Output = Result<()>> + Send;

    /// Waits for the lease of a key, for at most `patience`; zero means one try. None if others held it for as long.
    ///
    /// While it is held it is renewed; `ttl` is how long others wait for a server that was killed. The next one that waits
    /// gets it within tens of milliseconds after it was given back.
    fn lease(&self, key: &str, ttl: Duration, patience: Duration)
    -> impl Future<Output = Result<Option<Lease>>> + Send;

    /// Waits for the lease of a key as [`StateStore::lease`] does, and loads what is stored under the same key when it has it.
    /// The same as one after the other, which it is unless a store can do better.
    fn lease_and_load(
        &self,
        key: &str,
        ttl: Duration,
        patience: Duration,
    ) -> impl Future<Output = Result<Option<(Lease, Option<Stored>)>>> + Send {
        async move {
            let Some(lease) = self.lease(key, ttl, patience).await? else { return Ok(None) };
            Ok(Some((lease, self.load(key).await?)))
        }
    }

    /// Whether other servers may use the same store at the same time. Then filekit keeps in it what they have to know of each other
    /// besides states: which calls have begun, what became of them, and which downloads wait. A store that one process has for itself
    /// says `false`, and is spared these writes.
    fn is_shared(&self) -> bool {
        true
    }

    /// Says `true` to the first that asks for this key within the time `ttl`, and `false` to all others. The time begins with the
    /// first.
    ///
    /// After an error it is not known whether the key is used up.
    fn insert_once(&self, key: &str, ttl: Duration) -> impl Future<Output = Result<bool>> + Send;

    /// Asks whether something is the first of its key, as [`StateStore::insert_once`] does, and tries once to have a lease with what is
    /// stored, as [`StateStore::lease_and_load`] does with no patience. The same as both at the same time, which it is unless a store can
    /// do better.
    fn begin(&self, begin: Begin<'_>) -> impl Future<Output = Result<Begun>> + Send {
        async move {
            let Begin { key, lease_ttl, once, once_ttl } = begin;
            let (is_first, leased) =
                try_join(self.insert_once(once, once_ttl), self.lease_and_load(key, lease_ttl, Duration::ZERO)).await?;
            Ok(Begun { is_first, leased })
        }
    }

    /// Stores content as [`StateStore::swap`] does. If that is done a store may, in the same step and not before, store the record,
    /// send the notice and give the lease back; the answer says which of it the caller still has to do. A conflict changes nothing.
    /// Unless a store can do better, it is the swap and then the end of the lease.
    ///
    /// After an error it is not known whether it has happened. The lease is given back in any case.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use filekit_runtime::stores::{Begin, Begun, Commit, MemoryStates, Record, Result, StateStore, Swap};
    /// # const HOUR: Duration = Duration::from_secs(60 * 60);
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let store = MemoryStates::new();
    /// let begin = Begin { key: "count", lease_ttl: Duration::from_secs(10), once: "call 7", once_ttl: HOUR };
    /// if let Begun { is_first: true, leased: Some((lease, stored)) } = store.begin(begin).await? {
    ///     let record = Record { key: "call 7", content: "done".into(), ttl: HOUR };
    ///     let expected = stored.map(|stored| stored.version);
    ///     let commit = Commit { key: "count", expected, content: "1".into(), ttl: HOUR, lease, record, notice: None };
    ///     assert!(matches!(store.commit(commit).await?.swap, Swap::Done(_)));
    /// }
    /// # assert_eq!(store.load("count").await?.expect("a count").content, "1");
    /// # Ok(())
    /// # }
    /// ```
    fn commit(&self, commit: Commit<'_>) -> impl Future<Output = Result<Committed>> + Send {
        async move {
            let Commit { key, expected, content, ttl, lease, .. } = commit;
            let swap = self.swap(key, expected, content, ttl).await?;
            drop(lease);
            Ok(Committed::only(swap))
        }
    }
}

impl<S: StateStore> StateStore for Arc<S> {
    fn load(&self, key: &str) -> impl Future<Output = Result<Option<Stored>>> + Send {
        S::load(self, key)
    }

    fn swap(
        &self,
        key: &str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> impl Future<Output = Result<Swap>> + Send {
        S::swap(self, key, expected, content, ttl)
    }

    fn remove(&self, key: &str) -> impl Future<Output = Result<()>> + Send {
        S::remove(self, key)
    }

    fn touch(&self, key: &str, ttl: Duration) -> impl Future<Output = Result<()>> + Send {
        S::touch(self, key, ttl)
    }

    fn lease(
        &self,
        key: &str,
        ttl: Duration,
        patience: Duration,
    ) -> impl Future<Output = Result<Option<Lease>>> + Send {
        S::lease(self, key, ttl, patience)
    }

    fn lease_and_load(
        &self,
        key: &str,
        ttl: Duration,
        patience: Duration,
    ) -> impl Future<Output = Result<Option<(Lease, Option<Stored>)>>> + Send {
        S::lease_and_load(self, key, ttl, patience)
    }

    fn is_shared(&self) -> bool {
        S::is_shared(self)
    }

    fn insert_once(&self, key: &str, ttl: Duration) -> impl Future<Output = Result<bool>> + Send {
        S::insert_once(self, key, ttl)
    }

    fn begin(&self, begin: Begin<'_>) -> impl Future<Output = Result<Begun>> + Send {
        S::begin(self, begin)
    }

    fn commit(&self, commit: Commit<'_>) -> impl Future<Output = Result<Committed>> + Send {
        S::commit(self, commit)
    }
}
