//! Reads the multipart body of an upload into spool files; not what is done with them.
//!
//! ```text
//! body frames -> Paced (one piece a poll, counted) -> multer -> `call` part -> authorised by the caller
//!                                                            -> file parts  -> spool files
//! ```

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::BodyDataStream;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use multer::{Field, Multipart};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::error::{Rejection, Result};
use crate::storage::SafePath;
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
    /// Those arguments that the browser evaluates, in the order of the parameters: a list that is not looked at before
    /// the capability was.
    pub(crate) arguments: Box<RawValue>,
}

/// The files of a call, by the upload that they came from.
pub(crate) type Received = HashMap<UploadId, Vec<UploadFile>>;

/// The largest call, in bytes: values that a visitor typed and a capability.
pub(crate) const MAX_CALL: usize = 1 << 20;

/// The most files in one request.
const MAX_FILES: usize = 10_000;

/// How much is handed to multer at once: of content, and while it looks for the head of a part.
const CONTENT_PIECE: usize = 64 * 1024;
const HEAD_PIECE: usize = 16 * 1024;

/// The longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// The longest name of a file, with its folders, and the longest MIME type that a browser claims, in bytes. The
/// request holds those of all its files.
const MAX_NAME: usize = 1024;
const MAX_MIME: usize = 255;

/// A sender that brings less than so many bytes in so long holds a connection for nothing.
const MIN_BYTES: usize = 60 * 1024;
const MIN_BYTES_IN: Duration = Duration::from_secs(60);

/// How long a sender may be silent.
pub(crate) const MAX_SILENCE: Duration = Duration::from_secs(30);

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
        drain(headers, body).await;
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
    let demand = Arc::new(Demand::default());
    let paced = Paced { body, rest: Bytes::new(), left: max_body, limit: max_body, demand: Arc::clone(&demand) };
    let pace = Pace { since: Instant::now(), bytes: 0 };
    let mut parts = Parts { multipart: Multipart::new(paced, boundary), demand, pace };

    let call = read_call(&mut parts).await?;
    let (authorised, uploads) = authorise(&call).await?;
    let files = read_files(&mut parts, &uploads, store).await?;
    Ok((authorised, call, files))
}

fn boundary(headers: &HeaderMap) -> Result<String, Rejection> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|text| multer::parse_boundary(text).ok());
    boundary.filter(|text| (1..=MAX_BOUNDARY).contains(&text.len())).ok_or(Rejection::NotMultipart)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read_call(parts: &mut Parts<'_>) -> Result<Call> {
    let mut part = match parts.next().await? {
        Some(part) if part.name() == Some(CALL_PART) => part,
        _ => return Err(Rejection::malformed("the first part is not the call").into()),
    };
    let mut json = Vec::new();
    while let Some(chunk) = parts.chunk(&mut part).await? {
        json.extend_from_slice(&chunk);
        if json.len() > MAX_CALL {
            return Err(Rejection::CallTooLarge { limit: MAX_CALL }.into());
        }
    }
    serde_json::from_slice(&json).map_err(|error| Rejection::malformed(error).into())
}

async fn read_files(parts: &mut Parts<'_>, uploads: &[UploadId], store: &FileStore) -> Result<Received> {
    let mut received: Received = HashMap::new();
    let mut count = 0;
    while let Some(part) = parts.next().await? {
        let upload = uploads.iter().find(|upload| part.name() == Some(upload.as_str()));
        let upload = upload.ok_or_else(|| Rejection::malformed("a part belongs to no upload of this event"))?.clone();
        let client_name =
            part.file_name().ok_or_else(|| Rejection::malformed("a part of an upload is no file"))?.to_owned();
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
    parts: &mut Parts<'_>,
    mut part: Field<'_>,
    client_name: String,
    store: &FileStore,
) -> Result<UploadFile> {
    if client_name.len() > MAX_NAME {
        return Err(Rejection::UnsafeName { name: client_name }.into());
    }
    let path = SafePath::parse(&client_name)?;
    let claimed_mime = part.content_type().map(ToString::to_string).filter(|mime| mime.len() <= MAX_MIME);
    let mut writer = store.spool.begin().await.map_err(storage_error)?;
    while let Some(chunk) = parts.chunk(&mut part).await? {
        writer = writer.write(chunk).await.map_err(storage_error)?;
    }
    let name = path.name();
    let spooled = writer.finish(name.as_str()).await.map_err(storage_error)?;
    Ok(UploadFile { name, path, client_name, claimed_mime, spooled, store: store.clone() })
}

/// The parts of the body, read with patience, but not without end.
struct Parts<'a> {
    multipart: Multipart<'a>,
    demand: Arc<Demand>,
    pace: Pace,
}

/// How much has come lately.
struct Pace {
    since: Instant,
    bytes: usize,
}

impl<'a> Parts<'a> {
    async fn next(&mut self) -> Result<Option<Field<'a>>, Rejection> {
        self.demand.begin(HEAD_PIECE);
        let part = patiently(self.multipart.next_field()).await?;
        self.pace.keep_up(self.demand.handed_on.load(Ordering::Relaxed))?;
        Ok(part)
    }

    async fn chunk(&mut self, part: &mut Field<'_>) -> Result<Option<Bytes>, Rejection> {
        self.demand.begin(CONTENT_PIECE);
        let chunk = patiently(part.chunk()).await?;
        self.pace.keep_up(chunk.as_ref().map_or(0, Bytes::len))?;
        Ok(chunk)
    }
}

impl Pace {
    /// Counts what has come; at the end of each minute it must have been enough.
    fn keep_up(&mut self, bytes: usize) -> Result<(), Rejection> {
        self.bytes += bytes;
        if self.since.elapsed() < MIN_BYTES_IN {
            return Ok(());
        }
        let enough = self.bytes >= MIN_BYTES;
        *self = Self { since: Instant::now(), bytes: 0 };
        if enough { Ok(()) } else { Err(Rejection::TooSlow) }
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
        error => Rejection::malformed(error),
    }
}

/// What multer is asked for, and how much it was given for it.
#[derive(Default)]
struct Demand {
    /// How large a piece may be.
    piece: AtomicUsize,
    /// How many bytes were handed on since the question was asked.
    handed_on: AtomicUsize,
    /// Whether the next poll finds nothing, so that multer looks at what it has.
    pause: AtomicBool,
}

impl Demand {
    /// Asks for something new: a head, or content.
    fn begin(&self, piece: usize) {
        self.piece.store(piece, Ordering::Relaxed);
        self.handed_on.store(0, Ordering::Relaxed);
        self.pause.store(true, Ordering::Relaxed);
    }
}

/// Hands on the frames of a body in small pieces, and only when multer can do nothing without one.
///
/// multer polls its source until it is pending, before it looks at what it has: a sender as fast as the server would
/// have its whole request gathered in memory. So this is pending once before each piece. And multer gathers a head that
/// does not end, searching it from its beginning for each piece, so one question gets two pieces and no more.
struct Paced<'a> {
    body: &'a mut BodyDataStream,
    /// What is left of the frame at hand. A body in memory is one frame, however large.
    rest: Bytes,
    left: u64,
    limit: u64,
    demand: Arc<Demand>,
}

impl Stream for Paced<'_> {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.demand.pause.swap(false, Ordering::Relaxed) {
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
        self.demand.pause.store(true, Ordering::Relaxed);
        Poll::Ready(Some(self.next_piece().map_err(Into::into)))
    }
}

impl Paced<'_> {
    fn next_piece(&mut self) -> Result<Bytes, Rejection> {
        let (limit, size) = (self.limit, self.demand.piece.load(Ordering::Relaxed));
        let piece = self.rest.split_to(self.rest.len().min(size));
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(Rejection::BodyTooLarge { limit })?;
        let handed_on = self.demand.handed_on.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
        if handed_on > 2 * size {
            return Err(Rejection::malformed("the head of a part does not end"));
        }
        Ok(piece)
    }
}

/// Reads some of a refused body. Who asks before sending (RFC 9110, section 10.1.1) is told the answer instead of being
/// asked to send.
pub(crate) async fn drain(headers: &HeaderMap, mut body: BodyDataStream) {
    if headers.contains_key(EXPECT) {
        return;
    }
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::stream;

    use super::*;
    use crate::storage::{Disk, Saves, Spool};

    /// Receives a file that comes in `pieces` of so many bytes, one each so many seconds. The clock is not the real one.
    async fn receive_slowly(pieces: usize, size: usize, seconds: u64) -> Result<u64, String> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let spool = Spool::open(&disk).unwrap();
        let store = FileStore { disk, spool, saves: Saves::default().share() };
        let head = "--x\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\n\
             {\"page\":\"/\",\"capability\":\"\",\"arguments\":[]}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n";
        let content = stream::repeat(Bytes::from(vec![b'x'; size])).take(pieces).then(move |piece| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            piece
        });
        let body = stream::iter([Bytes::from_static(head.as_bytes())])
            .chain(content)
            .chain(stream::iter([Bytes::from_static(b"\r\n--x--\r\n")]));
        let body = Body::from_stream(body.map(Ok::<_, std::io::Error>)).into_data_stream();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
        let received = receive(&headers, body, u64::MAX, &store, async |_: &Call| Ok(((), vec!["a".into()]))).await;
        let (_, _, files) = received.map_err(|error| error.to_string())?;
        Ok(files.values().flatten().map(UploadFile::size).sum())
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_keeps_up_may_take_hours() {
        assert_eq!(receive_slowly(400, 40 * 1024, 20).await, Ok(400 * 40 * 1024));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_trickles_is_cut_off() {
        let error = receive_slowly(10_000, 100, 5).await.unwrap_err();
        assert!(error.starts_with("upload.too-slow"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_falls_silent_is_cut_off() {
        let error = receive_slowly(2, 1024 * 1024, 31).await.unwrap_err();
        assert!(error.starts_with("upload.silent"), "{error}");
    }
}
