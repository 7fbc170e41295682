//! Which connections there are, and which of them make way when there are too many. What they carry is for others.
//!
//! A connection is silent while no request of it is answered: before its first, between two, and while a head comes. It has a body awaited while
//! the server waits for more of a request. When the budget is used up, the connection that was silent for longest is closed for a new
//! one; else that of which a body was awaited for longest, if that is a while.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::kit::ConnectionBounds;
use crate::lock::held;
use crate::log_pace::LogPace;

/// A body that nothing has come of for so long makes way. Lines of people pause for a second.
const STALLED: Duration = Duration::from_secs(3);

/// How many connections may be on their way out before another is taken.
const MOST_LEAVING: usize = 4;

/// How long these are waited for.
const LEAVE_IN: Duration = Duration::from_millis(100);

/// The connections that there are. It is cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub(super) struct ConnectionTable(Arc<Table>);

#[derive(Debug)]
struct Table {
    bounds: ConnectionBounds,
    open: Mutex<OpenConnections>,
    /// A connection has ended.
    has_ended: Notify,
    log: LogPace,
}

#[derive(Debug, Default)]
struct OpenConnections {
    /// Numbers the connections.
    next: u64,
    by_number: HashMap<u64, Entry>,
    by_peer: HashMap<IpAddr, usize>,
    /// Those that are silent, since when.
    silent: BTreeSet<(Instant, u64)>,
    /// Those of which a body is awaited, since when.
    awaited: BTreeSet<(Instant, u64)>,
    /// How many were asked to close and have not ended.
    leaving: usize,
}

#[derive(Debug)]
struct Entry {
    /// Whose it is, if connections of one address are counted.
    peer: Option<IpAddr>,
    work: Work,
    signals: Arc<Signals>,
}

/// What is done for a connection.
#[derive(Clone, Copy, Debug)]
enum Work {
    /// Nothing, since then.
    None(Instant),
    /// A request is answered. If more of it is awaited, since when.
    Answer { awaited_since: Option<Instant> },
}

/// What a connection and the table tell each other.
#[derive(Debug, Default)]
struct Signals {
    close: Notify,
    /// Whether it is asked to close in the middle of a request whose body does not come.
    is_stalled: AtomicBool,
    /// Whether a request is answered.
    is_answering: AtomicBool,
    /// Whether the client has not taken yet what was written.
    is_writing: AtomicBool,
}

/// The place of a connection, free again when this is dropped.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    table: ConnectionTable,
    number: u64,
    signals: Arc<Signals>,
}

impl Work {
    const ANSWER: Self = Self::Answer { awaited_since: None };

    fn none() -> Self {
        Self::None(Instant::now())
    }
}

impl ConnectionTable {
    pub(super) fn new(bounds: ConnectionBounds) -> Self {
        Self(Arc::new(Table { bounds, open: Mutex::default(), has_ended: Notify::new(), log: LogPace::default() }))
    }

    /// A place for one more connection, for which another may be asked to close. None if there is none. The address is that of its
    /// peer, if connections of one address are counted.
    pub(super) fn admit(&self, peer: Option<IpAddr>) -> Option<ConnectionSlot> {
        let (peer, bounds) = (peer.map(network), self.0.bounds);
        let mut open = held(&self.0.open);
        let of_peer = peer.and_then(|peer| open.by_peer.get(&peer).copied()).unwrap_or(0);
        let has_room = match (of_peer >= bounds.of_address, open.by_number.len() >= bounds.all) {
            (true, _) => open.close_one(|entry| entry.peer == peer),
            (false, true) => open.close_one(|_| true),
            (false, false) => true,
        };
        if has_room {
            return Some(self.add(&mut open, peer));
        }
        drop(open);
        self.log(of_peer >= bounds.of_address);
        None
    }

    fn add(&self, open: &mut OpenConnections, peer: Option<IpAddr>) -> ConnectionSlot {
        let (number, signals) = (open.next, Arc::<Signals>::default());
        open.next += 1;
        if let Some(peer) = peer {
            *open.by_peer.entry(peer).or_default() += 1;
        }
        open.by_number.insert(number, Entry { peer, work: Work::ANSWER, signals: Arc::clone(&signals) });
        open.update(number, |_| Work::none());
        ConnectionSlot { table: self.clone(), number, signals }
    }

    /// Comes back when few connections are on their way out: each has a descriptor until it has ended.
    pub(super) async fn is_settled(&self) {
        let settle = async {
            while held(&self.0.open).leaving > MOST_LEAVING {
                self.0.has_ended.notified().await;
            }
        };
        // One in which a request has begun takes its time.
        let _ = timeout(LEAVE_IN, settle).await;
    }

    /// Asks a silent connection to close, because the system has nothing left for another. Returns false if there is none.
    pub(super) fn close_one(&self) -> bool {
        held(&self.0.open).close_one(|_| true)
    }

    fn log(&self, is_of_address: bool) {
        let Some(left_out) = self.0.log.next() else { return };
        let ConnectionBounds { all, of_address } = self.0.bounds;
        if is_of_address {
            tracing::warn!(
                of_address,
                left_out,
                "a connection was refused, because its address has as many as one may have: if it is a proxy, name it in \
                 `trusted_proxies`; else raise `Budgets::connections_per_address`"
            );
        } else {
            tracing::error!(
                all,
                left_out,
                "a connection was refused, because all that there may be are in use: raise `Budgets::connections`, and the limit of \
                 open files (`ulimit -n`)"
            );
        }
    }
}

impl OpenConnections {
    /// Asks the connection to close that was silent for longest, of those that are meant; else one whose body does not come. It counts no
    /// more from here on.
    fn close_one(&mut self, is_meant: impl Fn(&Entry) -> bool) -> bool {
        let now = Instant::now();
        let may_close = |number: &u64| {
            let entry = self.by_number.get(number);
            entry.is_some_and(|entry| is_meant(entry) && !entry.signals.is_writing.load(Ordering::Relaxed))
        };
        let silent = self.silent.iter().map(|(_, number)| *number).find(may_close);
        let stalled = || {
            let mut stalled = self.awaited.iter().take_while(|(since, _)| now.duration_since(*since) >= STALLED);
            stalled.find(|(_, number)| may_close(number)).map(|(_, number)| *number)
        };
        let Some(number) = silent.or_else(stalled) else { return false };
        if let Some(entry) = self.remove(number) {
            entry.signals.is_stalled.store(silent.is_none(), Ordering::SeqCst);
            entry.signals.close.notify_one();
            self.leaving += 1;
        }
        true
    }

    /// Notes what is done for a connection from here on.
    fn update(&mut self, number: u64, change: impl FnOnce(Work) -> Work) {
        let Some(entry) = self.by_number.get_mut(&number) else { return };
        let before = entry.work;
        entry.work = change(before);
        let after = entry.work;
        self.unlist(number, before);
        match after {
            Work::None(since) => _ = self.silent.insert((since, number)),
            Work::Answer { awaited_since: Some(since) } => _ = self.awaited.insert((since, number)),
            Work::Answer { awaited_since: None } => {}
        }
    }

    fn unlist(&mut self, number: u64, work: Work) {
        match work {
            Work::None(since) => _ = self.silent.remove(&(since, number)),
            Work::Answer { awaited_since: Some(since) } => _ = self.awaited.remove(&(since, number)),
            Work::Answer { awaited_since: None } => {}
        }
    }

    fn remove(&mut self, number: u64) -> Option<Entry> {
        let entry = self.by_number.remove(&number)?;
        self.unlist(number, entry.work);
        if let Some(peer) = entry.peer
            && let Some(count) = self.by_peer.get_mut(&peer)
        {
            *count -= 1;
            if *count == 0 {
                self.by_peer.remove(&peer);
            }
        }
        Some(entry)
    }
}

/// What is counted as one address: who has one of IPv6 has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

impl ConnectionSlot {
    /// Comes back when the connection is to close.
    pub(super) async fn is_to_close(&self) {
        self.signals.close.notified().await;
    }

    /// Whether a request has begun after the connection was asked to close, because it was silent until then.
    pub(super) fn has_begun_meanwhile(&self) -> bool {
        let Signals { is_stalled, is_answering, .. } = &*self.signals;
        is_answering.load(Ordering::SeqCst) && !is_stalled.load(Ordering::SeqCst)
    }

    /// Notes whether the client has not taken yet what was written.
    pub(super) fn note_writing(&self, is_writing: bool) {
        self.signals.is_writing.store(is_writing, Ordering::Relaxed);
    }

    fn update(&self, change: impl FnOnce(Work) -> Work) {
        held(&self.table.0.open).update(self.number, change);
    }

    /// Notes that a request is answered.
    pub(super) fn note_request(&self) {
        self.signals.is_answering.store(true, Ordering::SeqCst);
        self.update(|_| Work::ANSWER);
    }

    /// Notes that the last request was answered.
    pub(super) fn note_answer(&self) {
        self.signals.is_answering.store(false, Ordering::SeqCst);
        self.update(|_| Work::none());
    }

    /// Notes since when more of a request is awaited. It means nothing when that is answered already: then its rest is thrown away.
    pub(super) fn note_awaited(&self, awaited_since: Option<Instant>) {
        self.update(|work| match work {
            Work::Answer { .. } => Work::Answer { awaited_since },
            none => none,
        });
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut open = held(&self.table.0.open);
        if open.remove(self.number).is_none() {
            open.leaving -= 1;
        }
        drop(open);
        self.table.0.has_ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use axum::body::{Body, HttpBody as _};
    use bytes::Bytes;
    use futures_util::FutureExt as _;
    use tokio::time::advance;

    use super::*;
    use crate::app::listen::answered::AnsweredRequest;

    const BOUNDS: ConnectionBounds = ConnectionBounds { all: 4, of_address: 2 };

    fn address(last: u8) -> Option<IpAddr> {
        Some([10, 0, 0, last].into())
    }

    fn is_closing(slot: &ConnectionSlot) -> bool {
        slot.is_to_close().now_or_never().is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_was_silent_for_longest_makes_way() {
        let table = ConnectionTable::new(BOUNDS);
        let mut slots = Vec::new();
        for last in 1..=4 {
            slots.push(Arc::new(table.admit(address(last)).unwrap()));
            advance(Duration::from_secs(1)).await;
        }
        let _request = AnsweredRequest::new(Arc::clone(&slots[0]));
        slots[1].note_writing(true);
        let _fifth = table.admit(address(5)).unwrap();
        let closing: Vec<_> = slots.iter().map(|slot| is_closing(slot)).collect();
        assert_eq!(closing, [false, false, true, false]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_takes_no_place_of_another() {
        let table = ConnectionTable::new(BOUNDS);
        let other = table.admit(address(1)).unwrap();
        let greedy: Vec<_> = std::iter::repeat_with(|| Arc::new(table.admit(address(2)).unwrap())).take(3).collect();
        assert!(is_closing(&greedy[0]) && !is_closing(&other));
        let _requests: Vec<_> = greedy.iter().map(|slot| AnsweredRequest::new(Arc::clone(slot))).collect();
        assert!(table.admit(address(2)).is_none(), "all of its own are busy");
        let _proxy: Vec<_> = std::iter::repeat_with(|| table.admit(None).unwrap()).take(2).collect();
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_makes_way_after_a_while() {
        let table = ConnectionTable::new(ConnectionBounds { all: 1, of_address: 1 });
        let slot = Arc::new(table.admit(address(1)).unwrap());
        let request = AnsweredRequest::new(Arc::clone(&slot));
        let mut body =
            request.awaiting(Body::from_stream(futures_util::stream::pending::<Result<Bytes, axum::Error>>()));
        let polled = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).now_or_never();
        assert!(polled.is_none() && table.admit(address(2)).is_none());
        advance(STALLED).await;
        let _next = table.admit(address(2)).unwrap();
        assert!(is_closing(&slot));
    }
}
