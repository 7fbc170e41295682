//! What every store of states does with leases. It gets two handles of one store, as two servers have them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use filekit::state_store::{Lease, StateStore, Stored, Swap};
use filekit_tests::{in_time, until};

use super::contract::{HOUR, content, number, pass, put};

const MINUTE: Duration = Duration::from_secs(60);

/// The lease, if it can be had at once.
pub(super) async fn try_lease(store: &impl StateStore, key: &str) -> Option<Lease> {
    store.lease(key, MINUTE, Duration::ZERO).await.expect("an answer")
}

pub(super) async fn a_lease_keeps_others_out(one: &impl StateStore, other: &impl StateStore) {
    let lease = try_lease(one, "key").await.expect("a free lease");
    assert!(try_lease(one, "key").await.is_none());
    assert!(try_lease(other, "key").await.is_none());
    assert!(try_lease(other, "another key").await.is_some());
    let patient = other.lease("key", MINUTE, Duration::from_millis(50));
    assert!(in_time("that it gives up", patient).await.expect("an answer").is_none());
    drop(lease);
    until("it is given back", async || try_lease(other, "key").await.map(drop)).await;
}

/// The best of some tries counts: a busy machine makes others late.
pub(super) async fn who_waits_gets_it_soon_after_it_is_given_back<S: StateStore>(one: S, other: S) {
    let (one, other) = (Arc::new(one), Arc::new(other));
    for (holder, waiter) in [(&one, &other), (&one, &one)] {
        let mut best = Duration::MAX;
        for nth in 0..5 {
            let key = format!("{nth}");
            let lease = in_time("a lease", holder.lease(&key, MINUTE, MINUTE)).await.expect("an answer");
            let waiting = tokio::spawn({
                let waiter = Arc::clone(waiter);
                async move { waiter.lease(&key, MINUTE, MINUTE).await }
            });
            // It has begun to wait, and has done so for some time.
            pass(holder.as_ref(), Duration::from_millis(100)).await;
            assert!(!waiting.is_finished());
            let given_back = Instant::now();
            drop(lease);
            let got = in_time("the lease", waiting).await.expect("a task that does not panic").expect("an answer");
            assert!(got.is_some());
            best = best.min(given_back.elapsed());
        }
        assert!(best < Duration::from_millis(80), "{best:?}");
    }
}

/// Each reads a number, lets others run, and writes the next one. With the lease none is refused.
pub(super) async fn work_under_a_lease_meets_no_conflict<S: StateStore>(one: S, other: S) {
    let stores = [Arc::new(one), Arc::new(other)];
    let tasks = (0..40).map(|nth| {
        let store = Arc::clone(&stores[nth % 2]);
        tokio::spawn(async move {
            let (lease, stored) = if nth % 3 == 0 {
                let lease = store.lease("number", MINUTE, MINUTE).await.expect("an answer").expect("a lease");
                (lease, store.load("number").await.expect("a store that answers"))
            } else {
                store.lease_and_load("number", MINUTE, MINUTE).await.expect("an answer").expect("a lease")
            };
            tokio::task::yield_now().await;
            let next = stored.as_ref().map_or(0, |stored| number(&stored.content)) + 1;
            let swap = store.swap("number", stored.map(|stored| stored.version), next.to_string().into(), HOUR);
            assert!(matches!(swap.await.expect("a swap"), Swap::Done(_)));
            drop(lease);
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        in_time("that all have had their turn", task).await.expect("a task that does not panic");
    }
    assert_eq!(content(&stores[0], "number").await, Some(Bytes::from_static(b"40")));
}

pub(super) async fn a_lease_brings_what_is_stored(one: &impl StateStore, other: &impl StateStore) {
    let (lease, stored) =
        one.lease_and_load("brought", MINUTE, Duration::ZERO).await.expect("an answer").expect("a lease");
    assert_eq!(stored, None);
    let version = put(one, "brought", None, b"content", HOUR).await;
    assert!(other.lease_and_load("brought", MINUTE, Duration::ZERO).await.expect("an answer").is_none());
    assert!(try_lease(other, "brought").await.is_none());
    drop(lease);
    let (lease, stored) = in_time("the lease", other.lease_and_load("brought", MINUTE, MINUTE))
        .await
        .expect("an answer")
        .expect("a lease");
    assert_eq!(stored, Some(Stored { version, content: Bytes::from_static(b"content") }));
    assert!(try_lease(one, "brought").await.is_none());
    drop(lease);
}

pub(super) async fn a_lease_that_is_held_is_renewed(one: &impl StateStore, other: &impl StateStore) {
    const BRIEF: Duration = Duration::from_millis(300);
    let lease = one.lease("key", BRIEF, Duration::ZERO).await.expect("an answer").expect("a free lease");
    for _ in 0..5 {
        pass(one, BRIEF).await;
        assert!(try_lease(other, "key").await.is_none());
    }
    drop(lease);
}

/// A task that stops waiting leaves nothing behind.
pub(super) async fn a_waiter_that_goes_away_holds_nothing(one: &impl StateStore, other: &impl StateStore) {
    let lease = try_lease(one, "key").await.expect("a free lease");
    for store_waits in [0, 5, 20] {
        let waits = tokio::time::timeout(Duration::from_millis(store_waits), other.lease("key", MINUTE, MINUTE));
        assert!(waits.await.is_err(), "it got a lease that was held");
    }
    drop(lease);
    let got = in_time("the lease", other.lease("key", MINUTE, MINUTE)).await.expect("an answer");
    assert!(got.is_some());
}

/// Of a store whose leases can outlive the process that holds them: others wait for no longer than it lasts.
pub(super) async fn the_lease_of_a_holder_that_is_no_more_runs_out<S: StateStore>(
    holder: impl AsyncFnOnce() -> S + Send + 'static,
    other: &impl StateStore,
) {
    const BRIEF: Duration = Duration::from_millis(800);
    // A runtime that ends renews and gives back nothing any more, as a killed process does.
    let ended = tokio::task::spawn_blocking(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let store = holder().await;
            let lease = store.lease("key", BRIEF, Duration::ZERO).await.expect("an answer").expect("a free lease");
            std::mem::forget(lease);
            std::mem::forget(store);
        });
    });
    ended.await.expect("a thread that does not panic");
    assert!(try_lease(other, "key").await.is_none());
    let got = in_time("that it runs out", other.lease("key", MINUTE, MINUTE)).await.expect("an answer");
    assert!(got.is_some());
}
