//! A page with a list of 10,000 rows to which one is added: how long it takes to render it, to find out what changed,
//! and how much travels.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use filekit::__private::{fingerprint_of, html_of, patch_of};
use filekit::prelude::*;

const ROWS: u64 = 10_000;
const ROUNDS: usize = 51;
/// As long as a real one: a MAC, an event's id and a number.
const CAPABILITY: &str =
    "B8-gdL3JMYkYcp0qvkia3nsiZXZlbnQiOiIwN2Y4YzIwN2I0YmE1YTM0IiwiYXJndW1lbnRzIjpbeyJjYXB0dXJlZCI6MTIzfV19";

#[state]
#[derive(Default)]
struct Files {
    left: Vec<u64>,
}

#[state]
impl Files {
    #[event]
    fn delete(&mut self, id: u64) {
        self.left.retain(|left| *left != id);
    }
}

fn page(files: &[(u64, String, String)]) -> View {
    view![
        heading("Files: ", files.len()),
        table(
            class = "files",
            tbody(for (id, name, url) in files {
                tr(
                    td(link(href = url, target = "_blank", name)),
                    td(id * 1_234, " bytes"),
                    td(button(on_click = Files::delete(*id), "Delete")),
                )
            }),
        ),
    ]
}

fn main() {
    let file = |id: u64| {
        (id, format!("holiday <{id}> & more.jpeg"), format!("/_upload/holiday%20{id}.jpeg?signature=Zm9vYmFyYmF6cXV4"))
    };
    let before: Vec<_> = (0..ROWS).map(file).collect();
    let mut after = before.clone();
    after.insert(5_000, file(ROWS));

    let old = fingerprint_of(&page(&before));
    let mut render = Vec::new();
    let mut whole = Vec::new();
    let mut patched = Vec::new();
    let mut sent = 0;
    for _ in 0..ROUNDS {
        render.push(time(|| drop(black_box(page(&after)))));
        whole.push(time(|| drop(black_box(html_of(page(&after), CAPABILITY)))));
        patched.push(time(|| {
            let view = page(&after);
            let (new, patch) = black_box(patch_of(&old, &view, CAPABILITY));
            sent = patch.expect("a patch").get().len();
            drop(new);
        }));
    }
    let [render, whole, patched] = [render, whole, patched].map(median);
    println!("a list of {ROWS} rows, and one more; median of {ROUNDS}");
    for (name, time) in [("the view", render), ("all of its markup", whole), ("the patch", patched)] {
        let ratio = time.as_secs_f64() / render.as_secs_f64();
        println!("{name:<20} {:>8.2} ms   {ratio:.2} x the view", time.as_secs_f64() * 1e3);
    }
    println!("sent: {sent} bytes of {}", html_of(page(&after), CAPABILITY).len());
    let hundred = fingerprint_of(&page(&before[..100]));
    println!("kept of a page of 100 rows: {} bytes", hundred.weight());
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
