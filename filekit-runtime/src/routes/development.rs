//! The route by which documents in development notice that the program was started anew: Server-Sent Events, the first of which says which
//! start of it answers. What comes next is a connection that ends with the program.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::StatusCode;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::page::{self, Pages};
use crate::routes::live::{COMMENT, HEARTBEAT, events};

/// Answers `GET /_filekit/development`.
pub(crate) async fn handle(State(pages): State<Pages>) -> Response {
    let Some(program) = page::program(&pages.kit) else { return StatusCode::NOT_FOUND.into_response() };
    let stopping = pages.kit.local().stopping.subscribe();
    events(Body::from_stream(said(&program, stopping)))
}

/// Says which program answers, and then that it still does, until it is to stop.
fn said(
    program: &str,
    stopping: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let first = Bytes::from(format!("data: {program}\n\n"));
    let heartbeats = stream::unfold(stopping, |mut stopping| async move {
        let is_stopping = timeout(HEARTBEAT, stopping.wait_for(|is_stopping| *is_stopping)).await.is_ok();
        (!is_stopping).then(|| (Bytes::from_static(COMMENT), stopping))
    });
    // A layer in front may ask for more after the end, as compression does (tower-rs/tower-http#732).
    stream::iter([first]).chain(heartbeats).map(Ok).fuse()
}
