//! What every store of states does for events: what they ask before they run, and what they leave. It gets two handles of one store, as
//! two servers have them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use filekit::state_store::{Begin, Begun, Commit, Committed, Lease, Record, StateStore, Stored, Swap, Version};
use filekit_tests::{in_time, until};

use super::contract::{HOUR, content, number, put};
use super::contract_leases::try_lease;

const MINUTE: Duration = Duration::from_secs(60);

/// Asks for what an event needs that is known by `once`.
pub(super) async fn begin(store: &impl StateStore, key: &str, once: &str) -> Begun {
    let begin = Begin { key, lease_ttl: MINUTE, once, once_ttl: HOUR };
    store.begin(begin).await.expect("an answer")
}

/// The same for the first that is known by it, which waits for its lease if it has to.
pub(super) async fn leased(store: &impl StateStore, key: &str, once: &str) -> (Lease, Option<Stored>) {
    let begun = begin(store, key, once).await;
    assert!(begun.is_first, "{once}");
    match begun.leased {
        Some(leased) => leased,
        None => {
            let leased = in_time("the lease", store.lease_and_load(key, MINUTE, MINUTE)).await;
            leased.expect("an answer").expect("a lease")
        }
    }
}

/// What an event leaves that is known by `once`.
pub(super) fn left<'a>(
    key: &'a str,
    once: &'a str,
    lease: Lease,
    expected: Option<Version>,
    content: &[u8],
) -> Commit<'a> {
    let record = Record { key: once, content: Bytes::from_static(b"done"), ttl: HOUR };
    Commit { key, expected, content: Bytes::copy_from_slice(content), ttl: HOUR, lease, record, notice: None }
}

fn version(stored: Option<Stored>) -> Option<Version> {
    stored.map(|stored| stored.version)
}

/// What there is of a record: all of it, or nothing if the caller still has to put it there.
async fn assert_recorded(store: &impl StateStore, once: &str, committed: Committed) {
    let expected = committed.is_recorded.then_some(Bytes::from_static(b"done"));
    assert_eq!(content(store, once).await, expected);
}

pub(super) async fn an_event_begins_once_and_alone(one: &impl StateStore, other: &impl StateStore) {
    let (lease, stored) = leased(one, "key", "call").await;
    assert_eq!(stored, None);
    let again = begin(other, "key", "call").await;
    assert!(!again.is_first && again.leased.is_none());
    // Also where it has to wait for its turn.
    let another = begin(other, "key", "another call").await;
    assert!(another.is_first && another.leased.is_none());
    assert!(!one.insert_once("another call", HOUR).await.expect("an answer"));
    let version = put(one, "key", None, b"content", HOUR).await;
    drop(lease);
    let (lease, stored) =
        in_time("the lease", other.lease_and_load("key", MINUTE, MINUTE)).await.expect("an answer").expect("a lease");
    let stored = stored.expect("content");
    assert_eq!((stored.version, &stored.content[..]), (version, &b"content"[..]));
    drop(lease);
    until("it is given back", async || begin(one, "key", "call").await.leased.map(drop)).await;
}

pub(super) async fn a_commit_stores_records_and_gives_back(one: &impl StateStore, other: &impl StateStore) {
    let mut expected = None;
    for (nth, once) in ["first call", "second call"].into_iter().enumerate() {
        let (lease, stored) = leased(one, "key", once).await;
        assert_eq!(version(stored), expected);
        let committed = one.commit(left("key", once, lease, expected, &[nth as u8])).await.expect("a commit");
        let Swap::Done(new) = committed.swap else { panic!("a conflict") };
        assert_recorded(other, once, committed).await;
        expected = Some(new);
        let stored = other.load("key").await.expect("a store that answers").expect("content");
        assert_eq!((Some(stored.version), &stored.content[..]), (expected, &[nth as u8][..]));
        until("the lease is given back", async || try_lease(other, "key").await.map(drop)).await;
    }
}

pub(super) async fn a_commit_that_was_overtaken_changes_nothing(one: &impl StateStore, other: &impl StateStore) {
    let (lease, _) = leased(one, "key", "call").await;
    put(other, "key", None, b"other", HOUR).await;
    let committed = one.commit(left("key", "call", lease, None, b"late")).await.expect("an answer");
    assert_eq!(committed, Committed::only(Swap::Conflict));
    assert_eq!(content(one, "key").await.as_deref(), Some(&b"other"[..]));
    assert_eq!(content(other, "call").await, None);
    until("the lease is given back", async || try_lease(other, "key").await.map(drop)).await;
}

/// Each event reads a number, lets others run, and commits the next one.
pub(super) async fn events_of_all_servers_take_turns<S: StateStore>(one: S, other: S) {
    let stores = [Arc::new(one), Arc::new(other)];
    let events = (0..40).map(|nth| {
        let store = Arc::clone(&stores[nth % 2]);
        tokio::spawn(async move {
            let once = format!("call {nth}");
            let (lease, stored) = leased(&*store, "number", &once).await;
            tokio::task::yield_now().await;
            let next = stored.as_ref().map_or(0, |stored| number(&stored.content)) + 1;
            let commit = left("number", &once, lease, version(stored), next.to_string().as_bytes());
            let committed = store.commit(commit).await.expect("a commit");
            assert!(matches!(committed.swap, Swap::Done(_)), "{committed:?}");
            assert_recorded(&*store, &once, committed).await;
        })
    });
    for event in events.collect::<Vec<_>>() {
        in_time("that all have had their turn", event).await.expect("a task that does not panic");
    }
    assert_eq!(content(&*stores[0], "number").await, Some(Bytes::from_static(b"40")));
}
