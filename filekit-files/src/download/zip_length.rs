//! How long an archive will be, before it is made, so that a browser can tell how much is left; not what is in it.

use std::io::{self, Write};
use std::path::PathBuf;

use rawzip::{DataDescriptorOutput, ZipArchiveWriter};

use crate::download::open::stored_path;
use crate::download::zip::{Names, begin};
use crate::download::{Download, Source};
use crate::error::Result;
use crate::serving::size_of;
use crate::storage::{Disk, storage_error};

/// From here on Zip64 is used (APPNOTE 4.4.8, 4.4.9, 4.4.16).
const LARGE: u64 = u32::MAX as u64;

/// What the end of an archive has in addition if anything in it needs Zip64 (APPNOTE 4.3.14, 4.3.15).
const LARGE_END: u64 = 56 + 20;

/// From so many entries on the end has this in any case.
const MANY: usize = u16::MAX as usize;

/// The length of the archive of `entries`, if that of each is known. It keeps none of them, since a stream is for one thread at
/// a time.
///
/// # Errors
///
/// If the name of an entry is none, or the disk fails.
pub(super) fn of(entries: &[Download], disk: &Disk) -> impl Future<Output = Result<Option<u64>>> + Send + use<> {
    let outline = outline(entries, disk);
    let pace = disk.pace().clone();
    async move {
        let Some(outline) = outline? else { return Ok(None) };
        pace.work(move || length(outline)).await.map_err(storage_error)
    }
}

/// An entry, as far as it says how long the archive will be.
struct Entry {
    name: String,
    content: Content,
}

enum Content {
    Bytes(u64),
    File(PathBuf),
    Archive(Vec<Entry>),
}

/// The entries; nothing if there is one whose length nobody knows.
fn outline(entries: &[Download], disk: &Disk) -> Result<Option<Vec<Entry>>> {
    let mut names = Names::default();
    let mut outlined = Vec::with_capacity(entries.len());
    for entry in entries {
        let content = match (&entry.source, entry.length) {
            (Source::Stored(stored), _) => Content::File(stored_path(stored, disk)?),
            (Source::Spooled(file), _) => Content::Bytes(file.size),
            (Source::Data(data), _) => Content::Bytes(data.len() as u64),
            (_, Some(said)) => Content::Bytes(said),
            (Source::Zip(inner), None) => match outline(inner, disk)? {
                Some(inner) => Content::Archive(inner),
                None => return Ok(None),
            },
            (Source::Stream(_) | Source::Url(_) | Source::Broken(_), None) => return Ok(None),
        };
        outlined.push(Entry { name: names.unique(&entry.entry_name()?), content });
    }
    Ok(Some(outlined))
}

/// An archive of the same names without any content is made, and what the content adds to it is added.
///
/// A file that is not there has no length; when it is to be read, that is an error.
fn length(entries: Vec<Entry>) -> io::Result<Option<u64>> {
    let mut archive = ZipArchiveWriter::new(Counted::default());
    let is_long = entries.len() >= MANY;
    let (mut content, mut large_fields, mut needs_large_end) = (0, 0, false);
    for entry in entries {
        let size = match entry.content {
            Content::Bytes(size) => size,
            Content::File(path) => match size_of(&path) {
                Ok(size) => size,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            },
            Content::Archive(entries) => match length(entries)? {
                Some(size) => size,
                None => return Ok(None),
            },
        };
        let offset = archive.stream_offset() + content;
        let large = large_numbers(size, offset);
        content += size + large.descriptor;
        large_fields += large.field;
        needs_large_end |= large.field > 0;
        empty_entry(&mut archive, &entry.name)?;
    }
    needs_large_end |= archive.stream_offset() + content >= LARGE;
    let end = if needs_large_end && !is_long { LARGE_END } else { 0 };
    let Counted(bare) = archive.finish().map_err(io::Error::other)?;
    Ok(Some(bare + content + large_fields + end))
}

/// What an entry takes more for numbers that 32 bits do not hold.
struct LargeNumbers {
    /// Behind its content (APPNOTE 4.3.9.2).
    descriptor: u64,
    /// In the list at the end (APPNOTE 4.5.3): the numbers that need it, behind four bytes that say so.
    field: u64,
}

fn large_numbers(size: u64, offset: u64) -> LargeNumbers {
    // Its size is there twice: as it is stored and as it was.
    let numbers = u64::from(size >= LARGE) * 2 + u64::from(offset >= LARGE);
    LargeNumbers { descriptor: if size >= LARGE { 8 } else { 0 }, field: if numbers > 0 { 4 + 8 * numbers } else { 0 } }
}

fn empty_entry(archive: &mut ZipArchiveWriter<Counted>, name: &str) -> io::Result<()> {
    let file = begin(archive, name).map_err(io::Error::other)?;
    file.finish(DataDescriptorOutput::new(0, 0)).map_err(io::Error::other)?;
    Ok(())
}

/// Counts what is written.
#[derive(Default)]
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::{StreamExt as _, TryStreamExt as _, stream};

    use super::*;
    use crate::download::zip;

    fn disk() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, disk)
    }

    /// What is foreseen, and what it becomes.
    async fn lengths(entries: impl Fn() -> Vec<Download>, disk: &Disk) -> (Option<u64>, u64) {
        let made = zip::archive(entries(), disk.clone()).try_fold(0, async |sum, piece| Ok(sum + piece.len() as u64));
        (of(&entries(), disk).await.unwrap(), made.await.unwrap())
    }

    fn zeros(length: u64) -> Download {
        static PIECE: Bytes = Bytes::from_static(&[0; 1 << 20]);
        let pieces = stream::iter((0..length >> 20).map(|_| PIECE.clone()));
        let rest = PIECE.slice(..usize::try_from(length % (1 << 20)).unwrap());
        Download::stream(pieces.chain(stream::iter([rest])).map(Ok::<_, io::Error>)).length(length)
    }

    #[tokio::test]
    async fn the_length_is_foreseen() {
        let (folder, disk) = disk();
        std::fs::write(folder.path().join("stored.txt"), "stored").unwrap();
        let inner = || Download::zip([Download::data("deep").filename("deep.txt")]).filename("inner.zip");
        let entries =
            || vec![Download::stored("stored.txt"), Download::data("").filename("é"), inner(), inner(), zeros(3 << 20)];
        let (foreseen, made) = lengths(entries, &disk).await;
        assert_eq!(foreseen, Some(made));
    }

    #[tokio::test]
    async fn the_length_of_very_many_entries_is_foreseen() {
        let (_folder, disk) = disk();
        for number in [MANY - 1, MANY] {
            let entries = || (0..number).map(|nth| Download::data("").filename(format!("{nth}"))).collect();
            let (foreseen, made) = lengths(entries, &disk).await;
            assert_eq!(foreseen, Some(made), "{number}");
        }
    }

    #[tokio::test]
    async fn nobody_knows_the_length_of_a_stream_or_of_what_is_not_there() {
        let (_folder, disk) = disk();
        let stream = || Download::stream(stream::iter([Ok::<_, io::Error>("some")]));
        for unknown in [stream(), Download::zip([stream()]), Download::stored("missing.txt")] {
            assert_eq!(of(&[Download::data("1"), unknown], &disk).await.unwrap(), None);
        }
    }
}
