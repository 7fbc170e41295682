//! The body of an upload as it comes: with patience, but not without end. What is in it is `part_reader.rs`.

use std::fmt;
use std::future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum_core::body::BodyDataStream;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use http::header::EXPECT;
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::error::FileRejection;
use crate::upload::read::MAX_HELD;
use crate::upload::read::waiting::{WaitingBudget, WaitingBytes};

/// How long a sender may be silent.
pub(crate) const MAX_SILENCE: Duration = Duration::from_secs(30);

/// A sender that brings less than so many bytes in so long holds a connection for nothing.
const MIN_BYTES: usize = 60 * 1024;
const MIN_BYTES_IN: Duration = Duration::from_secs(60);

/// How much of a body is read and thrown away beside its answer: a connection that is closed with unread data is reset, and
/// the answer lost with it (RFC 9112, section 9.6).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    pub(crate) bytes: usize,
    pub(crate) time: Duration,
}

/// Of a client that looks at the answer when it has sent everything.
const LONG: Rest = Rest { bytes: 256 << 20, time: Duration::from_secs(30) };

/// Of one that sends the beginning again when its connection breaks, and is answered sooner that way.
pub(crate) const SHORT: Rest = Rest { bytes: 4 << 20, time: Duration::from_secs(2) };

/// How long a sender may be silent before the rest is given up.
const REST_SILENCE: Duration = Duration::from_secs(5);

/// The body of a request. What reads its parts has a share of it, and so has what reads away the rest of a body that is
/// refused.
#[derive(Clone)]
pub struct IncomingBody(Arc<Mutex<Source>>);

struct Source {
    /// Nothing when it has ended.
    body: Option<BodyDataStream>,
    progress: Progress,
    /// Whether the sender waits to be told that it may go on (RFC 9110, section 10.1.1).
    asks: bool,
    /// Whether the sender tries again if the connection breaks.
    sends_again: bool,
    /// A reader that waits for the next frame.
    reader: Option<Waker>,
    left: u64,
    limit: u64,
    /// The memory for what is held before the sender is known.
    waiting: Option<WaitingBudget>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Untouched,
    Begun,
    /// Its last part was read to the end.
    Complete,
    /// There is no more of it, or the rest is read elsewhere.
    Ended,
}

impl IncomingBody {
    /// The body of a request, of which at most `limit` bytes are handed on.
    pub fn new(headers: &HeaderMap, body: BodyDataStream, limit: u64) -> Self {
        Self(Arc::new(Mutex::new(Source {
            body: Some(body),
            progress: Progress::Untouched,
            asks: headers.contains_key(EXPECT),
            sends_again: false,
            reader: None,
            left: limit,
            limit,
            waiting: None,
        })))
    }

    /// The same body, of a client that sends the beginning again when its connection breaks: if it is refused, that client is
    /// answered sooner when little more is read.
    #[must_use]
    pub fn sent_again_if_broken(self, sends_again: bool) -> Self {
        self.source().sends_again = sends_again;
        self
    }

    /// The same body, of which no more is held before its sender is known than there is memory for in this budget.
    #[must_use]
    pub fn held_within(self, budget: &WaitingBudget) -> Self {
        self.source().waiting = Some(budget.clone());
        self
    }

    /// Memory for what is held of it before its sender is known.
    pub(crate) fn waiting_bytes(&self) -> WaitingBytes {
        WaitingBytes::new(self.source().waiting.clone())
    }

    /// Reads a body that is held in memory as a whole: values that a visitor typed, and no files.
    ///
    /// # Errors
    ///
    /// If it is larger than 1 MiB, does not come to its end, or takes longer than 30 seconds; or if there is no memory for it.
    pub async fn read_whole(self) -> Result<Vec<u8>, FileRejection> {
        self.limit_rest(MAX_HELD as u64);
        // The sender is not known yet, and all of it is held.
        let read = timeout(MAX_SILENCE, read_all(&self)).await;
        let whole = read.unwrap_or(Err(FileRejection::Silent { seconds: MAX_SILENCE.as_secs() }));
        if whole.is_err() {
            self.refuse();
        }
        whole.map_err(|rejection| match rejection {
            FileRejection::TotalTooLarge { .. } => FileRejection::CallTooLarge { limit: MAX_HELD },
            other => other,
        })
    }

    /// How many bytes are handed on at most.
    pub(crate) fn limit(&self) -> u64 {
        self.source().limit
    }

    /// Hands on no more than so many bytes from here on.
    pub(crate) fn limit_rest(&self, bytes: u64) {
        let mut source = self.source();
        source.left = source.left.min(bytes);
    }

    /// The next frame.
    ///
    /// # Errors
    ///
    /// If the body is larger than it may be, or the connection broke: the sender does not read that, but the log has it.
    pub(crate) async fn frame(&self) -> Result<Option<Bytes>, FileRejection> {
        let frame = stream::poll_fn(|context| self.source().poll_frame(context)).next().await;
        let Some(frame) = frame.transpose().map_err(|_| FileRejection::Truncated)? else { return Ok(None) };
        let mut source = self.source();
        let limit = source.limit;
        source.left = source.left.checked_sub(frame.len() as u64).ok_or(FileRejection::TotalTooLarge { limit })?;
        Ok(Some(frame))
    }

    /// How many bytes were handed on.
    pub(crate) fn read(&self) -> u64 {
        let source = self.source();
        source.limit - source.left
    }

    /// Notes that the last part was read: nothing that is needed is left.
    pub(crate) fn complete(&self) {
        self.source().progress = Progress::Complete;
    }

    /// Whether the sender has brought everything, so that it looks at the answer.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.source().progress, Progress::Complete | Progress::Ended)
    }

    /// Ends a body that is refused. A sender that was not told to go on is told the answer instead, and of any other some more
    /// is read beside the answer, so that it gets to see that.
    pub fn refuse(&self) {
        let rest = if self.source().sends_again { SHORT } else { LONG };
        self.end(rest);
    }

    /// Ends a body whose rest does not matter: what was read of it is enough.
    pub fn leave(&self) {
        self.end(LONG);
    }

    fn end(&self, rest: Rest) {
        let left = self.source().end();
        if let Some(body) = left {
            tokio::spawn(timeout(rest.time, read_away(body, rest.bytes)));
        }
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned one is as good as any.
    fn source(&self) -> MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for IncomingBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IncomingBody").field("progress", &self.source().progress).finish_non_exhaustive()
    }
}

impl Source {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum_core::Error>>> {
        match self.progress {
            Progress::Ended => return Poll::Ready(None),
            Progress::Untouched => self.progress = Progress::Begun,
            Progress::Begun | Progress::Complete => {}
        }
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let Poll::Ready(frame) = body.poll_next_unpin(context) else {
            self.reader = Some(context.waker().clone());
            return Poll::Pending;
        };
        if !matches!(frame, Some(Ok(_))) {
            self.progress = Progress::Ended;
            self.body = None;
        }
        Poll::Ready(frame)
    }

    /// Lets readers find the end here, and returns what is still to come.
    fn end(&mut self) -> Option<BodyDataStream> {
        let is_left = match self.progress {
            Progress::Untouched => !self.asks,
            Progress::Begun => true,
            Progress::Complete | Progress::Ended => false,
        };
        self.progress = Progress::Ended;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        self.body.take().filter(|_| is_left)
    }
}

/// Reads at most so many bytes of a body.
async fn read_away(mut body: BodyDataStream, mut left: usize) {
    while let Ok(Some(Ok(frame))) = timeout(REST_SILENCE, body.next()).await {
        match left.checked_sub(frame.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

async fn read_all(body: &IncomingBody) -> Result<Vec<u8>, FileRejection> {
    let mut bytes = body.waiting_bytes();
    while let Some(frame) = body.frame().await? {
        bytes.push(&frame)?;
    }
    Ok(bytes.into_vec())
}

/// How much has come lately, in the time that was spent waiting for it: a reader may take as long as it likes.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    waited: Duration,
    bytes: usize,
    /// Stays set from one wait to the next, and may ring early: to set it for each frame would wake a thread each time.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// Waits for a sender, but not for ever.
    ///
    /// # Errors
    ///
    /// If it is silent for too long.
    pub(crate) async fn patiently<T>(&mut self, read: impl Future<Output = T>) -> Result<T, FileRejection> {
        let since = Instant::now();
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(MAX_SILENCE)));
        let mut read = pin!(read);
        let read = future::poll_fn(|context| {
            if let Poll::Ready(read) = read.as_mut().poll(context) {
                return Poll::Ready(Ok(read));
            }
            while alarm.as_mut().poll(context).is_ready() {
                if since.elapsed() >= MAX_SILENCE {
                    return Poll::Ready(Err(FileRejection::Silent { seconds: MAX_SILENCE.as_secs() }));
                }
                alarm.as_mut().reset(since + MAX_SILENCE);
            }
            Poll::Pending
        });
        let read = read.await;
        self.waited += since.elapsed();
        read
    }

    /// Counts what has come; at the end of each minute it must have been enough.
    ///
    /// # Errors
    ///
    /// If it was not.
    pub(crate) fn keep_up(&mut self, bytes: usize) -> Result<(), FileRejection> {
        self.bytes += bytes;
        if self.waited < MIN_BYTES_IN {
            return Ok(());
        }
        let enough = self.bytes >= MIN_BYTES;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        if enough { Ok(()) } else { Err(FileRejection::TooSlow) }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum_core::body::Body;
    use futures_util::Stream;

    use super::*;

    async fn read(frames: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Result<Vec<u8>, FileRejection> {
        IncomingBody::new(&HeaderMap::new(), Body::from_stream(frames).into_data_stream(), u64::MAX).read_whole().await
    }

    fn frame(bytes: &'static [u8]) -> io::Result<Bytes> {
        Ok(Bytes::from_static(bytes))
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_takes_too_long_is_given_up() {
        let pauses = |pause: Duration| {
            stream::iter([b"a", b"b", b"c"]).then(move |bytes| async move {
                sleep(pause).await;
                frame(bytes)
            })
        };
        assert_eq!(read(pauses(MAX_SILENCE / 4)).await.unwrap(), b"abc");
        assert!(matches!(read(pauses(MAX_SILENCE / 2)).await, Err(FileRejection::Silent { .. })));
    }

    #[tokio::test]
    async fn a_call_that_breaks_off_is_not_called_too_large() {
        let broken = [frame(b"a"), Err(io::ErrorKind::ConnectionReset.into())];
        assert!(matches!(read(stream::iter(broken)).await, Err(FileRejection::Truncated)));
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_told_when_the_body_is_ended() {
        let body = Body::from_stream(stream::pending::<io::Result<Bytes>>()).into_data_stream();
        let body = IncomingBody::new(&HeaderMap::new(), body, 1);
        let reader = tokio::spawn({
            let body = body.clone();
            async move { body.frame().await }
        });
        tokio::task::yield_now().await;
        body.refuse();
        assert!(matches!(reader.await.unwrap(), Ok(None)));
    }

    #[tokio::test]
    async fn a_call_that_is_too_large_is_read_on_so_that_its_sender_sees_the_answer() {
        let pieces = LONG.bytes / MAX_HELD;
        let left = Arc::new(Mutex::new(pieces));
        let counted = Arc::clone(&left);
        let frames = stream::repeat(Bytes::from(vec![b'x'; MAX_HELD]))
            .take(pieces)
            .inspect(move |_| *counted.lock().unwrap() -= 1)
            .map(Ok);
        assert!(matches!(read(frames).await, Err(FileRejection::CallTooLarge { limit: MAX_HELD })));
        assert_eq!(*left.lock().unwrap(), pieces - 2, "the answer comes first");
        while *left.lock().unwrap() > 0 {
            tokio::task::yield_now().await;
        }
        let exactly = stream::iter([Ok(Bytes::from(vec![b'x'; MAX_HELD]))]);
        assert_eq!(read(exactly).await.unwrap().len(), MAX_HELD);
    }
}
