//! Files in a bucket of an object store: S3 and its like, Google Cloud Storage, Azure, or whatever the crate `object_store` reaches.

#[cfg(feature = "s3")]
mod direct;
mod error;
mod listing;
#[cfg(feature = "s3")]
mod s3;
mod send;
mod signed_url;
mod url;

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::list::PaginatedListStore;
use object_store::path::Path;
use object_store::{
    Attributes, CopyMode, CopyOptions, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt as _,
};
use tokio::sync::Semaphore;

use crate::storage::object::error::{io_error, or_not_found};
use crate::storage::object::send::Source;
use crate::storage::object::signed_url::UrlSigner;
use crate::storage::{FileChunks, FileKey, FileListing, FileMetadata, Listing, SignedAnswer, StagedFile, Storage};

/// How many parts of large files are in memory at a time, of all files together: at most 32 MiB of files up to 80 GB.
const PARTS_IN_MEMORY: usize = 4;

/// What S3 and its like copy at once (Amazon, "CopyObject"). Larger files are read and written anew.
const MAX_COPY: u64 = 5 << 30;

/// Files in a bucket, or below a prefix of one.
///
/// A file is published in one step: what is uploaded in parts is not there before its last part is. Requests that fail are made
/// again, for half a minute. A copy (`clone`) is the same storage.
///
/// What a server leaves behind that is killed while it uploads in parts is not listed and takes room: let a rule of the bucket end
/// such uploads after a day.
#[derive(Clone)]
pub struct ObjectStorage {
    store: Arc<dyn ObjectStore>,
    pages: Option<Arc<dyn PaginatedListStore>>,
    signer: Option<Arc<dyn UrlSigner>>,
    /// Empty, or ends with a slash.
    prefix: String,
    parts: Arc<Semaphore>,
    /// The bucket, where requests to it can be signed for browsers.
    #[cfg(feature = "s3")]
    s3: Option<s3::S3Bucket>,
    #[cfg(feature = "s3")]
    is_direct: bool,
}

impl ObjectStorage {
    /// Files in any store that the crate `object_store` knows, such as its `InMemory` for tests. It has to list in the order of the
    /// bytes of paths, as that one does. For stores of the cloud see [`paged`](Self::paged).
    pub fn new(store: impl ObjectStore) -> Self {
        Self::of(Arc::new(store), None)
    }

    /// Files in a store that lists page by page, which a program has built as it likes: `AmazonS3`, `GoogleCloudStorage` or
    /// `MicrosoftAzure` of the crate `object_store`. [`from_url`](Self::from_url) builds one as the environment says.
    /// Links cannot lead to it, nor can browsers send to it: for that see [`signing`](Self::signing) and [`s3`](Self::s3).
    pub fn paged(store: impl ObjectStore + PaginatedListStore) -> Self {
        let store = Arc::new(store);
        Self::of(Arc::clone(&store) as Arc<dyn ObjectStore>, Some(store))
    }

    fn of(store: Arc<dyn ObjectStore>, pages: Option<Arc<dyn PaginatedListStore>>) -> Self {
        Self {
            store,
            pages,
            prefix: String::new(),
            parts: Arc::new(Semaphore::new(PARTS_IN_MEMORY)),
            signer: None,
            #[cfg(feature = "s3")]
            s3: None,
            #[cfg(feature = "s3")]
            is_direct: false,
        }
    }

    /// Whether browsers send files that are larger than 1 MiB to the bucket by themselves, and not through this server. Default: no.
    ///
    /// The server decides by the rules what may be sent, signs a URL for each part of at least 8 MiB, and judges the first bytes in the bucket
    /// before the event gets the file; [`save`](crate::upload::UploadFile::save) copies it within the store, up to 5 GiB; a larger file is read and
    /// written by this server. What comes through the server as before: small files, files whose digest is asked for or whose metadata is taken out, files of an event that reads
    /// them while they arrive, and those of forms and other programs.
    ///
    /// The bucket has to allow pages of this site to send files to it (CORS). If it does not, files come through the server, and the
    /// log says which rule is missing. It works with S3 and its like, for a storage of [`from_url`](Self::from_url) or
    /// [`s3`](Self::s3); with others files come through the server, and the log says so.
    ///
    /// # Security
    ///
    /// A URL is good for 15 minutes, for one part of one file, and for exactly so many bytes. A client that has it can send other bytes of that
    /// number: they are judged like any. The store has to check what is signed, and to refuse
    /// headers `x-amz-..` that are not, as S3 does.
    #[cfg(feature = "s3")]
    #[must_use]
    pub fn direct(self, is_direct: bool) -> Self {
        Self { is_direct, ..self }
    }

    /// The same bucket, which browsers reach at another address than this server: behind a proxy, or outside of the network of
    /// containers. What they [send](Self::direct) goes there, and links that are served by a redirect lead there. The bucket is the first part of the
    /// path there.
    ///
    /// # Errors
    ///
    /// If `endpoint` is no URL, or the store is none of S3 or its like that [`from_url`](Self::from_url) or [`s3`](Self::s3) has made.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_files::storage::ObjectStorage;
    ///
    /// # fn main() -> filekit_files::Result<()> {
    /// let storage = ObjectStorage::from_url("s3://documents/uploads")?.public_endpoint("https://s3.example.org")?.direct(true);
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "s3")]
    pub fn public_endpoint(mut self, endpoint: impl AsRef<str>) -> crate::error::Result<Self> {
        let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
        let bucket = self
            .s3
            .take()
            .ok_or_else(|| invalid("only a bucket of S3 has another endpoint for browsers".to_owned()))?;
        self.s3 = Some(bucket.public_endpoint(endpoint.as_ref()).map_err(invalid)?);
        Ok(self)
    }

    /// The same storage, whose files are below this prefix of the bucket: `uploads` or `team/uploads`. What else is in the bucket is
    /// neither seen nor touched.
    #[must_use]
    pub fn with_prefix(self, prefix: impl AsRef<str>) -> Self {
        let names: Vec<&str> = prefix.as_ref().split('/').filter(|name| !name.is_empty()).collect();
        let prefix = if names.is_empty() { String::new() } else { names.join("/") + "/" };
        Self { prefix, ..self }
    }

    /// Where the file with this key is in the bucket.
    fn path(&self, key: &FileKey) -> io::Result<Path> {
        Path::parse(format!("{}{key}", self.prefix)).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    }

    /// Bytes of this version of what is at a path.
    async fn read_at(&self, path: &Path, version: &str, range: Range<u64>) -> io::Result<FileChunks> {
        let range = Some(GetRange::Bounded(range));
        let options = GetOptions { range, if_match: Some(version.to_owned()), ..GetOptions::default() };
        let read = self.store.get_opts(path, options).await.map_err(io_error)?;
        Ok(Box::pin(read.into_stream().map(|chunk| chunk.map_err(io_error))))
    }

    /// What there is to know of what is at a path.
    async fn head(&self, path: &Path) -> io::Result<FileMetadata> {
        self.store.head(path).await.map(metadata).map_err(io_error)
    }
}

/// What a store says of a file.
fn metadata(object: ObjectMeta) -> FileMetadata {
    let ObjectMeta { size, last_modified, e_tag, version, .. } = object;
    let version = e_tag.or(version).unwrap_or_else(|| format!("{size} {last_modified}"));
    FileMetadata { size, modified: last_modified.into(), version }
}

impl Storage for ObjectStorage {
    async fn find(&self, key: &FileKey) -> io::Result<Option<FileMetadata>> {
        or_not_found(self.head(&self.path(key)?).await)
    }

    async fn read(&self, key: &FileKey, found: &FileMetadata, range: Range<u64>) -> io::Result<FileChunks> {
        self.read_at(&self.path(key)?, &found.version, range).await
    }

    async fn create(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        let path = self.path(key)?;
        self.send(&path, file, !key.is_random()).await?;
        self.head(&path).await
    }

    async fn replace(&self, key: &FileKey, file: &StagedFile) -> io::Result<FileMetadata> {
        let path = self.path(key)?;
        self.send(&path, file, false).await?;
        self.head(&path).await
    }

    async fn copy(&self, from: &FileKey, to: &FileKey) -> io::Result<FileMetadata> {
        let (path, new) = (self.path(from)?, self.path(to)?);
        let found = self.head(&path).await?;
        if !to.is_random() && or_not_found(self.head(&new).await)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if found.size > MAX_COPY {
            self.send_in_parts(&new, found.size, Attributes::default(), Source::Object(&path)).await?;
            return self.head(&new).await;
        }
        let create = CopyOptions { mode: CopyMode::Create, ..CopyOptions::default() };
        let overwrite = CopyOptions { mode: CopyMode::Overwrite, ..CopyOptions::default() };
        let copied = match to.is_random() {
            true => self.store.copy_opts(&path, &new, overwrite).await,
            false => match self.store.copy_opts(&path, &new, create).await {
                // It was free a moment ago, and that is all that such a store can say.
                Err(object_store::Error::NotSupported { .. } | object_store::Error::NotImplemented { .. }) => {
                    self.store.copy_opts(&path, &new, overwrite).await
                }
                copied => copied,
            },
        };
        copied.map_err(io_error)?;
        self.head(&new).await
    }

    async fn remove(&self, key: &FileKey) -> io::Result<()> {
        let removed = self.store.delete(&self.path(key)?).await.map_err(io_error);
        or_not_found(removed).map(|_| ())
    }

    fn list(&self, listing: &Listing) -> FileListing {
        listing::list(self.clone(), listing.clone())
    }

    #[cfg(feature = "s3")]
    fn direct(&self) -> Option<crate::storage::DirectTarget> {
        self.direct_bucket().map(crate::storage::DirectTarget::new)
    }

    async fn signed_url(&self, key: &FileKey, answer: &SignedAnswer) -> io::Result<Option<String>> {
        let path = self.path(key)?;
        #[cfg(feature = "s3")]
        if let Some(bucket) = &self.s3 {
            return bucket.signed_url(path.as_ref(), answer).await.map(Some);
        }
        match &self.signer {
            Some(signer) => signer.sign(&path, answer).await,
            None => Ok(None),
        }
    }
}

impl fmt::Debug for ObjectStorage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ObjectStorage({}, {:?})", self.store, self.prefix)
    }
}
