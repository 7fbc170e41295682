//! Lines of the log that stand for many: a client that causes refusals by the thousand must not fill the log.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The time between two lines of one kind.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// When a line of one kind may be written.
#[derive(Debug, Default)]
pub struct LogPace(Mutex<Paced>);

#[derive(Debug, Default)]
struct Paced {
    last: Option<Instant>,
    left_out: u64,
}

impl LogPace {
    /// A line may be written at once.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(Paced { last: None, left_out: 0 }))
    }

    /// How many lines were left out since the last one, if it is time for the next; else this one is left out.
    pub fn next(&self) -> Option<u64> {
        let mut paced = self.paced();
        if paced.last.is_some_and(|last| last.elapsed() < BETWEEN_LINES) {
            paced.left_out += 1;
            return None;
        }
        paced.last = Some(Instant::now());
        Some(std::mem::take(&mut paced.left_out))
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned one is as good as any.
    fn paced(&self) -> MutexGuard<'_, Paced> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_many_were_left_out() {
        let pace = LogPace::default();
        let lines: Vec<_> = std::iter::repeat_with(|| pace.next()).take(4).collect();
        assert_eq!(lines, [Some(0), None, None, None]);
        pace.paced().last = Instant::now().checked_sub(BETWEEN_LINES);
        assert_eq!(pace.next(), Some(3));
    }
}
