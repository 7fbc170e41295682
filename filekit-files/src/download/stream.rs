//! Streams of bytes on their way out: read, gathered, measured.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::io::{AsyncRead, ReadBuf};

use crate::download::{ByteStream, DownloadError};
use crate::error::{Error, FileRejection, Result, caught};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// How much is gathered before it is sent: a chunk for each line of a table would cost more than the lines.
const GATHERED: usize = 32 * 1024;

/// How long it may take to gather it: what is made slowly is sent as it is made.
const GATHERING: Duration = Duration::from_millis(2);

/// What can be read from something.
pub(crate) fn read(reader: impl AsyncRead + Send + 'static) -> ByteStream {
    let reader: Pin<Box<dyn AsyncRead + Send>> = Box::pin(reader);
    Box::pin(stream::try_unfold(reader, |mut reader| async move {
        let mut chunk = BytesMut::zeroed(CHUNK);
        let mut filled = ReadBuf::new(&mut chunk);
        poll_fn(|context| reader.as_mut().poll_read(context, &mut filled)).await?;
        let read = filled.filled().len();
        chunk.truncate(read);
        Ok((read > 0).then(|| (chunk.freeze(), reader)))
    }))
}

/// The same bytes; a panic in the developer's stream is an error like any other.
pub(crate) fn without_panics(inner: ByteStream) -> ByteStream {
    Box::pin(stream::try_unfold(inner, |mut inner| async move {
        let chunk = caught(inner.next()).await?.transpose()?;
        Ok(chunk.map(|chunk| (chunk, inner)))
    }))
}

/// The same bytes in larger pieces, as far as they are there at once.
pub(crate) fn gathered(inner: ByteStream) -> ByteStream {
    Box::pin(Gathered { inner, waiting: BytesMut::new(), large: None, end: None })
}

struct Gathered {
    inner: ByteStream,
    waiting: BytesMut,
    /// A piece that is large enough by itself, behind what waits.
    large: Option<Bytes>,
    /// What comes after what waits.
    end: Option<Option<Error>>,
}

impl Stream for Gathered {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let start = Instant::now();
        while self.end.is_none() && self.large.is_none() && self.waiting.len() < GATHERED {
            match self.inner.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(chunk))) if chunk.len() >= GATHERED => {
                    self.large = Some(chunk);
                    break;
                }
                Poll::Ready(Some(Ok(chunk))) => self.waiting.extend_from_slice(&chunk),
                Poll::Ready(Some(Err(error))) => self.end = Some(Some(error)),
                Poll::Ready(None) => self.end = Some(None),
                Poll::Pending if self.waiting.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
            if !self.waiting.is_empty() && start.elapsed() >= GATHERING {
                break;
            }
        }
        if !self.waiting.is_empty() {
            return Poll::Ready(Some(Ok(self.waiting.split().freeze())));
        }
        if let Some(large) = self.large.take() {
            return Poll::Ready(Some(Ok(large)));
        }
        // After an error there is nothing more.
        Poll::Ready(self.end.replace(None).flatten().map(Err))
    }
}

/// The same bytes, if there are as many as was said. The last piece comes when there is nothing behind it: with it, the
/// reader would have what was said, and look no further.
pub(crate) fn measured(inner: ByteStream, said: u64) -> ByteStream {
    Box::pin(stream::try_unfold((inner, said), move |(mut inner, left)| async move {
        let wrong = || DownloadError::Length { said };
        let Some(piece) = inner.next().await.transpose()? else {
            return if left == 0 { Ok(None) } else { Err(wrong().into()) };
        };
        let left = left.checked_sub(piece.len() as u64).ok_or_else(wrong)?;
        if left == 0 && inner.next().await.transpose()?.is_some() {
            return Err(wrong().into());
        }
        Ok(Some((piece, (inner, left))))
    }))
}

/// The same bytes for the body of an answer. Where they break off, the connection does, and the log says why.
pub(crate) fn for_body(inner: ByteStream) -> impl Stream<Item = io::Result<Bytes>> + Send {
    inner.map(|chunk| {
        chunk.map_err(|error| {
            let reason = error.to_string();
            match error.downcast_ref::<FileRejection>() {
                // A file was removed while others of its archive were sent.
                Some(refused) if refused.status().is_client_error() => tracing::info!(?reason, "a download broke off"),
                _ => tracing::error!(error = ?reason, "a download broke off"),
            }
            io::Error::other("the download broke off")
        })
    })
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    fn chunks(chunks: &[&'static str]) -> ByteStream {
        let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
        Box::pin(stream::iter(chunks))
    }

    fn failing(first: &[&'static str]) -> ByteStream {
        Box::pin(chunks(first).chain(stream::iter([Err(Error::user("no more"))])))
    }

    #[tokio::test]
    async fn small_pieces_come_together_and_large_ones_alone() {
        let lines: Vec<_> = (0..10_000).map(|_| Ok(Bytes::from_static(b"0123456789"))).collect();
        let gathered: Vec<Bytes> = gathered(Box::pin(stream::iter(lines))).try_collect().await.unwrap();
        assert_eq!(gathered.iter().map(Bytes::len).sum::<usize>(), 100_000);
        assert!(gathered.len() < 1_000, "{}", gathered.len());
    }

    #[tokio::test]
    async fn a_large_piece_stays_as_it_is_behind_small_ones() {
        let large = Bytes::from(vec![0; GATHERED]);
        let pieces = [Bytes::from_static(b"a"), Bytes::from_static(b"b"), large.clone(), Bytes::from_static(b"c")];
        let gathered: Vec<Bytes> = gathered(Box::pin(stream::iter(pieces.map(Ok)))).try_collect().await.unwrap();
        assert_eq!(gathered, [b"ab".as_slice(), &large, b"c"]);
        assert_eq!(gathered[1].as_ptr(), large.as_ptr(), "not a copy");
    }

    #[tokio::test]
    async fn what_is_there_is_not_held_back_for_what_is_not() {
        let mut stream = gathered(Box::pin(chunks(&["a", "b"]).chain(stream::pending())));
        assert_eq!(stream.next().await.unwrap().unwrap(), "ab");
    }

    #[tokio::test]
    async fn an_error_comes_after_what_was_before_it_and_ends_the_stream() {
        let mut stream = gathered(failing(&["a", "b"]));
        assert_eq!(stream.next().await.unwrap().unwrap(), "ab");
        assert_eq!(stream.next().await.unwrap().unwrap_err().to_string(), "no more");
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stream_has_the_length_that_was_said() {
        for (said, fits) in [(2, true), (1, false), (3, false)] {
            let all: Result<Vec<Bytes>> = measured(chunks(&["a", "b"]), said).try_collect().await;
            assert_eq!(all.is_ok(), fits, "{said}");
        }
    }

    #[tokio::test]
    async fn a_panic_in_a_stream_is_an_error() {
        let panicking = chunks(&["a"]).map(|_| -> Result<Bytes> { panic!("in the stream") });
        let error = without_panics(Box::pin(panicking)).next().await.unwrap().unwrap_err();
        assert!(error.to_string().contains("in the stream"), "{error}");
    }

    #[tokio::test]
    async fn a_reader_is_read_to_its_end() {
        let bytes: Vec<u8> = (0..200_000).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let read: Vec<Bytes> = read(io::Cursor::new(bytes.clone())).try_collect().await.unwrap();
        assert_eq!(read.concat(), bytes);
    }
}
