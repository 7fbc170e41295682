//! On which thread work with the disk is done: on this one as long as the disk is quick, else on one that may block.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// How the disk has done lately.
///
/// To hand a piece of work over to another thread costs about as much as to write 64 KiB, which most often only go to
/// the system's memory. So work is done where it comes up, at first. But the disk may be far away, or overcome by what it
/// was given, and then the threads that answer all visitors would wait for it. So the time that they have lost to it is
/// counted: when it is more than a small share, work is handed over until that share is small again.
#[derive(Clone, Debug)]
pub struct DiskPace(Arc<Lost>);

#[derive(Debug)]
struct Lost {
    start: Instant,
    /// When the time that was lost so far will be a share of 1 / `SHARE`: microseconds after `start`.
    settled_at: AtomicU64,
}

/// What any work may take. A turn of another program on this processor takes as long, and says nothing about the disk.
const QUICK: Duration = Duration::from_millis(4);

/// Of so many seconds, one may be lost.
const SHARE: u32 = 10;

/// So much may be lost at once: no visitor notices.
const BURST: Duration = Duration::from_millis(50);

impl DiskPace {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Lost { start: Instant::now(), settled_at: AtomicU64::new(0) }))
    }

    /// Works with the disk, here or elsewhere.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        if !self.is_quick() {
            return blocking(work).await;
        }
        // A task that writes thousands of files lets others have a turn between them.
        tokio::task::coop::consume_budget().await;
        let start = Instant::now();
        let done = work();
        self.note(start.elapsed());
        done
    }

    pub(crate) fn is_quick(&self) -> bool {
        self.0.settled_at.load(Ordering::Relaxed) <= self.now() + micros(BURST * SHARE)
    }

    fn note(&self, taken: Duration) {
        let lost = taken.saturating_sub(QUICK);
        if !lost.is_zero() {
            let cost = micros(lost.saturating_mul(SHARE));
            let now = self.now();
            // The closure always has a value, so the update cannot fail.
            let _ = self.0.settled_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |settled| {
                Some(settled.max(now).saturating_add(cost))
            });
        }
    }

    fn now(&self) -> u64 {
        micros(self.0.start.elapsed())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Does something slow where it holds up no other task.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = hand_over(Box::new(|| Ok(Box::new(work()?)))).await.map_err(io::Error::other)??;
    Ok(*done.downcast().unwrap_or_else(|_| unreachable!("the result of this work")))
}

/// Work of any kind: so the parts of tokio that it passes through are compiled once, and not for each kind.
type Work = Box<dyn FnOnce() -> io::Result<Box<dyn Any + Send>> + Send>;

fn hand_over(work: Work) -> JoinHandle<io::Result<Box<dyn Any + Send>>> {
    tokio::task::spawn_blocking(work)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    async fn worked_here(pace: &DiskPace) -> bool {
        let here = thread::current().id();
        pace.work(move || Ok(thread::current().id() == here)).await.unwrap()
    }

    #[tokio::test]
    async fn work_is_done_here_while_the_disk_is_quick() {
        let pace = DiskPace::new();
        for _ in 0..1_000 {
            assert!(worked_here(&pace).await);
        }
    }

    #[tokio::test]
    async fn work_is_handed_over_when_the_disk_is_slow() {
        let pace = DiskPace::new();
        pace.note(Duration::from_millis(15));
        assert!(worked_here(&pace).await, "a little is nothing");
        pace.note(Duration::from_secs(60));
        assert!(!worked_here(&pace).await);
    }

    #[test]
    fn a_slow_disk_is_forgiven_after_a_while() {
        let pace = DiskPace::new();
        pace.note(Duration::from_secs(60));
        let minutes = |count: u64| micros(Duration::from_secs(60 * count));
        let settled = pace.0.settled_at.load(Ordering::Relaxed);
        assert!((minutes(9)..minutes(11)).contains(&settled), "{settled}");
    }
}
