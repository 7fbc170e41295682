//! Copies all files of one storage into another: for a program that grows out of a disk.

use std::fmt;
use std::future::IntoFuture;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};

use crate::error::Result;
use crate::storage::local::or_gone;
use crate::storage::{
    FileKey, FileMetadata, Listed, Listing, RunningSha256, Sha256, StagedFile, Storage, TemporaryFile, blocking,
    storage_error,
};
use crate::types::type_of_name;

/// Copies all files of a storage into another one, under the keys that they have: links and states of the program go on as they are.
///
/// Each file is read, written, and read again where it was written: its size and its SHA-256 have to be the same. A file that is
/// there already is compared and not written again, so a copy that was broken off goes on where it was. Nothing is overwritten: a
/// key under which the other storage has another content is told of in the end. Files that come while it runs may be left out, so
/// run it once more when the program writes to the new storage.
///
/// # Errors
///
/// If one of the storages fails. What was copied stays.
///
/// # Examples
///
/// ```no_run
/// use filekit_files::storage::{DiskStorage, Storage, copy_all};
///
/// async fn move_to(new: &impl Storage) -> filekit_files::Result<()> {
///     let old = DiskStorage::open("uploaded_files")?;
///     let copied = copy_all(&old, new).on_progress(|progress| println!("{progress}")).await?;
///     assert!(copied.conflicts.is_empty(), "{:?}", copied.conflicts);
///     Ok(())
/// }
/// ```
pub fn copy_all<'a, F: Storage, T: Storage>(from: &'a F, to: &'a T) -> CopyAll<'a, F, T> {
    CopyAll { from, to, staged_in: std::env::temp_dir(), on_progress: Box::new(|_| ()) }
}

/// A copy of all files, which runs when it is awaited.
#[must_use = "nothing is copied unless it is awaited"]
pub struct CopyAll<'a, F, T> {
    from: &'a F,
    to: &'a T,
    staged_in: PathBuf,
    on_progress: Box<dyn FnMut(&CopyProgress) + Send + 'a>,
}

/// How far a copy is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyProgress {
    /// How many files were copied.
    pub copied: u64,
    /// How many were there already, with the same content.
    pub unchanged: u64,
    /// How many bytes the files have that were copied or compared.
    pub bytes: u64,
    /// The keys of files that have another content there, which is left as it is.
    pub conflicts: Vec<FileKey>,
}

impl fmt::Display for CopyProgress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { copied, unchanged, bytes, conflicts } = self;
        write!(
            formatter,
            "{copied} files copied, {unchanged} there already, {bytes} bytes, {} conflicts",
            conflicts.len()
        )
    }
}

impl<'a, F, T> CopyAll<'a, F, T> {
    /// Calls this after each file.
    pub fn on_progress(self, on_progress: impl FnMut(&CopyProgress) + Send + 'a) -> Self {
        Self { on_progress: Box::new(on_progress), ..self }
    }

    /// Keeps each file in this folder while it is copied. Default: the system's folder for temporary files.
    pub fn stage_in(self, folder: impl Into<PathBuf>) -> Self {
        Self { staged_in: folder.into(), ..self }
    }
}

impl<F, T> fmt::Debug for CopyAll<'_, F, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CopyAll").field("staged_in", &self.staged_in).finish_non_exhaustive()
    }
}

impl<'a, F: Storage, T: Storage> IntoFuture for CopyAll<'a, F, T> {
    type Output = Result<CopyProgress>;
    type IntoFuture = BoxFuture<'a, Result<CopyProgress>>;

    fn into_future(self) -> Self::IntoFuture {
        async move { self.run().await.map_err(storage_error) }.boxed()
    }
}

/// What became of a file.
enum Outcome {
    Copied,
    Unchanged,
    Conflict,
    /// It was removed while it was to be copied.
    Gone,
}

impl<F: Storage, T: Storage> CopyAll<'_, F, T> {
    async fn run(mut self) -> io::Result<CopyProgress> {
        let mut progress = CopyProgress::default();
        let mut files = self.from.list(&Listing::default());
        while let Some(listed) = files.try_next().await? {
            let Listed::File(key, found) = listed else { continue };
            match copy((self.from, self.to), &key, &found, &self.staged_in).await? {
                Outcome::Copied => progress.copied += 1,
                Outcome::Unchanged => progress.unchanged += 1,
                Outcome::Conflict => progress.conflicts.push(key),
                Outcome::Gone => continue,
            }
            progress.bytes += found.size;
            (self.on_progress)(&progress);
        }
        Ok(progress)
    }
}

async fn copy<F: Storage, T: Storage>(
    (from, to): (&F, &T),
    key: &FileKey,
    found: &FileMetadata,
    staged_in: &Path,
) -> io::Result<Outcome> {
    if let Some(there) = to.find(key).await? {
        return compare((from, to), key, found, &there).await;
    }
    let Some((staged, digest)) = stage(from, key, found, staged_in).await? else { return Ok(Outcome::Gone) };
    let file = StagedFile::of_path(staged.as_ref(), type_of_name(&key.name())).await?;
    let made = match to.create(key, &file).await {
        // Another program was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match to.find(key).await? {
            Some(there) => return compare((from, to), key, found, &there).await,
            None => return Err(error),
        },
        made => made?,
    };
    if made.size == found.size && digest_of(to, key, &made).await? == Some(digest) {
        return Ok(Outcome::Copied);
    }
    to.remove(key).await?;
    Err(io::Error::other(format!("`{key}` was not the same when it was copied, and the copy was removed")))
}

async fn compare<F: Storage, T: Storage>(
    (from, to): (&F, &T),
    key: &FileKey,
    found: &FileMetadata,
    there: &FileMetadata,
) -> io::Result<Outcome> {
    if found.size != there.size {
        return Ok(Outcome::Conflict);
    }
    let Some(digest) = digest_of(from, key, found).await? else { return Ok(Outcome::Gone) };
    let is_same = digest_of(to, key, there).await? == Some(digest);
    Ok(if is_same { Outcome::Unchanged } else { Outcome::Conflict })
}

/// A copy of the file on this computer, and its digest. None if it was removed or replaced meanwhile.
async fn stage(
    from: &impl Storage,
    key: &FileKey,
    found: &FileMetadata,
    folder: &Path,
) -> io::Result<Option<(TemporaryFile, Sha256)>> {
    let name = format!("filekit-{:016x}", getrandom::u64().map_err(io::Error::other)?);
    let (mut file, temporary) = TemporaryFile::create(folder.join(name))?;
    let mut digest = RunningSha256::default();
    if found.size > 0 {
        let Some(mut chunks) = or_gone(from.read(key, found, 0..found.size).await)? else { return Ok(None) };
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            digest.pass(&chunk);
            let written = blocking(move || {
                file.write_all(&chunk)?;
                Ok(file)
            });
            file = written.await?;
        }
    }
    Ok(Some((temporary, digest.finish())))
}

/// The digest of a file. None if that version is not there any more.
async fn digest_of(storage: &impl Storage, key: &FileKey, found: &FileMetadata) -> io::Result<Option<Sha256>> {
    let mut digest = RunningSha256::default();
    if found.size > 0 {
        let Some(mut chunks) = or_gone(storage.read(key, found, 0..found.size).await)? else { return Ok(None) };
        while let Some(chunk) = chunks.next().await {
            digest.pass(&chunk?);
        }
    }
    Ok(Some(digest.finish()))
}
