//! A stream that brings interim answers: hyper sends none but 100 by itself (hyperium/hyper#2426).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::interim::InterimQueue;

/// A stream of a connection of HTTP/1.1.
///
/// hyper flushes its stream when it has written everything that it has to write, and whenever it has looked after the request at
/// hand. So what is written when it flushes stands between two answers.
#[derive(Debug)]
pub(crate) struct InterimStream<S> {
    stream: S,
    queue: InterimQueue,
    /// What is being written. It must come to its end before anything else.
    writing: Vec<u8>,
}

impl<S: AsyncWrite + Unpin> InterimStream<S> {
    pub(crate) fn new(stream: S, queue: InterimQueue) -> Self {
        Self { stream, queue, writing: Vec::new() }
    }

    /// Writes what has begun to be written.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.writing.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.writing))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.writing.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for InterimStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_rest(context))?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_rest(context))?;
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_rest(context))?;
        self.writing = self.queue.take();
        ready!(self.poll_rest(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for InterimStream<S> {
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
    use http::HeaderMap;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn an_interim_answer_stands_between_answers_and_never_within_one() {
        // Of a client that takes seven bytes at a time.
        let (stream, mut client) = duplex(7);
        let queue = InterimQueue::default();
        let mut stream = InterimStream::new(stream, queue.clone());
        let request = queue.begin();
        let server = async {
            stream.write_all(b"the answer before").await.unwrap();
            assert!(request.send(104, "Go On", &HeaderMap::new()));
            stream.write_all(b", its end\n").await.unwrap();
            stream.flush().await.unwrap();
            queue.end();
            stream.write_all(b"the answer").await.unwrap();
            stream.flush().await.unwrap();
            drop(stream);
        };
        let mut read = String::new();
        let (_, length) = tokio::join!(server, client.read_to_string(&mut read));
        length.unwrap();
        assert_eq!(read, "the answer before, its end\nHTTP/1.1 104 Go On\r\n\r\nthe answer");
    }
}
