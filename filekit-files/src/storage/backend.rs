//! The trait of places that keep stored files, and what they answer.

use std::fmt;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::BoxFuture;

use crate::storage::{DirectTarget, FileKey, Folder, StagedFile};

/// Bytes of a stored file, as they come. After an error there is nothing more.
pub type FileChunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Stored files and folders, one after the other, in the order of their keys.
pub type FileListing = Pin<Box<dyn Stream<Item = io::Result<Listed>> + Send>>;

/// Which files are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// What their keys begin with.
    pub prefix: String,
    /// The text behind which their keys are, by the order of their bytes; empty for all.
    pub after: String,
    /// Files whose keys have a `/` behind the prefix are not listed themselves: the folder is, once, whose name ends there.
    pub one_level: bool,
}

/// What a listing finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A file.
    File(FileKey, FileMetadata),
    /// A folder, if one level is listed.
    Folder(Folder),
}

/// What a storage knows of a file without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMetadata {
    /// The size in bytes.
    pub size: u64,
    /// When its content was last changed.
    pub modified: SystemTime,
    /// Any text that is another one whenever the content is: the entity tag of an object store, for example.
    pub version: String,
}

/// What a storage is to say with a file that it sends itself, at a URL that it has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAnswer {
    /// The header `Content-Type`.
    pub content_type: String,
    /// The header `Content-Disposition`.
    pub content_disposition: String,
    /// The header `Cache-Control`.
    pub cache_control: String,
    /// How long the URL is good for.
    pub lifetime: Duration,
}

/// A place that keeps complete files under keys: a disk, a bucket of an object store, or one of your own.
///
/// What is on its way in is never here: files are staged on the local disk until they are complete. All methods may be called by
/// many tasks at once, and by many servers. A task that calls them may be dropped at any time.
///
/// # Errors
///
/// Of the kinds of an [`io::Error`], `NotFound`, `AlreadyExists` and `StorageFull` have the meaning that the methods give them; any
/// other is a fault that is logged, and answered with a status of 500 and a reference.
///
/// # Examples
///
/// A storage that keeps nothing:
///
/// ```
/// use std::io;
/// use std::ops::Range;
///
/// use filekit_files::storage::{FileChunks, FileKey, FileListing, FileMetadata, Listing, StagedFile, Storage};
///
/// #[derive(Debug)]
/// struct Nowhere;
///
/// impl Storage for Nowhere {
///     async fn find(&self, _: &FileKey) -> io::Result<Option<FileMetadata>> {
///         Ok(None)
///     }
///
///     async fn read(&self, _: &FileKey, _: &FileMetadata, _: Range<u64>) -> io::Result<FileChunks> {
///         Err(io::ErrorKind::NotFound.into())
///     }
///
///     async fn create(&self, _: &FileKey, _: &StagedFile) -> io::Result<FileMetadata> {
///         Err(io::ErrorKind::StorageFull.into())
///     }
///
///     async fn replace(&self, _: &FileKey, _: &StagedFile) -> io::Result<FileMetadata> {
///         Err(io::ErrorKind::StorageFull.into())
///     }
///
///     async fn copy(&self, _: &FileKey, _: &FileKey) -> io::Result<FileMetadata> {
///         Err(io::ErrorKind::NotFound.into())
///     }
///
///     async fn remove(&self, _: &FileKey) -> io::Result<()> {
///         Ok(())
///     }
///
///     fn list(&self, _: &Listing) -> FileListing {
///         Box::pin(futures_util::stream::empty())
///     }
/// }
/// ```
pub trait Storage: fmt::Debug + Send + Sync + 'static {
    /// What there is to know of the file with this key; `None` if there is none.
    fn find(&self, key: &FileKey) -> impl Future<Output = io::Result<Option<FileMetadata>>> + Send;

    /// Bytes of a file, of the version that was found. `NotFound` if that is not there any more. The range is within the file, and
    /// not empty.
    fn read(
        &self,
        key: &FileKey,
        found: &FileMetadata,
        range: Range<u64>,
    ) -> impl Future<Output = io::Result<FileChunks>> + Send;

    /// Keeps a file under a key that is free: complete, or not at all. `AlreadyExists` if the key is taken, also by another server
    /// at this moment; nothing is overwritten, ever.
    fn create(&self, key: &FileKey, file: &StagedFile) -> impl Future<Output = io::Result<FileMetadata>> + Send;

    /// Keeps a file in place of what is there, if anything is. Readers see the old file or the new one, and nothing between.
    fn replace(&self, key: &FileKey, file: &StagedFile) -> impl Future<Output = io::Result<FileMetadata>> + Send;

    /// Keeps a copy of a file under a key that is free. `NotFound` if there is no such file, `AlreadyExists` if the key is taken.
    fn copy(&self, from: &FileKey, to: &FileKey) -> impl Future<Output = io::Result<FileMetadata>> + Send;

    /// Removes a file. That there is none is no error.
    fn remove(&self, key: &FileKey) -> impl Future<Output = io::Result<()>> + Send;

    /// The files of a [`Listing`], in the order of their keys. What has no [`FileKey`] is left out. The memory that it takes does not
    /// grow with the number of files.
    fn list(&self, listing: &Listing) -> FileListing;

    /// Where browsers send files to by themselves, if they can and are to.
    #[doc(hidden)]
    fn direct(&self) -> Option<DirectTarget> {
        None
    }

    /// A URL at which the storage itself sends the file to every client that has the URL, with these headers and for this time; `None` if it
    /// makes none. A client cannot make the URL of another file from it, nor change what the answer says. Default: `None`.
    fn signed_url(
        &self,
        key: &FileKey,
        answer: &SignedAnswer,
    ) -> impl Future<Output = io::Result<Option<String>>> + Send {
        let _ = (key, answer);
        async { Ok(None) }
    }
}

/// A [`Storage`] of any type. A copy (`clone`) is the same storage.
#[derive(Clone)]
pub struct AnyStorage(Arc<dyn DynStorage>);

impl AnyStorage {
    /// Hides which storage it is.
    pub fn new(storage: impl Storage) -> Self {
        Self(Arc::new(storage))
    }
}

impl fmt::Debug for AnyStorage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The methods of [`Storage`], as a trait object can have them.
trait DynStorage: fmt::Debug + Send + Sync {
    fn find<'a>(&'a self, key: &'a FileKey) -> BoxFuture<'a, io::Result<Option<FileMetadata>>>;
    fn read<'a>(
        &'a self,
        key: &'a FileKey,
        found: &'a FileMetadata,
        range: Range<u64>,
    ) -> BoxFuture<'a, io::Result<FileChunks>>;
    fn create<'a>(&'a self, key: &'a FileKey, file: &'a StagedFile) -> BoxFuture<'a, io::Result<FileMetadata>>;
    fn replace<'a>(&'a self, key: &'a FileKey, file: &'a StagedFile) -> BoxFuture<'a, io::Result<FileMetadata>>;
    fn copy<'a>(&'a self, from: &'a FileKey, to: &'a FileKey) -> BoxFuture<'a, io::Result<FileMetadata>>;
    fn remove<'a>(&'a self, key: &'a FileKey) -> BoxFuture<'a, io::Result<()>>;
    fn list(&self, listing: &Listing) -> FileListing;
    fn direct(&self) -> Option<DirectTarget>;
    fn signed_url<'a>(
        &'a self,
        key: &'a FileKey,
        answer: &'a SignedAnswer,
    ) -> BoxFuture<'a, io::Result<Option<String>>>;
}

impl<T: Storage> DynStorage for T {
    fn find<'a>(&'a self, key: &'a FileKey) -> BoxFuture<'a, io::Result<Option<FileMetadata>>> {
        Box::pin(Storage::find(self, key))
    }

    fn read<'a>(
        &'a self,
        key: &'a FileKey,
        found: &'a FileMetadata,
        range: Range<u64>,
    ) -> BoxFuture<'a, io::Result<FileChunks>> {
        Box::pin(Storage::read(self, key, found, range))
    }

    fn create<'a>(&'a self, key: &'a FileKey, file: &'a StagedFile) -> BoxFuture<'a, io::Result<FileMetadata>> {
        Box::pin(Storage::create(self, key, file))
    }

    fn replace<'a>(&'a self, key: &'a FileKey, file: &'a StagedFile) -> BoxFuture<'a, io::Result<FileMetadata>> {
        Box::pin(Storage::replace(self, key, file))
    }

    fn copy<'a>(&'a self, from: &'a FileKey, to: &'a FileKey) -> BoxFuture<'a, io::Result<FileMetadata>> {
        Box::pin(Storage::copy(self, from, to))
    }

    fn remove<'a>(&'a self, key: &'a FileKey) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(Storage::remove(self, key))
    }

    fn list(&self, listing: &Listing) -> FileListing {
        Storage::list(self, listing)
    }

    fn direct(&self) -> Option<DirectTarget> {
        Storage::direct(self)
    }

    fn signed_url<'a>(
        &'a self,
        key: &'a FileKey,
        answer: &'a SignedAnswer,
    ) -> BoxFuture<'a, io::Result<Option<String>>> {
        Box::pin(Storage::signed_url(self, key, answer))
    }
}

impl Storage for AnyStorage {
    async fn find(&self, key: &FileKey) -> io::Result<Option<FileMetadata>> {
        self.0.find(key).await
    }

    async fn read(&self, key: &FileKey, found: &FileMetadata, range: Range<u64>) -> io::Result<FileChunks> {
        self.0.read(key, found, range).await
    }

    async fn create(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        self.0.create(key, file).await
    }

    async fn replace(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        self.0.replace(key, file).await
    }

    async fn copy(&self, from: &FileKey, to: &FileKey) -> io::Result<FileMetadata> {
        self.0.copy(from, to).await
    }

    async fn remove(&self, key: &FileKey) -> io::Result<()> {
        self.0.remove(key).await
    }

    fn list(&self, listing: &Listing) -> FileListing {
        self.0.list(listing)
    }

    fn direct(&self) -> Option<DirectTarget> {
        self.0.direct()
    }

    async fn signed_url(&self, key: &FileKey, answer: &SignedAnswer) -> io::Result<Option<String>> {
        self.0.signed_url(key, answer).await
    }
}
