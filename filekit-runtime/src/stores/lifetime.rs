//! For how long something is kept, within what stores and clocks can express.

use std::time::Duration;

use tokio::time::Instant;

/// So far ahead nothing ends; longer times are taken as this.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A time to live that every store understands: at least a millisecond, at most a hundred years.
pub(super) fn bounded(ttl: Duration) -> Duration {
    ttl.clamp(Duration::from_millis(1), LONGEST)
}

/// The same in milliseconds.
#[cfg(any(feature = "redb", feature = "redis"))]
pub(super) fn millis(ttl: Duration) -> u64 {
    u64::try_from(bounded(ttl).as_millis()).unwrap_or(u64::MAX)
}

/// When that time is over.
pub(super) fn end(ttl: Duration) -> Instant {
    Instant::now() + bounded(ttl)
}
