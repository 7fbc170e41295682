//! Waiting for something to become true. The only place where tests let time pass, besides a slow line (`browser/line.rs`).

use std::time::{Duration, Instant};

/// Long enough for a busy machine; nothing takes this long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Looks again and again until `look` finds something, and returns that.
///
/// # Panics
/// When it takes too long; the message says what was awaited.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = eventually(look).await;
    found.unwrap_or_else(|| panic!("gave up waiting for this: {what}"))
}

/// Waits for what would otherwise never end.
///
/// # Panics
/// When it takes too long; the message says what was awaited.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.unwrap_or_else(|_| panic!("gave up waiting for this: {what}"))
}

/// Looks again and again until `look` finds something. Returns nothing if it takes too long.
pub(crate) async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return Some(found);
        }
        if Instant::now() > deadline {
            return None;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
