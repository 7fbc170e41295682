//! Takes the metadata out of a picture that has arrived, if its upload asks for it: from its content into a new one, before a handler gets
//! it. What stays of a picture is `metadata/`.

use std::io;
use std::ops::Range;

use crate::error::{FileRejection, Result};
use crate::metadata::{self, Fault, Output, Picture};
use crate::storage::{Content, ContentSource, FileWriter, ReadSeek, Spool, blocking, storage_error};
use crate::upload::{FileHead, Judged};

/// A content, and how many bytes it has.
type SizedContent = (Content, u64);

/// The content of a file without its metadata; nothing if it has none, or none is to be taken out.
///
/// # Errors
///
/// If the file is no whole picture, or the disk fails.
pub(super) async fn strip(
    content: ContentSource,
    judged: &Judged,
    head: &FileHead,
    spool: &Spool,
) -> Result<Option<SizedContent>> {
    let Some(picture) = judged.picture_to_strip() else { return Ok(None) };
    let rewritten = match content {
        // It is small.
        ContentSource::Memory(_) => rewrite(picture, content, spool),
        // Where metadata is to be taken out, no file goes to the store by itself.
        ContentSource::Disk(_) | ContentSource::Direct(_) => {
            let spool = spool.clone();
            blocking(move || Ok(rewrite(picture, content, &spool))).await.map_err(storage_error)?
        }
    };
    rewritten.map_err(|fault| match fault {
        Fault::Broken(reason) => {
            FileRejection::ImageBroken { name: head.path.name().as_str().to_owned(), reason }.into()
        }
        Fault::Disk(error) => storage_error(error),
    })
}

fn rewrite(picture: Picture, content: ContentSource, spool: &Spool) -> Result<Option<SizedContent>, Fault> {
    let (file, length) = content.clone().open_blocking()?;
    let (copied, _) = content.open_blocking()?;
    let mut rewrite = Rewrite { file: copied, position: 0, kept: 0..0, spool, writer: None };
    metadata::strip(picture, file, length, &mut rewrite)?;
    Ok(rewrite.finish(length)?)
}

/// The new content. Nothing of it is written before it is known to be another one.
struct Rewrite<'a> {
    file: Box<dyn ReadSeek>,
    position: u64,
    /// What stays, and is not written yet: the next range may go on where it ends.
    kept: Range<u64>,
    spool: &'a Spool,
    writer: Option<FileWriter>,
}

impl Output for Rewrite<'_> {
    fn keep(&mut self, range: Range<u64>) -> io::Result<()> {
        if range.start != self.kept.end {
            self.write_kept()?;
            self.kept.start = range.start;
        }
        self.kept.end = range.end;
        Ok(())
    }

    fn insert(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_kept()?;
        write(&mut self.writer, self.spool, bytes)
    }
}

impl Rewrite<'_> {
    /// The new content; nothing if it is that of the whole file, which has this length.
    fn finish(mut self, length: u64) -> io::Result<Option<SizedContent>> {
        if self.writer.is_none() && self.kept == (0..length) {
            return Ok(None);
        }
        self.write_kept()?;
        self.writer.map(FileWriter::finish_small_blocking).transpose()
    }

    fn write_kept(&mut self) -> io::Result<()> {
        let Range { start, end } = std::mem::replace(&mut self.kept, 0..0);
        if start == end {
            return Ok(());
        }
        self.file.seek_relative(i64::try_from(start - self.position).map_err(io::Error::other)?)?;
        self.position = start;
        while self.position < end {
            let piece = self.file.fill_buf()?;
            if piece.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let length = usize::try_from(end - self.position).unwrap_or(usize::MAX).min(piece.len());
            write(&mut self.writer, self.spool, &piece[..length])?;
            self.file.consume(length);
            self.position += length as u64;
        }
        Ok(())
    }
}

fn write(writer: &mut Option<FileWriter>, spool: &Spool, bytes: &[u8]) -> io::Result<()> {
    writer.get_or_insert_with(|| spool.begin()).write_blocking(bytes)
}
