//! Tells 10,000 open documents of one change, and prints the processor time of the server, until when the last one has heard it, and
//! what memory the documents hold, beside a broadcast by `Sse` of axum, written by hand, of the same bytes. Each server is a process of
//! its own, and so is what listens to it. Linux only: it reads `/proc`.
//!
//! ```text
//! cargo bench -p benches --bench live -- [--documents N] [--rounds N]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

mod listeners;
mod pages;

use std::path::Path;
use std::time::Duration;

use benches::process::{Server, median};

use crate::listeners::Listeners;

/// How many documents are open.
const DOCUMENTS: usize = 10_000;

/// How long nothing changes: two heartbeats.
const WAITING: Duration = Duration::from_secs(30);

/// What telling all of them may cost, in seconds of the processor, and what they may hold, in MiB.
const MOST_SECONDS: f64 = 1.5;
const MOST_MEMORY: f64 = 150.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("filekit") => pages::serve_filekit(Path::new(&arguments[1])).expect("a server"),
        Some("by-hand") => pages::serve_by_hand().expect("a server"),
        Some("listen") => listeners::listen(&arguments[1..]),
        _ => measure(&arguments),
    }
}

fn measure(arguments: &[String]) {
    let number = |name: &str| {
        let value = arguments.iter().skip_while(|argument| *argument != name).nth(1);
        value.map(|value| value.parse::<usize>().expect("a number"))
    };
    let (documents, rounds) = (number("--documents").unwrap_or(DOCUMENTS), number("--rounds").unwrap_or(7));
    println!("{documents} documents, one change; the median of {rounds}\n");
    println!("{:<28} {:>10} {:>10} {:>12} {:>10} {:>12}", "", "CPU", "wall", "a document", "memory", "a document");
    for page in ["note", "board"] {
        let ours = run(Candidate { role: "filekit", page }, documents, rounds);
        let by_hand = run(Candidate { role: "by-hand", page }, documents, rounds);
        println!("{:<28} {:>9.2} x CPU, {:.2} x memory\n", "", ours.cpu / by_hand.cpu, ours.memory / by_hand.memory);
        if documents == DOCUMENTS {
            let verdict = |is_met| if is_met { "met" } else { "missed" };
            println!(
                "at most {MOST_SECONDS} s: {}; at most {MOST_MEMORY} MiB: {}\n",
                verdict(ours.cpu <= MOST_SECONDS),
                verdict(ours.memory <= MOST_MEMORY)
            );
        }
    }
}

/// A server, and the page that its documents show.
#[derive(Clone, Copy)]
struct Candidate {
    role: &'static str,
    page: &'static str,
}

/// What telling all documents takes.
struct Figures {
    /// Seconds of the server's processor.
    cpu: f64,
    /// MiB that the documents hold: what the server has more than before they were opened.
    memory: f64,
}

fn run(candidate: Candidate, documents: usize, rounds: usize) -> Figures {
    let Candidate { role, page } = candidate;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let server = Server::start(role, folder.path());
    let before = server.memory();
    let mut listeners = Listeners::start(server.address(), page, documents);
    let memory = server.memory() - before;
    let waiting = server.cpu_during(|| std::thread::sleep(WAITING));
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..=rounds {
        let mut seconds = 0.0;
        cpu.push(server.cpu_during(|| seconds = listeners.change()));
        wall.push(seconds);
    }
    // The first one finds nothing at hand.
    let (cpu, wall) = (median(cpu.split_off(1)), median(wall.split_off(1)));
    let each = 1e6 / documents as f64;
    println!(
        "{:<28} {cpu:>8.2} s {wall:>8.2} s {:>9.1} µs {memory:>6.0} MiB {:>8.1} KiB",
        format!("{page}, {role}"),
        cpu * each,
        memory * 1024.0 / documents as f64,
    );
    println!("{:<28} {:>8.2} % of a core while nothing changes", "", 100.0 * waiting / WAITING.as_secs_f64());
    Figures { cpu, memory }
}
