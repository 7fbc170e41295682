//! Clicks on a page with 100 files, an event that changes one of them, and prints the processor time of the server for each
//! click, beside that of the same page in Reflex, of which the whole list travels. Each server is a process of its own, spoken to
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

/// How much a click may cost that stands apart: in milliseconds, and of what it costs Reflex.
const MOST: f64 = 0.3;
const MOST_OF_REFLEX: f64 = 0.3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("filekit") => page::serve(Path::new(&arguments[1])).expect("a server"),
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
    bytes: usize,
    /// Milliseconds of the processor for a click, in each round.
    apart: Vec<f64>,
    at_once: Vec<f64>,
    _folder: Option<TempDir>,
}

impl Candidate {
    fn filekit(name: &'static str, state: &str) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let server = Server::start_program(program("filekit", folder.path()).env("FILEKIT_STATE", state));
        let mut visitor = Visitor::open(server.address(), "/", &format!("id=\"note-{FILE}\""));
        let click = move |nth| visitor.click(&format!("[\"note {nth}\"]"));
        Self { _folder: Some(folder), ..Self::new(name, server, click) }
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
                self.bytes = (self.click)(self.clicks);
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

fn measure(arguments: &[String]) {
    let rounds = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    let rounds = rounds.map_or(7, |rounds| rounds.parse().expect("a number of rounds"));
    let mut candidates = vec![Candidate::filekit("filekit, memory", "memory")];
    if !arguments.iter().any(|argument| argument == "--without-peer") {
        match peer::install() {
            Some(folder) => candidates.push(Candidate::reflex(&folder)),
            None => println!("without Reflex, which pip cannot install"),
        }
    }
    candidates.iter_mut().for_each(|candidate| _ = candidate.clicks(CLICKS_AT_ONCE, Duration::ZERO));
    for _ in 0..rounds {
        candidates.iter_mut().for_each(Candidate::round);
    }
    report(&candidates, rounds);
}

fn report(candidates: &[Candidate], rounds: u64) {
    println!("a click on a page of {} files: processor time of the server, median of {rounds} rounds", page::FILES);
    println!("  {:<18}{:>13}{:>13}{:>12}", "", "apart", "at once", "answered");
    for Candidate { name, apart, at_once, bytes, .. } in candidates {
        let [apart, at_once] = [apart, at_once].map(|times| median(times.clone()));
        println!("  {name:<18}{apart:>10.3} ms{at_once:>10.3} ms{bytes:>6} bytes");
    }
    let verdict = |value: f64, most: f64| if value <= most { "" } else { "  MISSED" };
    let ours = &candidates[0];
    let apart = median(ours.apart.clone());
    println!("  {apart:.3} ms, at most {MOST:.1} ms{}", verdict(apart, MOST));
    for Candidate { name, apart, at_once, .. } in &candidates[1..] {
        let (apart, at_once) = (ratio(&ours.apart, apart), ratio(&ours.at_once, at_once));
        println!("  {apart:.2} x {name}, at most {MOST_OF_REFLEX:.1} x{}", verdict(apart, MOST_OF_REFLEX));
        println!("  {at_once:.2} x at once");
    }
}

/// The median of the ratios of the rounds.
fn ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    median(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect())
}
