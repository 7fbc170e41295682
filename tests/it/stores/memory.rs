//! States in memory, and notices within a process.

use std::time::Duration;

use bytes::Bytes;
use filekit::state_store::{AnyNotices, AnyStateStore, InProcessNotices, MemoryStates, StateStore, Swap};

use super::contract::{self, HOUR, content};
use super::{contract_events, contract_leases, contract_notices};

async fn stores() -> (MemoryStates, MemoryStates, ()) {
    let store = MemoryStates::new();
    (store.clone(), store, ())
}

super::state_store_contract!(stores);

async fn notices() -> (InProcessNotices, InProcessNotices, ()) {
    let one = InProcessNotices::new();
    let other = one.neighbour();
    (one, other, ())
}

super::notices_contract!(notices);

#[tokio::test]
async fn a_type_that_hides_which_store_it_is_is_a_store() {
    let (one, other, ()) = stores().await;
    let [one, other] = [one, other].map(AnyStateStore::new);
    contract::a_swap_takes_only_the_version_that_it_expects(&one, &other).await;
    contract_leases::a_lease_keeps_others_out(&one, &other).await;
    contract_leases::a_lease_brings_what_is_stored(&one, &other).await;
    let (one, other, ()) = notices().await;
    let [one, other] = [one, other].map(AnyNotices::new);
    contract_notices::others_hear_what_is_published(&one, &other).await;
}

#[tokio::test]
async fn what_was_not_used_for_longest_goes_first() {
    let store = MemoryStates::with_limits(2, 1 << 20);
    for key in ["a", "b", "c"] {
        let swap = store.swap(key, None, Bytes::from_static(b"content"), HOUR).await.expect("a swap");
        assert!(matches!(swap, Swap::Done(_)));
        let _ = content(&store, "a").await;
    }
    let mut kept = Vec::new();
    for key in ["a", "b", "c"] {
        kept.push(content(&store, key).await.is_some());
    }
    assert_eq!(kept, [true, false, true]);
    let large = Bytes::from(vec![0; 2 << 20]);
    assert!(matches!(store.swap("large", None, large, Duration::MAX).await.expect("a swap"), Swap::Done(_)));
    assert_eq!(content(&store, "large").await.map(|content| content.len()), Some(2 << 20), "the newest is kept");
    assert_eq!(content(&store, "a").await, None);
}
