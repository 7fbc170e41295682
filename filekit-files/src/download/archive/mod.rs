//! Many downloads as one zip archive, made while it is sent.
//!
//! ```text
//! entries -> name -> content -> its beginning -> layout -> header, content, descriptor -> directory
//! ```

mod format;
mod length;
mod names;
mod time;

use std::fmt;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;

use crate::download::archive::format::{BLOCK, Entry, LAST_BLOCK, Layout, block_header, end};
use crate::download::archive::names::Names;
use crate::download::archive::time::Time;
use crate::download::open::EntryContent;
use crate::download::{ByteStream, Download, DownloadError, Source};
use crate::error::Result;
use crate::storage::StoredFiles;

pub(super) use length::length;

/// How much is written before it goes out.
const PIECE: usize = 64 * 1024;

/// Content of a known length up to this has its size and its checksum in front of it: it is read before its header is
/// written. So much of a file is read at once anyway.
const READ_FIRST: u64 = 256 * 1024;

/// The same for content whose length is not known, which may be made slowly.
const READ_FIRST_OF_STREAM: u64 = 64 * 1024;

/// What an archive is made of.
pub enum Entries {
    /// They were there when the download was.
    Listed(Vec<Download>),
    /// Each is asked for when those before it have been sent.
    Lazy(Pin<Box<dyn Stream<Item = Result<Download>> + Send>>),
}

impl fmt::Debug for Entries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(entries) => formatter.debug_tuple("Listed").field(entries).finish(),
            Self::Lazy(_) => formatter.write_str("Lazy"),
        }
    }
}

impl Entries {
    /// Checks what is there already.
    ///
    /// # Errors
    ///
    /// If any of it is wrong, or has no content of its own.
    pub(super) fn check(&self) -> Result<(), DownloadError> {
        match self {
            Self::Listed(entries) => entries.iter().try_for_each(check),
            Self::Lazy(_) => Ok(()),
        }
    }

    fn into_stream(self) -> Pin<Box<dyn Stream<Item = Result<Download>> + Send>> {
        match self {
            Self::Listed(entries) => Box::pin(stream::iter(entries.into_iter().map(Ok))),
            Self::Lazy(entries) => entries,
        }
    }
}

fn check(entry: &Download) -> Result<(), DownloadError> {
    match &entry.source {
        Source::Url(url) => Err(DownloadError::Entry(url.clone())),
        _ => entry.check(),
    }
}

/// The archive of `entries`, made as fast as it is read. An entry that fails, fails the archive.
pub(super) fn archive(entries: Entries, files: StoredFiles) -> ByteStream {
    let (sender, receiver) = mpsc::channel(1);
    let run: futures_util::future::BoxFuture<'static, Result<()>> = Box::pin(write(entries, files, sender));
    Box::pin(stream::try_unfold(Some((run, receiver)), |running| async move {
        let Some((mut run, mut receiver)) = running else { return Ok(None) };
        tokio::select! {
            biased;
            Some(piece) = receiver.recv() => Ok(Some((piece, Some((run, receiver))))),
            done = &mut run => {
                done?;
                Ok(receiver.try_recv().ok().map(|last| (last, None)))
            }
        }
    }))
}

async fn write(entries: Entries, files: StoredFiles, sender: mpsc::Sender<Bytes>) -> Result<()> {
    let mut output = Output { waiting: Vec::new(), written: 0, sender };
    let (mut names, mut directory, mut count) = (Names::default(), Vec::new(), 0);
    let mut entries = entries.into_stream();
    while let Some(entry) = entries.next().await.transpose()? {
        check(&entry)?;
        let name = names.unique(&entry.entry_path()?);
        let written = write_entry(name, entry.into_entry(&files).await?, &mut output).await?;
        directory.extend_from_slice(&written.directory_header());
        count += 1;
    }
    let (offset, size) = (output.written, directory.len() as u64);
    output.text(&directory).await;
    output.text(&end(count, offset, size)).await;
    output.hand_over(0).await;
    Ok(())
}

async fn write_entry(name: String, content: EntryContent, output: &mut Output) -> Result<Entry> {
    let EntryContent { mut bytes, size, in_memory, modified } = content;
    let most = if in_memory { u64::MAX } else { most_to_read_first(size) };
    let (beginning, is_whole) = beginning(&mut bytes, most).await?;
    let layout = if is_whole { Layout::SizesInFront } else { Layout::SizesBehind };
    let mut sum = crc32fast::Hasher::new();
    let mut entry = Entry { name, time: Time::of(modified), layout, size: 0, checksum: 0, offset: output.written };
    if is_whole {
        beginning.iter().for_each(|piece| sum.update(piece));
        entry.size = beginning.iter().map(|piece| piece.len() as u64).sum();
        entry.checksum = sum.finalize();
        output.text(&entry.local_header()).await;
        for piece in beginning {
            output.piece(piece).await;
        }
        return Ok(entry);
    }
    output.text(&entry.local_header()).await;
    let mut blocks = Blocks::of(size);
    let mut all = stream::iter(beginning.into_iter().map(Ok)).chain(bytes);
    while let Some(piece) = all.next().await.transpose()? {
        sum.update(&piece);
        entry.size += piece.len() as u64;
        blocks.write(piece, output).await;
    }
    blocks.finish(output).await;
    entry.checksum = sum.finalize();
    output.text(&entry.descriptor()).await;
    Ok(entry)
}

/// How much content may be read before its header is written.
fn most_to_read_first(size: Option<u64>) -> u64 {
    match size {
        Some(size) if size <= READ_FIRST => READ_FIRST,
        Some(_) => 0,
        None => READ_FIRST_OF_STREAM,
    }
}

/// Reads until there are more than `most` bytes. Returns what was read, and whether that is all.
async fn beginning(bytes: &mut ByteStream, most: u64) -> Result<(Vec<Bytes>, bool)> {
    let (mut read, mut size) = (Vec::new(), 0);
    while size <= most {
        let Some(piece) = bytes.next().await.transpose()? else { return Ok((read, true)) };
        size += piece.len() as u64;
        read.push(piece);
    }
    Ok((read, false))
}

/// Puts content into DEFLATE blocks that are not compressed. All but the last are full, so that the same content makes the
/// same archive, in whichever pieces it comes.
#[derive(Debug)]
struct Blocks {
    /// What is left of the content, if that is known, and of the block at hand.
    left: Option<(u64, usize)>,
    /// The beginning of a block whose length is not known.
    waiting: BytesMut,
}

impl Blocks {
    fn of(size: Option<u64>) -> Self {
        Self { left: size.map(|size| (size, 0)), waiting: BytesMut::new() }
    }

    async fn write(&mut self, mut piece: Bytes, output: &mut Output) {
        while !piece.is_empty() {
            match &mut self.left {
                // Where the length of the block is known, its header is written ahead and nothing is copied.
                Some((left, 0)) if *left > 0 => {
                    let block = usize::try_from(*left).unwrap_or(BLOCK).min(BLOCK);
                    self.left = Some((*left - block as u64, block));
                    output.text(&block_header(block)).await;
                }
                Some((_, left)) if *left > 0 => {
                    let part = piece.split_to(piece.len().min(*left));
                    *left -= part.len();
                    output.piece(part).await;
                }
                // There is more than was said, which fails the archive as soon as all of it was read.
                _ => {
                    self.waiting.extend_from_slice(&piece.split_to(piece.len().min(BLOCK - self.waiting.len())));
                    if self.waiting.len() == BLOCK {
                        self.flush(output).await;
                    }
                }
            }
        }
    }

    async fn flush(&mut self, output: &mut Output) {
        if !self.waiting.is_empty() {
            output.text(&block_header(self.waiting.len())).await;
            output.piece(self.waiting.split().freeze()).await;
        }
    }

    async fn finish(mut self, output: &mut Output) {
        self.flush(output).await;
        output.text(&LAST_BLOCK).await;
    }
}

/// The archive on its way out.
struct Output {
    /// What was written and has not gone out.
    waiting: Vec<u8>,
    /// How much was written.
    written: u64,
    sender: mpsc::Sender<Bytes>,
}

impl Output {
    /// Writes a copy.
    async fn text(&mut self, text: &[u8]) {
        self.written += text.len() as u64;
        self.waiting.extend_from_slice(text);
        self.hand_over(PIECE).await;
    }

    /// Writes a piece of content, without a copy if it is large.
    async fn piece(&mut self, piece: Bytes) {
        if piece.len() < PIECE / 2 {
            return self.text(&piece).await;
        }
        self.hand_over(0).await;
        self.written += piece.len() as u64;
        // The receiver is polled together with this.
        let _ = self.sender.send(piece).await;
    }

    /// Lets what waits go out, if it is so much.
    async fn hand_over(&mut self, enough: usize) {
        if !self.waiting.is_empty() && self.waiting.len() >= enough {
            let _ = self.sender.send(std::mem::take(&mut self.waiting).into()).await;
        }
    }
}

/// The paths under which an archive holds files of these paths, for fuzz targets.
#[cfg(fuzzing)]
#[must_use]
pub fn unique_names(paths: &[crate::storage::SafePath]) -> Vec<String> {
    let mut names = Names::default();
    paths.iter().map(|path| names.unique(path)).collect()
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;
    use crate::error::Error;
    use crate::storage::Disk;

    fn files() -> (tempfile::TempDir, StoredFiles) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, StoredFiles::on_disk(disk))
    }

    async fn bytes_of(entries: Vec<Download>) -> Result<Vec<u8>> {
        let (_folder, files) = files();
        let pieces: Vec<Bytes> = archive(Entries::Listed(entries), files).try_collect().await?;
        Ok(pieces.concat())
    }

    #[tokio::test]
    async fn the_same_content_makes_the_same_archive_in_whichever_pieces_it_comes() {
        let content: Vec<u8> = (0..400_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let mut archives = Vec::new();
        for length in [1_000, 65_535, 100_000, 400_000] {
            let pieces: Vec<_> = content.chunks(length).map(|piece| Ok::<_, Error>(piece.to_vec())).collect();
            let entries = vec![Download::stream(stream::iter(pieces)), Download::data("2").filename("b")];
            archives.push(bytes_of(entries).await.unwrap());
        }
        assert!(archives.windows(2).all(|two| two[0] == two[1]));
    }

    #[tokio::test]
    async fn an_archive_of_nothing_is_one() {
        assert_eq!(bytes_of(Vec::new()).await.unwrap().len(), 22, "the end of an empty directory");
    }

    #[tokio::test]
    async fn an_entry_that_fails_fails_the_archive() {
        let failing = Download::stream(stream::iter([Ok("some"), Err(Error::user("no more"))]));
        let error = bytes_of(vec![Download::data("1"), failing]).await.unwrap_err();
        assert_eq!(error.to_string(), "no more");
        let missing = bytes_of(vec![Download::stored("missing.txt")]).await.unwrap_err();
        assert!(missing.to_string().contains("missing.txt"), "{missing}");
    }
}
