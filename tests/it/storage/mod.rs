//! The places where stored files are kept, over the public trait: what each has to do is written once, and every one is held to it.

/// The tests of one storage: `$storage` makes a new one, and what is to live as long.
macro_rules! storage_contract {
    ($storage:ident) => {
        mod contract_of_storages {
            use super::{contract, contract_lists, $storage as storage};

            $crate::storage::tests! { storage, contract: [
                a_file_comes_back_whole_and_in_parts,
                a_large_file_comes_back,
                a_key_that_is_taken_is_never_overwritten,
                of_many_who_create_a_key_one_does,
                a_file_that_is_replaced_is_another_version,
                a_file_that_is_removed_is_gone,
                a_copy_stands_by_itself,
                keys_of_all_kinds_are_kept_apart,
                what_is_broken_off_is_whole_or_not_there,
            ] }

            $crate::storage::tests! { storage, contract_lists: [
                files_are_listed_in_the_order_of_their_keys,
                a_listing_begins_with_its_prefix,
                a_listing_goes_on_behind_a_key,
                a_level_has_folders_and_files,
                a_prefix_that_is_a_place_lists_nothing,
            ] }
        }
    };
}

/// The tests of programs that keep their files in a storage: `$app` makes one with these pages.
macro_rules! event_tests {
    ($app:ident) => {
        mod in_events {
            use super::{events, $app as app};

            $crate::storage::tests_of_events! { app: [
                what_is_saved_in_folders_is_served,
                what_a_failed_event_has_done_is_undone,
                what_is_removed_is_gone_and_its_link_dead,
                a_file_gets_another_name_folder_or_copy,
                a_name_of_a_visitor_is_made_safe_or_refused,
                a_key_that_is_taken_is_told_and_nothing_is_lost,
                a_file_that_is_replaced_keeps_its_link,
                a_file_is_read_and_handed_over,
            ] }
        }
    };
}

macro_rules! tests_of_events {
    ($make:ident: [$($name:ident,)*]) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                events::$name($make(events::pages()).await).await;
            }
        )*
    };
}

macro_rules! tests {
    ($make:ident, $contract:ident: [$($name:ident,)*]) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let (storage, _alive) = $make().await;
                $contract::$name(storage).await;
            }
        )*
    };
}

use {event_tests, storage_contract, tests, tests_of_events};

mod azure;
mod contract;
mod contract_lists;
mod direct;
mod disk;
mod events;
mod in_memory;
mod moving;
mod redirect;
mod s3;
mod s3_faults;
mod s3_large;
