//! What every store of states does with content. It gets two handles of one store, as two servers have them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use filekit::state_store::{StateStore, Swap, Version};
use filekit_tests::{patterned, until};

pub(super) const HOUR: Duration = Duration::from_secs(60 * 60);

/// Stores content where it is expected to be possible.
pub(super) async fn put(
    store: &impl StateStore,
    key: &str,
    expected: Option<Version>,
    content: &[u8],
    ttl: Duration,
) -> Version {
    let swap = store.swap(key, expected, Bytes::copy_from_slice(content), ttl).await.expect("a swap");
    let Swap::Done(version) = swap else { panic!("a conflict at {key:?}") };
    version
}

pub(super) async fn content(store: &impl StateStore, key: &str) -> Option<Bytes> {
    store.load(key).await.expect("a store that answers").map(|stored| stored.content)
}

/// Lets so much time pass, as the store sees it.
pub(super) async fn pass(store: &impl StateStore, time: Duration) {
    let key = format!("a clock of {time:?}");
    store.remove(&key).await.expect("a store that answers");
    put(store, &key, None, b"", time).await;
    until("the time passes", async || content(store, &key).await.is_none().then_some(())).await;
}

async fn refuses(store: &impl StateStore, key: &str, expected: Option<Version>) {
    let before = store.load(key).await.expect("a store that answers");
    assert_eq!(store.swap(key, expected, Bytes::from_static(b"refused"), HOUR).await.expect("a swap"), Swap::Conflict);
    assert_eq!(store.load(key).await.expect("a store that answers"), before, "a refused swap has changed something");
}

pub(super) async fn a_swap_takes_only_the_version_that_it_expects(one: &impl StateStore, other: &impl StateStore) {
    assert_eq!(content(one, "key").await, None);
    refuses(one, "key", Some(Version::unused())).await;
    let first = put(one, "key", None, b"first", HOUR).await;
    refuses(other, "key", None).await;
    let second = put(other, "key", Some(first), b"second", HOUR).await;
    refuses(one, "key", Some(first)).await;
    let stored = one.load("key").await.expect("a store that answers").expect("content");
    assert_eq!((stored.version, &stored.content[..]), (second, &b"second"[..]));
    assert_eq!(content(other, "another key").await, None);
}

pub(super) async fn what_was_removed_and_written_again_is_not_what_was_before(
    one: &impl StateStore,
    other: &impl StateStore,
) {
    one.remove("key").await.expect("that nothing is there is no error");
    let first = put(one, "key", None, b"same", HOUR).await;
    other.remove("key").await.expect("a removal");
    assert_eq!(content(one, "key").await, None);
    refuses(one, "key", Some(first)).await;
    let again = put(one, "key", None, b"same", HOUR).await;
    assert_ne!(first, again);
    refuses(other, "key", Some(first)).await;
}

/// Each reads a number and writes the next one, until that was not refused.
pub(super) async fn a_hundred_tasks_lose_no_step<S: StateStore>(one: S, other: S) {
    let stores = [Arc::new(one), Arc::new(other)];
    let tasks = (0..100).map(|nth| {
        let store = Arc::clone(&stores[nth % 2]);
        tokio::spawn(async move {
            loop {
                let stored = store.load("number").await.expect("a store that answers");
                let number = stored.as_ref().map_or(0, |stored| number(&stored.content));
                let next = (number + 1).to_string().into();
                let expected = stored.map(|stored| stored.version);
                if let Swap::Done(_) = store.swap("number", expected, next, HOUR).await.expect("a swap") {
                    return;
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("a task that does not panic");
    }
    let [one, other] = &stores;
    for store in [one, other] {
        assert_eq!(content(store, "number").await.map(|content| number(&content)), Some(100));
    }
}

pub(super) fn number(content: &[u8]) -> u32 {
    std::str::from_utf8(content).expect("text").parse().expect("a number")
}

pub(super) async fn what_is_stored_ends_with_its_time(one: &impl StateStore, other: &impl StateStore) {
    let first = put(one, "brief", None, b"brief", Duration::from_millis(50)).await;
    put(one, "long", None, b"long", HOUR).await;
    until("it ends", async || content(other, "brief").await.is_none().then_some(())).await;
    refuses(one, "brief", Some(first)).await;
    put(other, "brief", None, b"again", HOUR).await;
    assert_eq!(content(one, "long").await.as_deref(), Some(&b"long"[..]));
}

pub(super) async fn a_swap_and_a_touch_prolong_the_time(one: &impl StateStore, other: &impl StateStore) {
    const BRIEF: Duration = Duration::from_millis(400);
    let touched = put(one, "touched", None, b"touched", BRIEF).await;
    let swapped = put(one, "swapped", None, b"1", BRIEF).await;
    put(one, "left alone", None, b"left alone", BRIEF).await;
    other.touch("touched", HOUR).await.expect("a touch");
    put(other, "swapped", Some(swapped), b"2", HOUR).await;
    one.touch("nothing", HOUR).await.expect("that nothing is there is no error");
    pass(one, 2 * BRIEF).await;
    let stored = one.load("touched").await.expect("a store that answers").expect("what was touched");
    assert_eq!((stored.version, &stored.content[..]), (touched, &b"touched"[..]));
    assert_eq!(content(one, "swapped").await.as_deref(), Some(&b"2"[..]));
    for key in ["left alone", "nothing"] {
        assert_eq!(content(other, key).await, None, "{key}");
    }
}

pub(super) async fn times_without_bounds_are_taken(one: &impl StateStore, other: &impl StateStore) {
    put(one, "for ever", None, b"for ever", Duration::MAX).await;
    one.touch("for ever", Duration::MAX).await.expect("a touch");
    assert!(one.insert_once("for ever", Duration::MAX).await.expect("an answer"));
    assert_eq!(content(other, "for ever").await.as_deref(), Some(&b"for ever"[..]));
    put(one, "at once", None, b"at once", Duration::ZERO).await;
    until("it ends", async || content(other, "at once").await.is_none().then_some(())).await;
}

pub(super) async fn content_of_any_length_comes_back(one: &impl StateStore, other: &impl StateStore) {
    for length in [0, 1, 4095, 4096, 8 << 20] {
        let (key, bytes) = (format!("{length} bytes"), patterned(length));
        put(one, &key, None, &bytes, HOUR).await;
        assert!(content(other, &key).await.is_some_and(|content| content == bytes), "{length}");
    }
}

pub(super) async fn a_key_is_any_text(one: &impl StateStore, other: &impl StateStore) {
    let long = "long".repeat(1_000);
    let keys =
        ["", " ", "a", "a ", "A", "a:b", "a\0b", "a\r\nb", "{a}", "*", "a*", "?", "é", "e\u{301}", "🗝", "\u{202e}"];
    let keys: Vec<&str> = keys.into_iter().chain([long.as_str()]).collect();
    for key in &keys {
        put(one, key, None, format!("content of {key}").as_bytes(), HOUR).await;
    }
    for key in &keys {
        let expected = format!("content of {key}");
        assert_eq!(content(other, key).await.as_deref(), Some(expected.as_bytes()), "{key:?}");
        assert!(other.insert_once(key, HOUR).await.expect("an answer"), "{key:?}");
        assert!(other.lease(key, HOUR, Duration::ZERO).await.expect("an answer").is_some(), "{key:?}");
    }
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
}

pub(super) async fn once_is_once<S: StateStore>(one: S, other: S) {
    let stores = [Arc::new(one), Arc::new(other)];
    let asked = (0..60).map(|nth| {
        let store = Arc::clone(&stores[nth % 2]);
        tokio::spawn(async move { store.insert_once("call", HOUR).await.expect("an answer") })
    });
    let mut first = 0;
    for answer in asked.collect::<Vec<_>>() {
        first += usize::from(answer.await.expect("a task that does not panic"));
    }
    assert_eq!(first, 1);
    let [one, other] = &stores;
    assert!(one.insert_once("another call", HOUR).await.expect("an answer"));
    assert!(one.insert_once("brief", Duration::from_millis(50)).await.expect("an answer"));
    let again = async || other.insert_once("brief", HOUR).await.expect("an answer").then_some(());
    until("the time is over", again).await;
    assert!(!one.insert_once("brief", HOUR).await.expect("an answer"));
}

/// States, leases and what happens once may have the same keys.
pub(super) async fn keys_of_different_kinds_do_not_meet(one: &impl StateStore, other: &impl StateStore) {
    let version = put(one, "key", None, b"content", HOUR).await;
    let lease = one.lease("key", HOUR, Duration::ZERO).await.expect("an answer");
    assert!(lease.is_some());
    assert!(other.insert_once("key", HOUR).await.expect("an answer"));
    put(other, "key", Some(version), b"changed", HOUR).await;
    other.remove("key").await.expect("a removal");
    assert!(!one.insert_once("key", HOUR).await.expect("an answer"));
    assert!(other.lease("key", HOUR, Duration::ZERO).await.expect("an answer").is_none());
    drop(lease);
}
