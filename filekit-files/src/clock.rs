//! The time by which files, links and sessions end.
//!
//! It is that of the system, and later where a test has moved tokio's clock ahead of it (`tokio::time::pause` and `advance`): what ends
//! by the time of day ends in such a test together with what waits by timers. For how long the clock stood still before it was moved is not
//! made up for.

use std::time::{Duration, Instant, SystemTime};

/// The time of day.
#[must_use]
pub fn now() -> SystemTime {
    // Asked for first, tokio's clock is behind that of the system, except where a test has moved it.
    let moved = tokio::time::Instant::now().into_std().saturating_duration_since(Instant::now());
    SystemTime::now() + moved
}

/// How long ago a time was; nothing for one that is yet to come.
#[must_use]
pub fn elapsed(since: SystemTime) -> Duration {
    now().duration_since(since).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn it_is_the_time_of_the_system() {
        let (before, now, after) = (SystemTime::now(), now(), SystemTime::now());
        assert!((before..=after).contains(&now));
        assert_eq!(elapsed(now + DAY), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_test_moves_it() {
        let begun = now();
        tokio::time::pause();
        tokio::time::advance(DAY).await;
        tokio::time::resume();
        assert!(elapsed(begun) >= DAY && elapsed(begun) < DAY * 2);
        let elsewhere = tokio::task::spawn_blocking(move || elapsed(begun)).await.expect("no panic");
        assert!(elsewhere >= DAY, "on threads that wait for the disk, too");
    }
}
