//! What an event has notified is told once more when the event is done: only then what it has saved or removed is seen by others.

use std::mem;
use std::sync::Mutex;

use crate::lock::held;
use crate::tag::Tag;

tokio::task_local! {
    static NOTIFIED: Mutex<Vec<Tag>>;
}

/// Runs an event; returns with what it did which topics it has notified, each once.
pub(crate) async fn with_notified<T>(event: impl Future<Output = T>) -> (T, Vec<Tag>) {
    let run = async {
        let done = event.await;
        (done, NOTIFIED.with(|notified| mem::take(&mut *held(notified))))
    };
    NOTIFIED.scope(Mutex::default(), run).await
}

/// Remembers a topic for the event that notifies it; outside of events there is nothing to remember it for.
pub(super) fn remember(topic: Tag) {
    let _ = NOTIFIED.try_with(|notified| {
        let mut notified = held(notified);
        if !notified.contains(&topic) {
            notified.push(topic);
        }
    });
}
