//! Reads a file in pieces, on whichever thread the disk is best read.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::Stream;

use crate::storage::{DiskPace, fill};

/// How much is read at once: enough that it pays to hand it over when the disk is slow. A reader who is slow holds
/// about three of these in memory.
const CHUNK: u64 = 256 * 1024;

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct FileReader {
    file: File,
    buffers: Buffers,
    pace: DiskPace,
}

impl FileReader {
    pub(crate) fn new(file: File, pace: DiskPace) -> Self {
        Self { file, buffers: Buffers::default(), pace }
    }

    /// Reads the beginning of a range, or all of it. Returns what is left of it.
    ///
    /// # Errors
    ///
    /// If the disk fails, or the file has become shorter.
    pub(crate) async fn read(self, range: Range<u64>) -> io::Result<(Bytes, Range<u64>, Self)> {
        let Self { file, mut buffers, pace } = self;
        let end = range.end.min(range.start + CHUNK);
        let mut buffer = buffers.take(usize::try_from(end - range.start).unwrap_or(usize::MAX));
        let reading = pace.work(move || {
            fill(&file, range.start, &mut buffer)?;
            Ok((file, buffer.freeze()))
        });
        let read = reading.await.inspect_err(|error| tracing::warn!(%error, "a file could not be sent to its end"));
        let (file, chunk) = read?;
        buffers.0.push_back(chunk.clone());
        Ok((chunk, end..range.end, Self { file, buffers, pace }))
    }

    /// The bytes of a range, as they are read.
    pub(crate) fn chunks(self, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        futures_util::stream::try_unfold((self, range), |(reader, range)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let (chunk, rest, reader) = reader.read(range).await?;
            Ok(Some((chunk, (reader, rest))))
        })
    }
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
