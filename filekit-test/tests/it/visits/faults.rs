//! A storage and a store that fail.

use std::io::ErrorKind;

use filekit_test::{FaultyStateStore, FaultyStorage, Program};

use crate::visits::album::{pages, picture};

#[tokio::test]
async fn a_storage_that_fails_leaves_the_page_as_it_was() {
    let storage = FaultyStorage::on_disk();
    let program = Program::new(pages(), |kit| kit.storage(storage.clone()));
    let mut page = program.open("/").await;
    page.choose("photos", [picture("a.png", 100_000)]);
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        storage.fail(kind);
        page.click("Send").await.assert_text("Photos: 0");
        assert_eq!(page.messages().len(), 1, "{}", page.outline());
    }
    storage.recover();
    page.click("Send").await.assert_text("Photos: 1").click("a.png").await;
    assert_eq!(page.downloads()[0].bytes.len(), 100_000);
}

#[tokio::test]
async fn a_store_that_fails_leaves_the_state_as_it_was() {
    let states = FaultyStateStore::in_memory();
    let program = Program::new(pages(), |kit| kit.state_store(states.clone()));
    let mut page = program.open("/").await;
    page.fill("Owner", "Ada").click("Describe").await.assert_text("Of Ada");
    states.fail();
    page.fill("Owner", "Ben").click("Describe").await.assert_text("Of Ada");
    assert_eq!(page.messages().len(), 1, "{}", page.outline());
    states.recover();
    page.click("Describe").await.assert_text("Of Ben");
}
