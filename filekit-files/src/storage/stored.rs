//! A stored file as a handler, a state and a view know it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::storage::{FileKey, FileMetadata, Folder, KnownSignature, Sha256, links};

/// A file that was saved. A state keeps it, and a view shows it: `link(href = file.url(), file.name())`.
///
/// It is known by its [`key`](Self::key), and people see its [`name`](Self::name). Serialized it has the key and what else is
/// said of the file here; the name is a part of the key.
///
/// # Examples
///
/// ```
/// use filekit_files::storage::StoredFile;
///
/// let json = r#"{"key":"photo.7k2mq9xwh3dp.jpg","size":1024,"mime":"image/jpeg","modified":1764378524000}"#;
/// let file: StoredFile = serde_json::from_str(json).unwrap();
/// assert_eq!((file.key(), file.name()), ("photo.7k2mq9xwh3dp.jpg", "photo.jpg"));
/// ```
#[derive(Clone, Debug)]
pub struct StoredFile(Arc<Shared>);

/// What clones share: an event is given a clone of its state, with all files that are in it.
#[derive(Debug)]
struct Shared {
    record: Record,
    name: String,
    signature: KnownSignature,
}

/// What is written of a stored file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    key: FileKey,
    size: u64,
    mime: String,
    /// Milliseconds since 1970.
    modified: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<Sha256>,
}

impl StoredFile {
    pub(crate) fn new(key: FileKey, found: &FileMetadata, mime: String, sha256: Option<Sha256>) -> Self {
        let modified = found.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let modified = u64::try_from(modified.as_millis()).unwrap_or(u64::MAX);
        Self::of(Record { key, size: found.size, mime, modified, sha256 })
    }

    fn of(record: Record) -> Self {
        Self(Arc::new(Shared { name: record.key.name(), record, signature: KnownSignature::default() }))
    }

    /// The key: what the library knows the file by.
    ///
    /// A key of [`save`](crate::upload::UploadFile::save) never changes and belongs to no other file; with
    /// [`save_as`](crate::upload::UploadFile::save_as) the program chooses it, and a later file may take its place.
    /// [`Download::stored`](crate::download::Download::stored) and `upload_url` take a key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.0.record.key.as_str()
    }

    /// The name that people see, and under which a browser saves the file. Several files may have the same.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The folder that it is in.
    #[must_use]
    pub fn folder(&self) -> Folder {
        self.0.record.key.folder()
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.record.size
    }

    /// The MIME type, judged by content and name.
    #[must_use]
    pub fn mime(&self) -> &str {
        &self.0.record.mime
    }

    /// When the file [ends](crate::upload::Save::expires_in) by itself; `None` if it does not.
    #[must_use]
    pub fn expires(&self) -> Option<SystemTime> {
        self.0.record.key.end()
    }

    /// When the content was written, in whole milliseconds.
    #[must_use]
    pub fn modified(&self) -> SystemTime {
        // Not every system can say every time.
        let modified = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(self.0.record.modified));
        modified.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// The SHA-256 of the content, if the upload asked for it or the handler did before it saved the file.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        self.0.record.sha256
    }

    /// The URL of the file, for a link. It is signed, so that it cannot be guessed, unless uploads are public.
    ///
    /// In a handler it begins with the path under which filekit is mounted; elsewhere it is a URL of the filekit built
    /// last. The URL of a file that was saved by [`save`](crate::upload::UploadFile::save) and removed answers with
    /// 404, always; one of [`save_as`](crate::upload::UploadFile::save_as) shows the file that has the key now.
    ///
    /// # Security
    ///
    /// The URL alone is the right to read the file.
    ///
    /// # Panics
    ///
    /// In debug builds, if no filekit was built; otherwise the URL is empty then, and the log has an error.
    #[must_use]
    pub fn url(&self) -> String {
        links::url(&self.0.record.key, &self.0.signature)
    }
}

impl PartialEq for StoredFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.record == other.0.record
    }
}

impl Eq for StoredFile {}

impl Serialize for StoredFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.record.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Record::deserialize(deserializer).map(Self::of)
    }
}

/// The key, so that `upload_url(&file)` and `Download::stored(&file)` can be written.
impl AsRef<str> for StoredFile {
    fn as_ref(&self) -> &str {
        self.key()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_file_is_the_same_after_it_was_written_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "hello").unwrap();
        let key = FileKey::parse("photo.7k2mq9xwh3dp.jpg").unwrap();
        let metadata = FileMetadata::of_disk(&std::fs::metadata(&path).unwrap());
        let file = StoredFile::new(key, &metadata, "image/jpeg".to_owned(), Some(Sha256::of(b"hello")));
        let json = serde_json::to_string(&file).unwrap();
        assert_eq!(serde_json::from_str::<StoredFile>(&json).unwrap(), file, "{json}");
        assert!(file.modified() <= SystemTime::now() && file.modified() > SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn a_stored_file_of_any_time_can_be_read() {
        let json = format!(r#"{{"key":"a.7k2mq9xwh3dp.txt","size":1,"mime":"text/plain","modified":{}}}"#, u64::MAX);
        let file = serde_json::from_str::<StoredFile>(&json).unwrap();
        assert!(file.modified() >= SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn a_stored_file_whose_key_is_a_place_cannot_be_read() {
        let json = r#"{"key":"../secret","size":1,"mime":"text/plain","modified":0}"#;
        let error = serde_json::from_str::<StoredFile>(json).unwrap_err();
        assert!(error.to_string().contains("`../secret` is not the key of a stored file"), "{error}");
    }
}
