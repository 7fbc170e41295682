//! The servers: a page of filekit that shows what is everyone's, and a broadcast by hand.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Query;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::post;
use filekit::prelude::*;
use filekit::{Budgets, FileKit};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use tokio::sync::broadcast;

/// What everyone sees.
#[state(owner = Everyone)]
#[derive(Default)]
struct Board {
    changes: u64,
}

#[state]
impl Board {
    #[event]
    fn clear(&mut self) {
        self.changes = 0;
    }
}

/// A page with nothing of its visitor on it.
async fn note(board: Current<Board>) -> View {
    view![heading("Board"), p("changed ", board.changes, " times")]
}

/// A page of 50 rows, each with a button for its visitor, of which one changes.
async fn board(board: Current<Board>) -> View {
    view![
        heading("Board"),
        for row in 0..50_u64 {
            hstack(
                text("row ", row),
                text(if row == board.changes % 50 { board.changes } else { 0 }),
                button(on_click = Board::clear, "Clear"),
            )
        },
    ]
}

async fn change(filekit: FileKit) -> Result<()> {
    filekit.update::<Board>(&Everyone, |board| board.changes += 1).await
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve_filekit(folder: &Path) -> Result<()> {
    let pages = Router::new().route("/note", get(note)).route("/board", get(board)).route("/change", post(change));
    // All documents are of one address.
    let budgets = Budgets::new().connections_per_address(usize::MAX);
    FileKit::builder().upload_dir(folder).budgets(budgets).build()?.serve(pages).await
}

/// What all are told, as bytes of which only the number differs; about as many as the page of filekit sends.
fn told(page: &str, changes: u64) -> String {
    let length = if page == "note" { 160 } else { 330 };
    format!("{{\"changes\":{changes},\"view\":\"{}\"}}", "x".repeat(length))
}

#[derive(Deserialize)]
struct Followed {
    page: String,
}

type Changes = Arc<(broadcast::Sender<u64>, AtomicU64)>;

fn follow(
    changes: &Changes,
    Query(Followed { page }): Query<Followed>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let events = stream::unfold(changes.0.subscribe(), move |mut changes| {
        let page = page.clone();
        async move { Some((Event::default().data(told(&page, changes.recv().await.ok()?)), changes)) }
    });
    Sse::new(events.map(Ok)).keep_alive(KeepAlive::default())
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve_by_hand() -> std::io::Result<()> {
    let changes: Changes = Arc::new((broadcast::Sender::new(16), AtomicU64::new(0)));
    let (followed, changed) = (Arc::clone(&changes), changes);
    let pages = Router::new()
        .route("/note", get(|| async { "note" }))
        .route("/board", get(|| async { "board" }))
        .route("/_filekit/live", get(move |query| std::future::ready(follow(&followed, query))))
        .route(
            "/change",
            post(move || {
                let count = changed.1.fetch_add(1, Ordering::Relaxed) + 1;
                // There is none to tell before the first document follows.
                let _ = changed.0.send(count);
                std::future::ready(())
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, pages).await
}
