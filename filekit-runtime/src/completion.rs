//! Work that comes to its end, whatever becomes of those who wait for it.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Work that goes on in a task of its own if this is dropped before its end.
///
/// A task for it from the beginning would do as well, and cost a request two changes of tasks.
#[must_use = "it does nothing unless it is waited for"]
pub(crate) struct ToCompletion<T: Send + 'static>(Option<Pin<Box<dyn Future<Output = T> + Send>>>);

impl<T: Send + 'static> ToCompletion<T> {
    pub(crate) fn of(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<T: Send + 'static> Future for ToCompletion<T> {
    type Output = T;

    /// # Panics
    ///
    /// If the work does, or it has ended before.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Not in here while it is polled: work that panics is dropped.
        let mut work = self.0.take().expect("it has not ended");
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(work);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for ToCompletion<T> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_is_done_also_if_nothing_waits_for_it() {
        let (go, goes) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel();
        let mut work = ToCompletion::of(async move {
            goes.await.unwrap();
            done.send(7).unwrap();
        });
        assert!((&mut work).now_or_never().is_none());
        drop(work);
        go.send(()).unwrap();
        assert_eq!(is_done.await, Ok(7));
        assert_eq!(ToCompletion::of(async { 8 }).await, 8);
    }
}
