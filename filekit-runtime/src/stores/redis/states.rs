//! `RedisStates`: the store.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use redis::aio::ConnectionManager;
use redis::{Client, cmd};

use crate::stores::lifetime::millis;
use crate::stores::redis::lease::Once;
use crate::stores::redis::link::{Link, client};
use crate::stores::redis::renewal::Renewals;
use crate::stores::redis::scripts::{INSERT_ONCE, SWAP};
use crate::stores::redis::subscription::Subscription;
use crate::stores::version::unused;
use crate::stores::{Begin, Begun, Commit, Committed, Lease, Result, StateStore, StoreError, Stored, Swap, Version};
use crate::turns::Turns;

/// What keys and channels begin with, unless said otherwise.
pub(super) const PREFIX: &str = "filekit:";

/// States in Redis 7, Valkey, or newer ones, for several servers of one program. Needs the feature `redis`.
///
/// | asked for | round trips |
/// | --- | --- |
/// | `load`, `swap`, `remove`, `touch`, `insert_once` | one |
/// | `lease` or `lease_and_load` that is free | one, one to give it back, and one for each third of its time to live in between |
/// | `begin`, `commit` | one, in which a commit gives its lease back, and sends the notice of a [`RedisNotices`](super::RedisNotices) with the same host and user |
/// | `lease` that another server holds | one each time it is tried: when it was given back, or a quarter of a second is over |
///
/// The first use of a kind after Redis was started takes two more. Within one server, tasks wait for a lease in the order in
/// which they came, without asking Redis.
///
/// A lease that is given back is told by pub/sub to servers that wait for it, and only then. Asking again and again would be
/// later and cost more the longer an event takes, and a blocking command would take a connection for each that waits. A message
/// that is lost costs a quarter of a second. By [`RedisStates::from_manager`] there is no connection for that, and it is asked
/// again up to 40 times a second.
///
/// What is asked is answered within two seconds, or is an error; a lost connection is made anew in that time. So a Redis that
/// is restarted within a second or two is not noticed. Redis keeps what was answered as well as it is configured to: with
/// `appendonly yes` all but the last second, without it what its last snapshot had. A version is never given twice, so what was
/// lost is a conflict, and never overwritten by mistake. Redis has to have room: with `maxmemory`, the policy `noeviction`
/// refuses what is too much, any other one forgets states.
///
/// Several programs may share a Redis under different prefixes. A cluster of Redis is not spoken to.
///
/// A copy (`clone`) is the same server, on the same connection.
///
/// # Security
///
/// Nothing is encrypted but by `rediss://`. Access to what is under the prefix is access to the states of all visitors: Redis
/// belongs into a network of its own, or behind a password.
#[cfg(feature = "redis")] // again: the facade shows the item, and knows nothing of the module around it
#[derive(Clone)]
pub struct RedisStates(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) link: Link,
    pub(super) prefix: String,
    /// What makes connections that listen.
    client: Option<Client>,
    pub(super) turns: Arc<Turns<String>>,
    pub(super) renewals: Arc<Renewals>,
    /// What other servers say of leases. It is opened when there is something to wait for.
    freed: OnceLock<Subscription>,
}

impl RedisStates {
    /// Connects to a URL such as `redis://10.0.0.7:6379`, with user, password and database as
    /// `redis://USER:PASSWORD@HOST:PORT/DB`, or `unix:///run/redis.sock`. For `rediss://`, with TLS, the program turns on a
    /// feature of the crate `redis` that brings it, such as `tokio-rustls-comp`.
    ///
    /// ```no_run
    /// # async fn connect() -> filekit_runtime::stores::Result<()> {
    /// use filekit_runtime::stores::RedisStates;
    ///
    /// let store = RedisStates::connect("redis://127.0.0.1:6379").await?.prefix("shop:");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the URL cannot be read, Redis cannot be reached within two seconds, or it does not let the program in.
    pub async fn connect(url: &str) -> Result<Self> {
        let client = client(url)?;
        Ok(Self::new(Link::open(&client).await?, PREFIX.to_owned(), Some(client)))
    }

    /// Uses a connection that the program has already. How long it waits for an answer is its own, if that is less than two
    /// seconds.
    ///
    /// ```no_run
    /// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
    /// use filekit_runtime::stores::RedisStates;
    ///
    /// let manager = redis::Client::open("redis://127.0.0.1:6379")?.get_connection_manager().await?;
    /// let store = RedisStates::from_manager(manager);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn from_manager(manager: ConnectionManager) -> Self {
        Self::new(Link::of(manager), PREFIX.to_owned(), None)
    }

    /// Sets what all keys and channels begin with. `filekit:` unless said otherwise. To be called before the store is used.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self::new(self.0.link.clone(), prefix.into(), self.0.client.clone())
    }

    fn new(link: Link, prefix: String, client: Option<Client>) -> Self {
        let (turns, renewals) = Default::default();
        Self(Arc::new(Shared { link, prefix, client, turns, renewals, freed: OnceLock::new() }))
    }
}

impl Shared {
    pub(super) fn key(&self, kind: &str, key: &str) -> String {
        [&self.prefix, kind, ":", key].concat()
    }

    /// What other servers say of leases, if there is a connection for it.
    pub(super) fn freed(&self) -> Option<&Subscription> {
        let client = self.client.as_ref()?;
        Some(self.freed.get_or_init(|| Subscription::start(client.clone(), self.freed_channel())))
    }

    pub(super) fn freed_channel(&self) -> String {
        format!("{}freed", self.prefix)
    }

    pub(super) async fn swap(
        &self,
        key: &str,
        expected: Option<Version>,
        content: Bytes,
        ttl: Duration,
    ) -> Result<Swap> {
        let version = Version::unused();
        let expected = expected.map(Version::to_bytes);
        let stored = [&version.to_bytes()[..], &content].concat();
        let mut script = SWAP.key(self.key("state", key));
        script.arg(expected.as_ref().map_or(&[][..], |expected| expected)).arg(stored).arg(millis(ttl));
        let is_done: bool = self.link.run(&script).await?;
        Ok(if is_done { Swap::Done(version) } else { Swap::Conflict })
    }

    pub(super) async fn insert_once(&self, (key, ttl): Once) -> Result<bool> {
        let mut script = INSERT_ONCE.key(key);
        script.arg(&unused()[..]).arg(millis(ttl));
        self.link.run(&script).await
    }
}

impl fmt::Debug for RedisStates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisStates").field("at", &self.0.link).field("prefix", &self.0.prefix).finish()
    }
}

impl StateStore for RedisStates {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        let key = self.0.key("state", key);
        let found: Option<Bytes> = self.0.link.ask(cmd("GET").arg(&key)).await?;
        found.map(|found| parse(&key, found)).transpose()
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        self.0.swap(key, expected, content, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.0.link.ask(cmd("DEL").arg(self.0.key("state", key))).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        self.0.link.ask(cmd("PEXPIRE").arg(self.0.key("state", key)).arg(millis(ttl))).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        Ok(self.0.lease((key, None), ttl, patience).await?.map(|(lease, _)| lease))
    }

    async fn lease_and_load(
        &self,
        key: &str,
        ttl: Duration,
        patience: Duration,
    ) -> Result<Option<(Lease, Option<Stored>)>> {
        let state = self.0.key("state", key);
        let Some((lease, found)) = self.0.lease((key, Some(state.clone())), ttl, patience).await? else {
            return Ok(None);
        };
        Ok(Some((lease, found.map(|found| parse(&state, found)).transpose()?)))
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.0.insert_once((self.0.key("once", key), ttl)).await
    }

    async fn begin(&self, begin: Begin<'_>) -> Result<Begun> {
        let Begin { key, lease_ttl, once, once_ttl } = begin;
        let (state, once) = (self.0.key("state", key), self.0.key("once", once));
        let (is_first, leased) = self.0.begin((key, &state), lease_ttl, (once, once_ttl)).await?;
        let leased = leased.map(|(lease, found)| Ok((lease, found.map(|found| parse(&state, found)).transpose()?)));
        Ok(Begun { is_first, leased: leased.transpose()? })
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed> {
        self.0.commit(commit).await
    }
}

/// What is under the key of a state.
fn parse(key: &str, mut content: Bytes) -> Result<Stored> {
    let version = content.first_chunk().copied().map(Version::from_bytes).ok_or_else(|| {
        StoreError::new(format!("what Redis has under `{key}` is not of filekit: choose another prefix"))
    })?;
    content.advance(Version::LENGTH);
    Ok(Stored { version, content })
}
