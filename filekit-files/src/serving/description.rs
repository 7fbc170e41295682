//! What is said of a file in the head of an answer, remembered for the next answer. What a request changes in it is `answer.rs`.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::hash::Hash;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, ETAG, HeaderMap, HeaderValue, LAST_MODIFIED};

use crate::serving::Kind;
use crate::serving::body::RemoteFile;
use crate::serving::small_body::SmallBodyCache;
use crate::serving::validators::Validators;
use crate::storage::{FileKey, FileMetadata, FileVersion, read, read_head};
use crate::types::SNIFF_LENGTH;

/// One version of a file, as it is called and trusted.
#[derive(Debug)]
pub(crate) struct Description {
    name: String,
    kind: Kind,
    pub(crate) validators: Validators,
    /// The headers of an answer with all of it.
    pub(crate) headers: HeaderMap,
    pub(crate) content: SmallBodyCache,
}

/// How many are remembered: about 3 MiB. After that it begins anew.
const MOST: usize = 1024;

/// Remembers descriptions: to judge the type of a small file and to write its headers takes longer than to read it.
#[derive(Clone, Debug, Default)]
pub(crate) struct DescriptionCache(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    on_disk: HashMap<FileVersion, Arc<Description>>,
    /// By key and version.
    elsewhere: HashMap<(FileKey, String), Arc<Description>>,
}

impl DescriptionCache {
    /// Describes an open file.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(super) fn describe(
        &self,
        file: &File,
        metadata: &Metadata,
        name: &str,
        kind: Kind,
    ) -> io::Result<Arc<Description>> {
        if let Some(description) = self.get(metadata, name, kind) {
            return Ok(description);
        }
        let size = metadata.len();
        let head = read(file, 0, usize::try_from(size).unwrap_or(usize::MAX).min(SNIFF_LENGTH))?;
        let description = Arc::new(Description::of(&head, size, Validators::of(metadata), name, kind));
        if let Some(version) = FileVersion::to_remember(metadata) {
            remember(&mut self.known().on_disk, version, &description);
        }
        Ok(description)
    }

    /// Describes a file in another storage than the disk. What makes its validators is the same for all files of a program.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(super) async fn describe_remote(
        &self,
        file: &RemoteFile,
        kind: Kind,
        validators: impl FnOnce(&FileMetadata) -> Validators,
    ) -> io::Result<Arc<Description>> {
        let id = (file.key.clone(), file.found.version.clone());
        let known = self.known().elsewhere.get(&id).cloned();
        if let Some(description) = known.filter(|description| description.kind == kind) {
            return Ok(description);
        }
        let head = read_head(&file.storage, &file.key, &file.found).await?;
        let validators = validators(&file.found);
        let description = Arc::new(Description::of(&head, file.found.size, validators, &file.key.name(), kind));
        remember(&mut self.known().elsewhere, id, &description);
        Ok(description)
    }

    /// The description of a file, if it is remembered.
    pub(super) fn get(&self, metadata: &Metadata, name: &str, kind: Kind) -> Option<Arc<Description>> {
        let description = self.known().on_disk.get(&FileVersion::to_remember(metadata)?).cloned()?;
        (description.name == name && description.kind == kind).then_some(description)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remember<K: Eq + Hash>(known: &mut HashMap<K, Arc<Description>>, of: K, description: &Arc<Description>) {
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(of, Arc::clone(description));
}

impl Description {
    fn of(head: &[u8], size: u64, validators: Validators, name: &str, kind: Kind) -> Self {
        let mut headers = HeaderMap::new();
        kind.describe(name, head, &mut headers);
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(CACHE_CONTROL, kind.caching());
        headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
        headers.insert(ETAG, validators.etag_header());
        if let Some(date) = validators.modified_header() {
            headers.insert(LAST_MODIFIED, date);
        }
        Self { name: name.to_owned(), kind, validators, headers, content: SmallBodyCache::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_of_one_version_name_and_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let uploaded = Kind::Uploaded { public: false };
        let cache = DescriptionCache::default();
        let of = |name: &str, kind| {
            let file = File::open(&path).unwrap();
            cache.describe(&file, &file.metadata().unwrap(), name, kind).unwrap()
        };
        std::fs::write(&path, "text").unwrap();
        let first = of("a.html", uploaded);
        assert_eq!(first.headers[CONTENT_LENGTH], "4");
        assert_eq!(of("a.html", uploaded).headers, first.headers);
        assert_ne!(of("a.txt", uploaded).headers, first.headers);
        assert_ne!(of("a.html", Kind::Asset).headers, first.headers);
        assert_ne!(of("a.html", Kind::Uploaded { public: true }).headers, first.headers);
        std::fs::write(&path, "other text").unwrap();
        let second = of("a.html", uploaded);
        assert_eq!(second.headers[CONTENT_LENGTH], "10");
        assert_ne!(second.headers[ETAG], first.headers[ETAG]);
    }
}
