//! The pages that are clicked on, and the server that has them.

use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use benches::process::median;
use filekit::prelude::*;
use filekit::storage::StoredFile;
use serde::{Deserialize, Serialize};

pub(crate) const FILES: u64 = 100;
/// About how many bytes a click is answered with.
const ANSWER: usize = 920;

/// `examples/shelf` with files on it.
#[state]
struct Shelf {
    files: Vec<Entry>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    id: u64,
    file: StoredFile,
    note: String,
}

/// What is on the shelf from the beginning. It is made once: whenever a state is read of a store, its default is made as well.
static ENTRIES: LazyLock<Vec<Entry>> =
    LazyLock::new(|| (1..=FILES).map(|id| Entry { id, file: stored_file(id), note: String::new() }).collect());

impl Default for Shelf {
    fn default() -> Self {
        Self { files: ENTRIES.clone() }
    }
}

/// A stored file as a state keeps it.
fn stored_file(id: u64) -> StoredFile {
    let key = format!("holiday {id}.7k2mq9xwh3dp.jpeg");
    let record =
        serde_json::json!({ "key": key, "size": id * 1_234, "mime": "image/jpeg", "modified": 1_764_378_524_000_u64 });
    serde_json::from_value(record).expect("a stored file")
}

#[state]
impl Shelf {
    #[event]
    fn annotate(&mut self, id: u64, note: String) -> Result<()> {
        let entry = self.files.iter_mut().find(|entry| entry.id == id);
        entry.ok_or_else(|| Error::user("That file is not on the shelf any more."))?.note = note;
        Ok(())
    }

    #[event]
    fn remove(&mut self, id: u64) {
        self.files.retain(|entry| entry.id != id);
    }
}

async fn shelf(shelf: Current<Shelf>) -> View {
    view![vstack(
        spacing = 4,
        padding = "2em",
        heading(level = 1, "Shelf"),
        text(shelf.files.len(), " files"),
        vstack(for entry in &shelf.files {
            card(key = entry.id, row(entry))
        }),
    )]
}

fn row(entry: &Entry) -> View {
    let note = format!("note-{}", entry.id);
    view![hstack(
        link(href = entry.file.url(), target = "_blank", entry.file.name()),
        badge(entry.file.size() / 1000, " kB"),
        input(
            id = &note,
            value = &entry.note,
            width = "14em",
            placeholder = "Note",
            aria_label = format_args!("Note about {}", entry.file.name()),
            on_change = Shelf::annotate(entry.id, value_of(&note)),
        ),
        button(on_click = Shelf::remove(entry.id), aria_label = format_args!("Remove {}", entry.file.name()), "Remove",),
    )]
}

/// A state that is large when it is written as JSON, of which an event changes one field.
#[state]
#[derive(Default)]
struct Large {
    records: Vec<Record>,
    count: u64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Record {
    id: u64,
    name: String,
    is_done: bool,
    text: String,
}

impl Large {
    fn filled() -> Self {
        let record = |id| {
            let text = "What somebody has written about this one, in a line or two. ".repeat(2);
            Record { id, name: format!("record {id}"), is_done: id % 2 == 0, text }
        };
        Self { records: (0..6_000).map(record).collect(), count: 0 }
    }
}

#[state]
impl Large {
    #[event]
    fn count_up(&mut self) {
        if self.records.is_empty() {
            *self = Self::filled();
        }
        self.count += 1;
    }
}

async fn large(large: Current<Large>) -> View {
    view![
        text(large.records.len(), " records, ", large.count, " clicks"),
        button(on_click = Large::count_up, "Count up"),
    ]
}

/// How many bytes the large state has as JSON, and the milliseconds that it takes to write it and to clone it: the median of many.
pub(crate) fn large_by_hand() -> (usize, f64, f64) {
    let large = Large::filled();
    let written = serde_json::to_vec(&large).expect("JSON");
    let time = |work: &dyn Fn()| {
        let times = (0..101).map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        });
        median(times.collect())
    };
    let writing = time(&|| drop(black_box(serde_json::to_vec(black_box(&large)).expect("JSON"))));
    let cloning = time(&|| drop(black_box(black_box(&large).clone())));
    (written.len(), writing, cloning)
}

/// What a server costs that does nothing: axum, which reads a request and sends a text of the length that a click is answered with.
pub(crate) fn serve_text() -> std::io::Result<()> {
    let answer = || async { "x".repeat(ANSWER) };
    let app = Router::new().route("/", axum::routing::post(move |_: String| answer()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        axum::serve(listener, app).await
    })
}

/// Serves the pages; where states are kept, `FILEKIT_STATE` says.
pub(crate) fn serve(folder: &Path) -> Result<()> {
    let filekit = FileKit::builder().upload_dir(folder).build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(filekit.serve(Router::new().route("/", get(shelf)).route("/large", get(large))))
}
