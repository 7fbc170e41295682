//! What is held in memory of requests whose sender is not known yet: calls, plans, and what else says what a request is for. All requests
//! together have one budget for it.
//!
//! Beside what a request holds as much has to stay free. So requests that never end are refused while they grow, and a small one finds
//! room beside them.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::FileRejection;
use crate::log_pace::LogPace;

/// How much memory is taken at a time for what grows.
const STEP: usize = 64 * 1024;

/// The memory for what waits until its sender is known. It is cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct WaitingBudget(Arc<Budget>);

#[derive(Debug)]
struct Budget {
    bytes: usize,
    taken: AtomicUsize,
    log: LogPace,
}

impl WaitingBudget {
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Budget { bytes, taken: AtomicUsize::new(0), log: LogPace::default() }))
    }

    /// Takes memory for one that holds so many bytes after that.
    fn take(&self, more: usize, after: usize) -> Result<(), FileRejection> {
        let Budget { bytes, taken, log } = &*self.0;
        let all = taken.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        if all.saturating_add(after) <= *bytes {
            return Ok(());
        }
        taken.fetch_sub(more, Ordering::Relaxed);
        if let Some(left_out) = log.next() {
            tracing::error!(
                bytes,
                left_out,
                "requests that wait for their end hold as much memory as they may, and one was refused: raise `Budgets::waiting_bytes` if \
                 they are not of an attacker"
            );
        }
        Err(FileRejection::ServerBusy)
    }
}

/// What has come of a request so far.
#[derive(Debug, Default)]
pub(crate) struct WaitingBytes {
    bytes: Vec<u8>,
    /// What counts the room of `bytes`.
    budget: Option<WaitingBudget>,
}

impl WaitingBytes {
    /// Nothing yet.
    pub(super) fn new(budget: Option<WaitingBudget>) -> Self {
        Self { bytes: Vec::new(), budget }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds what has come.
    ///
    /// # Errors
    ///
    /// If there is no memory for it.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), FileRejection> {
        let room = self.bytes.capacity();
        let needed = self.bytes.len() + piece.len();
        if needed > room {
            let more = (needed - room).max(room.min(STEP));
            if let Some(budget) = &self.budget {
                budget.take(more, room + more)?;
            }
            self.bytes.reserve_exact(room + more - self.bytes.len());
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// All of it, which counts no more: its sender is about to be known.
    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        self.give_back();
        mem::take(&mut self.bytes)
    }

    fn give_back(&mut self) {
        if let Some(budget) = self.budget.take() {
            budget.0.taken.fetch_sub(self.bytes.capacity(), Ordering::Relaxed);
        }
    }
}

impl Drop for WaitingBytes {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_much_is_refused_first_and_all_comes_back() {
        let budget = WaitingBudget::new(1 << 20);
        let waiting = || WaitingBytes::new(Some(budget.clone()));
        let mut large = waiting();
        while large.push(&[7; 10_000]).is_ok() {}
        assert!((400 << 10..=512 << 10).contains(&large.len()), "{}", large.len());
        let mut small = waiting();
        small.push(b"a call").unwrap();
        assert_eq!(small.into_vec(), b"a call");
        drop(large);
        assert_eq!(budget.0.taken.load(Ordering::Relaxed), 0);
    }
}
