//! Reads what can be asked for by ranges, also from another place than its beginning.

use std::fmt;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use crate::storage::FileChunks;

type Asked = BoxFuture<'static, io::Result<FileChunks>>;

/// Reads a file that is not on this computer: each place that is gone to takes a question of its own.
pub(crate) struct RangeReader {
    ask: Arc<dyn Fn(Range<u64>) -> Asked + Send + Sync>,
    size: u64,
    position: u64,
    state: State,
    /// What has come and is not read yet.
    rest: Bytes,
}

enum State {
    /// Nothing is asked for.
    Idle,
    Asking(Asked),
    Reading(FileChunks),
}

impl RangeReader {
    /// Reads a file of this size, whose bytes are to be had by `ask`.
    pub(crate) fn new(size: u64, ask: impl Fn(Range<u64>) -> Asked + Send + Sync + 'static) -> Self {
        Self { ask: Arc::new(ask), size, position: 0, state: State::Idle, rest: Bytes::new() }
    }

    fn seek(&mut self, to: SeekFrom) -> io::Result<()> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let target = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if target != self.position {
            (self.position, self.state, self.rest) = (target, State::Idle, Bytes::new());
        }
        Ok(())
    }
}

impl AsyncRead for RangeReader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.rest.is_empty() {
            match &mut this.state {
                State::Idle if this.position >= this.size => return Poll::Ready(Ok(())),
                State::Idle => this.state = State::Asking((this.ask)(this.position..this.size)),
                State::Asking(asking) => {
                    let asked = ready!(asking.as_mut().poll(context));
                    this.state = State::Idle;
                    this.state = State::Reading(asked?);
                }
                State::Reading(chunks) => match ready!(chunks.as_mut().poll_next(context)).transpose()? {
                    Some(chunk) => this.rest = chunk,
                    None if this.position < this.size => {
                        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                    }
                    None => return Poll::Ready(Ok(())),
                },
            }
        }
        let length = this.rest.len().min(buffer.remaining());
        buffer.put_slice(&this.rest[..length]);
        this.rest.advance(length);
        this.position += length as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for RangeReader {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        self.get_mut().seek(position)
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(self.position))
    }
}

impl fmt::Debug for RangeReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RangeReader").field("size", &self.size).field("position", &self.position).finish()
    }
}
