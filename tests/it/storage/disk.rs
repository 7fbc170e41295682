//! Files in a directory.

use axum::Router;
use filekit::storage::DiskStorage;
use filekit_tests::TestApp;

use super::{contract, contract_lists, events};

async fn storage() -> (DiskStorage, impl Sized) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    (DiskStorage::open(folder.path()).expect("a storage"), folder)
}

/// The upload directory, as by default.
async fn app(pages: Router) -> TestApp {
    TestApp::new(pages)
}

super::storage_contract!(storage);

super::event_tests!(app);

#[tokio::test]
async fn a_folder_stands_where_its_keys_do() {
    let (storage, _alive) = storage().await;
    contract_lists::a_folder_stands_where_its_keys_do(storage).await;
}
