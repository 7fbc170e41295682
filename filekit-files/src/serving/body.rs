//! The bytes that are sent of a file, piece by piece.

use std::collections::VecDeque;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use axum_core::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::Stream;

use crate::serving::open::{fill, open};
use crate::storage::DiskPace;

/// How much is read at once: enough that it pays to hand it over when the disk is slow. A reader who is slow holds
/// about three of these in memory.
const CHUNK: u64 = 256 * 1024;

/// A piece of a body.
#[derive(Debug)]
pub(crate) enum Piece {
    /// What stands here.
    Text(Bytes),
    /// Bytes of the file.
    Range(Range<u64>),
}

impl Piece {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Range(range) => range.end - range.start,
        }
    }
}

/// Sends the pieces. If the file has become shorter, the connection breaks, so that no client takes what came for whole.
/// If it was replaced, the one that was opened is sent to its end.
pub(crate) fn body(file: File, pieces: VecDeque<Piece>, pace: DiskPace) -> Body {
    Body::from_stream(chunks(Sending { file, pieces, buffers: Buffers::default(), pace }))
}

/// What there is to know of a file, and all of it, for another body.
///
/// # Errors
///
/// `NotFound` if there is none, else what the system says.
pub(crate) async fn whole(
    path: PathBuf,
    pace: DiskPace,
) -> io::Result<(Metadata, impl Stream<Item = io::Result<Bytes>> + Send + 'static)> {
    let (file, metadata) = pace.work(move || open(&path)).await?;
    let pieces = VecDeque::from([Piece::Range(0..metadata.len())]);
    Ok((metadata, chunks(Sending { file, pieces, buffers: Buffers::default(), pace })))
}

struct Sending {
    file: File,
    pieces: VecDeque<Piece>,
    buffers: Buffers,
    pace: DiskPace,
}

fn chunks(sending: Sending) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures_util::stream::try_unfold(sending, |Sending { file, mut pieces, mut buffers, pace }| async move {
        let range = match pieces.pop_front() {
            None => return Ok(None),
            Some(Piece::Text(text)) => return Ok(Some((text, Sending { file, pieces, buffers, pace }))),
            Some(Piece::Range(range)) => range,
        };
        let end = range.end.min(range.start + CHUNK);
        if end < range.end {
            pieces.push_front(Piece::Range(end..range.end));
        }
        let mut buffer = buffers.take(usize::try_from(end - range.start).unwrap_or(usize::MAX));
        let reading = pace.work(move || {
            fill(&file, range.start, &mut buffer)?;
            Ok((file, buffer.freeze()))
        });
        let read = reading.await.inspect_err(|error| tracing::warn!(%error, "a file could not be sent to its end"));
        let (file, chunk) = read?;
        buffers.0.push_back(chunk.clone());
        Ok(Some((chunk, Sending { file, pieces, buffers, pace })))
    })
}

/// What was handed over to be sent, to be filled again once it was: memory that is new has to be cleared by the system,
/// which costs about as much as reading a file into it.
#[derive(Debug, Default)]
struct Buffers(VecDeque<Bytes>);

impl Buffers {
    fn take(&mut self, length: usize) -> BytesMut {
        // The first of them is the first to be sent.
        match self.0.pop_front().map(Bytes::try_into_mut) {
            Some(Ok(mut buffer)) if buffer.len() >= length => {
                buffer.truncate(length);
                buffer
            }
            Some(Err(waiting)) => {
                self.0.push_front(waiting);
                BytesMut::zeroed(length)
            }
            Some(Ok(_)) | None => BytesMut::zeroed(length),
        }
    }
}
