//! Files that browsers send to a bucket by themselves: to a place that no key leads to, and from there to their key when a handler
//! saves them.
//!
//! ```text
//! PREFIX.filekit/direct/NAME         the file, made of its parts when all are there
//!                       NAME.parts   by what the store knows the parts, to end them if the upload is given up
//! ```
//!
//! A small file is one part, and no object that is put at once: with its upload the right ends to send it.

use std::io;
use std::ops::Range;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, TryStreamExt as _};
use object_store::multipart::{MultipartStore as _, PartId};
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStoreExt as _, PutMultipartOptions, PutPayload};

use crate::storage::object::error::{io_error, or_not_found};
use crate::storage::object::s3::S3Bucket;
use crate::storage::object::send::part_size;
use crate::storage::object::{MAX_COPY, ObjectStorage};
use crate::storage::{DirectFile, DirectStore, FileChunks, MissingPart, MissingParts, StagedFile};

/// What the files on their way are for the store. They have not been looked into yet.
pub(super) const TYPE: &str = "application/octet-stream";

/// Behind the name of a file, what has the id of its parts.
const PARTS: &str = ".parts";

/// How long a signed URL is good for. What is sent with it may take longer.
const LASTS: Duration = Duration::from_secs(15 * 60);

/// How many URLs are told at a time: so many that they are used before they expire, of parts of 8 MiB on a line of 1.2 Mbit/s.
const AT_A_TIME: usize = 16;

/// Behind how many parts the time of an upload is noted again, which is where a question begins that goes on with it, too.
const NOTED_EVERY: u16 = 128;

/// The header that a page has to be allowed to send.
const FIELD: &str = "content-type";

/// A bucket that browsers send files to.
#[derive(Debug)]
pub(super) struct DirectBucket {
    storage: ObjectStorage,
    bucket: S3Bucket,
}

impl ObjectStorage {
    /// The bucket that browsers send files to, if they are to.
    pub(super) fn direct_bucket(&self) -> Option<DirectBucket> {
        let bucket = self.s3.clone().filter(|_| self.is_direct);
        if self.is_direct && bucket.is_none() {
            tracing::warn!(
                "browsers can send files to buckets of S3 alone by themselves: they come through this server"
            );
        }
        let bucket = bucket?;
        Some(DirectBucket { storage: self.clone(), bucket })
    }

    /// Moves a file to its place that its browser has sent to this bucket; nothing if it has not. It stays where it was, too.
    ///
    /// # Errors
    ///
    /// If it is not there any more, or the store fails.
    pub(super) async fn take_direct(&self, path: &Path, file: &StagedFile) -> io::Result<Option<()>> {
        let Some(content) = file.direct() else { return Ok(None) };
        let Some(direct) = content.store::<DirectBucket>().filter(|direct| direct.is_of(self)) else { return Ok(None) };
        let from = direct.path(&content.file, "")?;
        if content.file.size > MAX_COPY {
            // The version cannot change: its parts are gone.
            let attributes = Attributes::from_iter([(Attribute::ContentType, file.mime().to_owned())]);
            let source = super::Source::Object(&from);
            return self.send_in_parts(path, content.file.size, attributes, source).await.map(Some);
        }
        let copied = direct.bucket.copy(from.as_ref(), &content.version, path.as_ref(), file.mime());
        copied.await.map(Some)
    }
}

impl DirectBucket {
    /// Whether a storage is in the same bucket.
    fn is_of(&self, storage: &ObjectStorage) -> bool {
        std::sync::Arc::ptr_eq(&self.storage.store, &storage.store)
    }

    /// Where a file is on its way.
    fn path(&self, file: &DirectFile, suffix: &str) -> io::Result<Path> {
        Path::parse(format!("{}.filekit/direct/{}{suffix}", self.storage.prefix, file.name)).map_err(io::Error::other)
    }

    /// The version of a file that is there as a whole.
    async fn whole(&self, file: &DirectFile) -> io::Result<Option<String>> {
        let found = or_not_found(self.storage.head(&self.path(file, "")?).await)?;
        match found {
            Some(found) if found.size != file.size => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the store has {} bytes of a file of {}: does it check what is signed?", found.size, file.size),
            )),
            found => Ok(found.map(|found| found.version)),
        }
    }

    /// The entity tags of all parts; nothing if one is missing, or is not as long as it should be.
    async fn tags(&self, file: &DirectFile, id: &str) -> io::Result<Option<Vec<PartId>>> {
        let (path, mut tags, mut behind) = (self.path(file, "")?, Vec::new(), 0);
        loop {
            let page = self.bucket.parts(path.as_ref(), id, behind).await?;
            for part in page.parts {
                let expected = range_of(file.size, tags.len() as u64);
                if u64::from(part.number) != tags.len() as u64 + 1 || part.size != expected.end - expected.start {
                    return Ok(None);
                }
                tags.push(PartId { content_id: part.etag });
            }
            match page.next_part_number_marker {
                Some(next) => behind = next,
                None => return Ok((tags.len() as u64 == count(file.size)).then_some(tags)),
            }
        }
    }

    async fn missing_parts(&self, file: &DirectFile, id: &str, behind: u16, most: usize) -> io::Result<MissingParts> {
        let path = self.path(file, "")?;
        let page = match self.bucket.parts(path.as_ref(), id, behind).await {
            // All are there, and one file by now.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.whole(file).await?.is_some() => {
                return Ok(MissingParts::none(file.size));
            }
            page => page?,
        };
        let last = u16::try_from(count(file.size)).unwrap_or(u16::MAX);
        // Behind the end of the page nothing is known.
        let end = page.next_part_number_marker.unwrap_or(last);
        let signer = self.bucket.signer().await?;
        let (mut missing, mut there, mut told) = (Vec::new(), 0, behind);
        for number in behind + 1..=end {
            let Range { start, end } = range_of(file.size, u64::from(number) - 1);
            if page.parts.iter().any(|part| part.number == number && part.size == end - start) {
                there += end - start;
            } else if most > 0 && missing.len() == most {
                break;
            } else if most > 0 {
                let (url, headers) = signer.part(path.as_ref(), (id, number), end - start, LASTS);
                missing.push(MissingPart { start, end, url, headers });
            }
            told = number;
        }
        Ok(MissingParts { missing, there, behind: (told < last).then_some(told) })
    }

    async fn sweep_all(&self, age: Duration) -> io::Result<u64> {
        let folder = Path::parse(format!("{}.filekit/direct", self.storage.prefix)).map_err(io::Error::other)?;
        let mut found = self.storage.store.list(Some(&folder));
        let mut removed = 0;
        while let Some(object) = found.try_next().await.map_err(io_error)? {
            let modified: std::time::SystemTime = object.last_modified.into();
            if modified.elapsed().unwrap_or_default() < age {
                continue;
            }
            match self.sweep_one(&object.location).await {
                Ok(()) => removed += 1,
                // Others may be removed all the same.
                Err(error) => {
                    tracing::warn!(%error, object = %object.location, "an upload that was given up is still in the store")
                }
            }
        }
        Ok(removed)
    }

    /// Removes what lies at a path that was forgotten. Another server may be quicker.
    async fn sweep_one(&self, path: &Path) -> io::Result<()> {
        let name = path.filename().unwrap_or_default().to_owned();
        let Some(of_parts) = name.strip_suffix(PARTS) else {
            return self.remove(&DirectFile { name, size: 0, parts: None }).await;
        };
        let Some(noted) = or_not_found(self.storage.store.get(path).await.map_err(io_error))? else { return Ok(()) };
        let id = String::from_utf8_lossy(&noted.bytes().await.map_err(io_error)?).into_owned();
        self.remove(&DirectFile { name: of_parts.to_owned(), size: 0, parts: Some(id) }).await
    }

    /// Notes by what the store knows the parts. The time of the note is that of the upload.
    async fn note(&self, file: &DirectFile, id: &str) -> io::Result<()> {
        let noted = self.storage.store.put(&self.path(file, PARTS)?, PutPayload::from(id.to_owned())).await;
        noted.map(drop).map_err(io_error)
    }
}

impl DirectStore for DirectBucket {
    fn check_origin<'a>(&'a self, origin: &'a str) -> BoxFuture<'a, io::Result<()>> {
        async move {
            let path = format!("{}.filekit/direct/check", self.storage.prefix);
            let answer = self.bucket.preflight(origin, &path, FIELD).await?;
            let field = |name: &str| answer.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let lists = |name: &str, wanted: &str| {
                field(name).split(',').any(|each| each.trim() == "*" || each.trim().eq_ignore_ascii_case(wanted))
            };
            let is_allowed = lists("access-control-allow-origin", origin)
                && lists("access-control-allow-methods", "PUT")
                && lists("access-control-allow-headers", FIELD);
            if is_allowed {
                return Ok(());
            }
            let rule = serde_json::json!({ "CORSRules": [{
                "AllowedOrigins": [origin],
                "AllowedMethods": ["PUT"],
                "AllowedHeaders": [FIELD],
                "MaxAgeSeconds": 3600,
            }] });
            Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("the store does not let pages of {origin} send files to it: add the CORS rule {rule}"),
            ))
        }
        .boxed()
    }

    fn prepare<'a>(&'a self, file: &'a mut DirectFile) -> BoxFuture<'a, io::Result<()>> {
        async move {
            if file.parts.is_some() {
                return Ok(());
            }
            let path = self.path(file, "")?;
            let attributes = Attributes::from_iter([(Attribute::ContentType, TYPE.to_owned())]);
            let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
            let id = self.bucket.store.create_multipart_opts(&path, options).await.map_err(io_error)?;
            let noted = self.note(file, &id).await;
            file.parts = Some(id);
            if let Err(error) = noted {
                self.remove(file).await?;
                return Err(error);
            }
            Ok(())
        }
        .boxed()
    }

    fn missing<'a>(
        &'a self,
        file: &'a DirectFile,
        behind: u16,
        most: usize,
    ) -> BoxFuture<'a, io::Result<MissingParts>> {
        async move {
            let id = file.parts.as_deref().unwrap_or_default();
            if u64::from(behind) >= count(file.size) {
                return Ok(MissingParts::default());
            }
            if behind.is_multiple_of(NOTED_EVERY) {
                // It goes on, and is not forgotten.
                self.note(file, id).await?;
            }
            self.missing_parts(file, id, behind, most.min(AT_A_TIME)).await
        }
        .boxed()
    }

    fn complete<'a>(&'a self, file: &'a DirectFile) -> BoxFuture<'a, io::Result<Option<String>>> {
        async move {
            // Nothing was asked for yet.
            let Some(id) = &file.parts else { return Ok(None) };
            match self.tags(file, id).await {
                Ok(None) => return Ok(None),
                Ok(Some(tags)) => {
                    let path = self.path(file, "")?;
                    // If another request was quicker, the file is there.
                    let completed = self.bucket.store.complete_multipart(&path, id, tags).await.map_err(io_error);
                    or_not_found(completed)?;
                }
                // They are one file by now, or nothing any more.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            match self.whole(file).await? {
                None => Err(io::ErrorKind::NotFound.into()),
                found => Ok(found),
            }
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        file: &'a DirectFile,
        version: &'a str,
        range: Range<u64>,
    ) -> BoxFuture<'a, io::Result<FileChunks>> {
        async move { self.storage.read_at(&self.path(file, "")?, version, range).await }.boxed()
    }

    fn remove<'a>(&'a self, file: &'a DirectFile) -> BoxFuture<'a, io::Result<()>> {
        async move {
            let path = self.path(file, "")?;
            if let Some(id) = &file.parts {
                or_not_found(self.bucket.store.abort_multipart(&path, id).await.map_err(io_error))?;
                // A part that was on its way may have come after all (Amazon, "AbortMultipartUpload"): then the sweep tries again.
                if or_not_found(self.bucket.parts(path.as_ref(), id, 0).await)?.is_none() {
                    or_not_found(self.storage.store.delete(&self.path(file, PARTS)?).await.map_err(io_error))?;
                }
            }
            or_not_found(self.storage.store.delete(&path).await.map_err(io_error)).map(|_| ())
        }
        .boxed()
    }

    fn sweep(&self, age: Duration) -> BoxFuture<'_, io::Result<u64>> {
        self.sweep_all(age).boxed()
    }
}

/// How many parts a file has.
fn count(size: u64) -> u64 {
    size.div_ceil(part_size(size))
}

/// Where a part begins and ends.
fn range_of(size: u64, nth: u64) -> Range<u64> {
    let part = part_size(size);
    (nth * part).min(size)..((nth + 1) * part).min(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::object::send::PART;

    #[test]
    fn parts_of_a_file_follow_each_other() {
        for size in [PART + 1, 3 * PART, 1 << 30, 200_000_000_000] {
            let ranges: Vec<_> = (0..count(size)).map(|nth| range_of(size, nth)).collect();
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start), "{size}");
            assert_eq!((ranges[0].start, ranges.last().map(|last| last.end)), (0, Some(size)));
        }
    }
}
