//! Files in a bucket of SeaweedFS, which speaks S3.

use axum::Router;
use filekit::storage::{Listed, Listing, ObjectStorage, StagedFile, Storage as _};
use filekit_tests::{Bucket, TestApp, until};
use futures_util::TryStreamExt as _;

use super::{contract, contract_lists, events, moving};

async fn storage() -> (ObjectStorage, Bucket) {
    let bucket = Bucket::new().await;
    (bucket.storage(), bucket)
}

async fn app(pages: Router) -> TestApp {
    let (storage, _) = storage().await;
    TestApp::with(pages, |builder| builder.storage(storage.clone()))
}

super::storage_contract!(storage);

super::event_tests!(app);

#[tokio::test]
async fn all_files_are_copied_and_compared() {
    moving::all_files_are_copied_and_compared(storage().await.0).await;
}

#[tokio::test]
async fn what_others_have_in_the_bucket_is_neither_seen_nor_touched() {
    let (storage, bucket) = storage().await;
    for key in
        ["uploads.txt", "uploads-of-others/a.txt", "other/uploads/a.txt", "uploads/.hidden", "uploads/a/.hidden/b"]
    {
        bucket.put(key, "of others").await;
    }
    contract::create(&storage, "own.txt", b"own").await;
    let listed: Vec<Listed> = storage.list(&Listing::default()).try_collect().await.expect("a list");
    let [Listed::File(key, _)] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!(key.as_str(), "own.txt");
    storage.remove(key).await.expect("a storage that answers");
    let keys = bucket.keys().await;
    assert_eq!(keys.len(), 5, "{keys:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_in_parts_that_is_broken_off_leaves_none_of_them() {
    let (storage, bucket) = storage().await;
    let key = contract::key("large.7k2mq9xwh3dp.bin");
    let large = StagedFile::of_bytes(vec![7; 64 << 20], "application/octet-stream");
    let sending = {
        let (storage, key) = (storage.clone(), key.clone());
        tokio::spawn(async move { storage.create(&key, &large).await })
    };
    until("parts are under way", async || (!bucket.unfinished().await.is_empty()).then_some(())).await;
    sending.abort();
    assert!(sending.await.expect_err("it is broken off").is_cancelled());
    until("no parts are left", async || bucket.unfinished().await.is_empty().then_some(())).await;
    assert_eq!(storage.find(&key).await.expect("a storage that answers"), None);
}
