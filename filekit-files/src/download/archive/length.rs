//! How long an archive will be, before it is made, so that a browser can tell how much is left.

use std::collections::HashMap;
use std::io;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::download::archive::format::{Entry, Layout, end};
use crate::download::archive::names::Names;
use crate::download::archive::time::Time;
use crate::download::archive::{Entries, READ_FIRST};
use crate::download::open::{not_stored, stored_key};
use crate::download::{Download, Source};
use crate::error::Result;
use crate::storage::{FileKey, FileMetadata, StoredFiles};

/// How many questions a storage over the network is asked at a time.
const AT_A_TIME: usize = 16;

/// The length of the archive of `entries`, if that of each is known. It keeps none of them, since a stream is for one thread at
/// a time.
///
/// # Errors
///
/// If the name of an entry is none, one is of a stored file that is not there, or the storage fails.
pub(in crate::download) fn length(
    entries: &Entries,
    files: &StoredFiles,
) -> impl Future<Output = Result<Option<u64>>> + Send + use<> {
    let mut stored = Vec::new();
    let outline = match entries {
        Entries::Listed(entries) => outline(entries, &mut stored).map(Some),
        Entries::Lazy(_) => Ok(None),
    };
    let files = files.clone();
    async move {
        let Some(outline) = outline? else { return Ok(None) };
        // All are looked at, also where an entry is of unknown length, since one may be missing.
        Ok(sum(&outline, &look(stored, &files).await?))
    }
}

/// An entry, as far as it says how long the archive will be.
struct Outline {
    path: String,
    content: Content,
}

enum Content {
    Bytes { size: u64, in_memory: bool },
    Stored(FileKey),
    Archive(Vec<Outline>),
    Unknown,
}

/// The outline of entries, and the keys of all stored files among them.
fn outline(entries: &[Download], stored: &mut Vec<FileKey>) -> Result<Vec<Outline>> {
    let mut names = Names::default();
    let mut of = |entry: &Download| {
        let content = match (&entry.source, entry.length) {
            (Source::Stored(key), _) => {
                let key = stored_key(key)?;
                stored.push(key.clone());
                Content::Stored(key)
            }
            (Source::Spooled(file), _) => Content::Bytes { size: file.size, in_memory: false },
            (Source::Data(data), _) => Content::Bytes { size: data.len() as u64, in_memory: true },
            (Source::Zip(Entries::Listed(inner)), None) => Content::Archive(outline(inner, stored)?),
            (_, Some(size)) => Content::Bytes { size, in_memory: false },
            (_, None) => Content::Unknown,
        };
        Ok(Outline { path: names.unique(&entry.entry_path()?), content })
    };
    entries.iter().map(&mut of).collect()
}

/// What there is to know of stored files.
async fn look(keys: Vec<FileKey>, files: &StoredFiles) -> Result<HashMap<FileKey, FileMetadata>> {
    let look = async |key: FileKey| {
        let found = files.find(&key).await.and_then(|found| found.ok_or(io::ErrorKind::NotFound.into()));
        let found = found.map_err(|error| not_stored(error, &key))?;
        Ok((key, found))
    };
    stream::iter(keys).map(look).buffered(AT_A_TIME).try_collect().await
}

/// The records of the archive are made, and counted together with the content between them.
fn sum(entries: &[Outline], stored: &HashMap<FileKey, FileMetadata>) -> Option<u64> {
    let (mut offset, mut directory_size, mut is_known) = (0, 0, true);
    for Outline { path, content } in entries {
        let (size, in_memory, modified) = match content {
            Content::Bytes { size, in_memory } => (Some(*size), *in_memory, None),
            Content::Stored(key) => {
                let found = stored.get(key);
                (found.map(|found| found.size), false, found.map(|found| found.modified))
            }
            Content::Archive(entries) => (sum(entries, stored), false, None),
            Content::Unknown => (None, false, None),
        };
        is_known &= size.is_some();
        let size = size.unwrap_or_default();
        let is_in_front = in_memory || size <= READ_FIRST;
        let layout = if is_in_front { Layout::SizesInFront } else { Layout::SizesBehind };
        let entry = Entry { name: path.clone(), time: Time::of(modified), layout, size, checksum: 0, offset };
        let written = [entry.local_header().len(), entry.descriptor().len()];
        offset += entry.stored_size() + written.map(|length| length as u64).iter().sum::<u64>();
        directory_size += entry.directory_header().len() as u64;
    }
    is_known.then(|| offset + directory_size + end(entries.len() as u64, offset, directory_size).len() as u64)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::{StreamExt as _, TryStreamExt as _, stream};

    use super::*;
    use crate::download::archive::archive;
    use crate::download::archive::format::MANY;
    use crate::storage::Disk;

    fn files() -> (tempfile::TempDir, StoredFiles) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, StoredFiles::on_disk(disk))
    }

    /// What is foreseen, and what it becomes.
    async fn lengths(entries: impl Fn() -> Vec<Download>, files: &StoredFiles) -> (Option<u64>, u64) {
        let made = archive(Entries::Listed(entries()), files.clone());
        let made = made.try_fold(0, async |sum, piece| Ok(sum + piece.len() as u64));
        (length(&Entries::Listed(entries()), files).await.unwrap(), made.await.unwrap())
    }

    fn zeros(length: u64) -> Download {
        static PIECE: Bytes = Bytes::from_static(&[0; 1 << 20]);
        let pieces = stream::iter((0..length >> 20).map(|_| PIECE.clone()));
        let rest = PIECE.slice(..usize::try_from(length % (1 << 20)).unwrap());
        Download::stream(pieces.chain(stream::iter([rest])).map(Ok::<_, io::Error>)).length(length)
    }

    #[tokio::test]
    async fn the_length_is_foreseen() {
        let (folder, files) = files();
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
        let (foreseen, made) = lengths(entries, &files).await;
        assert_eq!(foreseen, Some(made));
    }

    #[tokio::test]
    async fn the_length_is_foreseen_where_the_layout_changes() {
        let (_folder, files) = files();
        for length in [0, 1, READ_FIRST - 1, READ_FIRST, READ_FIRST + 1, 65_535 * 8, 65_535 * 8 + 1, 3 << 20] {
            let (foreseen, made) = lengths(|| vec![zeros(length)], &files).await;
            assert_eq!(foreseen, Some(made), "{length}");
        }
    }

    #[tokio::test]
    async fn the_length_of_very_many_entries_is_foreseen() {
        let (_folder, files) = files();
        for number in [MANY - 1, MANY] {
            let entries = || (0..number).map(|nth| Download::data("").filename(format!("{nth}"))).collect();
            let (foreseen, made) = lengths(entries, &files).await;
            assert_eq!(foreseen, Some(made), "{number}");
        }
    }

    #[tokio::test]
    async fn the_length_of_an_archive_with_a_stream_is_not_known() {
        let (_folder, files) = files();
        let stream = || Download::stream(stream::iter([Ok::<_, io::Error>("some")]));
        let lazy = || Download::zip_stream(stream::iter([Ok::<_, io::Error>(Download::data("1"))]));
        for unknown in [stream(), Download::zip([stream()]), lazy()] {
            let entries = Entries::Listed(vec![Download::data("1"), unknown]);
            assert_eq!(length(&entries, &files).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_missed_before_anything_is_made() {
        let (_folder, files) = files();
        let stream = Download::stream(stream::iter([Ok::<_, io::Error>("some")]));
        for nested in [false, true] {
            let missing = Download::stored("missing.txt");
            let missing = if nested { Download::zip([missing]) } else { missing };
            let entries = Entries::Listed(vec![Download::data("1"), missing]);
            assert!(length(&entries, &files).await.unwrap_err().to_string().contains("missing.txt"));
        }
        let entries = Entries::Listed(vec![stream, Download::stored("missing.txt")]);
        assert!(length(&entries, &files).await.is_err());
    }
}
