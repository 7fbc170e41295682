//! Which store `FILEKIT_STATE` names.

use std::fs;

use filekit::state_store::{Notices, OpenStores, RedisNotices, StateStore, StoreSetting, Tag};
use filekit_tests::{RedisProgram, RedisServer, in_time};
use futures_util::StreamExt as _;

use super::contract::{HOUR, content, put};

async fn open(written: &str, folder: &tempfile::TempDir) -> OpenStores {
    let setting: StoreSetting = written.parse().expect("a setting");
    setting.open(folder.path()).await.expect("a store")
}

#[tokio::test]
async fn each_store_is_opened_by_its_name() {
    let server = RedisServer::start(RedisProgram::Redis).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    for written in ["memory", "redb", &server.url()] {
        let OpenStores { states, .. } = open(written, &folder).await;
        put(&states, "key", None, written.as_bytes(), HOUR).await;
        drop(states);
        let OpenStores { states, .. } = open(written, &folder).await;
        let is_kept = content(&states, "key").await.is_some();
        assert_eq!(is_kept, written != "memory", "{written}");
    }
    assert!(fs::exists(folder.path().join("state.redb")).expect("a folder"));
}

#[tokio::test]
async fn with_states_in_redis_other_servers_hear_of_changes() {
    let server = RedisServer::start(RedisProgram::Redis).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let OpenStores { notices, .. } = open(&server.url(), &folder).await;
    let other = RedisNotices::connect(&server.url()).await.expect("a connection");
    let mut heard = std::pin::pin!(notices.subscribe());
    other.publish(&[Tag::of("changed")]).await.expect("a notice");
    assert!(in_time("a notice", heard.next()).await.is_some());
}

#[tokio::test]
async fn what_cannot_be_opened_says_what_was_written_and_what_there_is() {
    for (written, shown) in
        [("postgres", "`postgres`"), ("Memory", "`Memory`"), ("", "``"), ("http://:password@redis", "`http://..`")]
    {
        let error = written.parse::<StoreSetting>().expect_err("no store").to_string();
        assert_eq!(error, format!("`FILEKIT_STATE` is {shown}; there is `memory`, `redb` and `redis://HOST:6379`"));
    }
    let setting: StoreSetting = "redis://:password@127.0.0.1:1".parse().expect("a setting");
    assert!(!format!("{setting:?}").contains("password"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = setting.open(folder.path()).await.expect_err("nothing is there").to_string();
    assert!(error.contains("Redis at 127.0.0.1:1 refuses connections") && !error.contains("password"), "{error}");
    let states = open("memory", &folder).await.states;
    assert!(states.load("key").await.expect("an answer").is_none());
}
