//! Reads a stored file, wherever it is kept, also from another place than its beginning.

use std::fmt;
use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use crate::serving::RemoteFile;
use crate::storage::{FileChunks, FileKey, StoredFiles};

/// Reads a stored file.
pub struct StoredReader(Inner);

enum Inner {
    Disk(tokio::fs::File),
    Remote(Box<RemoteReader>),
}

/// Reads from another storage than the disk: each place that is gone to takes a question of its own.
struct RemoteReader {
    file: RemoteFile,
    position: u64,
    state: State,
    /// What has come and is not read yet.
    rest: Bytes,
}

enum State {
    /// Nothing is asked for.
    Idle,
    Asking(BoxFuture<'static, FileChunks>),
    Reading(FileChunks),
}

impl StoredReader {
    /// # Errors
    ///
    /// `NotFound` if there is no such file; or if the storage fails.
    pub(super) async fn open(files: &StoredFiles, key: &FileKey) -> io::Result<Self> {
        if let Some(storage) = files.storage() {
            let file = RemoteFile::find(storage, key).await?;
            let reader = RemoteReader { file, position: 0, state: State::Idle, rest: Bytes::new() };
            return Ok(Self(Inner::Remote(Box::new(reader))));
        }
        let (disk, key) = (files.disk().clone(), key.clone());
        let (file, _) = files.disk().pace().work(move || disk.open_file(&key)).await?;
        Ok(Self(Inner::Disk(tokio::fs::File::from_std(file))))
    }
}

impl RemoteReader {
    fn poll_read(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match &mut self.state {
                State::Idle if self.position >= self.file.found.size => return Poll::Ready(Ok(())),
                State::Idle => {
                    let (file, range) = (self.file.clone(), self.position..self.file.found.size);
                    self.state = State::Asking(async move { file.read(range).await }.boxed());
                }
                State::Asking(asking) => self.state = State::Reading(ready!(asking.poll_unpin(context))),
                State::Reading(chunks) => match ready!(chunks.as_mut().poll_next(context)).transpose()? {
                    Some(chunk) => self.rest = chunk,
                    None if self.position < self.file.found.size => {
                        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                    }
                    None => return Poll::Ready(Ok(())),
                },
            }
        }
        let length = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest[..length]);
        self.rest.advance(length);
        self.position += length as u64;
        Poll::Ready(Ok(()))
    }

    fn seek(&mut self, to: SeekFrom) -> io::Result<()> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.file.found.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let target = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if target != self.position {
            (self.position, self.state, self.rest) = (target, State::Idle, Bytes::new());
        }
        Ok(())
    }
}

impl AsyncRead for StoredReader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Inner::Disk(file) => Pin::new(file).poll_read(context, buffer),
            Inner::Remote(reader) => reader.poll_read(context, buffer),
        }
    }
}

impl AsyncSeek for StoredReader {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        match &mut self.get_mut().0 {
            Inner::Disk(file) => Pin::new(file).start_seek(position),
            Inner::Remote(reader) => reader.seek(position),
        }
    }

    fn poll_complete(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        match &mut self.get_mut().0 {
            Inner::Disk(file) => Pin::new(file).poll_complete(context),
            Inner::Remote(reader) => Poll::Ready(Ok(reader.position)),
        }
    }
}

impl fmt::Debug for StoredReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Inner::Disk(_) => "disk",
            Inner::Remote(_) => "another storage",
        };
        formatter.debug_tuple("StoredReader").field(&kind).finish()
    }
}
