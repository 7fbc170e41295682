//! Downloads that are made while they are sent, from filekit and from what a user would write instead, and prints CPU time,
//! wall time, time to the first byte and peak memory of each server, with ratios. Each server is a process of its own.
//!
//! ```text
//! cargo bench -p benches --bench download -- [--rounds N] [--only table|archive] [--dir FOLDER]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

mod load;
mod servers;

use std::path::{Path, PathBuf};

use benches::process::{Server, Taken, measured, median};

const MIB: u64 = 1 << 20;

/// The path of the table, and of the page that links to it.
const TABLE: &str = "/table";

/// How many lines the table has: 50 MiB.
const ROWS: u64 = 1_100_000;

/// How many files are in the archive, and how large each is.
const FILES: usize = 1_000;
const FILE: u64 = 256 * 1024;

fn name(nth: usize) -> String {
    format!("file-{nth:04}.bin")
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = || Path::new(&arguments[1]);
    match arguments.first().map(String::as_str) {
        Some("load") => load::run(&arguments[1..]),
        Some("by-hand") => servers::by_hand(folder()).expect("a server"),
        Some("cat") => servers::cat(folder()).expect("a server"),
        Some("filekit") => servers::filekit(folder()).expect("a server"),
        _ => measure(&arguments),
    }
}

/// A way to hand over the same bytes.
struct Peer {
    name: &'static str,
    /// The role of this program that is the server.
    role: &'static str,
    path: &'static str,
}

struct Scenario {
    key: &'static str,
    title: &'static str,
    /// How many bytes come at least.
    least: u64,
    /// The first one is ours.
    peers: &'static [Peer],
    /// The most that ours may take of these: MiB, and seconds to the first byte.
    peak: f64,
    first_byte: f64,
}

const SCENARIOS: [Scenario; 2] = [
    Scenario {
        key: "table",
        title: "a table of 50 MiB, made line by line",
        least: 50 * MIB,
        peers: &[
            Peer { name: "filekit, Download::stream", role: "filekit", path: "page:/table" },
            Peer { name: "axum, Body::from_stream", role: "by-hand", path: TABLE },
            Peer { name: "axum, the whole text", role: "by-hand", path: "/whole" },
        ],
        peak: 12.0,
        first_byte: 0.010,
    },
    Scenario {
        key: "archive",
        title: "an archive of 1,000 stored files of 256 KiB",
        least: FILES as u64 * FILE,
        peers: &[
            Peer { name: "filekit, Download::zip", role: "filekit", path: "page:/archive" },
            Peer { name: "axum with the crate zip", role: "by-hand", path: "/archive" },
            Peer { name: "the files, by sendfile", role: "cat", path: "/" },
        ],
        peak: 12.0,
        first_byte: 0.050,
    },
];

fn measure(arguments: &[String]) {
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1).cloned();
    let rounds = value("--rounds").map_or(5, |text| text.parse().expect("a number of rounds"));
    let only = value("--only");
    let parent = value("--dir").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    let folder = tempfile::tempdir_in(&parent).expect("a folder");
    let files = folder.path().join("files");
    std::fs::create_dir(&files).expect("a folder");
    for nth in 0..FILES {
        let byte = u8::try_from(nth % 251).expect("a small number");
        std::fs::write(files.join(name(nth)), vec![byte; usize::try_from(FILE).expect("a small number")])
            .expect("room");
    }
    for scenario in SCENARIOS.iter().filter(|scenario| only.as_deref().is_none_or(|only| only == scenario.key)) {
        println!("\n{}; median of {rounds} rounds", scenario.title);
        let figures: Vec<Vec<Figures>> = (0..rounds).map(|round| take_turns(scenario, round, folder.path())).collect();
        print(scenario, &figures);
    }
}

/// What one server took for one download.
#[derive(Clone, Copy)]
struct Figures {
    all: Taken,
    /// In seconds.
    first_byte: f64,
}

/// Measures all peers, one after the other, so that all meet the same weather; in each round another one begins.
fn take_turns(scenario: &Scenario, round: usize, folder: &Path) -> Vec<Figures> {
    let first = round % scenario.peers.len();
    let (before, after) = scenario.peers.split_at(first);
    let mut taken: Vec<Figures> = after
        .iter()
        .chain(before)
        .map(|peer| {
            let server = Server::start(peer.role, folder);
            let load = |until: &str| {
                let least = scenario.least.to_string();
                measured(&server, &[server.address(), peer.path, &least, until].map(str::to_owned))
            };
            let first_byte = load("first").wall;
            Figures { all: load("last"), first_byte }
        })
        .collect();
    taken.rotate_right(first);
    taken
}

fn print(scenario: &Scenario, figures: &[Vec<Figures>]) {
    let all = |peer: usize, figure: &dyn Fn(&Figures) -> f64| {
        median(figures.iter().map(|round| figure(&round[peer])).collect())
    };
    println!("  {:<28}{:>10}{:>11}{:>14}{:>14}", "", "CPU", "wall", "first byte", "peak");
    for (nth, peer) in scenario.peers.iter().enumerate() {
        println!(
            "  {:<28}{:>8.3} s{:>9.3} s{:>11.1} ms{:>10.1} MiB",
            peer.name,
            all(nth, &|figures| figures.all.cpu),
            all(nth, &|figures| figures.all.wall),
            all(nth, &|figures| figures.first_byte) * 1_000.0,
            all(nth, &|figures| figures.all.peak),
        );
    }
    for (nth, peer) in scenario.peers.iter().enumerate().skip(1) {
        // The median of the ratios of each round.
        let ratio = |figure: &dyn Fn(&Figures) -> f64| {
            median(figures.iter().map(|round| figure(&round[0]) / figure(&round[nth])).collect())
        };
        let (cpu, wall) = (ratio(&|figures| figures.all.cpu), ratio(&|figures| figures.all.wall));
        println!("  ours: CPU {cpu:.2} x, wall {wall:.2} x {}", peer.name);
    }
    let verdict = |figure: f64, most: f64| if figure <= most { "" } else { "  MISSED" };
    let (peak, first) = (all(0, &|figures| figures.all.peak), all(0, &|figures| figures.first_byte));
    println!("  ours: at most {:.0} MiB{}", scenario.peak, verdict(peak, scenario.peak));
    println!(
        "  ours: first byte within {:.0} ms{}",
        scenario.first_byte * 1_000.0,
        verdict(first, scenario.first_byte)
    );
}
