//! What all visitors may take of a server together: sessions are free, so a limit of each visitor does not hold back a client that makes many.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::kit::ConnectionBounds;
use crate::size::MIB;
use crate::state::StateLimits;
use crate::storage::SpoolBounds;
use crate::upload::WaitingBudget;

/// What all visitors may take of a server together, for [`FileKitBuilder::budgets`](crate::FileKitBuilder::budgets).
///
/// A client makes as many sessions as it likes, so what one visitor may take does not bound what one client can. Where a budget is used
/// up, who would take more is refused, with words that say what to do; who was there before keeps what they have. Beside
/// what one takes as much has to stay free, so there is room for little when there is none for much any more.
///
/// # Examples
///
/// The default, and more of one thing:
///
/// ```
/// use filekit_runtime::size::GIB;
/// use filekit_runtime::{Budgets, FileKit};
///
/// let builder = FileKit::builder().budgets(Budgets::new());
/// let builder = FileKit::builder().budgets(Budgets::new().state_bytes(2 * GIB));
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Budgets {
    state_bytes: u64,
    session_bytes: u64,
    spool: SpoolBounds,
    waiting_bytes: u64,
    connections: usize,
    connections_per_address: Option<usize>,
    live_connections: usize,
}

impl Budgets {
    /// Budgets for a server with a few gigabytes of memory.
    pub const fn new() -> Self {
        Self {
            state_bytes: 256 * MIB,
            session_bytes: 16 * MIB,
            spool: SpoolBounds::DEFAULT,
            waiting_bytes: 64 * MIB,
            connections: 100_000,
            connections_per_address: None,
            live_connections: 50_000,
        }
    }

    /// Keeps states of so many bytes in memory, of all visitors together. Default: 256 MiB.
    ///
    /// They are counted by what they take in memory, as far as serde sees it: texts, lists and maps with what the allocator adds and with
    /// the room that they have to grow, which makes a long text count twice. Where there is no room an event that makes its state larger is
    /// answered with 507 (`state.full`), and nothing of it is kept. A visitor who was there before takes the place of those who came later and hold more; what was not
    /// used for a day goes first. States in a [store](crate::FileKitBuilder::state_store) are bounded by that.
    pub const fn state_bytes(self, bytes: u64) -> Self {
        Self { state_bytes: bytes, ..self }
    }

    /// Keeps states of so many bytes in memory of one session, all of them together, or of one state of another owner. Default: 16 MiB.
    pub const fn session_bytes(self, bytes: u64) -> Self {
        Self { session_bytes: bytes, ..self }
    }

    /// Lets downloads that events have made wait to be fetched with so many bytes on the disk, of all visitors together. Default: 8 GiB.
    ///
    /// That is what an event hands over that changes something; a link sends what it hands over while it is made, and needs no room. An event whose
    /// download finds none is answered with 503 (`download.full`), and has changed nothing.
    pub const fn spool_bytes(self, bytes: u64) -> Self {
        Self { spool: SpoolBounds { bytes, ..self.spool }, ..self }
    }

    /// Lets so many files wait to be fetched, of all visitors together. Default: 10,000. Of one visitor 100 wait at most, and the oldest
    /// goes first.
    pub const fn spool_files(self, files: u64) -> Self {
        Self { spool: SpoolBounds { files, ..self.spool }, ..self }
    }

    /// Lets downloads of one session wait with so many bytes, or a single one that is larger; the oldest goes first. Default: 256 MiB.
    pub const fn spool_bytes_per_session(self, bytes: u64) -> Self {
        Self { spool: SpoolBounds { bytes_per_owner: bytes, ..self.spool }, ..self }
    }

    /// Holds so many bytes in memory of requests whose sender is not known yet, of all together. Default: 64 MiB.
    ///
    /// Those are calls, plans of uploads and forms without files, which are read before their session and what they ask for can be
    /// checked. One for which there is no room is answered with 503 (`server.busy`). Files are not among them, nor is what a call holds
    /// that runs.
    pub const fn waiting_bytes(self, bytes: u64) -> Self {
        Self { waiting_bytes: bytes, ..self }
    }

    /// The memory for requests whose sender is not known yet.
    pub(super) fn waiting(self) -> WaitingBudget {
        WaitingBudget::new(in_memory(self.waiting_bytes))
    }

    /// Holds so many connections in [`FileKit::serve`](crate::FileKit::serve), and no more than three quarters of the files that the process
    /// may open (`ulimit -n`). Default: 100,000.
    ///
    /// Beyond that the connection is closed that was silent for longest: before its first request, between two, or with half a head; else one
    /// of which a body does not come. Where all are in use, a new one is answered with 503 (`server.busy`).
    pub const fn connections(self, count: usize) -> Self {
        Self { connections: count, ..self }
    }

    /// Holds so many connections of one address, or of one network of 64 bits in IPv6. Default: half of all.
    ///
    /// Those of [`trusted_proxies`](crate::FileKitBuilder::trusted_proxies) are not counted: all visitors come from there. A proxy that is not
    /// named is held for a visitor.
    pub const fn connections_per_address(self, count: usize) -> Self {
        Self { connections_per_address: Some(count), ..self }
    }

    /// Lets so many documents follow their visitors' states at a time, of all visitors together, and no more than three quarters of all
    /// connections. Default: 50,000. Of one visitor it is 16.
    ///
    /// One more is answered with 503 (`server.busy`), and its browser asks again later.
    pub const fn live_connections(self, count: usize) -> Self {
        Self { live_connections: count, ..self }
    }

    /// The bounds of connections.
    pub(super) fn connection_bounds(self) -> ConnectionBounds {
        let all = self.connections.min(descriptors().map_or(usize::MAX, for_connections)).max(1);
        let of_address = self.connections_per_address.unwrap_or(all.div_ceil(2));
        ConnectionBounds { all, of_address }
    }

    /// A place for each document that follows.
    pub(super) fn live(self) -> Arc<Semaphore> {
        let all = self.connection_bounds().all;
        let most = self.live_connections.min(all - all / 4);
        Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))
    }

    /// The bounds of downloads that wait.
    pub(super) const fn spool(self) -> SpoolBounds {
        self.spool
    }

    /// The limits of states.
    pub(super) fn states(self) -> StateLimits {
        let [bytes, of_session] = [self.state_bytes, self.session_bytes].map(in_memory);
        StateLimits { bytes, of_session, ..StateLimits::default() }
    }
}

/// Bytes as they are counted in memory.
fn in_memory(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// How many files the process may open, if that is bounded.
#[cfg(unix)]
fn descriptors() -> Option<usize> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current?;
    usize::try_from(limit).ok()
}

#[cfg(not(unix))]
fn descriptors() -> Option<usize> {
    None
}

/// How many connections leave a quarter of so many descriptors for files, and two dozen where there are few.
fn for_connections(descriptors: usize) -> usize {
    descriptors.saturating_sub((descriptors / 4).max(24))
}

impl Default for Budgets {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_files() {
        assert_eq!([64, 256, 1_024, 1 << 20].map(for_connections), [40, 192, 768, 3 << 18]);
    }
}
