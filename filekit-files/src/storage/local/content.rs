//! What is in an uploaded file: a temporary file, a few bytes in memory, or what its browser has sent to the store by itself.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read as _, Seek};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use crate::storage::{DirectContent, HeldDirectContent, RangeReader, Sha256, Spool, TemporaryFile, blocking};

/// The largest file that is held in memory until it is saved.
pub(crate) const MAX_HELD_FILE: usize = 64 * 1024;

/// How much memory such files take, those of all requests together. What does not fit goes to the disk at once.
const MAX_HELD_FILES: usize = 16 << 20;

/// How much of a file is read at a time by those who read all of it.
const PIECE: usize = 64 * 1024;

/// What an entry of the list of files and the allocator take for a file without content.
const AROUND_A_FILE: usize = 256;

/// The memory for small files that are not saved yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldBudget(Arc<AtomicUsize>);

/// The bytes of a small file.
#[derive(Debug)]
pub(crate) struct HeldBytes {
    bytes: Bytes,
    budget: HeldBudget,
}

impl HeldBudget {
    /// Holds the content of a file, if it is small and there is room.
    ///
    /// # Errors
    ///
    /// If it is not, or there is none: the content.
    pub(crate) fn hold(&self, content: Vec<u8>) -> Result<HeldBytes, Vec<u8>> {
        let bytes = content.len() + AROUND_A_FILE;
        if content.len() > MAX_HELD_FILE {
            return Err(content);
        }
        if self.0.fetch_add(bytes, Ordering::Relaxed) + bytes > MAX_HELD_FILES {
            self.0.fetch_sub(bytes, Ordering::Relaxed);
            return Err(content);
        }
        // It was filled piece by piece, and may have room for twice as much.
        Ok(HeldBytes { bytes: content.into_boxed_slice().into(), budget: self.clone() })
    }
}

impl HeldBytes {
    pub(crate) fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        self.budget.0.fetch_sub(self.bytes.len() + AROUND_A_FILE, Ordering::Relaxed);
    }
}

/// The content of a file that has arrived. It vanishes if nothing keeps it.
#[derive(Debug)]
pub(crate) enum Content {
    Memory(HeldBytes),
    Disk(TemporaryFile),
    Direct(HeldDirectContent),
}

/// Where content can be read.
#[derive(Clone, Debug)]
pub(crate) enum ContentSource {
    Memory(Bytes),
    Disk(PathBuf),
    Direct(DirectContent),
}

impl Content {
    pub(crate) fn source(&self) -> ContentSource {
        match self {
            Self::Memory(held) => ContentSource::Memory(held.as_bytes().clone()),
            Self::Disk(file) => ContentSource::Disk(file.as_ref().to_owned()),
            Self::Direct(held) => ContentSource::Direct(held.0.clone()),
        }
    }

    /// The content as a file, which is made in the spool if there is none.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn into_file(self, spool: &Spool) -> io::Result<TemporaryFile> {
        match self {
            Self::Memory(held) => spool.file_of(held.as_bytes()),
            Self::Disk(file) => Ok(file),
            Self::Direct(_) => Err(not_here()),
        }
    }
}

/// What pictures are read from.
pub(crate) trait ReadSeek: io::BufRead + Seek {}

impl<T: io::BufRead + Seek> ReadSeek for T {}

impl ContentSource {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) async fn read(self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes),
            Self::Disk(path) => tokio::fs::read(path).await.map(Bytes::from),
            Self::Direct(content) => content.read(0..u64::MAX).await,
        }
    }

    /// The same content on this computer, for those who cannot wait for a network while they read. What was fetched goes with the
    /// second value.
    ///
    /// # Errors
    ///
    /// If the disk or the store fails.
    #[cfg_attr(not(feature = "image"), allow(dead_code, reason = "nothing else has to"))]
    pub(crate) async fn fetched(self, spool: &Spool) -> io::Result<(Self, Option<Content>)> {
        let Self::Direct(content) = &self else { return Ok((self, None)) };
        let (mut chunks, mut writer) = (content.chunks(0..content.file.size).await?, spool.begin());
        while let Some(chunk) = chunks.next().await {
            writer = writer.write(chunk?).await?;
        }
        let (fetched, _) = writer.finish_small().await?;
        Ok((fetched.source(), Some(fetched)))
    }

    /// Opens it for reading from its beginning.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) async fn open(self) -> io::Result<ContentReader> {
        Ok(match self {
            Self::Memory(bytes) => ContentReader::Memory(Cursor::new(bytes)),
            Self::Disk(path) => ContentReader::Disk(tokio::fs::File::open(path).await?),
            Self::Direct(content) => ContentReader::Direct(Box::new(content.reader())),
        })
    }

    /// Opens it for reading where that may take its time, and tells its length.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn open_blocking(self) -> io::Result<(Box<dyn ReadSeek>, u64)> {
        match self {
            Self::Memory(bytes) => {
                let length = bytes.len() as u64;
                Ok((Box::new(Cursor::new(bytes)), length))
            }
            Self::Disk(path) => {
                let file = File::open(path)?;
                let length = file.metadata()?.len();
                Ok((Box::new(BufReader::with_capacity(PIECE, file)), length))
            }
            Self::Direct(_) => Err(not_here()),
        }
    }

    /// The first bytes, at most so many.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn start(&self, most: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Memory(bytes) => Ok(bytes[..bytes.len().min(most)].to_vec()),
            Self::Disk(path) => {
                let mut start = Vec::with_capacity(most);
                File::open(path)?.take(most as u64).read_to_end(&mut start)?;
                Ok(start)
            }
            Self::Direct(_) => Err(not_here()),
        }
    }

    /// The digest of the content.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) async fn sha256(self) -> io::Result<Sha256> {
        match self {
            Self::Memory(bytes) => Ok(Sha256::of(&bytes)),
            Self::Disk(path) => blocking(move || Sha256::of_file(&path)).await,
            Self::Direct(content) => content.sha256().await,
        }
    }
}

/// What asks for a file of this computer gets none that is in the store. It is fetched before, where that can be
/// ([`ContentSource::fetched`]).
fn not_here() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "the file was sent to the store, and is not on this computer")
}

/// Reads the content of a file.
#[derive(Debug)]
pub(crate) enum ContentReader {
    Memory(Cursor<Bytes>),
    Disk(tokio::fs::File),
    Direct(Box<RangeReader>),
}

impl AsyncRead for ContentReader {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Memory(bytes) => Pin::new(bytes).poll_read(context, buffer),
            Self::Disk(file) => Pin::new(file).poll_read(context, buffer),
            Self::Direct(reader) => Pin::new(reader).poll_read(context, buffer),
        }
    }
}

impl AsyncSeek for ContentReader {
    fn start_seek(self: Pin<&mut Self>, position: io::SeekFrom) -> io::Result<()> {
        match self.get_mut() {
            Self::Memory(bytes) => AsyncSeek::start_seek(Pin::new(bytes), position),
            Self::Disk(file) => Pin::new(file).start_seek(position),
            Self::Direct(reader) => Pin::new(reader).start_seek(position),
        }
    }

    fn poll_complete(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        match self.get_mut() {
            Self::Memory(bytes) => AsyncSeek::poll_complete(Pin::new(bytes), context),
            Self::Disk(file) => Pin::new(file).poll_complete(context),
            Self::Direct(reader) => Pin::new(reader).poll_complete(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_are_held_as_long_as_there_is_room() {
        let budget = HeldBudget::default();
        assert!(budget.hold(vec![0; MAX_HELD_FILE + 1]).is_err());
        let held: Vec<_> = std::iter::from_fn(|| budget.hold(vec![7; MAX_HELD_FILE]).ok()).collect();
        let bytes = held.len() * MAX_HELD_FILE;
        assert!((MAX_HELD_FILES - 4 * MAX_HELD_FILE..=MAX_HELD_FILES).contains(&bytes), "{bytes}");
        drop(held);
        let empty = std::iter::from_fn(|| budget.hold(Vec::new()).ok()).take(1_000_000).collect::<Vec<_>>();
        assert!(empty.len() < 1_000_000, "files without content are not free");
        drop(empty);
        assert!(budget.hold(vec![7; 10]).is_ok());
    }

    #[tokio::test]
    async fn content_reads_the_same_in_memory_and_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "some text").unwrap();
        for source in [ContentSource::Memory(Bytes::from_static(b"some text")), ContentSource::Disk(path)] {
            use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
            assert_eq!(source.clone().read().await.unwrap(), "some text");
            assert_eq!(source.start(4).unwrap(), b"some");
            assert_eq!(source.start(100).unwrap(), b"some text");
            assert_eq!(source.clone().sha256().await.unwrap(), Sha256::of(b"some text"));
            let mut reader = source.open().await.unwrap();
            let mut rest = String::new();
            reader.seek(io::SeekFrom::Start(5)).await.unwrap();
            reader.read_to_string(&mut rest).await.unwrap();
            assert_eq!(rest, "text");
        }
    }
}
