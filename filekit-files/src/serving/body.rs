//! The bytes that are sent of a file, piece by piece.

use std::collections::VecDeque;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;

use axum_core::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use crate::storage::{AnyStorage, DiskPace, FileChunks, FileKey, FileMetadata, FileReader, Storage as _};

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
    Body::from_stream(chunks(FileReader::new(file, pace), pieces))
}

/// All of an open file, for another body.
pub(crate) fn whole(file: File, metadata: &Metadata, pace: DiskPace) -> FileChunks {
    Box::pin(FileReader::new(file, pace).chunks(0..metadata.len()))
}

fn chunks(reader: FileReader, pieces: VecDeque<Piece>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((reader, pieces), |(reader, mut pieces)| async move {
        let range = match pieces.pop_front() {
            None => return Ok(None),
            Some(Piece::Text(text)) => return Ok(Some((text, (reader, pieces)))),
            Some(Piece::Range(range)) => range,
        };
        let (chunk, rest, reader) = reader.read(range).await?;
        if !rest.is_empty() {
            pieces.push_front(Piece::Range(rest));
        }
        Ok(Some((chunk, (reader, pieces))))
    })
}

/// One version of a file in another storage than the disk.
#[derive(Clone, Debug)]
pub(crate) struct RemoteFile {
    pub(crate) storage: AnyStorage,
    pub(crate) key: FileKey,
    pub(crate) found: FileMetadata,
}

impl RemoteFile {
    /// The file as it is now.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none; or if the storage fails.
    pub(crate) async fn find(storage: &AnyStorage, key: &FileKey) -> io::Result<Self> {
        let found = storage.find(key).await?.ok_or(io::ErrorKind::NotFound)?;
        Ok(Self { storage: storage.clone(), key: key.clone(), found })
    }

    /// Sends the pieces. If the file is replaced or removed meanwhile, the connection breaks where another piece would begin.
    pub(crate) fn body(self, pieces: VecDeque<Piece>) -> Body {
        let pieces = stream::iter(pieces).then(move |piece| {
            let file = self.clone();
            async move {
                let chunks: FileChunks = match piece {
                    Piece::Text(text) => Box::pin(stream::iter([Ok(text)])),
                    Piece::Range(range) => file.read(range).await,
                };
                chunks
            }
        });
        Body::from_stream(pieces.flatten())
    }

    /// The bytes of a range. What fails at once is the first of them.
    pub(crate) async fn read(&self, range: Range<u64>) -> FileChunks {
        if range.is_empty() {
            return Box::pin(stream::empty());
        }
        let key = self.key.clone();
        let failed = move |error: io::Error| {
            tracing::warn!(%error, %key, "a file could not be sent to its end");
            error
        };
        match self.storage.read(&self.key, &self.found, range).await {
            Ok(chunks) => Box::pin(chunks.map(move |chunk| chunk.map_err(&failed))),
            Err(error) => Box::pin(stream::iter([Err(failed(error))])),
        }
    }
}
