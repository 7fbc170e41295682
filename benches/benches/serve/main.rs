//! Downloads of files from filekit and from what a user would run instead, and prints CPU time, wall time and peak
//! memory of each server, with ratios. Each server is a process of its own, as is what reads from it.
//!
//! ```text
//! cargo bench -p benches --bench serve -- [--small] [--rounds N] [--only big|small-files] [--dir FOLDER]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

mod load;
mod servers;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use benches::process::{Server, Taken, has_nginx, measured, median};
use load::Work;

const MIB: u64 = 1 << 20;

/// The names of the files on the page of filekit, and in the folder.
const BIG: &str = "big.bin";
const SMALL: &str = "small.bin";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = || Path::new(&arguments[1]);
    match arguments.first().map(String::as_str) {
        Some("load") => load::run(&arguments[1..]),
        Some("serve-dir") => servers::serve_dir(folder()).expect("a server"),
        Some("constant") => servers::constant().expect("a server"),
        Some("filekit") => servers::filekit(folder()).expect("a server"),
        Some("filekit-guarded") => servers::filekit_guarded(folder()).expect("a server"),
        Some("filekit-by-nginx") => servers::filekit_by_nginx(folder()).expect("a server"),
        _ => measure(&arguments),
    }
}

/// How much a server that reads no file answers with.
const CONSTANT: u64 = 1024;

/// A server that can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    /// tower-http's, with `TCP_NODELAY`.
    ServeDir,
    Nginx,
    /// hyper alone, which reads no file: nothing that is built on it is quicker.
    Constant,
    /// By its signed link.
    Filekit,
    /// The same, with an observer of all events, and figures for Prometheus.
    FilekitGuarded,
    /// As a file of the developer's own.
    FilekitAsset,
    /// By its signed link, sent by nginx: what both take.
    FilekitByNginx,
}

const PEERS: [Peer; 7] = [
    Peer::ServeDir,
    Peer::Nginx,
    Peer::Constant,
    Peer::Filekit,
    Peer::FilekitGuarded,
    Peer::FilekitAsset,
    Peer::FilekitByNginx,
];

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::ServeDir => "ServeDir",
            Self::Nginx => "nginx",
            Self::Constant => "hyper without files",
            Self::Filekit => "filekit, stored file",
            Self::FilekitGuarded => "filekit, guarded",
            Self::FilekitAsset => "filekit, asset",
            Self::FilekitByNginx => "filekit, by nginx",
        }
    }

    fn start(self, folder: &Path) -> Server {
        match self {
            // It would close a connection after 1,000 requests.
            Self::Nginx => Server::start_nginx(folder, "keepalive_requests 1000000;", ""),
            Self::ServeDir => Server::start("serve-dir", folder),
            Self::Constant => Server::start("constant", folder),
            Self::Filekit | Self::FilekitAsset => Server::start("filekit", folder),
            Self::FilekitGuarded => Server::start("filekit-guarded", folder),
            Self::FilekitByNginx => {
                let behind = Server::start("filekit-by-nginx", folder);
                let locations = servers::nginx_of_guide(behind.address(), folder);
                Server::start_nginx(folder, "keepalive_requests 1000000;", &locations).in_front_of(behind)
            }
        }
    }

    /// The path of a file, or of the page that has a link to it.
    fn path(self, name: &str) -> String {
        if matches!(self, Self::Filekit | Self::FilekitGuarded | Self::FilekitByNginx) {
            "/".to_owned()
        } else {
            format!("/{name}")
        }
    }
}

/// Something to measure, and how far filekit may go.
struct Scenario {
    key: &'static str,
    title: String,
    name: &'static str,
    work: Work,
    limits: &'static [Limit],
}

/// The most that a figure of filekit's may be, as a multiple of a peer's.
struct Limit {
    ours: &'static [Peer],
    what: &'static str,
    figure: fn(Taken) -> f64,
    of: Peer,
    most: f64,
}

/// filekit sends the bytes.
const ALONE: &[Peer] = &[Peer::Filekit, Peer::FilekitAsset];

/// The same, with all guards on.
const GUARDED: &[Peer] = &[Peer::FilekitGuarded];

/// nginx sends them.
const BY_NGINX: &[Peer] = &[Peer::FilekitByNginx];

const CPU: fn(Taken) -> f64 = |taken| taken.cpu;
const CPU_BEHIND: fn(Taken) -> f64 = |taken| taken.cpu_behind;
const WALL: fn(Taken) -> f64 = |taken| taken.wall;

fn scenarios(small: bool) -> [Scenario; 2] {
    let size = if small { 128 * MIB } else { 1024 * MIB };
    let requests = if small { 20_000 } else { 100_000 };
    [
        Scenario {
            key: "big",
            title: format!("one file of {} MiB", size / MIB),
            name: BIG,
            work: Work { requests: 1, connections: 1, size },
            limits: &[
                Limit { ours: ALONE, what: "CPU", figure: CPU, of: Peer::ServeDir, most: 0.85 },
                Limit { ours: ALONE, what: "CPU", figure: CPU, of: Peer::Nginx, most: f64::INFINITY },
                Limit { ours: ALONE, what: "wall", figure: WALL, of: Peer::ServeDir, most: 1.1 },
                Limit { ours: GUARDED, what: "CPU", figure: CPU, of: Peer::Filekit, most: 1.03 },
                Limit { ours: BY_NGINX, what: "CPU", figure: CPU, of: Peer::Nginx, most: 1.05 },
            ],
        },
        Scenario {
            key: "small-files",
            title: format!("{requests} times a file of 1 KiB, on 16 connections"),
            name: SMALL,
            work: Work { requests, connections: 16, size: CONSTANT },
            limits: &[
                // At least 0.7 times the rate of nginx, and three times that of ServeDir.
                Limit { ours: ALONE, what: "wall", figure: WALL, of: Peer::Nginx, most: 1.0 / 0.7 },
                Limit { ours: ALONE, what: "wall", figure: WALL, of: Peer::ServeDir, most: 1.0 / 3.0 },
                Limit { ours: ALONE, what: "CPU", figure: CPU, of: Peer::Nginx, most: f64::INFINITY },
                Limit { ours: ALONE, what: "CPU", figure: CPU, of: Peer::ServeDir, most: f64::INFINITY },
                Limit { ours: ALONE, what: "wall", figure: WALL, of: Peer::Constant, most: f64::INFINITY },
                Limit { ours: ALONE, what: "CPU", figure: CPU, of: Peer::Constant, most: f64::INFINITY },
                Limit { ours: GUARDED, what: "CPU", figure: CPU, of: Peer::Filekit, most: 1.03 },
                Limit { ours: BY_NGINX, what: "CPU", figure: CPU, of: Peer::Nginx, most: f64::INFINITY },
            ],
        },
    ]
}

fn measure(arguments: &[String]) {
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1).cloned();
    let small = arguments.iter().any(|argument| argument == "--small");
    let rounds = value("--rounds").map_or(5, |text| text.parse().expect("a number of rounds"));
    let only = value("--only");
    let parent = value("--dir").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    for scenario in scenarios(small) {
        if only.as_deref().is_none_or(|only| only == scenario.key) {
            let folder = tempfile::tempdir_in(&parent).expect("a folder");
            run(&scenario, rounds, folder.path());
        }
    }
}

fn run(scenario: &Scenario, rounds: usize, folder: &Path) {
    println!("\n{}; median of {rounds} rounds", scenario.title);
    for inner in ["files", "assets"] {
        std::fs::create_dir(folder.join(inner)).expect("a folder");
        fill(&folder.join(inner).join(scenario.name), scenario.work.size);
    }
    let can_be_measured = |peer: &Peer| match peer {
        Peer::Nginx | Peer::FilekitByNginx => has_nginx(),
        Peer::Constant => scenario.work.size == CONSTANT,
        _ => true,
    };
    let peers: Vec<Peer> = PEERS.into_iter().filter(can_be_measured).collect();
    if !has_nginx() {
        println!("  nginx is not installed here, and not measured");
    }
    let measured = (0..rounds).map(|round| take_turns(&peers, round, scenario, folder)).collect();
    let figures = Figures { peers, rounds: measured };
    figures.print(scenario);
    scenario.limits.iter().for_each(|limit| figures.print_limit(limit));
    figures.print_behind();
}

/// Makes a file of that size, without a pattern that something on the way could make use of.
fn fill(path: &Path, size: u64) {
    let mut file = File::create(path).expect("a file");
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut piece = vec![0; usize::try_from(size.min(MIB)).expect("a small number")];
    for _ in 0..size / piece.len() as u64 {
        for bytes in piece.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&piece).expect("room");
    }
}

/// Measures all peers, one after the other, so that all meet the same weather; in each round another one begins.
fn take_turns(peers: &[Peer], round: usize, scenario: &Scenario, folder: &Path) -> Vec<Taken> {
    let first = round % peers.len();
    let mut taken: Vec<Taken> = peers[first..]
        .iter()
        .chain(&peers[..first])
        .map(|peer| {
            let server = peer.start(folder);
            measured(&server, &scenario.work.to_arguments(server.address(), &peer.path(scenario.name)))
        })
        .collect();
    taken.rotate_right(first);
    taken
}

/// What was measured, round by round.
struct Figures {
    peers: Vec<Peer>,
    rounds: Vec<Vec<Taken>>,
}

impl Figures {
    fn print(&self, scenario: &Scenario) {
        println!("  {:<24}{:>10}{:>11}{:>12}{:>14}", "", "CPU", "wall", "peak", "requests/s");
        for peer in &self.peers {
            let median = |figure: fn(Taken) -> f64| median(self.all(*peer, figure));
            println!(
                "  {:<24}{:>8.3} s{:>9.3} s{:>8.1} MiB{:>14.0}",
                peer.name(),
                median(CPU),
                median(WALL),
                median(|taken| taken.peak),
                scenario.work.requests as f64 / median(WALL)
            );
        }
    }

    fn print_limit(&self, limit: &Limit) {
        if !self.peers.contains(&limit.of) {
            return;
        }
        for peer in limit.ours {
            // The median of the ratios of each round.
            let pairs = self.all(*peer, limit.figure).into_iter().zip(self.all(limit.of, limit.figure));
            let ratio = median(pairs.map(|(ours, theirs)| ours / theirs).collect());
            let most = if limit.most.is_finite() { format!(", at most {:.2}", limit.most) } else { String::new() };
            let verdict = if ratio <= limit.most { "" } else { "  MISSED" };
            println!("  {:<24}{:>5} {ratio:.2} x {}{most}{verdict}", peer.name(), limit.what, limit.of.name());
        }
    }

    /// What is filekit's of what it takes with nginx in front.
    fn print_behind(&self) {
        if self.peers.contains(&Peer::FilekitByNginx) {
            let cpu = median(self.all(Peer::FilekitByNginx, CPU_BEHIND));
            println!("  {:<24}  CPU {cpu:.4} s is filekit's", Peer::FilekitByNginx.name());
        }
    }

    fn all(&self, peer: Peer, figure: fn(Taken) -> f64) -> Vec<f64> {
        let nth = self.peers.iter().position(|other| *other == peer).expect("a peer that was measured");
        self.rounds.iter().map(|round| figure(round[nth])).collect()
    }
}
