//! Clicks on a page with 100 files, an event that changes one of them, and prints the processor time of the server for each
//! click with each store of states, beside that of the same page in Reflex, of which the whole list travels, and of a text from axum. Each server is a process of its own, spoken to
//! over sockets; they take turns. Linux only: it reads `/proc`.
//!
//! ```text
//! cargo bench -p benches --bench click -- [--rounds N] [--without-peer]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

mod page;
mod peer;
mod visitor;

use std::path::Path;
use std::time::Duration;

use benches::process::{Server, median, program};
use filekit_tests::{RedisProgram, RedisServer};
use tempfile::TempDir;

use crate::visitor::Visitor;

/// How many clicks a round has of each candidate, with a pause between two: as those of a person are, when the server has slept
/// and other work has driven its code and data out of the processor's memories.
const CLICKS_APART: u64 = 100;
const PAUSE: Duration = Duration::from_millis(15);
/// How many clicks follow at once, as on a server that is never idle.
const CLICKS_AT_ONCE: u64 = 500;
/// The file whose note changes.
const FILE: u64 = page::FILES / 2;

/// The candidate that does nothing. What it takes is in all others but Reflex, too.
const AXUM: &str = "axum, a text";

/// How much a click may cost that stands apart: in milliseconds, and of what it costs Reflex.
const MOST: f64 = 0.3;
const MOST_OF_REFLEX: f64 = 0.3;
/// How much of a click with states in memory it may cost with a store.
const MOST_OF_MEMORY: [(&str, f64); 2] = [("filekit, redb", 1.3), ("filekit, Redis", 2.0)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("filekit") => page::serve(Path::new(&arguments[1])).expect("a server"),
        Some("axum") => page::serve_text().expect("a server"),
        _ => measure(&arguments),
    }
}

/// A server, and who clicks on its page.
struct Candidate {
    name: &'static str,
    server: Server,
    /// Makes a click with the note of this number, and returns how many bytes were answered.
    click: Box<dyn FnMut(u64) -> usize>,
    clicks: u64,
    /// The most that was answered.
    bytes: usize,
    /// Milliseconds of the processor for a click, in each round.
    apart: Vec<f64>,
    at_once: Vec<f64>,
    _folder: Option<TempDir>,
}

impl Candidate {
    fn filekit(name: &'static str, state: &str) -> Self {
        let (server, folder) = start(state);
        let mut visitor = Visitor::open(server.address(), "/", &format!("id=\"note-{FILE}\""));
        let click = move |nth| visitor.click(&format!("[\"note {nth}\"]"));
        Self { _folder: Some(folder), ..Self::new(name, server, click) }
    }

    /// A page that shows one field of a large state, which the click changes.
    fn large(name: &'static str, state: &str) -> Self {
        let (server, folder) = start(state);
        let mut visitor = Visitor::open(server.address(), "/large", "data-filekit-on-click");
        Self { _folder: Some(folder), ..Self::new(name, server, move |_| visitor.click("[]")) }
    }

    /// Requests that are as long, and answered with as much.
    fn axum() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let server = Server::start("axum", folder.path());
        let mut sender = visitor::Sender::open(server.address());
        Self { _folder: Some(folder), ..Self::new(AXUM, server, move |_| sender.send()) }
    }

    fn reflex(folder: &Path) -> Self {
        let server = peer::start(folder);
        let mut visitor = peer::Visitor::open(server.address());
        Self::new("Reflex 0.10.1", server, move |nth| visitor.annotate(FILE, &format!("note {nth}")))
    }

    fn new(name: &'static str, server: Server, click: impl FnMut(u64) -> usize + 'static) -> Self {
        let (apart, at_once) = (Vec::new(), Vec::new());
        Self { name, server, click: Box::new(click), clicks: 0, bytes: 0, apart, at_once, _folder: None }
    }

    /// Milliseconds of the processor for each of so many clicks.
    fn clicks(&mut self, count: u64, pause: Duration) -> f64 {
        let cpu = self.server.cpu_during(|| {
            for _ in 0..count {
                self.clicks += 1;
                self.bytes = self.bytes.max((self.click)(self.clicks));
                std::thread::sleep(pause);
            }
        });
        cpu * 1e3 / count as f64
    }

    fn round(&mut self) {
        let apart = self.clicks(CLICKS_APART, PAUSE);
        let at_once = self.clicks(CLICKS_AT_ONCE, Duration::ZERO);
        self.apart.push(apart);
        self.at_once.push(at_once);
    }
}

/// Starts a server whose states are kept there, on a folder of its own.
fn start(state: &str) -> (Server, TempDir) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let server = Server::start_program(program("filekit", folder.path()).env("FILEKIT_STATE", state));
    (server, folder)
}

fn measure(arguments: &[String]) {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let rounds = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    let rounds = rounds.map_or(7, |rounds| rounds.parse().expect("a number of rounds"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let redis = runtime.block_on(RedisServer::start(RedisProgram::Redis));
    let mut candidates = vec![
        Candidate::filekit("filekit, memory", "memory"),
        Candidate::filekit("filekit, redb", "redb"),
        Candidate::filekit("filekit, Redis", &redis.url()),
        Candidate::axum(),
    ];
    if !has("--without-peer") {
        match peer::install() {
            Some(folder) => candidates.push(Candidate::reflex(&folder)),
            None => println!("without Reflex, which pip cannot install"),
        }
    }
    run(&mut candidates, rounds);
    report(&candidates, rounds);
    let mut large = [Candidate::large("filekit, memory", "memory"), Candidate::large("filekit, redb", "redb")];
    run(&mut large, rounds);
    report_large(&large);
}

/// The candidates take turns, after clicks that are not counted.
fn run(candidates: &mut [Candidate], rounds: u64) {
    candidates.iter_mut().for_each(|candidate| _ = candidate.clicks(CLICKS_AT_ONCE, Duration::ZERO));
    for _ in 0..rounds {
        candidates.iter_mut().for_each(Candidate::round);
    }
}

fn report(candidates: &[Candidate], rounds: u64) {
    println!("a click on a page of {} files: processor time of the server, median of {rounds} rounds", page::FILES);
    print_table(candidates);
    let ours = &candidates[0];
    let apart = median(ours.apart.clone());
    println!("  {apart:.3} ms, at most {MOST:.1} ms{}", verdict(apart, MOST));
    for Candidate { name, apart, at_once, .. } in candidates[1..].iter().filter(|other| other.name != AXUM) {
        match MOST_OF_MEMORY.iter().find(|(store, _)| store == name) {
            Some((_, most)) => {
                let [apart, at_once] = [(apart, &ours.apart), (at_once, &ours.at_once)].map(|(a, b)| ratio(a, b));
                println!(
                    "  {name}: {apart:.2} x memory, at most {most:.1} x{}; {at_once:.2} x at once",
                    verdict(apart, *most)
                );
            }
            None => {
                let [apart, at_once] = [(&ours.apart, apart), (&ours.at_once, at_once)].map(|(a, b)| ratio(a, b));
                let missed = verdict(apart, MOST_OF_REFLEX);
                println!("  {apart:.2} x {name}, at most {MOST_OF_REFLEX:.1} x{missed}; {at_once:.2} x at once");
            }
        }
    }
}

fn report_large(candidates: &[Candidate]) {
    let (bytes, written, cloned) = page::large_by_hand();
    println!("a click that changes one field of a state of {bytes} bytes");
    print_table(candidates);
    let both = written + cloned;
    println!("  to write it once takes {written:.3} ms, to clone it once {cloned:.3} ms");
    for Candidate { name, at_once, .. } in candidates {
        println!("  {name}: {:.2} x both, at once", median(at_once.clone()) / both);
    }
}

fn print_table(candidates: &[Candidate]) {
    println!("  {:<18}{:>13}{:>13}{:>12}", "", "apart", "at once", "answered");
    for Candidate { name, apart, at_once, bytes, .. } in candidates {
        let [apart, at_once] = [apart, at_once].map(|times| median(times.clone()));
        println!("  {name:<18}{apart:>10.3} ms{at_once:>10.3} ms{bytes:>6} bytes");
    }
}

fn verdict(value: f64, most: f64) -> &'static str {
    if value <= most { "" } else { "  MISSED" }
}

/// The median of the ratios of the rounds.
fn ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    median(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect())
}
