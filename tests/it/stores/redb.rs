//! States in a file: what a crash leaves of them, and what is said when the file or its disk is not as it should be.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use filekit::state_store::{RedbStates, StateStore};
use filekit_tests::in_time;
use tempfile::TempDir;

use super::contract::{self, HOUR, content, pass, put};
use super::{contract_events, contract_leases};

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("filekit-states-").tempdir().expect("a temporary folder")
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join(".filekit/state.redb")
}

async fn open(path: &Path) -> RedbStates {
    RedbStates::open(path).await.expect("a file of states")
}

async fn refusal(path: &Path) -> String {
    let refused = RedbStates::open(path).await;
    refused.expect_err("a file that cannot be used").to_string()
}

async fn stores() -> (RedbStates, RedbStates, TempDir) {
    let folder = folder();
    let store = open(&file(&folder)).await;
    (store.clone(), store, folder)
}

super::state_store_contract!(stores);

/// A process that changes states in a file; killed when dropped.
struct Swapper {
    process: Child,
    told: BufReader<std::process::ChildStdout>,
}

impl Swapper {
    fn start(path: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_swapper"));
        command.arg(path).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the swapper starts");
        let told = BufReader::new(process.stdout.take().expect("a pipe"));
        Self { process, told }
    }

    /// What was answered in so many more lines, and the last number of each key.
    fn read(&mut self, lines: usize, numbers: &mut BTreeMap<String, u64>) {
        for _ in 0..lines {
            let mut line = String::new();
            // The last line may be half a line. It was not told then.
            if self.told.read_line(&mut line).expect("a pipe") == 0 || !line.ends_with('\n') {
                return;
            }
            let (key, number) = line.trim_end().split_once(' ').expect("a key and a number");
            numbers.insert(key.to_owned(), number.parse().expect("a number"));
        }
    }

    fn kill(&mut self) {
        self.process.kill().expect("a child");
        self.process.wait().expect("a child");
    }
}

impl Drop for Swapper {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn what_was_answered_outlives_a_kill_at_any_moment() {
    let folder = folder();
    let path = file(&folder);
    let mut answered = BTreeMap::new();
    for lines in [1, 40, 7, 150, 23, 300] {
        let mut swapper = Swapper::start(&path, &[]);
        swapper.read(lines, &mut answered);
        swapper.kill();
        swapper.read(usize::MAX, &mut answered);
        let store = open(&path).await;
        for (key, number) in &mut answered {
            let stored = content(&store, key).await.unwrap_or_else(|| panic!("{key} is gone"));
            let stored: u64 = String::from_utf8_lossy(&stored).parse().expect("a number");
            // One more may have been on its way.
            assert!((*number..=*number + 1).contains(&stored), "{key} was answered {number} and is {stored}");
            *number = stored;
        }
    }
    assert_eq!(answered.len(), 8);
}

/// On a machine that is too slow for that, redb alone takes longer too.
#[tokio::test]
async fn a_hundred_thousand_states_are_open_in_under_a_second_after_a_kill() {
    let folder = folder();
    let (path, copy) = (file(&folder), folder.path().join("copy.redb"));
    let mut arguments = &["fill", "100000"][..];
    let mut tries = Vec::new();
    let is_fast = |&(took, alone): &(Duration, Duration)| took < Duration::from_secs(1) || took < alone * 3 / 2;
    while tries.len() < 8 && !tries.iter().any(is_fast) {
        let mut swapper = Swapper::start(&path, arguments);
        swapper.read(100, &mut BTreeMap::new());
        swapper.kill();
        fs::copy(&path, &copy).expect("a copy");
        let begun = Instant::now();
        drop(redb::Database::open(&copy).expect("a file that redb mends"));
        let alone = begun.elapsed();

        let begun = Instant::now();
        let store = open(&path).await;
        assert!(content(&store, "state-99999").await.is_some());
        tries.push((begun.elapsed(), alone));
        assert_eq!(content(&store, "state-0").await.map(|content| content.len()), Some(1_000));
        arguments = &[];
    }
    assert!(tries.iter().any(is_fast), "{tries:?}");
}

#[tokio::test]
async fn a_process_that_ends_well_leaves_everything() {
    let folder = folder();
    let path = file(&folder);
    let store = open(&path).await;
    let version = put(&store, "key", None, b"content", HOUR).await;
    assert!(store.insert_once("call", HOUR).await.expect("an answer"));
    store.touch("key", 2 * HOUR).await.expect("a touch");
    let lease = contract_leases::try_lease(&store, "key").await;
    drop(store);
    let store = open(&path).await;
    let stored = store.load("key").await.expect("a store that answers").expect("content");
    assert_eq!((stored.version, &stored.content[..]), (version, &b"content"[..]));
    assert!(!store.insert_once("call", HOUR).await.expect("an answer"));
    assert!(contract_leases::try_lease(&store, "key").await.is_some(), "leases end with their process");
    drop(lease);
}

#[tokio::test]
async fn a_second_process_is_told_why_it_cannot_use_the_file() {
    let folder = folder();
    let path = file(&folder);
    let mut swapper = Swapper::start(&path, &[]);
    swapper.read(1, &mut BTreeMap::new());
    let words = refusal(&path).await;
    assert!(words.contains("is in use by another process"), "{words}");
    assert!(words.contains("state.redb") && words.contains("keep states in Redis for several"), "{words}");
    swapper.kill();
    open(&path).await;
}

#[tokio::test]
async fn a_file_that_is_none_of_states_is_left_alone() {
    let folder = folder();
    let path = folder.path().join("notes.txt");
    for text in ["short", &"not a file of states".repeat(10_000)] {
        fs::write(&path, text).expect("a file");
        let words = refusal(&path).await;
        assert!(words.contains("is damaged, or of another program: move it away"), "{words}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), text);
    }
    let words = refusal(folder.path()).await;
    assert!(words.contains("cannot be read or written"), "{words}");
    let words = refusal(&path.join("below a file")).await;
    assert!(words.contains("cannot be read or written"), "{words}");
}

#[tokio::test]
async fn a_file_that_was_damaged_is_an_error_and_no_panic() {
    let folder = folder();
    let path = file(&folder);
    let store = open(&path).await;
    for nth in 0..200 {
        put(&store, &nth.to_string(), None, &[b'x'; 2_000], HOUR).await;
    }
    drop(store);
    let whole = fs::read(&path).expect("a file");
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        let end = (at + 500).min(damaged.len());
        damaged[at..end].fill(0xff);
        fs::write(&path, &damaged).expect("a file");
        // It may be where nothing is, or be found only when that is read or written.
        let Ok(store) = RedbStates::open(&path).await else { continue };
        for nth in 0..200 {
            let _ = store.load(&nth.to_string()).await;
        }
        let _ = store.swap("key", None, Bytes::from_static(b"content"), HOUR).await;
        let _ = store.insert_once("call", HOUR).await;
    }
}

#[tokio::test]
async fn others_on_the_machine_cannot_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_one, _other, folder) = stores().await;
    let mode = fs::metadata(file(&folder)).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// On a file system in memory that the process alone sees.
#[tokio::test]
async fn a_full_disk_is_an_error_and_heals_when_there_is_room() {
    const MOUNT: &str = "mount -t tmpfs -o size=12m tmpfs \"$1\" && exec \"$0\" \"$1\"/state.redb overfill";
    let folder = folder();
    let mut command = tokio::process::Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT, env!("CARGO_BIN_EXE_swapper")]);
    command.arg(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = in_time("that it ends", command.output()).await.expect("the swapper starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told} {}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = told.lines().collect();
    let [error, "healed", whole] = lines[..] else { panic!("{told}") };
    assert!(error.contains("state.redb` has no room on its disk: make room"), "{error}");
    assert!(whole.starts_with("whole"), "{whole}");
}

/// The room of what has ended is used again.
#[tokio::test]
async fn what_has_ended_is_removed() {
    let folder = folder();
    let path = file(&folder);
    let store = open(&path).await;
    for round in 0..15 {
        let swaps = (0..200).map(|nth| {
            let (store, key) = (store.clone(), format!("{round} {nth}"));
            async move { put(&store, &key, None, &[b'x'; 10_000], Duration::from_millis(100)).await }
        });
        futures_util::future::join_all(swaps).await;
        pass(&store, Duration::from_millis(150)).await;
        // Each change looks at some of what has ended.
        for _ in 0..8 {
            put(&store, "sweep", None, b"", Duration::from_millis(1)).await;
            store.remove("sweep").await.expect("a removal");
        }
    }
    // Some rounds may be there at the same time, and 30 MB were written.
    let size = fs::metadata(&path).expect("a file").len();
    assert!(size < 15_000_000, "{size}");
}
