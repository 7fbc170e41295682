//! Sends a file to a bucket: at once, or in parts, of which a few are on their way at a time.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::stream::FuturesUnordered;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, MultipartUpload, ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload,
};

use crate::storage::StagedFile;
use crate::storage::object::ObjectStorage;
use crate::storage::object::error::io_error;

/// The usual size of a part, and what is sent at once. S3 takes parts of at least 5 MiB (Amazon, "Amazon S3 multipart upload
/// limits").
pub(super) const PART: u64 = 8 << 20;

/// How many parts S3 takes at most, less one for the rest.
const MAX_PARTS: u64 = 9_999;

/// How many parts of a file are on their way at a time.
const AT_A_TIME: usize = 2;

impl ObjectStorage {
    /// Sends a file. If it must not overwrite, the store is asked to refuse that, or is looked at before where a file is sent in parts.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if it would overwrite; or if the disk or the store fails.
    pub(super) async fn send(&self, path: &Path, file: &StagedFile, must_be_new: bool) -> io::Result<()> {
        #[cfg(feature = "s3")]
        if file.direct().is_some() {
            if must_be_new && super::or_not_found(self.head(path).await)?.is_some() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            if self.take_direct(path, file).await?.is_some() {
                return Ok(());
            }
        }
        let attributes = Attributes::from_iter([(Attribute::ContentType, file.mime().to_owned())]);
        if file.size() <= PART {
            let content = file.read(0, usize::try_from(file.size()).unwrap_or(usize::MAX)).await?;
            let mode = if must_be_new { PutMode::Create } else { PutMode::Overwrite };
            let options = PutOptions { mode, attributes, ..PutOptions::default() };
            return self.store.put_opts(path, content.into(), options).await.map(|_| ()).map_err(io_error);
        }
        if must_be_new && super::or_not_found(self.head(path).await)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.send_in_parts(path, file.size(), attributes, Source::File(file)).await
    }

    /// Sends so many bytes in parts.
    pub(super) async fn send_in_parts(
        &self,
        path: &Path,
        size: u64,
        attributes: Attributes,
        source: Source<'_>,
    ) -> io::Result<()> {
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let mut upload = Unfinished::new(self.store.put_multipart_opts(path, options).await.map_err(io_error)?);
        let part = part_size(size);
        let mut under_way = FuturesUnordered::new();
        let mut start = 0;
        while start < size {
            if under_way.len() >= AT_A_TIME {
                under_way.try_next().await?;
            }
            let room = Arc::clone(&self.parts).acquire_owned();
            let room = room.await.map_err(io::Error::other)?;
            let end = size.min(start + part);
            let content = PutPayload::from(source.read(self, start..end).await?);
            let sent = upload.inner()?.put_part(content);
            under_way.push(async move {
                let _room = room;
                sent.await.map_err(io_error)
            });
            start = end;
        }
        while under_way.try_next().await?.is_some() {}
        upload.complete().await
    }
}

/// What is sent in parts.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    File(&'a StagedFile),
    /// Another object.
    Object(&'a Path),
}

impl Source<'_> {
    async fn read(self, storage: &ObjectStorage, range: Range<u64>) -> io::Result<Bytes> {
        match self {
            Self::File(file) => {
                let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
                file.read(range.start, length).await
            }
            Self::Object(path) => storage.store.get_range(path, range).await.map_err(io_error),
        }
    }
}

/// The size of all parts but the last: some stores want them to be equal.
pub(super) fn part_size(size: u64) -> u64 {
    PART.max(size.div_ceil(MAX_PARTS))
}

/// An upload in parts, which is ended if it is dropped: its parts would take room for ever.
struct Unfinished(Option<Box<dyn MultipartUpload>>);

impl Unfinished {
    fn new(upload: Box<dyn MultipartUpload>) -> Self {
        Self(Some(upload))
    }

    fn inner(&mut self) -> io::Result<&mut Box<dyn MultipartUpload>> {
        self.0.as_mut().ok_or_else(|| io::Error::other("the upload is complete"))
    }

    async fn complete(mut self) -> io::Result<()> {
        self.inner()?.complete().await.map_err(io_error)?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let (Some(mut upload), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(error) = upload.abort().await {
                tracing::warn!(%error, "the parts of an upload that was broken off are still in the bucket");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_size_has_as_many_parts_as_stores_take() {
        const TB: u64 = 1_000_000_000_000;
        for size in [PART + 1, 1 << 30, PART * MAX_PARTS, PART * MAX_PARTS + 1, 5 * TB, 48 * TB] {
            let part = part_size(size);
            assert!(part >= PART && size.div_ceil(part) <= 10_000, "{size}");
        }
        assert_eq!(part_size(1 << 30), PART);
    }
}
