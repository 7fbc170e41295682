//! The files of a partial upload that their browser sends to the store by itself.

use std::io;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use crate::error::{FileRejection, Result};
use crate::storage::{
    Content, DirectContent, DirectFile, DirectTarget, HeldDirectContent, MissingParts, Partial, storage_error,
};
use crate::types::SNIFF_LENGTH;
use crate::upload::UploadPlan;

/// Of how many files the store is asked at a time.
const AT_A_TIME: usize = 8;

/// Which files of an upload go to the store by themselves, by their numbers.
#[derive(Debug, Default)]
pub(super) struct DirectFiles {
    target: Option<DirectTarget>,
    files: Vec<Option<DirectFile>>,
    /// Those that are known to be complete.
    complete: Vec<Option<DirectContent>>,
}

impl DirectFiles {
    /// None yet of an upload that is made.
    pub(super) fn of_new(partial: &Partial, plan: &UploadPlan) -> Self {
        Self { target: partial.direct().cloned(), files: vec![None; plan.files.len()], complete: Vec::new() }
    }

    /// Those of an upload that is there.
    ///
    /// # Errors
    ///
    /// `NotFound` if it has some, and they go to no store any more; or if the disk fails.
    pub(super) async fn of(partial: &Partial) -> io::Result<Self> {
        let folder = Arc::clone(partial.folder());
        let Some(noted) = partial.disk().pace().work(move || folder.direct()).await? else {
            return Ok(Self::default());
        };
        let target = partial.direct().cloned().ok_or(io::ErrorKind::NotFound)?;
        Ok(Self { target: Some(target), files: serde_json::from_slice(&noted)?, complete: Vec::new() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.iter().all(Option::is_none)
    }

    pub(super) fn contains(&self, nth: usize) -> bool {
        self.files.get(nth).is_some_and(Option::is_some)
    }

    pub(super) fn numbers(&self) -> Vec<usize> {
        (0..self.files.len()).filter(|nth| self.contains(*nth)).collect()
    }

    pub(super) fn add(&mut self, nth: usize, file: DirectFile) {
        self.files[nth] = Some(file);
    }

    /// Takes a file out, for another upload.
    pub(super) fn take(&mut self, nth: usize) -> Option<DirectFile> {
        self.files.get_mut(nth)?.take()
    }

    /// Notes them in the folder of the upload.
    pub(super) async fn keep(&self, partial: &Partial) -> io::Result<()> {
        let (folder, noted) = (Arc::clone(partial.folder()), serde_json::to_vec(&self.files)?);
        partial.disk().pace().work(move || folder.set_direct(&noted)).await
    }

    /// Which parts of a file are to be sent.
    pub(super) async fn missing(
        &mut self,
        partial: &Partial,
        nth: usize,
        behind: u16,
        most: usize,
    ) -> Result<MissingParts> {
        let (Some(target), Some(Some(file))) = (self.target.clone(), self.files.get(nth)) else {
            return Err(FileRejection::malformed("this file does not go to the store by itself").into());
        };
        if file.parts.is_none() {
            self.prepare(&target, partial, nth).await?;
        }
        let Some(Some(file)) = self.files.get(nth) else { return Ok(MissingParts::default()) };
        target.missing(file, behind, most).await.map_err(gone_or_storage_error)
    }

    /// Makes the store ready for a file and notes it, also if the request ends meanwhile: what the store has begun is to be known.
    async fn prepare(&mut self, target: &DirectTarget, partial: &Partial, nth: usize) -> Result<()> {
        let (target, mut files) = (target.clone(), self.files.clone());
        let (folder, pace) = (Arc::clone(partial.folder()), partial.disk().pace().clone());
        let prepared = tokio::spawn(async move {
            if let Some(Some(file)) = files.get_mut(nth) {
                target.prepare(file).await?;
            }
            let noted = serde_json::to_vec(&files)?;
            pace.work(move || folder.set_direct(&noted)).await?;
            Ok::<_, io::Error>(files)
        });
        self.files = prepared.await.map_err(io::Error::other).flatten().map_err(storage_error)?;
        Ok(())
    }

    /// Makes sure that all of them are complete.
    ///
    /// # Errors
    ///
    /// [`FileRejection::Truncated`] if bytes of one are missing; or if the store fails.
    pub(super) async fn complete(&mut self) -> Result<()> {
        let Some(target) = self.target.as_ref().filter(|_| self.complete.is_empty() && !self.is_empty()) else {
            return Ok(());
        };
        let complete = stream::iter(self.files.clone()).map(|file| complete(target.clone(), file).boxed());
        self.complete = complete.buffered(AT_A_TIME).try_collect::<Vec<_>>().await?;
        Ok(())
    }

    /// The beginnings of some of them, by their numbers.
    pub(super) async fn starts(&self, numbers: Vec<usize>) -> io::Result<Vec<(usize, Vec<u8>)>> {
        let contents = numbers.into_iter().map(|nth| (nth, self.complete.get(nth).cloned().flatten()));
        let starts = stream::iter(contents.collect::<Vec<_>>()).map(|(nth, content)| start(nth, content).boxed());
        starts.buffered(AT_A_TIME).try_collect().await
    }

    /// The content of a complete one, which the store does not keep if nothing else does.
    pub(super) fn content(&mut self, nth: usize) -> Option<Content> {
        self.files.get_mut(nth)?.take();
        Some(Content::Direct(HeldDirectContent(self.complete.get_mut(nth)?.take()?)))
    }

    /// Removes one from the store that was taken out, in a task.
    pub(super) fn discard(&self, file: DirectFile) {
        if let Some(target) = &self.target {
            target.remove(vec![file]);
        }
    }

    /// Removes them from the store, in a task.
    pub(super) fn remove(&mut self) {
        let files: Vec<DirectFile> = self.files.iter_mut().filter_map(Option::take).collect();
        if let Some(target) = self.target.as_ref().filter(|_| !files.is_empty()) {
            target.remove(files);
        }
    }
}

/// The complete file, if it is one that goes to the store.
async fn complete(target: DirectTarget, file: Option<DirectFile>) -> Result<Option<DirectContent>> {
    let Some(file) = file else { return Ok(None) };
    let found = target.complete(file).await.map_err(gone_or_storage_error)?;
    found.map(Some).ok_or_else(|| FileRejection::Truncated.into())
}

/// The beginning of a file that is complete.
async fn start(nth: usize, content: Option<DirectContent>) -> io::Result<(usize, Vec<u8>)> {
    let content = content.ok_or(io::ErrorKind::NotFound)?;
    Ok((nth, content.read(0..SNIFF_LENGTH as u64).await?.to_vec()))
}

/// A store that knows nothing of a file has given it up.
pub(super) fn gone_or_storage_error(error: io::Error) -> crate::error::Error {
    match error.kind() {
        io::ErrorKind::NotFound => FileRejection::UploadGone.into(),
        _ => storage_error(error),
    }
}
