//! Stored files in numbers: listing many on the disk beside `find`, and sending a large one to S3 beside a program that does it by the
//! crate `object_store` alone. Both in wall time, in this process; the store is SeaweedFS, which `cargo xtask test` brings.
//!
//! ```text
//! cargo bench -p benches --bench storage -- [--small] [--large] [--rounds N]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use benches::process::median;
use filekit_files::storage::{DiskStorage, FileKey, Listing, StagedFile, Storage as _};
use filekit_tests::Bucket;
use futures_util::TryStreamExt as _;
use object_store::buffered::BufWriter;
use object_store::{ObjectStoreExt as _, path};
use tokio::io::AsyncWriteExt as _;

const MIB: usize = 1 << 20;

/// How many folders the files are in.
const FOLDERS: usize = 100;

/// Of the speed of `find` at least, and of the time of the other program at most.
const LEAST_SPEED: f64 = 0.5;
const MOST_TIME: f64 = 1.3;

/// How much is measured, and how often.
struct Amount {
    files: usize,
    bytes: usize,
    rounds: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rounds = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    let rounds = rounds.map_or(5, |rounds| rounds.parse().expect("a number of rounds"));
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // The store has room for 3 GiB, and keeps what was removed for a while.
    let amount = match (has("--small"), has("--large")) {
        (true, _) => Amount { files: 10_000, bytes: 64 * MIB, rounds },
        (_, true) => Amount { files: 100_000, bytes: 1024 * MIB, rounds: 1 },
        _ => Amount { files: 100_000, bytes: 128 * MIB, rounds },
    };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(list(&folder.path().join("listed"), &amount));
    runtime.block_on(send(&folder.path().join("staged"), &amount));
}

/// The two take turns, and the other one begins in each round. The ratio is the median of the ratios of the rounds.
struct Rounds {
    own: Vec<f64>,
    peer: Vec<f64>,
}

impl Rounds {
    async fn measure(rounds: usize, own: impl AsyncFn() -> Duration, peer: impl AsyncFn() -> Duration) -> Self {
        let mut measured = Self { own: Vec::new(), peer: Vec::new() };
        for round in 0..rounds {
            if round % 2 == 0 {
                measured.own.push(own().await.as_secs_f64());
            }
            measured.peer.push(peer().await.as_secs_f64());
            if round % 2 == 1 {
                measured.own.push(own().await.as_secs_f64());
            }
        }
        measured
    }

    /// Our time by the peer's.
    fn ratio(&self) -> f64 {
        median(self.own.iter().zip(&self.peer).map(|(own, peer)| own / peer).collect())
    }

    fn print(self, what: &str, peer: &str, missed: bool) {
        let (ratio, missed) = (self.ratio(), if missed { "  MISSED" } else { "" });
        let (own, theirs) = (median(self.own) * 1e3, median(self.peer) * 1e3);
        println!("{what}: {own:.0} ms, {peer} {theirs:.0} ms, {ratio:.2} x{missed}");
    }
}

/// Lists files of some bytes. Like a listing, `find` tells the size and the time of each.
async fn list(root: &Path, amount: &Amount) {
    let storage = DiskStorage::open(root).expect("a storage");
    for number in 0..amount.files {
        let folder = root.join(format!("claim-{:03}", number % FOLDERS));
        if number < FOLDERS {
            fs::create_dir(&folder).expect("a new folder");
        }
        fs::write(folder.join(format!("scan-{number:06}.7k2mq9xwh3dp.pdf")), "content").expect("a new file");
    }
    let own = async || {
        let start = Instant::now();
        let listed = storage.list(&Listing::default()).try_fold(0, async |count, _| Ok(count + 1)).await;
        assert_eq!(listed.expect("a list"), amount.files);
        start.elapsed()
    };
    let peer = async || {
        let start = Instant::now();
        let mut find = Command::new("find");
        find.arg(root).args(["-path", "*/.filekit", "-prune", "-o", "-type", "f", "-printf", "%s %T@ %p\\n"]);
        assert!(find.stdout(Stdio::null()).status().expect("`find`, of the system").success());
        start.elapsed()
    };
    let measured = Rounds::measure(amount.rounds, own, peer).await;
    let missed = 1.0 / measured.ratio() < LEAST_SPEED;
    measured.print(&format!("list {} files", amount.files), "find", missed);
}

/// Sends a staged file to a bucket.
async fn send(path: &Path, amount: &Amount) {
    let mut file = fs::File::create(path).expect("a new file");
    for number in 0..amount.bytes / MIB {
        file.write_all(&vec![u8::try_from(number % 251).expect("a byte"); MIB]).expect("a disk with room");
    }
    let bucket = Bucket::new().await;
    let (storage, store) = (bucket.storage(), Arc::new(bucket.client()));
    let own = async || {
        let key = FileKey::parse("own.7k2mq9xwh3dp.bin").expect("a key");
        let start = Instant::now();
        let staged = StagedFile::of_path(path, "application/octet-stream").await.expect("a file");
        let kept = storage.create(&key, &staged).await.expect("a store that answers");
        let taken = start.elapsed();
        assert_eq!(kept.size, amount.bytes as u64);
        storage.remove(&key).await.expect("a store that answers");
        taken
    };
    let peer = async || {
        let object = path::Path::from("peer/peer.bin");
        let start = Instant::now();
        let mut file = tokio::fs::File::open(path).await.expect("a file");
        let mut writer = BufWriter::new(Arc::clone(&store) as _, object.clone());
        tokio::io::copy(&mut file, &mut writer).await.expect("a store that answers");
        writer.shutdown().await.expect("a store that answers");
        let taken = start.elapsed();
        store.delete(&object).await.expect("a store that answers");
        taken
    };
    let measured = Rounds::measure(amount.rounds, own, peer).await;
    let missed = measured.ratio() > MOST_TIME;
    measured.print(&format!("send {} MiB to S3", amount.bytes / MIB), "object_store", missed);
}
