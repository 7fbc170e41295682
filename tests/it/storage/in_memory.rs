//! Files in the memory of the crate `object_store`.

use axum::Router;
use filekit::storage::ObjectStorage;
use filekit_tests::TestApp;
use object_store::memory::InMemory;

use super::{contract, contract_lists, events, moving};

async fn storage() -> (ObjectStorage, impl Sized) {
    (ObjectStorage::new(InMemory::new()).with_prefix("team/uploads"), ())
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
