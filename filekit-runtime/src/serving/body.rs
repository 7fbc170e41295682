//! The bytes that are sent of a file, piece by piece; not which.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::ops::Range;

use axum::body::Body;
use bytes::Bytes;
use futures_util::Stream;

use crate::serving::open::read;
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

/// Sends the pieces. If the file has become shorter, the connection breaks, so that nobody takes what came for whole.
/// If it was replaced, the one that was opened is sent to its end.
pub(crate) fn body(file: File, pieces: VecDeque<Piece>, pace: DiskPace) -> Body {
    Body::from_stream(chunks(Sending { file, pieces, pace }))
}

struct Sending {
    file: File,
    pieces: VecDeque<Piece>,
    pace: DiskPace,
}

fn chunks(sending: Sending) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures_util::stream::try_unfold(sending, |Sending { mut file, mut pieces, pace }| async move {
        let range = match pieces.pop_front() {
            None => return Ok(None),
            Some(Piece::Text(text)) => return Ok(Some((text, Sending { file, pieces, pace }))),
            Some(Piece::Range(range)) => range,
        };
        let end = range.end.min(range.start + CHUNK);
        if end < range.end {
            pieces.push_front(Piece::Range(end..range.end));
        }
        let length = usize::try_from(end - range.start).unwrap_or(usize::MAX);
        let reading = pace.work(move || {
            let chunk = read(&mut file, range.start, length)?;
            Ok((file, chunk))
        });
        let read = reading.await.inspect_err(|error| tracing::warn!(%error, "a file could not be sent to its end"));
        let (file, chunk) = read?;
        Ok(Some((chunk, Sending { file, pieces, pace })))
    })
}
