//! The files of an upload while they arrive, as a handler gets them.

use bytes::Bytes;

use crate::error::Result;
use crate::storage::{SafeName, SafePath, StoredFile};
use crate::upload::arrival::Arrival;
use crate::upload::receive::receive_file;
use crate::upload::{AnyFiles, Failure, FileHead, FileSource as _, FileStore, IncomingBody, UploadFile, UploadId};

/// The files of an upload while they arrive: a parameter of an event that runs from the first byte on.
///
/// One file comes after the other, each in small chunks. A chunk is read when it is asked for, so a handler
/// that takes its time slows the sender down instead of filling memory. Nothing is stored unless the handler does so.
///
/// A handler that returns before the last file was read has decided not to look at the rest, which is thrown away.
///
/// # Errors
///
/// A body that breaks off, is refused or comes too slowly is an error of [`next_file`](Self::next_file) or
/// [`next_chunk`](IncomingFile::next_chunk). Hand it on with `?`: the visitor is told what was wrong. The event fails
/// even if the handler makes nothing of the error, so that half a file never counts as a whole one.
///
/// # Examples
///
/// ```
/// use filekit_files::Result;
/// use filekit_files::upload::UploadStream;
///
/// async fn count_lines(mut files: UploadStream) -> Result<usize> {
///     let mut lines = 0;
///     while let Some(mut file) = files.next_file().await? {
///         while let Some(chunk) = file.next_chunk().await? {
///             lines += chunk.iter().filter(|byte| **byte == b'\n').count();
///         }
///     }
///     Ok(lines)
/// }
/// ```
#[derive(Debug)]
pub struct UploadStream {
    files: AnyFiles,
    store: FileStore,
}

/// A file of an [`UploadStream`] that is arriving.
#[derive(Debug)]
#[must_use = "a file that is not read is skipped"]
pub struct IncomingFile<'a> {
    stream: &'a mut UploadStream,
    name: SafeName,
    head: FileHead,
    offset: u64,
    arrival: Arrival,
}

impl UploadStream {
    /// The files of a body, for a store.
    #[must_use]
    pub fn new(files: impl Into<AnyFiles>, store: FileStore) -> Self {
        Self { files: files.into(), store }
    }

    /// What went wrong while it was read, whatever becomes of it.
    #[must_use]
    pub fn failure(&self) -> Failure {
        self.files.failure().clone()
    }

    /// Where the files come from.
    #[must_use]
    pub fn body(&self) -> IncomingBody {
        self.files.body().clone()
    }

    /// Waits for the next file. What is left of the one before is skipped.
    ///
    /// Dropping the future loses nothing: the next call goes on where it was.
    ///
    /// # Errors
    ///
    /// If the body breaks off, is refused or comes too slowly, and then each time.
    pub async fn next_file(&mut self) -> Result<Option<IncomingFile<'_>>> {
        let head = self.files.next_file().await?;
        let arrival = Arrival::begin();
        Ok(head.map(|head| IncomingFile { name: head.path.name(), stream: self, head, offset: 0, arrival }))
    }
}

impl IncomingFile<'_> {
    /// The name, safe to be used on disk. Several files may have the same.
    #[must_use]
    pub fn name(&self) -> &SafeName {
        &self.name
    }

    /// The path within the folder that the visitor chose, safe to be used on disk; the name if there is none.
    #[must_use]
    pub fn path(&self) -> &SafePath {
        &self.head.path
    }

    /// The name as the browser or program meant it, with its folders if it sent them.
    ///
    /// # Security
    ///
    /// This is text that a stranger wrote: show it, but make no path of it.
    #[must_use]
    pub fn client_name(&self) -> &str {
        &self.head.client_name
    }

    /// The MIME type that the browser claims, if it claims one.
    ///
    /// # Security
    ///
    /// Nothing was checked; the content has not even arrived. See [`mime`](Self::mime).
    #[must_use]
    pub fn claimed_mime(&self) -> Option<&str> {
        self.head.claimed_mime.as_deref()
    }

    /// The size in bytes that the browser claims, if it claims one: enough for showing how far it is.
    ///
    /// # Security
    ///
    /// Nothing was checked: the file may turn out shorter or longer.
    #[must_use]
    pub fn claimed_size(&self) -> Option<u64> {
        self.head.claimed_size
    }

    /// How many bytes were taken so far: where the next chunk begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The MIME type, judged by the name and the content that was taken so far: ask after the first chunk.
    #[must_use]
    pub fn mime(&self) -> String {
        self.stream.files.mime().to_owned()
    }

    /// Waits for the next chunk, which is never empty; nothing comes after the end of the file.
    ///
    /// Dropping the future loses nothing: the next call goes on where it was.
    ///
    /// # Errors
    ///
    /// If the body breaks off, is refused or comes too slowly, and then each time. Also if the upload takes metadata out of pictures
    /// ([`Upload::strip_metadata`](crate::upload::Upload::strip_metadata)): that is done when a file has arrived, so
    /// [`receive`](Self::receive) and [`save`](Self::save) do it, and a chunk would still have the metadata in it.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>> {
        if self.stream.files.strips_metadata() {
            return Err(ChunkWithMetadata { upload: self.head.upload.clone() }.into());
        }
        let chunk = self.stream.files.piece().await?;
        match &chunk {
            Some(chunk) => self.offset += chunk.len() as u64,
            None => self.arrival.end(&self.name, self.offset),
        }
        Ok(chunk)
    }

    /// Waits for the whole file, or for what was not taken of it yet, in a temporary file.
    ///
    /// # Errors
    ///
    /// As [`next_chunk`](Self::next_chunk), and if the disk fails.
    pub async fn receive(self) -> Result<UploadFile> {
        let UploadStream { files, store } = self.stream;
        let mut file = receive_file(files, self.head, store, (self.arrival, self.offset)).await?;
        if self.offset > 0 {
            // What was computed on the way is that of the whole file.
            file.sha256.take();
        }
        Ok(file)
    }

    /// Saves the file, or what was not taken of it yet, when it has arrived. See [`UploadFile::save`].
    ///
    /// # Errors
    ///
    /// As [`next_chunk`](Self::next_chunk), and if the disk fails.
    pub async fn save(self) -> Result<StoredFile> {
        self.receive().await?.save().await
    }

    /// Saves the file, or what was not taken of it yet, under `key`, when it has arrived. See [`UploadFile::save_as`].
    ///
    /// # Errors
    ///
    /// As [`next_chunk`](Self::next_chunk), if `key` is not the name of a file, and if the disk fails.
    pub async fn save_as(self, key: impl AsRef<str>) -> Result<StoredFile> {
        let key = SafeName::parse(key.as_ref())?;
        self.receive().await?.save_as(key).await
    }
}

/// An event reads chunks of an upload whose pictures it is to get without metadata.
#[derive(Debug)]
struct ChunkWithMetadata {
    upload: UploadId,
}

impl std::fmt::Display for ChunkWithMetadata {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let upload = &self.upload;
        write!(
            formatter,
            "the upload `{upload}` says `strip_metadata`, and chunks of a file still have its metadata: \
             take the file by `receive` or `save`, or take `UploadFile` in place of `UploadStream`"
        )
    }
}

impl std::error::Error for ChunkWithMetadata {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum_core::body::Body;
    use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
    use http::HeaderMap;
    use http::header::CONTENT_TYPE;

    use super::*;
    use crate::storage::{Disk, SaveTransaction, Spool, StoredFiles};
    use crate::upload::{Parts, RuleBook, Rules};

    const HEAD: &str = "--x\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\n\
         {}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n";

    const END: &str = "\r\n--x--\r\n";

    /// Begins to read a body, of which these frames follow the head of the first file.
    async fn begin(folder: &tempfile::TempDir, frames: impl Stream<Item = Bytes> + Send + 'static) -> UploadStream {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
        let frames = stream::iter([Bytes::from_static(HEAD.as_bytes())]).chain(frames);
        let body = Body::from_stream(frames.map(Ok::<_, std::io::Error>)).into_data_stream();
        let mut parts = Parts::open(&headers, &IncomingBody::new(&headers, body, u64::MAX)).unwrap();
        parts.first_field("call").await.unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let store = FileStore {
            spool: Spool::open(&disk).unwrap(),
            files: StoredFiles::on_disk(disk),
            saves: SaveTransaction::default().share(),
        };
        let rules = RuleBook::new(vec![("a".into(), Rules::default())]);
        UploadStream::new(parts.files(rules, Vec::new()).unwrap(), store)
    }

    #[tokio::test]
    async fn nothing_is_read_before_it_is_asked_for() {
        const FRAME: usize = 64 * 1024;
        let folder = tempfile::tempdir().unwrap();
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let content = stream::repeat(Bytes::from(vec![b'x'; FRAME])).take(100);
        let content = content.inspect(move |_| _ = counted.fetch_add(1, Ordering::Relaxed));
        let mut files = begin(&folder, content.chain(stream::iter([END.into()]))).await;

        let mut file = files.next_file().await.unwrap().unwrap();
        let mut chunks = 0;
        while let Some(chunk) = file.next_chunk().await.unwrap() {
            chunks += 1;
            let taken = taken.load(Ordering::Relaxed);
            assert!(chunk.len() < 2 * FRAME && taken <= chunks, "{taken} frames for {chunks} chunks");
        }
        assert_eq!(file.offset(), 100 * FRAME as u64);
    }

    #[tokio::test]
    async fn who_waited_in_vain_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let mut files = begin(&folder, stream::poll_fn(move |context| receiver.poll_recv(context))).await;
        let mut file = files.next_file().await.unwrap().unwrap();
        for text in ["one", "two"] {
            // Dropped while it waits.
            assert!(file.next_chunk().now_or_never().is_none());
            sender.send(text.into()).unwrap();
            assert_eq!(file.next_chunk().await.unwrap().unwrap(), text);
        }
        // The beginning of a delimiter is nothing to hand on yet.
        let (begun, rest) = END.split_at(3);
        sender.send(begun.into()).unwrap();
        assert!(file.next_chunk().now_or_never().is_none());
        sender.send(rest.into()).unwrap();
        assert_eq!(file.next_chunk().await.unwrap(), None);
        assert!(files.next_file().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn who_waited_in_vain_for_a_file_without_a_name_gets_it_later() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let mut files = begin(&folder, stream::poll_fn(move |context| receiver.poll_recv(context))).await;
        let head = "one\r\n--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\"\r\n\r\n";
        sender.send(head.into()).unwrap();
        let _first = files.next_file().await.unwrap().unwrap();
        // Only its content tells it from an input in which nothing was chosen, and that is not there yet.
        assert!(files.next_file().now_or_never().is_none());
        sender.send("two".into()).unwrap();
        sender.send(END.into()).unwrap();
        let mut second = files.next_file().await.unwrap().unwrap();
        assert_eq!(second.next_chunk().await.unwrap().unwrap(), "two");
        assert_eq!(second.next_chunk().await.unwrap(), None);
        assert!(files.next_file().await.unwrap().is_none());
    }
}
