//! How long an archive will be, before it is made, so that a browser can tell how much is left.

use std::path::PathBuf;

use crate::download::archive::format::{Entry, Layout, end};
use crate::download::archive::names::Names;
use crate::download::archive::time::Time;
use crate::download::archive::{Entries, READ_FIRST};
use crate::download::open::{not_stored, stored_path};
use crate::download::{Download, Source};
use crate::error::Result;
use crate::serving::status;
use crate::storage::{Disk, storage_error};

/// The length of the archive of `entries`, if that of each is known. It keeps none of them, since a stream is for one thread at
/// a time.
///
/// # Errors
///
/// If the name of an entry is none, one is of a stored file that is not there, or the disk fails.
pub(in crate::download) fn length(
    entries: &Entries,
    disk: &Disk,
) -> impl Future<Output = Result<Option<u64>>> + Send + use<> {
    let outline = match entries {
        Entries::Listed(entries) => outline(entries, disk).map(Some),
        Entries::Lazy(_) => Ok(None),
    };
    let pace = disk.pace().clone();
    async move {
        match outline? {
            Some(outline) => pace.work(move || Ok(sum(outline))).await.map_err(storage_error)?,
            None => Ok(None),
        }
    }
}

/// An entry, as far as it says how long the archive will be.
struct Outline {
    path: String,
    content: Content,
}

enum Content {
    Bytes { size: u64, in_memory: bool },
    File { path: PathBuf, key: String },
    Archive(Vec<Outline>),
    Unknown,
}

fn outline(entries: &[Download], disk: &Disk) -> Result<Vec<Outline>> {
    let mut names = Names::default();
    let of = |entry: &Download| {
        let content = match (&entry.source, entry.length) {
            (Source::Stored(key), _) => Content::File { path: stored_path(key, disk)?, key: key.clone() },
            (Source::Spooled(file), _) => Content::Bytes { size: file.size, in_memory: false },
            (Source::Data(data), _) => Content::Bytes { size: data.len() as u64, in_memory: true },
            (Source::Zip(Entries::Listed(inner)), None) => Content::Archive(outline(inner, disk)?),
            (_, Some(size)) => Content::Bytes { size, in_memory: false },
            (_, None) => Content::Unknown,
        };
        Ok(Outline { path: names.unique(&entry.entry_path()?), content })
    };
    entries.iter().map(of).collect()
}

/// The records of the archive are made, and counted together with the content between them. All entries are looked at, also
/// where one is of unknown length, since a file may be missing.
fn sum(entries: Vec<Outline>) -> Result<Option<u64>> {
    let (mut offset, mut directory_size, mut is_known) = (0, 0, true);
    let count = entries.len() as u64;
    for Outline { path, content } in entries {
        let (size, in_memory, modified) = match content {
            Content::Bytes { size, in_memory } => (Some(size), in_memory, None),
            Content::File { path, key } => {
                let status = status(&path).map_err(|error| not_stored(error, Some(&key)))?;
                (Some(status.len()), false, status.modified().ok())
            }
            Content::Archive(entries) => (sum(entries)?, false, None),
            Content::Unknown => (None, false, None),
        };
        is_known &= size.is_some();
        let size = size.unwrap_or_default();
        let is_in_front = in_memory || size <= READ_FIRST;
        let layout = if is_in_front { Layout::SizesInFront } else { Layout::SizesBehind };
        let entry = Entry { name: path, time: Time::of(modified), layout, size, checksum: 0, offset };
        let written = [entry.local_header().len(), entry.descriptor().len()];
        offset += entry.stored_size() + written.map(|length| length as u64).iter().sum::<u64>();
        directory_size += entry.directory_header().len() as u64;
    }
    Ok(is_known.then(|| offset + directory_size + end(count, offset, directory_size).len() as u64))
}

#[cfg(test)]
mod tests {
    use std::io;

    use bytes::Bytes;
    use futures_util::{StreamExt as _, TryStreamExt as _, stream};

    use super::*;
    use crate::download::archive::archive;
    use crate::download::archive::format::MANY;

    fn disk() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, disk)
    }

    /// What is foreseen, and what it becomes.
    async fn lengths(entries: impl Fn() -> Vec<Download>, disk: &Disk) -> (Option<u64>, u64) {
        let made = archive(Entries::Listed(entries()), disk.clone());
        let made = made.try_fold(0, async |sum, piece| Ok(sum + piece.len() as u64));
        (length(&Entries::Listed(entries()), disk).await.unwrap(), made.await.unwrap())
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
        std::fs::write(folder.path().join("large.bin"), vec![7; 700_000]).unwrap();
        let inner = || Download::zip([Download::data("deep").filename("deep.txt")]).filename("inner.zip");
        let entries = || {
            vec![
                Download::stored("stored.txt"),
                Download::stored("large.bin"),
                Download::data("").filename("é/è"),
                Download::data(vec![7; 700_000]),
                inner(),
                inner(),
                Download::zip([Download::stored("large.bin")]),
            ]
        };
        let (foreseen, made) = lengths(entries, &disk).await;
        assert_eq!(foreseen, Some(made));
    }

    #[tokio::test]
    async fn the_length_is_foreseen_where_the_layout_changes() {
        let (_folder, disk) = disk();
        for length in [0, 1, READ_FIRST - 1, READ_FIRST, READ_FIRST + 1, 65_535 * 8, 65_535 * 8 + 1, 3 << 20] {
            let (foreseen, made) = lengths(|| vec![zeros(length)], &disk).await;
            assert_eq!(foreseen, Some(made), "{length}");
        }
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
    async fn the_length_of_an_archive_with_a_stream_is_not_known() {
        let (_folder, disk) = disk();
        let stream = || Download::stream(stream::iter([Ok::<_, io::Error>("some")]));
        let lazy = || Download::zip_stream(stream::iter([Ok::<_, io::Error>(Download::data("1"))]));
        for unknown in [stream(), Download::zip([stream()]), lazy()] {
            let entries = Entries::Listed(vec![Download::data("1"), unknown]);
            assert_eq!(length(&entries, &disk).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_missed_before_anything_is_made() {
        let (_folder, disk) = disk();
        let stream = Download::stream(stream::iter([Ok::<_, io::Error>("some")]));
        for nested in [false, true] {
            let missing = Download::stored("missing.txt");
            let missing = if nested { Download::zip([missing]) } else { missing };
            let entries = Entries::Listed(vec![Download::data("1"), missing]);
            assert!(length(&entries, &disk).await.unwrap_err().to_string().contains("missing.txt"));
        }
        let entries = Entries::Listed(vec![stream, Download::stored("missing.txt")]);
        assert!(length(&entries, &disk).await.is_err());
    }
}
