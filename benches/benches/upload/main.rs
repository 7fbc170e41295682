//! Uploads to filekit and to what a user would run instead, and prints CPU time, wall time and peak memory of each
//! server, with ratios. Each server is a process of its own, as is what sends to it. Linux only: it reads `/proc`.
//!
//! ```text
//! cargo bench -p benches --bench upload -- [--small] [--rounds N] [--only big|many|small-files] [--dir FOLDER]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

mod load;
mod process;
mod servers;

use std::path::{Path, PathBuf};

use benches::process::{Taken, median};
use load::Work;
use process::Peer;
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = || Path::new(&arguments[1]);
    match arguments.first().map(String::as_str) {
        Some("load") => load::run(&arguments[1..]),
        Some("bare") => servers::bare(folder()).expect("a server"),
        Some("axum") => servers::axum(folder()).expect("a server"),
        Some("filekit") => servers::filekit(folder(), false).expect("a server"),
        Some("filekit-guarded") => servers::filekit_guarded(folder()).expect("a server"),
        Some("filekit-durable") => servers::filekit(folder(), true).expect("a server"),
        _ => measure(&Choices::of(&arguments)),
    }
}

/// What was asked for on the command line.
struct Choices {
    small: bool,
    rounds: usize,
    only: Option<String>,
    folder: PathBuf,
}

impl Choices {
    fn of(arguments: &[String]) -> Self {
        let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1).cloned();
        Self {
            small: arguments.iter().any(|argument| argument == "--small"),
            rounds: value("--rounds").map_or(5, |text| text.parse().expect("a number of rounds")),
            only: value("--only"),
            folder: value("--dir").unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").to_owned()).into(),
        }
    }
}

/// Something to measure, and how far filekit may go.
struct Scenario {
    key: &'static str,
    title: String,
    work: Work,
    peers: &'static [Peer],
    limits: &'static [Limit],
}

impl Scenario {
    /// Whether files are left where they are until all was measured: ext4 gives out no inode that was freed in the last
    /// five seconds, and looks for others one by one, so a program that comes after the end of thousands of files pays for it.
    fn keeps_files(&self) -> bool {
        self.work.files > 1
    }
}

/// The most that a figure of filekit's may be: as a multiple of a peer's, or by itself.
struct Limit {
    peer: Peer,
    figure: Figure,
    of: Option<Peer>,
    most: f64,
}

#[derive(Clone, Copy)]
enum Figure {
    Cpu,
    Wall,
    Peak,
}

impl Figure {
    fn of(self, taken: Taken) -> f64 {
        match self {
            Self::Cpu => taken.cpu,
            Self::Wall => taken.wall,
            Self::Peak => taken.peak,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Wall => "wall",
            Self::Peak => "peak",
        }
    }
}

/// The files that others leave behind cost those that come after them: see [`Scenario::keeps_files`].
fn scenarios(small: bool) -> [Scenario; 3] {
    let size = if small { 64 * MIB } else { 1024 * MIB };
    let uploads = if small { 64 } else { 200 };
    let files = if small { 200 } else { 1_000 };
    [
        Scenario {
            key: "small-files",
            title: format!("{files} files of 10 KiB in one upload, five times"),
            work: Work { requests: 5, connections: 1, files, size: 10 * 1024 },
            peers: &[
                Peer::Bare,
                Peer::Axum,
                Peer::Filekit,
                Peer::FilekitGuarded,
                Peer::FilekitForm,
                Peer::FilekitUnsaved,
                Peer::FilekitDurable,
            ],
            limits: &[
                Limit { peer: Peer::Filekit, figure: Figure::Wall, of: Some(Peer::Bare), most: 1.2 },
                Limit { peer: Peer::Filekit, figure: Figure::Cpu, of: Some(Peer::Bare), most: 1.2 },
                Limit { peer: Peer::FilekitGuarded, figure: Figure::Cpu, of: Some(Peer::Filekit), most: 1.03 },
                Limit { peer: Peer::FilekitUnsaved, figure: Figure::Wall, of: Some(Peer::Bare), most: 0.3 },
                Limit { peer: Peer::FilekitUnsaved, figure: Figure::Cpu, of: Some(Peer::Bare), most: 0.3 },
            ],
        },
        Scenario {
            key: "big",
            title: format!("one upload of {} MiB", size / MIB),
            work: Work { requests: 1, connections: 1, files: 1, size },
            peers: &[
                Peer::Bare,
                Peer::Axum,
                Peer::Nginx,
                Peer::Filekit,
                Peer::FilekitForm,
                Peer::FilekitUnsaved,
                Peer::FilekitDurable,
            ],
            limits: &[
                Limit { peer: Peer::Filekit, figure: Figure::Cpu, of: Some(Peer::Bare), most: 1.03 },
                Limit { peer: Peer::Filekit, figure: Figure::Wall, of: Some(Peer::Axum), most: 1.1 },
                Limit { peer: Peer::Filekit, figure: Figure::Peak, of: None, most: 20.0 },
                Limit { peer: Peer::FilekitForm, figure: Figure::Cpu, of: Some(Peer::Bare), most: 1.4 },
                Limit { peer: Peer::FilekitForm, figure: Figure::Peak, of: None, most: 30.0 },
            ],
        },
        Scenario {
            key: "many",
            title: format!("{uploads} uploads of 1 MiB, 32 at a time"),
            work: Work { requests: uploads, connections: 32, files: 1, size: MIB },
            peers: &[
                Peer::Axum,
                Peer::Nginx,
                Peer::Filekit,
                Peer::FilekitGuarded,
                Peer::FilekitForm,
                Peer::FilekitUnsaved,
                Peer::FilekitDurable,
            ],
            limits: &[
                // 1.1 times the rate of nginx.
                Limit { peer: Peer::Filekit, figure: Figure::Wall, of: Some(Peer::Nginx), most: 1.0 / 1.1 },
                Limit { peer: Peer::Filekit, figure: Figure::Peak, of: None, most: 60.0 },
                Limit { peer: Peer::FilekitGuarded, figure: Figure::Cpu, of: Some(Peer::Filekit), most: 1.03 },
            ],
        },
    ]
}

fn measure(choices: &Choices) {
    for scenario in scenarios(choices.small) {
        if choices.only.as_deref().is_none_or(|only| only == scenario.key) {
            run(&scenario, choices);
        }
    }
}

fn run(scenario: &Scenario, choices: &Choices) {
    println!("\n{}; median of {} rounds", scenario.title, choices.rounds);
    let (peers, missing): (Vec<Peer>, Vec<Peer>) = scenario.peers.iter().partition(|peer| peer.is_here());
    for peer in missing {
        println!("  {} is not installed here, and not measured", peer.name());
    }
    let turns = (0..choices.rounds).map(|round| take_turns(&peers, round, scenario, &choices.folder));
    let (rounds, _kept): (_, Vec<_>) = turns.unzip();
    let figures = Figures { peers, rounds };
    figures.print();
    for limit in scenario.limits {
        figures.print_limit(limit);
    }
}

/// Measures all peers, one after the other, so that all meet the same weather; in each round another one begins.
fn take_turns(peers: &[Peer], round: usize, scenario: &Scenario, folder: &Path) -> (Vec<Taken>, Vec<TempDir>) {
    let first = round % peers.len();
    let mut kept = Vec::new();
    let mut taken = Vec::new();
    for peer in peers[first..].iter().chain(&peers[..first]) {
        let folder = tempfile::tempdir_in(folder).expect("a folder");
        taken.push(peer.measure(scenario.work, &folder));
        kept.extend(scenario.keeps_files().then_some(folder));
    }
    taken.rotate_right(first);
    (taken, kept)
}

/// What was measured, round by round.
struct Figures {
    peers: Vec<Peer>,
    rounds: Vec<Vec<Taken>>,
}

impl Figures {
    fn print(&self) {
        println!("  {:<26}{:>10}{:>11}{:>12}", "", "CPU", "wall", "peak");
        for peer in &self.peers {
            let median = |figure| self.median(*peer, figure);
            println!(
                "  {:<26}{:>8.3} s{:>9.3} s{:>8.1} MiB",
                peer.name(),
                median(Figure::Cpu),
                median(Figure::Wall),
                median(Figure::Peak)
            );
        }
    }

    fn print_limit(&self, limit: &Limit) {
        let name = limit.figure.name();
        let (value, unit) = match limit.of {
            None => (self.median(limit.peer, limit.figure), "MiB".to_owned()),
            Some(of) if self.peers.contains(&of) => {
                (self.ratio(limit.peer, of, limit.figure), format!("x {}", of.name()))
            }
            Some(_) => return,
        };
        let verdict = if value <= limit.most { "" } else { "  MISSED" };
        println!("  {:<26}{name:>5} {value:.2} {unit}, at most {:.2}{verdict}", limit.peer.name(), limit.most);
    }

    fn all(&self, peer: Peer, figure: Figure) -> Vec<f64> {
        let nth = self.peers.iter().position(|other| *other == peer).expect("a peer that was measured");
        self.rounds.iter().map(|round| figure.of(round[nth])).collect()
    }

    fn median(&self, peer: Peer, figure: Figure) -> f64 {
        median(self.all(peer, figure))
    }

    /// The median of the ratios of each round.
    fn ratio(&self, peer: Peer, of: Peer, figure: Figure) -> f64 {
        let pairs = self.all(peer, figure).into_iter().zip(self.all(of, figure));
        median(pairs.map(|(ours, theirs)| ours / theirs).collect())
    }
}
