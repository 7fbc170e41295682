//! A process that changes states in a file until it is killed, and says what was answered: for `tests/it/stores/redb.rs`.
//!
//! `swapper FILE fill COUNT` stores that many states of 1 KB, and then goes on as without: eight tasks count, each under a key
//! of its own, and print `KEY NUMBER` for each number that was stored.
//!
//! `swapper FILE overfill`, on a small disk, stores until there is no room, prints what is said then, makes room, prints
//! `healed` when it can store again, and `whole` when all that was answered is there.

use std::env;
use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use filekit::state_store::{RedbStates, Result, StateStore, Swap, Version};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let store = RedbStates::open(&arguments[0]).await?;
    match arguments.as_slice() {
        [_, mode] if mode == "overfill" => return overfill(&store).await,
        [_, _, count] => fill(&store, count.parse().expect("a number")).await?,
        _ => {}
    }
    let tasks = (0..8).map(|nth| tokio::spawn(count(store.clone(), format!("counter-{nth}"))));
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("a task that does not panic")?;
    }
    Ok(())
}

/// Many at a time, as many visitors would.
async fn fill(store: &RedbStates, count: usize) -> Result<()> {
    const TOGETHER: usize = 500;
    let content = Bytes::from(vec![b'x'; 1_000]);
    let fill = (0..TOGETHER).map(|first| {
        let (store, content) = (store.clone(), content.clone());
        tokio::spawn(async move {
            for nth in (first..count).step_by(TOGETHER) {
                let _ = store.swap(&format!("state-{nth}"), None, content.clone(), DAY).await?;
            }
            Ok(())
        })
    });
    for task in fill.collect::<Vec<_>>() {
        task.await.expect("a task that does not panic")?;
    }
    Ok(())
}

async fn overfill(store: &RedbStates) -> Result<()> {
    let ballast = store.path().with_extension("ballast");
    std::fs::write(&ballast, vec![0; 4 << 20]).expect("room for ballast");
    let content = Bytes::from(vec![b'x'; 100_000]);
    let mut stored = 0;
    let error = loop {
        match store.swap(&stored.to_string(), None, content.clone(), DAY).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    writeln!(std::io::stdout(), "{error}").expect("a reader");
    std::fs::remove_file(ballast).expect("ballast");
    // The first try may find it closed.
    while store.swap("more", None, content.clone(), DAY).await.is_err() {}
    writeln!(std::io::stdout(), "healed").expect("a reader");
    for nth in 0..stored {
        let found = store.load(&nth.to_string()).await?;
        assert!(found.is_some_and(|found| found.content == content), "{nth} of {stored}");
    }
    writeln!(std::io::stdout(), "whole, {stored}").expect("a reader");
    Ok(())
}

async fn count(store: RedbStates, key: String) -> Result<()> {
    let (mut version, mut number) = current(&store, &key).await?;
    loop {
        number += 1;
        let Swap::Done(new) = store.swap(&key, version, number.to_string().into(), DAY).await? else {
            panic!("a conflict at {key}, which nothing else writes");
        };
        version = Some(new);
        writeln!(std::io::stdout(), "{key} {number}").expect("a reader");
    }
}

async fn current(store: &RedbStates, key: &str) -> Result<(Option<Version>, u64)> {
    let stored = store.load(key).await?;
    Ok(stored.map_or((None, 0), |stored| {
        let number = std::str::from_utf8(&stored.content).ok().and_then(|text| text.parse().ok());
        (Some(stored.version), number.expect("a number"))
    }))
}
