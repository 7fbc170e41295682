//! Runs the event of an upload that came in parts, whatever becomes of the connection that brought its end.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::HeaderValue;
use http::header::HeaderName;
use http::response::Parts;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::error::{FileRejection, Result};
use crate::kit::{Outcome, RunGuard};
use crate::storage::PartialFiles;

/// Says that an answer is that of the event, and no longer that of the upload.
pub(crate) const IS_COMPLETE: (HeaderName, HeaderValue) =
    (HeaderName::from_static("upload-complete"), HeaderValue::from_static("?1"));

/// How many lines of an answer wait for the connection, and how long each. A connection that takes none holds the event up no longer.
const LINES: usize = 8;
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs an event in a task of its own. `answer` is its answer, also where it fails.
///
/// # Errors
///
/// If the event is ended before it has answered.
pub(crate) async fn run_detached(
    guard: RunGuard,
    files: PartialFiles,
    answer: impl Future<Output = Response> + Send + 'static,
) -> Result<Response> {
    let (head, first) = oneshot::channel();
    let held = files.clone();
    let (started, start) = oneshot::channel();
    let task = tokio::spawn(async move {
        // The guard has to know the task before it can end.
        let Ok(guard) = start.await else { return };
        let outcome = carry_out(answer, head).await;
        held.end();
        RunGuard::finish(guard, outcome);
    });
    guard.runs_in(task.abort_handle(), files);
    // The task is there, and waits.
    let _ = started.send(guard);
    let (parts, mut lines) = first.await.map_err(|_| FileRejection::UploadGone)?;
    let lines = stream::poll_fn(move |context| lines.poll_recv(context).map(|line| line.map(Ok::<_, Infallible>)));
    Ok(Response::from_parts(parts, Body::from_stream(lines)))
}

type Head = oneshot::Sender<(Parts, mpsc::Receiver<Bytes>)>;

/// Waits for the answer, and hands it to the connection as long as there is one.
async fn carry_out(answer: impl Future<Output = Response>, head: Head) -> Outcome {
    let answer = (([IS_COMPLETE]), answer.await).into_response();
    let (mut parts, body) = answer.into_parts();
    let (lines, connection) = mpsc::channel(LINES);
    // The connection may be gone.
    let _ = head.send((parts.clone(), connection));
    let body = last_frame(body.into_data_stream(), lines).await;
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Outcome { status: parts.status, headers: parts.headers, body }
}

/// Hands each frame on, and returns the last one: the only one, or the last of several lines.
async fn last_frame(mut frames: BodyDataStream, lines: mpsc::Sender<Bytes>) -> Bytes {
    let mut lines = Some(lines);
    let mut last = Bytes::new();
    // The bodies of answers do not fail: they are made here.
    while let Some(Ok(frame)) = frames.next().await {
        if frame.is_empty() {
            continue;
        }
        last = frame.clone();
        if let Some(connection) = lines.take()
            && let Ok(Ok(())) = timeout(PATIENCE, connection.send(frame)).await
        {
            lines = Some(connection);
        }
    }
    last
}
