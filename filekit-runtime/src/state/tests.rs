//! States without a server: in memory, and in a store.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;

use super::*;
use crate::stores::{AnyStateStore, MemoryStates, StateStore as _, Swap};
use crate::visitor::{EndedSessions, OwnerKey, SessionId};

#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Words(Vec<String>);

impl State for Words {
    const NAME: &'static str = "Words";
    type Owner = SessionId;

    fn initial() -> Self {
        Self::default()
    }
}

const AGE: Duration = Duration::from_secs(60);

fn within(limits: StateLimits) -> States {
    States::new(limits, Arc::default(), Arc::new(EndedSessions::new(limits.age)))
}

/// States in memory, and in a store.
fn both() -> [States; 2] {
    let store = AnyStateStore::new(MemoryStates::new());
    let states = || within(StateLimits::default());
    [states(), states().in_store(store, AGE, HashSet::new())]
}

fn sessions<const N: usize>() -> [SessionId; N] {
    std::array::from_fn(|_| SessionId::random().unwrap())
}

fn words(text: &str) -> Words {
    Words(vec![text.to_owned()])
}

async fn change(states: &States, session: SessionId, state: Words) -> Change {
    let owner = OwnerKey::Session(session);
    let version = states.load::<Words>(&owner).await.unwrap().version;
    Change { owner, name: Words::NAME, state: states.measured(state).unwrap(), version }
}

async fn keep(states: &States, session: SessionId, state: Words) {
    let change = change(states, session, state).await;
    states.commit(session, None, Some(change), TurnEnd::default()).await.unwrap();
}

async fn load(states: &States, session: SessionId) -> Words {
    Words::clone(&states.load(&OwnerKey::Session(session)).await.unwrap().state)
}

#[test]
fn a_state_in_a_store_has_a_bound() {
    let store = AnyStateStore::new(MemoryStates::new());
    let limits = StateLimits { of_stored: 40, ..StateLimits::default() };
    let states = within(limits).in_store(store, AGE, HashSet::new());
    assert!(states.measured(words(&"x".repeat(30))).is_ok());
    assert!(states.measured(words(&"x".repeat(50))).is_err());
}

#[tokio::test]
async fn a_state_belongs_to_its_session() {
    for states in both() {
        let [a, b] = sessions();
        keep(&states, a, words("a")).await;
        assert_eq!([load(&states, a).await, load(&states, b).await], [words("a"), Words::default()]);
    }
}

#[tokio::test]
async fn in_memory_what_was_not_used_for_its_time_goes() {
    let states = within(StateLimits { age: Duration::ZERO, ..StateLimits::default() });
    let [a, b] = sessions();
    keep(&states, a, words("a")).await;
    keep(&states, b, words("b")).await;
    assert_eq!([load(&states, a).await, load(&states, b).await], [Words::default(), Words::default()]);
}

#[tokio::test]
async fn nothing_is_loaded_or_kept_for_a_session_that_has_ended() {
    for states in both() {
        let [a, b] = sessions();
        keep(&states, a, words("a")).await;
        let late = change(&states, a, words("late")).await;
        states.renew(a, b).await.unwrap();
        assert_eq!([load(&states, a).await, load(&states, b).await], [Words::default(), words("a")]);
        assert!(states.commit(a, None, Some(late), TurnEnd::default()).await.is_err());
        assert_eq!([load(&states, a).await, load(&states, b).await], [Words::default(), words("a")]);
        states.end(b).await.unwrap();
        assert_eq!(load(&states, b).await, Words::default());
        let late = states.update::<Words>(OwnerKey::Session(a), |words| words.0.clear()).await;
        assert!(late.is_err(), "nothing comes after it");
    }
}

#[tokio::test]
async fn a_change_that_waits_while_the_session_is_renewed_goes_to_the_one_after_it() {
    for states in both() {
        let [a, b] = sessions();
        let event = change(&states, a, words("event")).await;
        let (told, begun) = tokio::sync::oneshot::channel::<()>();
        let in_turn = states.in_turn(&event.owner, None, |_: Loaded<Words>, _| async {
            begun.await.unwrap();
            states.commit(a, Some(b), Some(event.clone()), TurnEnd::default()).await
        });
        tokio::pin!(in_turn);
        assert!(in_turn.as_mut().now_or_never().is_none());
        let change = states.update::<Words>(OwnerKey::Session(a), |state| state.0.push("change".to_owned()));
        tokio::pin!(change);
        assert!(change.as_mut().now_or_never().is_none());
        told.send(()).unwrap();
        in_turn.await.unwrap();
        change.await.unwrap();
        assert_eq!(load(&states, b).await.0, ["event", "change"]);
    }
}

/// Two servers that share a store.
fn servers() -> (AnyStateStore, [States; 2]) {
    let store = AnyStateStore::new(MemoryStates::new());
    let server = |_| within(StateLimits::default()).in_store(store.clone(), AGE, HashSet::new());
    (store.clone(), [0, 1].map(server))
}

#[tokio::test]
async fn servers_that_share_a_store_take_turns() {
    let (_, [one, other]) = servers();
    let owner = OwnerKey::Session(sessions::<1>()[0]);
    let push = |text: &'static str| move |words: &mut Words| words.0.push(text.to_owned());
    for _ in 0..20 {
        let (one, other) =
            tokio::join!(one.update(owner.clone(), push("one")), other.update(owner.clone(), push("other")));
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(one.load::<Words>(&owner).await.unwrap().state.0.len(), 40);
}

#[tokio::test]
async fn what_was_overtaken_by_another_server_is_not_kept() {
    let (_, [one, other]) = servers();
    let [session] = sessions();
    let late = change(&one, session, words("late")).await;
    keep(&other, session, words("first")).await;
    let error = one.commit(session, None, Some(late), TurnEnd::default()).await.unwrap_err();
    assert!(error.to_string().contains("changed by another server"), "{error}");
    assert_eq!(load(&one, session).await, words("first"));
}

#[tokio::test]
async fn whose_a_call_is_that_did_not_wait_for_its_state_is_known() {
    let (store, [one, other]) = servers();
    let owner = OwnerKey::Session(sessions::<1>()[0]);
    let [given_up, again] = [(); 2].map(|()| SharedCall::new(store.clone(), "call", AGE));
    other
        .in_turn(&owner, None, |_: Loaded<Words>, lease| async {
            // It is free as soon as it is dropped.
            let _held = lease;
            let waits = one.in_turn(&owner, Some(&given_up), |_: Loaded<Words>, _| async { Ok(()) });
            assert!(waits.now_or_never().is_none());
            Ok(())
        })
        .await
        .unwrap();
    given_up.permit().await.expect("it is its server's");
    assert!(again.permit().await.unwrap_err().downcast_ref::<BegunElsewhere>().is_some());
    given_up.tell(Word::Failed);
    assert_eq!(again.outcome_elsewhere().await.unwrap(), Some(Word::Failed));
}

#[tokio::test]
async fn what_cannot_be_read_is_put_aside_and_its_owner_begins_anew() {
    let (store, [states, _]) = servers();
    let owner = OwnerKey::Text("room".into());
    let key = "state/Words/owner/room";
    let Swap::Done(version) = store.swap(key, None, Bytes::from_static(b"{\"old\":1}"), AGE).await.unwrap() else {
        panic!("it was there already")
    };
    for _ in 0..2 {
        assert_eq!(*states.load::<Words>(&owner).await.unwrap().state, Words::default());
    }
    states.update::<Words>(owner.clone(), |state| state.0.push("anew".to_owned())).await.unwrap();
    assert_eq!(*states.load::<Words>(&owner).await.unwrap().state, words("anew"));
    let aside = format!("unreadable/{:032x}/{key}", u128::from_be_bytes(version.to_bytes()));
    assert_eq!(store.load(&aside).await.unwrap().unwrap().content, "{\"old\":1}");
}
