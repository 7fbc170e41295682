//! Ends of sessions, as a store keeps them for other servers and for later starts of the program. Those that this server knows of are in
//! `visitor/ended.rs`.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use crate::clock;
use crate::error::Result;
use crate::lock::held;
use crate::lru::{Bounds, IdleLru};
use crate::state::changes::{Changes, Epoch};
use crate::state::stored::told;
use crate::storage::Sha256;
use crate::stores::{AnyStateStore, StateStore as _, Swap};
use crate::visitor::{EndedSessions, SessionId};

/// How long a session that had not ended is taken for one that has not, unless another server says otherwise: so late is known at
/// most what a lost notice would have said.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// How many sessions are known not to have ended.
const LOOKS: usize = 100_000;

/// The ends of sessions in a store.
#[derive(Debug)]
pub(super) struct SessionEnds {
    store: AnyStateStore,
    /// How long an end is kept: as long as a browser could show the session.
    ttl: Duration,
    ended: Arc<EndedSessions>,
    changes: Arc<Changes>,
    looks: Mutex<IdleLru<SessionId, Look>>,
}

/// When the store was asked for the end of a session that has none.
#[derive(Clone, Copy, Debug)]
struct Look {
    epoch: Epoch,
    at: Instant,
}

impl SessionEnds {
    pub(super) fn new(store: AnyStateStore, ttl: Duration, ended: &Arc<EndedSessions>, changes: &Arc<Changes>) -> Self {
        let looks = Mutex::new(IdleLru::new(Bounds { count: LOOKS, bytes: usize::MAX, age: LOOK_AGAIN }));
        Self { store, ttl, ended: Arc::clone(ended), changes: Arc::clone(changes), looks }
    }

    /// Lets this server know whether a session has ended, and which one came after it.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn learn(&self, session: SessionId) -> Result<()> {
        while let Some(current) = self.ended.current(session).filter(|current| !self.has_looked(*current)) {
            self.look(current).await?;
        }
        Ok(())
    }

    /// Ends a session, for good or in favour of another, on all servers. One that has ended keeps the successor that it has. Returns
    /// whether it had not ended.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(super) async fn end(&self, session: SessionId, successor: Option<SessionId>) -> Result<bool> {
        let record = EndRecord { at: clock::now(), successor };
        // After an error it may have ended all the same.
        held(&self.looks).remove(session);
        let swapped = self.store.swap(&key(session), None, record.to_bytes(session), self.ttl).await;
        let is_ours = matches!(told(swapped)?, Swap::Done(_));
        match is_ours {
            true => self.ended.end(session, successor, Duration::ZERO),
            false => self.look(session).await?,
        }
        self.changes.note_and_tell(session.end_tag()).await;
        Ok(is_ours)
    }

    fn has_looked(&self, session: SessionId) -> bool {
        held(&self.looks).get(session).is_some_and(|look| {
            look.at.elapsed() < LOOK_AGAIN && self.changes.are_none(&[session.end_tag()], look.epoch)
        })
    }

    async fn look(&self, session: SessionId) -> Result<()> {
        self.changes.listen();
        let look = Look { epoch: self.changes.now(), at: Instant::now() };
        let stored = told(self.store.load(&key(session)).await)?;
        match stored.and_then(|stored| EndRecord::parse(&stored.content, session)) {
            Some(EndRecord { at, successor }) => {
                self.ended.end(session, successor, clock::elapsed(at));
            }
            None => _ = held(&self.looks).insert(session, look, 0),
        }
        Ok(())
    }
}

/// The key of a session's end. Who reads the store learns no session by it.
fn key(session: SessionId) -> String {
    format!("ended/{}", Sha256::of(session.as_bytes()))
}

/// The end of a session: when, and which one came after it.
///
/// ```text
/// milliseconds since 1970, 8 bytes -> successor, 16 bytes, hidden from those who do not have the session that has ended
/// ```
#[derive(Clone, Copy, Debug)]
struct EndRecord {
    at: SystemTime,
    successor: Option<SessionId>,
}

impl EndRecord {
    fn to_bytes(self, session: SessionId) -> Bytes {
        let since = self.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut bytes = u64::try_from(since.as_millis()).unwrap_or(u64::MAX).to_be_bytes().to_vec();
        if let Some(successor) = self.successor {
            bytes.extend(hidden(successor, session).as_bytes());
        }
        bytes.into()
    }

    /// Reads [`EndRecord::to_bytes`]. What another version of the program wrote in another way is an end for good.
    fn parse(bytes: &[u8], session: SessionId) -> Option<Self> {
        let (at, successor) = bytes.split_first_chunk()?;
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(u64::from_be_bytes(*at)))?;
        let successor = <[u8; 16]>::try_from(successor).ok().map(SessionId::of_bytes);
        Some(Self { at, successor: successor.map(|successor| hidden(successor, session)) })
    }
}

/// A session under a mask that only the one before it gives, and the other way round. Each session gives one mask for one successor.
fn hidden(successor: SessionId, session: SessionId) -> SessionId {
    let mask = Sha256::of(&[b"successor of ", session.as_bytes()].concat());
    let mut bytes = [0; 16];
    for (byte, (successor, mask)) in bytes.iter_mut().zip(successor.as_bytes().iter().zip(mask.as_ref())) {
        *byte = successor ^ mask;
    }
    SessionId::of_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::{AnyNotices, InProcessNotices, MemoryStates};

    const TTL: Duration = Duration::from_secs(60);

    /// The ends of sessions as two servers see them.
    fn servers(store: &AnyStateStore) -> [SessionEnds; 2] {
        let notices = InProcessNotices::new();
        [AnyNotices::new(notices.neighbour()), AnyNotices::new(notices)].map(|notices| {
            let (ended, changes) = (Arc::new(EndedSessions::new(TTL)), Arc::new(Changes::new(Some(notices))));
            SessionEnds::new(store.clone(), TTL, &ended, &changes)
        })
    }

    fn sessions<const N: usize>() -> [SessionId; N] {
        std::array::from_fn(|_| SessionId::random().unwrap())
    }

    async fn current(server: &SessionEnds, session: SessionId) -> Option<SessionId> {
        server.learn(session).await.unwrap();
        server.ended.current(session)
    }

    #[tokio::test]
    async fn what_one_server_ends_has_ended_on_all() {
        let store = AnyStateStore::new(MemoryStates::new());
        let ([one, other], [a, b, c, late]) = (servers(&store), sessions());
        assert_eq!(current(&other, a).await, Some(a));
        one.end(a, Some(b)).await.unwrap();
        one.end(b, Some(c)).await.unwrap();
        while current(&other, a).await != Some(c) {
            tokio::task::yield_now().await;
        }
        assert!(other.ended.was_renewed_just_now(b));
        other.end(a, Some(late)).await.unwrap();
        assert_eq!(current(&other, a).await, Some(c), "the first successor stays");
        one.end(c, None).await.unwrap();
        while current(&other, a).await.is_some() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_later_start_knows_what_has_ended_and_the_store_no_session() {
        let store = AnyStateStore::new(MemoryStates::new());
        let [a, b] = sessions();
        servers(&store)[0].end(a, Some(b)).await.unwrap();
        assert_eq!(current(&servers(&store)[0], a).await, Some(b));
        let stored = store.load(&key(a)).await.unwrap().unwrap();
        assert!(!stored.content.windows(16).any(|bytes| bytes == b.as_bytes()), "the successor is hidden");
    }
}
