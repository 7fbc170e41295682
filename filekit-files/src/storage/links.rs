//! Which stored files a handler means when it asks for a URL or the directory: those of its request.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use crate::storage::{FileKey, KnownSignature};

/// The stored files that one program serves: their directory, and the URLs under which they are served.
pub trait FileUrls: Send + Sync {
    /// The directory.
    fn directory(&self) -> &Path;

    /// The URL of a file, signed if that is needed to read it. What is `known` of the file's signature is noted there.
    fn url(&self, key: &FileKey, known: &KnownSignature) -> String;

    /// A URL of something that is not there, under which nothing is ever found.
    fn url_of_nothing(&self, key: &str) -> String;

    /// Tells whether who knows this key alone may have a URL for it.
    fn may_link(&self, key: &FileKey) -> bool;
}

tokio::task_local! {
    static CURRENT: Arc<dyn FileUrls>;
}

/// Used outside of requests: the files of the most recent program that is still there.
static FALLBACK: RwLock<Option<Weak<dyn FileUrls>>> = RwLock::new(None);

/// Runs `work`, in which [`upload_url`] and its like mean `files`.
pub async fn scope<T>(files: Arc<dyn FileUrls>, work: impl Future<Output = T>) -> T {
    CURRENT.scope(files, work).await
}

/// Uses `files` outside of requests, for as long as they are there.
pub fn set_fallback(files: Weak<dyn FileUrls>) {
    *FALLBACK.write().unwrap_or_else(PoisonError::into_inner) = Some(files);
}

/// The files of the request, or else the fallback.
fn current() -> Option<Arc<dyn FileUrls>> {
    let of_request = CURRENT.try_with(Clone::clone).ok();
    of_request.or_else(|| FALLBACK.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.upgrade())
}

pub(crate) fn url(key: &FileKey, known: &KnownSignature) -> String {
    CURRENT
        .try_with(|files| files.url(key, known))
        .unwrap_or_else(|_| current().map_or_else(missing, |files| files.url(key, known)))
}

/// Returns the URL of a stored file, for a link; [`StoredFile::url`](crate::storage::StoredFile::url) is the same for a file
/// that a program keeps.
///
/// It is signed, so that it cannot be guessed, unless uploads are public. Only what is there is signed: of anything else the
/// URL answers with 404. So this looks at the disk each time.
///
/// In a handler the URL begins with the path under which filekit is mounted; elsewhere it is one of the filekit built last.
///
/// # Security
///
/// The URL alone is the right to read the file. Do not call this with a key that a visitor wrote: a key that
/// [`save_as`](crate::upload::UploadFile::save_as) was given may be guessed.
///
/// # Panics
///
/// In debug builds, if no filekit was built; otherwise the URL is empty then, and the log has an error.
#[must_use]
pub fn upload_url(key: impl AsRef<str>) -> String {
    let key = key.as_ref();
    let Some(files) = current() else { return missing() };
    match FileKey::parse(key).filter(|key| files.may_link(key)) {
        Some(key) => files.url(&key, &KnownSignature::default()),
        None => files.url_of_nothing(key),
    }
}

/// Returns the directory that keeps uploaded files.
///
/// In a handler it is that of the filekit that serves the page; elsewhere that of the one built last, or if there is
/// none, the one that would be chosen: `FILEKIT_UPLOADED_FILES_DIR`, or `./uploaded_files`.
#[must_use]
pub fn upload_dir() -> PathBuf {
    current().map_or_else(default_upload_dir, |files| files.directory().to_owned())
}

/// The directory of a program that chooses none.
#[must_use]
pub fn default_upload_dir() -> PathBuf {
    std::env::var_os("FILEKIT_UPLOADED_FILES_DIR").map_or_else(|| "uploaded_files".into(), Into::into)
}

fn missing() -> String {
    const CURE: &str =
        "a URL of a stored file was asked for before any filekit was built: build one first, and keep it";
    debug_assert!(false, "{CURE}");
    tracing::error!("{CURE}");
    String::new()
}
