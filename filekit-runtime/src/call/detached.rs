//! Runs the event of an upload that came in parts, whatever becomes of the connection that brought its end.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::response::Parts;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::call::stop_outcome;
use crate::error::{Error, FileRejection, Result};
use crate::guard::RequestWatch;
use crate::kit::{FileKit, IS_COMPLETE, Outcome, RunGuard, RunKey, end_upload};
use crate::page::Stop;
use crate::storage::PartialFiles;
use crate::upload::PartialUpload;

/// How often is looked whether another server asks to end the event, if nothing is heard.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How many lines of an answer wait for the connection, and how long each. A connection that takes none holds the event up no longer.
const LINES: usize = 8;
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs an event in a task of its own. `answer` is its answer, also where it fails; `end` ends the upload then.
///
/// # Errors
///
/// If the event is ended before it has answered.
pub(crate) async fn run_detached(
    kit: &FileKit,
    guard: RunGuard,
    files: PartialFiles,
    answer: impl Future<Output = Response> + Send + 'static,
    end: impl FnOnce(&PartialFiles, &Outcome) + Send + 'static,
) -> Result<Response> {
    let (head, first) = oneshot::channel();
    let held = files.clone();
    let asked = asked_to_end(kit, guard.key(), files.clone());
    let (started, start) = oneshot::channel();
    let answer = RequestWatch::carried(answer);
    let task = tokio::spawn(async move {
        // The guard has to know the task before it can end.
        let Ok(guard) = start.await else { return };
        let outcome = tokio::select! {
            outcome = carry_out(answer, head) => outcome,
            () = asked => return held.end(),
        };
        end(&held, &outcome);
        RunGuard::finish(guard, outcome);
    });
    if !guard.runs_in(task.abort_handle(), files.clone()) {
        // The task never starts, and what it was given goes with it.
        files.end();
        return Err(FileRejection::UploadGone.into());
    }
    // The task is there, and waits.
    let _ = started.send(guard);
    let (parts, body) = first.await.map_err(|_| FileRejection::UploadGone)?;
    Ok(Response::from_parts(parts, body))
}

/// Refuses an upload for good. Its sender may not see the answer before it has sent everything, and asks again.
pub(crate) fn refuse_upload(kit: &FileKit, key: RunKey, mut upload: PartialUpload, error: &Error) -> Outcome {
    upload.remove_direct();
    let guard = kit.shared().runs.begin(key, upload.offset());
    let mut outcome = stop_outcome(&Stop::report(error, kit.texts()), None);
    outcome.headers.extend([IS_COMPLETE]);
    end_upload(kit, &upload.partial().files(), &outcome, upload.offset());
    drop(upload);
    guard.finish(outcome.clone());
    outcome
}

/// Waits until another server asks to end the event of an upload.
fn asked_to_end(kit: &FileKit, key: RunKey, files: PartialFiles) -> impl Future<Output = ()> + Send + 'static {
    let watcher = kit.shared().has_other_servers.then(|| kit.shared().changes.watch_tag(key.end_tag()));
    async move {
        let Some(mut watcher) = watcher else { return std::future::pending().await };
        while !files.are_asked_to_end() {
            // A notice can be lost.
            let _ = timeout(LOOK_AGAIN, watcher.changed()).await;
        }
    }
}

type Head = oneshot::Sender<(Parts, Body)>;

/// Waits for the answer, and hands it to the connection as long as there is one.
async fn carry_out(answer: impl Future<Output = Response>, head: Head) -> Outcome {
    let answer = ([IS_COMPLETE], answer.await).into_response();
    let (parts, body) = answer.into_parts();
    let (status, headers) = (parts.status, parts.headers.clone());
    let is_whole = HttpBody::size_hint(&body).exact().is_some();
    let frames = body.into_data_stream();
    // In both ways the connection may be gone.
    let body = if is_whole {
        let body = last_frame(frames, None).await;
        let _ = head.send((parts, Body::from(body.clone())));
        body
    } else {
        let (lines, mut connection) = mpsc::channel(LINES);
        let received = stream::poll_fn(move |context| connection.poll_recv(context));
        let _ = head.send((parts, Body::from_stream(received.map(Ok::<_, Infallible>))));
        last_frame(frames, Some(lines)).await
    };
    Outcome { status, headers, body }
}

/// Hands each frame on, and returns the last one: the only one, or the last of several lines.
async fn last_frame(mut frames: BodyDataStream, mut lines: Option<mpsc::Sender<Bytes>>) -> Bytes {
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
