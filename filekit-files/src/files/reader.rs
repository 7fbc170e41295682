//! Reads a stored file, wherever it is kept, also from another place than its beginning.

use std::fmt;
use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use crate::serving::RemoteFile;
use crate::storage::{FileKey, RangeReader, StoredFiles};

/// Reads a stored file.
pub struct StoredReader(Inner);

enum Inner {
    Disk(tokio::fs::File),
    Remote(Box<RangeReader>),
}

impl StoredReader {
    /// # Errors
    ///
    /// `NotFound` if there is no such file; or if the storage fails.
    pub(super) async fn open(files: &StoredFiles, key: &FileKey) -> io::Result<Self> {
        if let Some(storage) = files.storage() {
            let file = RemoteFile::find(storage, key).await?;
            files.check_end(key, file.found.modified)?;
            let reader = RangeReader::new(file.found.size, move |range| {
                let file = file.clone();
                Box::pin(async move { Ok(file.read(range).await) })
            });
            return Ok(Self(Inner::Remote(Box::new(reader))));
        }
        let (disk, of) = (files.disk().clone(), key.clone());
        let (file, metadata) = files.disk().pace().work(move || disk.open_file(&of)).await?;
        files.check_end(key, metadata.modified()?)?;
        Ok(Self(Inner::Disk(tokio::fs::File::from_std(file))))
    }
}

impl AsyncRead for StoredReader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Inner::Disk(file) => Pin::new(file).poll_read(context, buffer),
            Inner::Remote(reader) => Pin::new(reader).poll_read(context, buffer),
        }
    }
}

impl AsyncSeek for StoredReader {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        match &mut self.get_mut().0 {
            Inner::Disk(file) => Pin::new(file).start_seek(position),
            Inner::Remote(reader) => Pin::new(reader).start_seek(position),
        }
    }

    fn poll_complete(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        match &mut self.get_mut().0 {
            Inner::Disk(file) => Pin::new(file).poll_complete(context),
            Inner::Remote(reader) => Pin::new(reader).poll_complete(context),
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
