//! The stores of states and the notices, over their public traits: what each has to do is written once, and every
//! implementation is held to it.

/// The tests of one store: `$stores` makes two handles of a new one, and what is to live as long.
macro_rules! state_store_contract {
    ($stores:ident) => {
        mod contract_of_states {
            use super::{contract, contract_events, contract_leases, $stores as stores};

            $crate::stores::tests! { stores, contract: [
                a_swap_takes_only_the_version_that_it_expects,
                what_was_removed_and_written_again_is_not_what_was_before,
                what_is_stored_ends_with_its_time,
                a_swap_and_a_touch_prolong_the_time,
                times_without_bounds_are_taken,
                content_of_any_length_comes_back,
                a_key_is_any_text,
                keys_of_different_kinds_do_not_meet,
            ] }

            $crate::stores::tests! { stores, contract_leases: [
                a_lease_keeps_others_out,
                a_lease_brings_what_is_stored,
                a_lease_that_is_held_is_renewed,
                a_waiter_that_goes_away_holds_nothing,
            ] }

            $crate::stores::tests! { stores, contract_events: [
                an_event_begins_once_and_alone,
                a_commit_stores_records_and_gives_back,
                a_commit_that_was_overtaken_changes_nothing,
            ] }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_hundred_tasks_lose_no_step() {
                let (one, other, _alive) = stores().await;
                contract::a_hundred_tasks_lose_no_step(one, other).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn once_is_once() {
                let (one, other, _alive) = stores().await;
                contract::once_is_once(one, other).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn work_under_a_lease_meets_no_conflict() {
                let (one, other, _alive) = stores().await;
                contract_leases::work_under_a_lease_meets_no_conflict(one, other).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn events_of_all_servers_take_turns() {
                let (one, other, _alive) = stores().await;
                contract_events::events_of_all_servers_take_turns(one, other).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn who_waits_gets_it_soon_after_it_is_given_back() {
                let (one, other, _alive) = stores().await;
                contract_leases::who_waits_gets_it_soon_after_it_is_given_back(one, other).await;
            }
        }
    };
}

/// The tests of one kind of notices: `$notices` makes those of two servers, and what is to live as long.
macro_rules! notices_contract {
    ($notices:ident) => {
        mod contract_of_notices {
            use super::{contract_notices, $notices as notices};

            $crate::stores::tests! { notices, contract_notices: [
                others_hear_what_is_published,
                what_a_server_publishes_does_not_come_back,
                who_reads_too_slowly_is_told,
            ] }
        }
    };
}

macro_rules! tests {
    ($make:ident, $contract:ident: [$($name:ident,)*]) => {
        $(
            #[tokio::test]
            async fn $name() {
                let (one, other, _alive) = $make().await;
                $contract::$name(&one, &other).await;
            }
        )*
    };
}

/// The tests of a program that speaks Redis' protocol: `PROGRAM` is which.
macro_rules! redis_contract {
    () => {
        use super::{contract, contract_events, contract_leases, contract_notices, of_redis};

        async fn stores() -> (filekit::state_store::RedisStates, filekit::state_store::RedisStates, impl Sized) {
            of_redis::stores(PROGRAM).await
        }

        async fn notices() -> (filekit::state_store::RedisNotices, filekit::state_store::RedisNotices, impl Sized) {
            of_redis::notices(PROGRAM).await
        }

        super::state_store_contract!(stores);

        super::notices_contract!(notices);

        $crate::stores::tests_of_redis! {
            a_store_on_a_connection_of_the_programs_is_one,
            loads_and_swaps_take_one_round_trip,
            an_event_takes_two_round_trips,
            a_commit_sends_its_notice_if_it_may,
            programs_under_different_prefixes_do_not_meet,
            the_lease_of_a_holder_that_is_no_more_runs_out,
            a_lease_that_was_lost_takes_no_other_one_along,
            a_server_that_has_much_to_do_under_a_lease_leaves_others_a_turn,
            a_paused_redis_is_an_error_in_time_and_heals,
            a_redis_that_refuses_connections_is_an_error_and_heals_empty,
            a_redis_that_is_restarted_meanwhile_is_not_noticed,
            an_answer_that_is_lost_changes_nothing,
            a_commit_whose_answer_is_lost_has_happened_whatever_came_after_it,
            a_lost_connection_of_notices_is_told,
            a_redis_that_went_silent_is_given_up_by_notices,
            what_redis_refuses_says_what_to_do,
            a_url_that_leads_nowhere_says_so,
        }
    };
}

macro_rules! tests_of_redis {
    ($($name:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                of_redis::$name(PROGRAM).await;
            }
        )*
    };
}

use {notices_contract, redis_contract, state_store_contract, tests, tests_of_redis};

mod contract;
mod contract_events;
mod contract_leases;
mod contract_notices;
mod memory;
mod of_redis;
mod redb;
mod redis;
mod setting;
mod valkey;
