//! Zip archives while they are made: entry after entry, in constant memory; not which entries there are.
//!
//! Entries are stored as they are: most that is uploaded is compressed already, and archives go out at the speed of the
//! disk. Sizes and checksums follow each entry (APPNOTE 4.3.9), and Zip64 is used where something needs it.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use rawzip::time::UtcDateTime;
use rawzip::{Crc32Option, DataDescriptorOutput, ZipArchiveWriter, ZipEntryWriter};
use tokio::sync::mpsc;

use crate::download::{ByteStream, Download};
use crate::error::{Error, Result};
use crate::storage::{Disk, SafeName};

/// How much is written before it goes out.
const PIECE: usize = 64 * 1024;

/// The archive of `entries`, made as fast as it is read. An entry that fails, fails the archive.
pub(super) fn archive(entries: Vec<Download>, disk: Disk) -> ByteStream {
    let (sender, receiver) = mpsc::channel(1);
    let run: futures_util::future::BoxFuture<'static, Result<()>> = Box::pin(write(entries, disk, sender));
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

async fn write(entries: Vec<Download>, disk: Disk, sender: mpsc::Sender<Bytes>) -> Result<()> {
    let pieces = Pieces::default();
    let mut archive = ZipArchiveWriter::new(pieces.clone());
    let mut names = Names::default();
    for entry in entries {
        let name = names.unique(&entry.entry_name()?);
        let mut bytes = entry.into_bytes(&disk).await?;
        let mut file = begin(&mut archive, &name).map_err(failed)?;
        let (mut sum, mut size) = (crc32fast::Hasher::new(), 0);
        while let Some(chunk) = bytes.next().await.transpose()? {
            sum.update(&chunk);
            size += chunk.len() as u64;
            if chunk.len() < PIECE / 2 {
                file.write_all(&chunk)?;
                pieces.hand_over(PIECE, &sender).await;
            } else {
                pieces.without_copy(|| file.write_all(&chunk))?;
                pieces.hand_over(0, &sender).await;
                // The receiver is polled together with this.
                let _ = sender.send(chunk).await;
            }
        }
        file.finish(DataDescriptorOutput::new(sum.finalize(), size)).map_err(failed)?;
    }
    archive.finish().map_err(failed)?;
    pieces.hand_over(0, &sender).await;
    Ok(())
}

/// Begins an entry.
pub(super) fn begin<'a, W: Write>(
    archive: &'a mut ZipArchiveWriter<W>,
    name: &str,
) -> Result<ZipEntryWriter<'a, W>, rawzip::Error> {
    let mut file = archive.new_file(name).unix_permissions(0o644);
    // One time for all, so that the same entries make the same archive; the format begins with the year 1980.
    if let Some(time) = UtcDateTime::from_components(1980, 1, 1, 0, 0, 0, 0) {
        file = file.last_modified(time);
    }
    // The sum is computed here: the processor has instructions for it that `rawzip` does not use.
    file.crc32(Crc32Option::Skip).start().map(|(file, _)| file)
}

fn failed(error: rawzip::Error) -> Error {
    io::Error::other(error).into()
}

/// What was written of the archive and has not gone out.
#[derive(Clone, Default)]
struct Pieces(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// What is written now goes out by itself.
    passing: bool,
}

impl Pieces {
    /// Lets what was written go out, if it is so much.
    async fn hand_over(&self, enough: usize, sender: &mpsc::Sender<Bytes>) {
        let piece = {
            let mut waiting = self.waiting();
            if waiting.bytes.is_empty() || waiting.bytes.len() < enough {
                return;
            }
            std::mem::take(&mut waiting.bytes)
        };
        // The receiver is polled together with this.
        let _ = sender.send(piece.into()).await;
    }

    /// Lets bytes be written that the archive has to count, and that go out behind what waits.
    fn without_copy(&self, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.waiting().passing = true;
        let written = write();
        self.waiting().passing = false;
        written
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut waiting = self.waiting();
        if !waiting.passing {
            waiting.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The names of an archive, each once also where capital letters are not told apart.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn unique(&mut self, name: &str) -> String {
        // It was checked before: only a name that is none could fail here.
        let name = SafeName::parse(name).unwrap_or_else(|_| SafeName::nameless());
        let mut candidate = name.clone();
        for number in 1.. {
            if self.0.insert(candidate.to_lowercase()) {
                break;
            }
            candidate = name.numbered(number);
        }
        candidate.to_string()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    fn disk() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, disk)
    }

    async fn bytes_of(entries: Vec<Download>) -> Result<Vec<u8>> {
        let (_folder, disk) = disk();
        let pieces: Vec<Bytes> = archive(entries, disk).try_collect().await?;
        Ok(pieces.concat())
    }

    #[test]
    fn names_are_unique_whatever_their_case() {
        let mut names = Names::default();
        let unique = ["a.txt", "A.TXT", "a.txt", "a-1.txt", "É", "é"].map(|name| names.unique(name));
        assert_eq!(unique, ["a.txt", "A-1.TXT", "a-2.txt", "a-1-1.txt", "É", "é-1"]);
    }

    #[tokio::test]
    async fn the_same_entries_make_the_same_archive() {
        let entries = || vec![Download::data("1").filename("a"), Download::data("2").filename("b")];
        assert_eq!(bytes_of(entries()).await.unwrap(), bytes_of(entries()).await.unwrap());
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
