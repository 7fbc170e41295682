//! Reads the multipart body of an upload into spool files; not what is done with them.
//!
//! ```text
//! body frames -> Paced (one piece a poll, counted) -> multer -> `call` part -> authorised by the caller
//!                                                            -> file parts  -> spool files
//! ```

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::BodyDataStream;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use multer::{Field, Multipart};
use serde::Deserialize;

use crate::error::{Rejection, Result};
use crate::storage::{SafePath, judge};
use crate::upload::file::FileStore;
use crate::upload::file::storage_error;
use crate::upload::{UploadFile, UploadId};
use crate::wire::CALL_PART;

/// What a browser sends to call an event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// Path and query of the page, as the browser sees them.
    pub(crate) page: String,
    pub(crate) capability: String,
    /// Those arguments that the browser evaluates, in the order of the parameters.
    #[serde(default)]
    pub(crate) arguments: Vec<serde_json::Value>,
}

/// The files of a call, by the upload that they came from.
pub(crate) type Received = HashMap<UploadId, Vec<UploadFile>>;

/// The largest call, in bytes: values that a visitor typed and a capability.
pub(crate) const MAX_CALL: usize = 1 << 20;

/// The most files in one request.
const MAX_FILES: usize = 10_000;

/// How much is handed to multer at once.
const PIECE: usize = 256 * 1024;

/// How many bytes may arrive without a part's head or content coming out of them: a head without an end would
/// otherwise be gathered in memory.
const MAX_UNPARSED: usize = 2 * PIECE;

/// How long a sender may be silent.
const MAX_SILENCE: Duration = Duration::from_secs(30);

/// How much of a refused body is read so that the sender gets to see the answer: a connection that is closed with
/// unread data is reset, and the answer lost with it (RFC 9112, section 9.6).
const DRAINED: usize = 4 << 20;
const DRAINED_FOR: Duration = Duration::from_secs(2);

/// Receives an upload: first the call, which `authorise` must accept and name the uploads of, then their files.
///
/// # Errors
///
/// If the body is not what the page would send, or larger than `max_body`, or if `authorise` refuses. No file is
/// left then.
pub(crate) async fn receive<A>(
    headers: &HeaderMap,
    mut body: BodyDataStream,
    max_body: u64,
    store: &FileStore,
    authorise: impl AsyncFnOnce(&Call) -> Result<(A, Vec<UploadId>)>,
) -> Result<(A, Call, Received)> {
    let received = receive_from(headers, &mut body, max_body, store, authorise).await;
    if received.is_err() {
        drain(body).await;
    }
    received
}

async fn receive_from<A>(
    headers: &HeaderMap,
    body: &mut BodyDataStream,
    max_body: u64,
    store: &FileStore,
    authorise: impl AsyncFnOnce(&Call) -> Result<(A, Vec<UploadId>)>,
) -> Result<(A, Call, Received)> {
    let boundary = boundary(headers)?;
    if declared_length(headers).is_some_and(|length| length > max_body) {
        return Err(Rejection::BodyTooLarge { limit: max_body }.into());
    }
    let unparsed = Arc::new(AtomicUsize::new(0));
    let paced = Paced {
        body,
        rest: Bytes::new(),
        left: max_body,
        limit: max_body,
        unparsed: Arc::clone(&unparsed),
        yielded: false,
    };
    let mut parts = Parts { multipart: Multipart::new(paced, boundary), unparsed };

    let call = read_call(&mut parts).await?;
    let (authorised, uploads) = authorise(&call).await?;
    let files = read_files(&mut parts, &uploads, store).await?;
    Ok((authorised, call, files))
}

fn boundary(headers: &HeaderMap) -> Result<String, Rejection> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(|text| multer::parse_boundary(text).ok()).ok_or(Rejection::NotMultipart)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read_call(parts: &mut Parts<'_>) -> Result<Call> {
    let mut part = match parts.next().await? {
        Some(part) if part.name() == Some(CALL_PART) => part,
        _ => return Err(malformed("the first part is not the call").into()),
    };
    let mut json = Vec::new();
    while let Some(chunk) = parts.chunk(&mut part).await? {
        json.extend_from_slice(&chunk);
        if json.len() > MAX_CALL {
            return Err(Rejection::CallTooLarge { limit: MAX_CALL }.into());
        }
    }
    serde_json::from_slice(&json).map_err(|error| malformed(error).into())
}

async fn read_files(parts: &mut Parts<'_>, uploads: &[UploadId], store: &FileStore) -> Result<Received> {
    let mut received: Received = HashMap::new();
    let mut count = 0;
    while let Some(part) = parts.next().await? {
        let upload = uploads.iter().find(|upload| part.name() == Some(upload.as_str()));
        let upload = upload.ok_or_else(|| malformed("a part belongs to no upload of this event"))?.clone();
        let client_name = part.file_name().ok_or_else(|| malformed("a part of an upload is no file"))?.to_owned();
        count += 1;
        if count > MAX_FILES {
            return Err(Rejection::TooManyFiles { count, limit: MAX_FILES }.into());
        }
        let file = read_file(parts, part, client_name, store).await?;
        // A form without a chosen file sends one without name and content (HTML standard, "constructing the entry
        // list").
        if !(file.client_name.is_empty() && file.size() == 0) {
            received.entry(upload).or_default().push(file);
        }
    }
    Ok(received)
}

async fn read_file(
    parts: &Parts<'_>,
    mut part: Field<'_>,
    client_name: String,
    store: &FileStore,
) -> Result<UploadFile> {
    let path = SafePath::parse(&client_name)?;
    let claimed_mime = part.content_type().map(ToString::to_string);
    let mut writer = store.spool.begin().await.map_err(storage_error)?;
    while let Some(chunk) = parts.chunk(&mut part).await? {
        writer = writer.write(chunk).await.map_err(storage_error)?;
    }
    let spooled = writer.finish().await.map_err(storage_error)?;
    let mime = judge(&spooled.head, path.name().as_str());
    Ok(UploadFile { path, client_name, claimed_mime, mime, spooled, store: store.clone() })
}

/// The parts of the body, read with patience and no further than they can be understood.
struct Parts<'a> {
    multipart: Multipart<'a>,
    unparsed: Arc<AtomicUsize>,
}

impl<'a> Parts<'a> {
    async fn next(&mut self) -> Result<Option<Field<'a>>, Rejection> {
        self.unparsed.store(0, Ordering::Relaxed);
        patiently(self.multipart.next_field()).await
    }

    async fn chunk(&self, part: &mut Field<'_>) -> Result<Option<Bytes>, Rejection> {
        self.unparsed.store(0, Ordering::Relaxed);
        patiently(part.chunk()).await
    }
}

async fn patiently<T>(read: impl Future<Output = multer::Result<T>>) -> Result<T, Rejection> {
    match tokio::time::timeout(MAX_SILENCE, read).await {
        Ok(result) => result.map_err(rejection_of),
        Err(_) => Err(Rejection::Silent { seconds: MAX_SILENCE.as_secs() }),
    }
}

fn rejection_of(error: multer::Error) -> Rejection {
    match error {
        multer::Error::StreamReadFailed(error) => match error.downcast::<Rejection>() {
            Ok(rejection) => *rejection,
            // The connection broke: nobody will read this, but the log does.
            Err(_) => Rejection::Truncated,
        },
        multer::Error::IncompleteStream
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteFieldData { .. } => Rejection::Truncated,
        error => malformed(error),
    }
}

fn malformed(reason: impl std::fmt::Display) -> Rejection {
    Rejection::Malformed { reason: reason.to_string() }
}

/// Hands on the frames of a body in small pieces, one a poll.
///
/// multer polls its source until it is pending, and gathers what it gets meanwhile: a sender as fast as the server
/// would have its whole file gathered in memory. So after each piece this says once that it is pending.
struct Paced<'a> {
    body: &'a mut BodyDataStream,
    /// What is left of the frame at hand. A body in memory is one frame, however large.
    rest: Bytes,
    left: u64,
    limit: u64,
    unparsed: Arc<AtomicUsize>,
    yielded: bool,
}

impl Stream for Paced<'_> {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !std::mem::replace(&mut self.yielded, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        while self.rest.is_empty() {
            match ready!(self.body.poll_next_unpin(context)) {
                Some(Ok(frame)) => self.rest = frame,
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => return Poll::Ready(None),
            }
        }
        self.yielded = false;
        Poll::Ready(Some(self.next_piece().map_err(Into::into)))
    }
}

impl Paced<'_> {
    fn next_piece(&mut self) -> Result<Bytes, Rejection> {
        let limit = self.limit;
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(Rejection::BodyTooLarge { limit })?;
        // What was there before this piece came is what multer could make nothing of.
        if self.unparsed.fetch_add(piece.len(), Ordering::Relaxed) > MAX_UNPARSED {
            return Err(malformed("the head of a part does not end"));
        }
        Ok(piece)
    }
}

async fn drain(mut body: BodyDataStream) {
    let read = async {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.next().await {
            match left.checked_sub(frame.len()) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // Whether it was read to its end or not, the answer is sent now.
    let _ = tokio::time::timeout(DRAINED_FOR, read).await;
}
