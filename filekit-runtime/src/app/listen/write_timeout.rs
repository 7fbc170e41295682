//! A connection that is closed when the client stops reading. The timeout of a
//! client that stops sending is in `filekit-files` (`upload/read/body.rs`).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::app::listen::table::ConnectionSlot;

/// How long a write may wait for the reader to take anything. A browser whose visitor pauses a download or a video asks
/// for the rest later.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stream whose writes fail when nothing was taken for too long. Otherwise a client that opens connections and never reads
/// would hold memory and files for as long as they like.
#[derive(Debug)]
pub(crate) struct WriteTimeout<S> {
    stream: S,
    /// Since when a write waits.
    waiting: Option<Instant>,
    /// Notes whether a write waits.
    slot: Option<Arc<ConnectionSlot>>,
    /// Made at the first wait, and left to run when the wait is over: most are short and many.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncWrite + Unpin> WriteTimeout<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, waiting: None, slot: None, alarm: None }
    }

    /// The same stream, which notes whether a write waits: its connection is not silent then.
    pub(super) fn noted_in(self, slot: Arc<ConnectionSlot>) -> Self {
        Self { slot: Some(slot), ..self }
    }

    fn write(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(result) = write(Pin::new(&mut self.stream), context) {
            self.note_waiting(None);
            return Poll::Ready(result);
        }
        ready!(self.lose_patience(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the reader does not read")))
    }

    fn note_waiting(&mut self, waiting: Option<Instant>) {
        if let Some(slot) = self.slot.as_ref().filter(|_| waiting.is_some() != self.waiting.is_some()) {
            slot.note_writing(waiting.is_some());
        }
        self.waiting = waiting;
    }

    /// Is ready when the write waits for too long.
    fn lose_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let since = self.waiting.unwrap_or_else(Instant::now);
        self.note_waiting(Some(since));
        let deadline = since + PATIENCE;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        loop {
            ready!(alarm.as_mut().poll(context));
            // It may have been set for a wait that ended.
            if alarm.deadline() >= deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(deadline);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeout<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeout<S> {
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
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_takes_nothing_is_given_up() {
        let (stream, _reader) = duplex(1_000);
        let mut patient = WriteTimeout::new(stream);
        let begun = Instant::now();
        let error = patient.write_all(&[0; 2_000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!((PATIENCE..PATIENCE * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_served_to_the_end() {
        let (stream, mut reader) = duplex(1_000);
        let reading = tokio::spawn(async move {
            let mut bytes = Vec::new();
            let mut piece = [0; 500];
            while let Ok(length @ 1..) = reader.read(&mut piece).await {
                bytes.extend_from_slice(&piece[..length]);
                advance(PATIENCE * 2 / 3).await;
            }
            bytes.len()
        });
        let mut patient = WriteTimeout::new(stream);
        patient.write_all(&[7; 10_000]).await.unwrap();
        drop(patient);
        assert_eq!(reading.await.unwrap(), 10_000);
    }
}
