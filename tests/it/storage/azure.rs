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

super::storage_contract!(storage);

super::event_tests!(app);

#[tokio::test]
async fn a_folder_stands_where_its_keys_do() {
    let (storage, _alive) = storage().await;
    contract_lists::a_folder_stands_where_its_keys_do(storage).await;
}

#[tokio::test]
async fn all_files_are_copied_and_compared() {
    moving::all_files_are_copied_and_compared(storage().await.0).await;
}

#[tokio::test]
async fn a_container_that_can_be_used_has_nothing_to_say() {
    let (storage, _alive) = storage().await;
    check(&storage).await.expect("no problem");
}
