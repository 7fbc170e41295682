//! Files in a container of Azurite, which speaks as Azure Blob Storage does.

use axum::Router;
use filekit::storage::{ObjectStorage, check};
use filekit_tests::{Container, TestApp};

use super::{contract, contract_lists, events, moving};

async fn storage() -> (ObjectStorage, Container) {
    let container = Container::new().await;
    (container.storage(), container)
}

async fn app(pages: Router) -> TestApp {
    let (storage, _) = storage().await;
    TestApp::with(pages, |builder| builder.storage(storage.clone()))
}

super::tests! { storage, contract: [
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

// Azurite 3.34 does not know `startFrom`, by which a list goes on behind a key.
super::tests! { storage, contract_lists: [
    files_are_listed_in_the_order_of_their_keys,
    a_prefix_that_is_a_place_lists_nothing,
    a_folder_stands_where_its_keys_do,
] }

super::event_tests!(app);

#[tokio::test]
async fn all_files_are_copied_and_compared() {
    moving::all_files_are_copied_and_compared(storage().await.0).await;
}

#[tokio::test]
async fn a_container_that_can_be_used_has_nothing_to_say() {
    let (storage, _alive) = storage().await;
    check(&storage).await.expect("no problem");
}
