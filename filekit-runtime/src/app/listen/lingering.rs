//! A lingering close: a client that still sends gets to see its answer. Bodies that handlers refuse are read in part before
//! that (`filekit_files::upload::IncomingBody`); this holds for whatever else answers early, such as a route that takes no body.
//!
//! A connection that is closed with unread data is reset, and what the client has not read of the answer is lost with it
//! (RFC 9112, section 9.6). So the server closes its side first, and reads on for a while.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::incoming::sends_again;

/// How much is read at most.
const BYTES: usize = 256 << 20;

/// How long a client may be silent, and how many times so long it is read at most.
const SILENCE: Duration = Duration::from_secs(5);
const PERIODS: u32 = 6;

/// Whether the body of the last request on a connection was left before its end, and its client would not see the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnreadBody(Arc<AtomicBool>);

impl UnreadBody {
    /// The body of a request, noted here if it is dropped before its end. A client that
    /// [sends again](sends_again) is answered sooner if its connection breaks.
    pub(crate) fn watch(&self, request: Request<Incoming>) -> Request<WatchedBody> {
        self.0.store(false, Ordering::Relaxed);
        let unread = if sends_again(request.headers()) { Self::default() } else { self.clone() };
        request.map(|body| WatchedBody { body, has_ended: false, unread })
    }
}

/// The body of a request.
#[derive(Debug)]
pub(crate) struct WatchedBody {
    body: Incoming,
    has_ended: bool,
    unread: UnreadBody,
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.has_ended = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        if !self.has_ended && !self.is_end_stream() {
            self.unread.0.store(true, Ordering::Relaxed);
        }
    }
}

/// A stream that reads on when it is shut down with a body unread.
#[derive(Debug)]
pub(crate) struct LingeringStream<S> {
    stream: S,
    unread: UnreadBody,
    /// Since the stream was shut down.
    lingering: Option<LingerTimer>,
}

#[derive(Debug)]
struct LingerTimer {
    alarm: Pin<Box<Sleep>>,
    periods: u32,
    /// Whether anything came since the alarm was set.
    heard: bool,
    bytes: usize,
}

impl<S> LingeringStream<S> {
    pub(crate) fn new(stream: S, unread: UnreadBody) -> Self {
        Self { stream, unread, lingering: None }
    }
}

impl LingerTimer {
    fn new() -> Self {
        Self { alarm: Box::pin(sleep(SILENCE)), periods: PERIODS, heard: false, bytes: BYTES }
    }

    /// Is ready when the client has closed its side, or has had its time.
    fn poll_end<S: AsyncRead + Unpin>(&mut self, stream: &mut S, context: &mut Context<'_>) -> Poll<()> {
        while !self.is_over(context) {
            let mut memory = [MaybeUninit::uninit(); 16 * 1024];
            let mut buffer = ReadBuf::uninit(&mut memory);
            let read = ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer));
            let length = buffer.filled().len();
            if read.is_err() || length == 0 || length > self.bytes {
                break;
            }
            self.bytes -= length;
            self.heard = true;
        }
        Poll::Ready(())
    }

    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        while self.alarm.as_mut().poll(context).is_ready() {
            self.periods = self.periods.saturating_sub(1);
            if self.periods == 0 || !std::mem::take(&mut self.heard) {
                return true;
            }
            self.alarm.as_mut().reset(Instant::now() + SILENCE);
        }
        false
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for LingeringStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, unread, lingering } = &mut *self;
        if lingering.is_none() {
            ready!(Pin::new(&mut *stream).poll_shutdown(context))?;
            if !unread.0.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        lingering.get_or_insert_with(LingerTimer::new).poll_end(stream, context).map(Ok)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LingeringStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::timeout;

    use super::*;

    /// How long it takes to close a connection whose client sends a byte at each interval, and never closes its side.
    async fn time_to_close(is_unread: bool, interval: Option<Duration>) -> Duration {
        let (stream, mut client) = duplex(1_000);
        let sending = tokio::spawn(async move {
            loop {
                match interval {
                    Some(interval) => tokio::time::sleep(interval).await,
                    None => std::future::pending().await,
                }
                if client.write_all(b"x").await.is_err() {
                    return;
                }
            }
        });
        let unread = UnreadBody::default();
        unread.0.store(is_unread, Ordering::Relaxed);
        let begun = Instant::now();
        LingeringStream::new(stream, unread).shutdown().await.unwrap();
        sending.abort();
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_is_read_for_a_while_and_one_that_is_silent_not_for_long() {
        assert_eq!(time_to_close(false, None).await, Duration::ZERO);
        assert_eq!(time_to_close(true, None).await.as_secs(), SILENCE.as_secs());
        assert_eq!(time_to_close(true, Some(SILENCE / 2)).await.as_secs(), (SILENCE * PERIODS).as_secs());
        assert_eq!(time_to_close(true, Some(SILENCE * 2)).await.as_secs(), SILENCE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_closes_its_side_ends_the_connection() {
        let (stream, mut client) = duplex(1_000);
        let unread = UnreadBody::default();
        unread.0.store(true, Ordering::Relaxed);
        let closing = tokio::spawn(async move { LingeringStream::new(stream, unread).shutdown().await });
        client.write_all(&[0; 10_000]).await.unwrap();
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "the answer has ended");
        client.shutdown().await.unwrap();
        assert!(timeout(SILENCE / 2, closing).await.is_ok());
    }
}
