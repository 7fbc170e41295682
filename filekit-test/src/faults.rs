//! A storage and a store of states that fail when a test says so.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use filekit::axum::body::Bytes;
use filekit::state_store::{Lease, MemoryStates, Result, StateStore, StoreError, Stored, Swap, Version};
use filekit::storage::{
    DiskStorage, FileChunks, FileKey, FileListing, FileMetadata, Listing, SignedAnswer, StagedFile, Storage,
};
use futures_util::stream;
use tempfile::TempDir;

/// A storage that fails while a test says so. A copy (`clone`) is the same storage, so that the test keeps one to speak to.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
///
/// use filekit::prelude::*;
/// use filekit_test::{FaultyStorage, Program, file};
///
/// #[state]
/// #[derive(Default)]
/// struct Album {
///     photos: Vec<StoredFile>,
/// }
///
/// #[state]
/// impl Album {
///     #[event]
///     async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
///         for file in files {
///             self.photos.push(file.save().await?);
///         }
///         Ok(())
///     }
/// }
///
/// async fn index(album: Current<Album>) -> View {
///     view![vstack(
///         upload(id = "photos", button("Choose")),
///         button(on_click = Album::keep(upload_files("photos")), "Send"),
///         text(album.photos.len(), " kept"),
///     )]
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let storage = FaultyStorage::on_disk();
/// let pages = Router::new().route("/", get(index));
/// let program = Program::new(pages, |kit| kit.storage(storage.clone()));
/// let mut page = program.open("/").await;
///
/// storage.fail(ErrorKind::StorageFull);
/// page.choose("photos", [file("a.txt", "one")]).click("Send").await;
/// page.assert_text("0 kept");
///
/// storage.recover();
/// page.click("Send").await.assert_text("1 kept");
/// # }
/// ```
#[derive(Debug)]
pub struct FaultyStorage<S = DiskStorage> {
    shared: Arc<SharedStorage<S>>,
}

#[derive(Debug)]
struct SharedStorage<S> {
    inner: S,
    fault: Mutex<Option<io::ErrorKind>>,
    /// The files of one that is made here; removed with it.
    _directory: Option<TempDir>,
}

impl<S> Clone for FaultyStorage<S> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl FaultyStorage {
    /// A storage in a temporary directory of its own.
    ///
    /// # Panics
    ///
    /// If the system gives no temporary directory.
    #[must_use]
    pub fn on_disk() -> Self {
        let directory = tempfile::Builder::new().prefix("filekit-test-").tempdir().expect("a temporary directory");
        let inner = DiskStorage::open(directory.path()).expect("a directory to write to");
        Self::of(inner, Some(directory))
    }
}

impl<S> FaultyStorage<S> {
    /// A storage that works as another does, until it is told to fail.
    pub fn new(storage: S) -> Self {
        Self::of(storage, None)
    }

    fn of(inner: S, directory: Option<TempDir>) -> Self {
        Self { shared: Arc::new(SharedStorage { inner, fault: Mutex::default(), _directory: directory }) }
    }

    /// Lets every call fail with an error of this kind, until [`recover`](Self::recover). `StorageFull` means that there is no room.
    pub fn fail(&self, kind: io::ErrorKind) {
        *self.fault() = Some(kind);
    }

    /// Lets calls succeed again.
    pub fn recover(&self) {
        *self.fault() = None;
    }

    fn fault(&self) -> MutexGuard<'_, Option<io::ErrorKind>> {
        self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The storage behind, unless it is to fail.
    fn working(&self) -> io::Result<&S> {
        match *self.fault() {
            Some(kind) => Err(io::Error::new(kind, "a fault of the test")),
            None => Ok(&self.shared.inner),
        }
    }
}

impl<S: Storage> Storage for FaultyStorage<S> {
    async fn find(&self, key: &FileKey) -> io::Result<Option<FileMetadata>> {
        self.working()?.find(key).await
    }

    async fn read(&self, key: &FileKey, found: &FileMetadata, range: Range<u64>) -> io::Result<FileChunks> {
        self.working()?.read(key, found, range).await
    }

    async fn create(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        self.working()?.create(key, file).await
    }

    async fn replace(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        self.working()?.replace(key, file).await
    }

    async fn copy(&self, from: &FileKey, to: &FileKey) -> io::Result<FileMetadata> {
        self.working()?.copy(from, to).await
    }

    async fn remove(&self, key: &FileKey) -> io::Result<()> {
        self.working()?.remove(key).await
    }

    fn list(&self, listing: &Listing) -> FileListing {
        match self.working() {
            Ok(storage) => storage.list(listing),
            Err(error) => Box::pin(stream::iter([Err(error)])),
        }
    }

    async fn signed_url(&self, key: &FileKey, answer: &SignedAnswer) -> io::Result<Option<String>> {
        self.working()?.signed_url(key, answer).await
    }
}

/// A store of states that is out of reach while a test says so. A copy (`clone`) is the same store.
///
/// # Examples
///
/// ```
/// use filekit::prelude::*;
/// use filekit_test::{FaultyStateStore, Program};
///
/// #[state]
/// #[derive(Default)]
/// struct Counter {
///     count: u32,
/// }
///
/// #[state]
/// impl Counter {
///     #[event]
///     fn add(&mut self) {
///         self.count += 1;
///     }
/// }
///
/// async fn index(counter: Current<Counter>) -> View {
///     view![vstack(text("Count: ", counter.count), button(on_click = Counter::add, "Add"))]
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let states = FaultyStateStore::in_memory();
/// let pages = Router::new().route("/", get(index));
/// let program = Program::new(pages, |kit| kit.state_store(states.clone()));
/// let mut page = program.open("/").await;
///
/// states.fail();
/// page.click("Add").await.assert_text("Count: 0");
/// assert_eq!(page.messages().len(), 1);
///
/// states.recover();
/// page.click("Add").await.assert_text("Count: 1");
/// # }
/// ```
#[derive(Debug)]
pub struct FaultyStateStore<S = MemoryStates> {
    shared: Arc<SharedStates<S>>,
}

#[derive(Debug)]
struct SharedStates<S> {
    inner: S,
    fails: Mutex<bool>,
}

impl<S> Clone for FaultyStateStore<S> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl FaultyStateStore {
    /// A store in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(MemoryStates::new())
    }
}

impl<S> FaultyStateStore<S> {
    /// A store that works as another does, until it is told to fail.
    pub fn new(store: S) -> Self {
        Self { shared: Arc::new(SharedStates { inner: store, fails: Mutex::default() }) }
    }

    /// Lets every call fail, as if the store was out of reach, until [`recover`](Self::recover).
    pub fn fail(&self) {
        self.set_fails(true);
    }

    /// Lets calls succeed again.
    pub fn recover(&self) {
        self.set_fails(false);
    }

    fn set_fails(&self, fails: bool) {
        *self.shared.fails.lock().unwrap_or_else(PoisonError::into_inner) = fails;
    }

    /// The store behind, unless it is to fail.
    fn working(&self) -> Result<&S> {
        match *self.shared.fails.lock().unwrap_or_else(PoisonError::into_inner) {
            true => Err(StoreError::unavailable("a fault of the test")),
            false => Ok(&self.shared.inner),
        }
    }
}

impl<S: StateStore> StateStore for FaultyStateStore<S> {
    async fn load(&self, key: &str) -> Result<Option<Stored>> {
        self.working()?.load(key).await
    }

    async fn swap(&self, key: &str, expected: Option<Version>, content: Bytes, ttl: Duration) -> Result<Swap> {
        self.working()?.swap(key, expected, content, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<()> {
        self.working()?.remove(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<()> {
        self.working()?.touch(key, ttl).await
    }

    async fn lease(&self, key: &str, ttl: Duration, patience: Duration) -> Result<Option<Lease>> {
        self.working()?.lease(key, ttl, patience).await
    }

    fn is_shared(&self) -> bool {
        self.shared.inner.is_shared()
    }

    async fn insert_once(&self, key: &str, ttl: Duration) -> Result<bool> {
        self.working()?.insert_once(key, ttl).await
    }
}
