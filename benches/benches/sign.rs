//! Answers `GET` of a page of 100 rows with two events and a signed link each, in this process and without sockets, and prints
//! the time beside that of a page written by hand with axum and `maud`: without signatures, and with 300 HMAC-SHA256 whose key is
//! set up once.

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use filekit::prelude::*;
use filekit::storage::StoredFile;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::BodyExt as _;
use sha2::Sha256;
use tower::ServiceExt as _;

const ROWS: u64 = 100;
/// Each figure is the median of so many rounds; the candidates take turns in each, so that all meet the same weather.
const ROUNDS: usize = 101;
const REPEATS: u32 = 20;

struct Entry {
    id: u64,
    file: StoredFile,
    note: String,
}

/// What both pages show.
static FILES: LazyLock<Vec<Entry>> =
    LazyLock::new(|| (1..=ROWS).map(|id| Entry { id, file: stored_file(id), note: String::new() }).collect());

/// A stored file as a state keeps it.
fn stored_file(id: u64) -> StoredFile {
    let key = format!("holiday {id}.7k2mq9xwh3dp.jpeg");
    let record =
        serde_json::json!({ "key": key, "size": id * 1_234, "mime": "image/jpeg", "modified": 1_764_378_524_000_u64 });
    serde_json::from_value(record).expect("a stored file")
}

#[state]
#[derive(Default)]
struct Shelf {
    changes: Vec<String>,
}

#[state]
impl Shelf {
    #[event]
    fn annotate(&mut self, id: u64, note: String) {
        self.changes.push(format!("{id}: {note}"));
    }

    #[event]
    fn remove(&mut self, id: u64) {
        self.changes.push(format!("{id} is gone"));
    }
}

async fn shelf(_: Current<Shelf>) -> View {
    view![vstack(for entry in &*FILES {
        card(key = entry.id, row(entry))
    })]
}

fn row(entry: &Entry) -> View {
    let note = format!("note-{}", entry.id);
    view![hstack(
        link(href = entry.file.url(), target = "_blank", entry.file.name()),
        badge(entry.file.size() / 1000, " kB"),
        input(
            id = &note,
            value = &entry.note,
            placeholder = "Note",
            aria_label = format_args!("Note about {}", entry.file.name()),
            on_change = Shelf::annotate(entry.id, value_of(&note)),
        ),
        button(on_click = Shelf::remove(entry.id), aria_label = format_args!("Remove {}", entry.file.name()), "Remove"),
    )]
}

/// What a page written by hand signs its links and buttons with, if it does.
#[derive(Clone)]
struct Signer(Option<Hmac<Sha256>>);

impl Signer {
    /// What stands in a link, and in a button: as much text as filekit writes there.
    fn sign(&self, text: &str) -> String {
        let Some(keyed) = &self.0 else { return URL_SAFE_NO_PAD.encode(text) };
        let mut mac = keyed.clone();
        mac.update(text.as_bytes());
        let mac = mac.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([&mac[..16], text.as_bytes()].concat())
    }

    fn link(&self, key: &str) -> String {
        let signature = match &self.0 {
            None => URL_SAFE_NO_PAD.encode(&key.as_bytes()[..16]),
            Some(keyed) => {
                let mut mac = keyed.clone();
                mac.update(key.as_bytes());
                URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16])
            }
        };
        format!("/_upload/{}?signature={signature}", key.replace(' ', "%20"))
    }

    fn event(&self, session: &str, event: &str, argument: u64) -> String {
        self.sign(&format!("{session} {event} {argument}"))
    }
}

fn page_by_hand(rows: &[Entry], signer: &Signer, session: &str) -> maud::Markup {
    maud::html! {
        (maud::DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Shelf" } }
            body {
                div class="vstack" {
                    @for entry in rows {
                        div class="card" {
                            div class="hstack" {
                                a class="link" href=(signer.link(entry.file.key())) target="_blank" { (entry.file.name()) }
                                span class="badge" { (entry.file.size() / 1000) " kB" }
                                input id={ "note-" (entry.id) } value=(entry.note) placeholder="Note"
                                    aria-label={ "Note about " (entry.file.name()) }
                                    data-on-change=(signer.event(session, "annotate", entry.id));
                                button name="call" value=(signer.event(session, "remove", entry.id))
                                    aria-label={ "Remove " (entry.file.name()) } { "Remove" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn by_hand(signer: Signer) -> Router {
    let page = move || async move {
        let html = page_by_hand(&FILES, &signer, "0123456789abcdef0123456789abcdef /").into_string();
        axum::response::Html(html)
    };
    Router::new().route("/", get(page))
}

fn signer() -> Signer {
    Signer(Some(Hmac::new_from_slice(&[7; 32]).expect("a key of any length")))
}

async fn get_page(router: &Router) -> usize {
    let request = Request::get("/").header("host", "localhost").body(Body::empty()).expect("a request");
    let Ok(response) = router.clone().oneshot(request).await;
    response.into_body().collect().await.expect("a body").to_bytes().len()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let filekit = FileKit::builder().upload_dir(folder.path()).no_assets().build().expect("a filekit");
    let candidates = [
        ("axum and maud, with signatures", by_hand(signer())),
        ("axum and maud, without signatures", by_hand(Signer(None))),
        ("filekit", filekit.router(Router::new().route("/", get(shelf)))),
    ];
    let mut times = vec![Vec::new(); candidates.len()];
    for _ in 0..ROUNDS {
        for (times, (_, router)) in times.iter_mut().zip(&candidates) {
            let start = Instant::now();
            for _ in 0..REPEATS {
                std::hint::black_box(get_page(router).await);
            }
            times.push(start.elapsed() / REPEATS);
        }
    }
    let medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
    println!("a page of {ROWS} rows with 300 signatures; median of {ROUNDS} rounds");
    for ((name, router), median) in candidates.iter().zip(&medians) {
        let (bytes, ratio) = (get_page(router).await, median.as_secs_f64() / medians[0].as_secs_f64());
        println!("{name:<36} {bytes:>7} bytes {:>8.1} µs   {ratio:.2} x signed by hand", median.as_secs_f64() * 1e6);
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
