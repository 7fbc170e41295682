//! Renders a page of 1,000 rows, each with a link, a size and a delete button, and prints the time beside that of
//! `maud` and `hypertext` for the same HTML.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use filekit::__private::html_of;
use filekit::prelude::*;
use hypertext::Raw;
use hypertext::prelude::*;

const ROWS: usize = 1_000;
/// Each figure is the median of so many rounds; the peers take turns in each, so that all meet the same weather.
const ROUNDS: usize = 101;
const REPEATS: usize = 5;
/// As long as a real one: a MAC, an event's id and a number.
const CAPABILITY: &str =
    "B8-gdL3JMYkYcp0qvkia3nsiZXZlbnQiOiIwN2Y4YzIwN2I0YmE1YTM0IiwiYXJndW1lbnRzIjpbeyJjYXB0dXJlZCI6MTIzfV19";

struct Row {
    id: u64,
    name: String,
    url: String,
    size: u64,
}

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

fn rows() -> Vec<Row> {
    let row = |id: usize| Row {
        id: id as u64,
        name: format!("holiday <{id}> & more.jpeg"),
        url: format!("/_upload/holiday%20{id}.jpeg?signature=Zm9vYmFyYmF6cXV4"),
        size: id as u64 * 1_234,
    };
    (0..ROWS).map(row).collect()
}

fn with_filekit(rows: &[Row]) -> View {
    view![table(
        class = "files",
        tbody(for row in rows {
            tr(
                td(link(href = &row.url, target = "_blank", &row.name)),
                td(row.size, " bytes"),
                td(button(on_click = Files::delete(row.id), "Delete")),
            )
        }),
    )]
}

fn with_maud(rows: &[Row]) -> maud::Markup {
    maud::html! {
        table class="fk-table files" {
            tbody {
                (maud::PreEscaped("<!--fk[-->"))
                @for row in rows {
                    tr {
                        td { a class="fk-link" href=(row.url) target="_blank" { (row.name) } }
                        td { (row.size) " bytes" }
                        td {
                            (maud::PreEscaped("<button data-filekit-on-click name=\"filekit-call\" value=\""))
                            (CAPABILITY)
                            (maud::PreEscaped("\" class=\"fk-button\">Delete</button>"))
                        }
                    }
                }
                (maud::PreEscaped("<!--fk]-->"))
            }
        }
    }
}

fn with_hypertext(rows: &[Row]) -> String {
    maud! {
        table class="fk-table files" {
            tbody {
                (Raw::dangerously_create("<!--fk[-->"))
                @for row in rows {
                    tr {
                        td { a class="fk-link" href=(row.url) target="_blank" { (row.name) } }
                        td { (row.size) " bytes" }
                        td {
                            (Raw::dangerously_create("<button data-filekit-on-click name=\"filekit-call\" value=\""))
                            (CAPABILITY)
                            (Raw::dangerously_create("\" class=\"fk-button\">Delete</button>"))
                        }
                    }
                }
                (Raw::dangerously_create("<!--fk]-->"))
            }
        }
    }
    .render()
    .into_inner()
}

fn time(work: &dyn Fn()) -> Duration {
    let start = Instant::now();
    for _ in 0..REPEATS {
        work();
    }
    start.elapsed() / REPEATS as u32
}

fn main() {
    let rows = rows();
    let ours = html_of(with_filekit(&rows), CAPABILITY);
    // The peers escape the single quote differently; nothing here has one.
    assert_eq!(ours, with_maud(&rows).into_string(), "the same HTML");
    assert_eq!(ours, with_hypertext(&rows), "the same HTML");

    let candidates: [(&str, &dyn Fn()); 4] = [
        ("maud", &|| drop(black_box(with_maud(black_box(&rows)).into_string()))),
        ("hypertext", &|| drop(black_box(with_hypertext(black_box(&rows))))),
        ("filekit, the view", &|| drop(black_box(with_filekit(black_box(&rows))))),
        ("filekit, with its capabilities filled in", &|| {
            drop(black_box(html_of(with_filekit(black_box(&rows)), CAPABILITY)));
        }),
    ];
    let mut times = vec![Vec::new(); candidates.len()];
    for _ in 0..ROUNDS {
        for (times, (_, work)) in times.iter_mut().zip(&candidates) {
            times.push(time(work));
        }
    }
    let medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
    println!("a page of {ROWS} rows, {} bytes; median of {ROUNDS} rounds", ours.len());
    for ((name, _), median) in candidates.iter().zip(&medians) {
        let ratio = |peer: usize| median.as_secs_f64() / medians[peer].as_secs_f64();
        println!(
            "{name:<42} {:>9.1} µs   {:.2} x maud   {:.2} x hypertext",
            median.as_secs_f64() * 1e6,
            ratio(0),
            ratio(1)
        );
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
