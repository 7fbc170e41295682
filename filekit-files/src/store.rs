//! Files for a program without pages: taken from forms, kept on the disk, served under signed URLs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use axum_core::body::Body;
use axum_core::response::Response;
use http::Request;

use crate::download::Download;
use crate::error::{FileRejection, Result};
use crate::files::Files;
use crate::guard::{CheckPolicy, CheckedFiles};
use crate::guard::{FileEvent, Observers, RequestWatch, tell_refused};
use crate::serving::{Kind, answer_stored};
use crate::storage::{Disk, FileKey, SaveTransaction, Spool, StoredFiles, UrlSigner, storage_error};
use crate::upload::{
    FieldFilter, FileStore, FormFields, IncomingBody, Parts, RuleBook, Upload, UploadFile, UploadId, receive,
};

/// A directory of uploaded files: takes them from requests, and answers requests for them.
///
/// It is cheap to clone; all clones are one.
///
/// # Examples
///
/// ```no_run
/// use filekit_files::{Result, Store, StoreOptions};
///
/// # fn main() -> Result<()> {
/// let store = Store::open("uploaded_files", StoreOptions::new().max_body(100_000_000))?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    files: StoredFiles,
    spool: Spool,
    urls: UrlSigner,
    max_body: u64,
    checks: CheckPolicy,
}

/// How a [`Store`] keeps and serves files.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct StoreOptions {
    max_body: u64,
    public: bool,
    durable: bool,
    url_ttl: Option<Duration>,
    checks: CheckPolicy,
}

impl StoreOptions {
    /// The defaults: requests of at most 1 GiB, signed URLs without an end.
    pub const fn new() -> Self {
        Self { max_body: 1 << 30, public: false, durable: false, url_ttl: None, checks: CheckPolicy::DEFAULT }
    }

    /// Takes requests of at most so many bytes. Default: 1 GiB.
    pub const fn max_body(self, bytes: u64) -> Self {
        Self { max_body: bytes, ..self }
    }

    /// Serves files to all who know their keys. Default: only to those who have a signed URL.
    ///
    /// # Security
    ///
    /// A key that [`save_as`](UploadFile::save_as) was given may be guessed.
    pub const fn public(self) -> Self {
        Self { public: true, ..self }
    }

    /// Makes files that are kept survive a power cut, at the cost of a wait for the disk. Default: they survive the end of the
    /// process only.
    pub const fn durable(self) -> Self {
        Self { durable: true, ..self }
    }

    /// Makes URLs expire: each is valid for at least this time, and at most twice that. Default: they do not expire.
    pub const fn url_ttl(self, ttl: Duration) -> Self {
        Self { url_ttl: Some(ttl), ..self }
    }

    /// Lets a [check](crate::guard::Check) take so long for one file. Default: 60 seconds.
    pub const fn check_timeout(self, time: Duration) -> Self {
        Self { checks: CheckPolicy { timeout: time, ..self.checks }, ..self }
    }

    /// Whether files are taken that could not be [checked](crate::guard::Check): the check does not know, panics or takes too long.
    /// Default: `false`.
    ///
    /// # Security
    ///
    /// With `true`, a client that makes the check fail, by a file that is too large for it for example, gets any file past it.
    pub const fn check_open(self, open: bool) -> Self {
        Self { checks: CheckPolicy { is_open: open, ..self.checks }, ..self }
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// Opens the directory, and makes it if it is not there. The secret that signs URLs is kept in it. What a process left there
    /// that was killed is removed.
    ///
    /// # Errors
    ///
    /// If the directory cannot be made or used.
    pub fn open(directory: impl AsRef<Path>, options: StoreOptions) -> Result<Self> {
        let disk = Disk::open(directory.as_ref())?.durable(options.durable);
        let urls = UrlSigner::new(disk.secret()?, options.public).lasting(options.url_ttl);
        let spool = Spool::open(&disk)?;
        let files = StoredFiles::on_disk(disk).observed_by(Observers::default().with_metrics());
        files.recover_at_start()?;
        Ok(Self { spool, files, urls, max_body: options.max_body, checks: options.checks })
    }

    /// Tells `observer` what happens with files: which have come, were refused, stored, served or removed. Called again, it adds one. It
    /// holds for this handle and its later clones, so call it before there are any.
    ///
    /// It is called where the thing happens, and that waits for it: it must not block. If it panics, the log says so and nothing else
    /// happens. The address of a client is in events if the program puts it into the extensions of the request, as an [`IpAddr`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_files::{Result, Store, StoreOptions};
    ///
    /// # fn main() -> Result<()> {
    /// let store = Store::open("uploaded_files", StoreOptions::new())?.on_event(|event| eprintln!("{event}"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn on_event(self, observer: impl Fn(&FileEvent) + Send + Sync + 'static) -> Self {
        let observers = self.files.observers().clone().with(observer);
        Self { files: self.files.observed_by(observers), ..self }
    }

    /// Does `work` for a request, so that events say who has sent it, and that it was refused.
    async fn watch<T>(&self, request: Option<RequestWatch>, work: impl Future<Output = Result<T>>) -> Result<T> {
        RequestWatch::scope(request, async {
            let done = work.await;
            if let Err(error) = &done {
                let rejection = error.downcast_ref::<FileRejection>();
                tell_refused(
                    rejection.map_or("event.failed", FileRejection::code),
                    rejection.and_then(FileRejection::file),
                );
            }
            done
        })
        .await
    }

    fn request_watch(&self, request: &Request<Body>) -> Option<RequestWatch> {
        RequestWatch::new(self.files.observers(), request.extensions().get::<IpAddr>().copied())
    }

    /// Receives a form with files: the body of a `POST` as `multipart/form-data`. An upload takes the files of the input that has
    /// its id as `name`; rules are enforced while they arrive.
    ///
    /// # Errors
    ///
    /// If the body is no such form, breaks off or comes too slowly, if a rule is broken, a [check](Upload::check) refuses a file or cannot
    /// judge it, or if the disk fails. Nothing is kept then.
    pub async fn receive(&self, request: Request<Body>, uploads: &[Upload]) -> Result<Submission> {
        let watch = self.request_watch(&request);
        self.watch(watch.clone(), self.receive_watched(request, uploads, watch)).await
    }

    async fn receive_watched(
        &self,
        request: Request<Body>,
        uploads: &[Upload],
        watch: Option<RequestWatch>,
    ) -> Result<Submission> {
        let (parts, body) = request.into_parts();
        let body = IncomingBody::new(&parts.headers, body.into_data_stream(), self.max_body);
        let uploads: Vec<_> = uploads.iter().cloned().map(Upload::into_parts).collect();
        let rules = RuleBook::new(uploads.clone());
        let transaction = SaveTransaction::default();
        let store = FileStore { files: self.files.clone(), spool: self.spool.clone(), saves: transaction.share() };
        let received = async {
            let mut parts = Parts::open(&parts.headers, &body)?.form(rules, FieldFilter::All);
            let files = receive(&mut parts, &store).await?;
            let files = CheckedFiles::of(files, &uploads, self.checks).await?;
            Ok((files, parts.fields()))
        };
        let received: Result<_> = received.await;
        // Else a client that is still sending would not see why.
        let (files, fields) = received.inspect_err(|_| body.refuse())?;
        Ok(Submission { files, fields, transaction, stored: self.files.clone(), watch })
    }

    /// The path and query under which [`serve`](Self::serve) answers with a file: `/_upload/`, the key, and a signature unless
    /// files are public. A program whose route is another puts `base` in front of it.
    #[must_use]
    pub fn url(&self, base: &str, key: impl AsRef<str>) -> String {
        self.urls.url(base, key.as_ref())
    }

    /// Answers a `GET` or `HEAD` for the file of this key, whose URL was made by [`url`](Self::url): whole, in part or not at
    /// all, as RFC 9110 has it. What may run in a page is not shown in one.
    ///
    /// # Errors
    ///
    /// If there is no such file, or the URL is not signed for it; also if the disk fails.
    pub async fn serve(&self, key: &str, request: Request<Body>) -> Result<Response> {
        self.watch(self.request_watch(&request), self.serve_watched(key, request)).await
    }

    async fn serve_watched(&self, key: &str, request: Request<Body>) -> Result<Response> {
        let (parts, _) = request.into_parts();
        let gone = || FileRejection::file_gone(key);
        let allowed = FileKey::parse(key).filter(|key| self.urls.allows(key.as_str(), parts.uri.query()));
        let key = allowed.ok_or_else(gone)?;
        let kind = Kind::Uploaded { public: self.urls.are_public() };
        answer_stored(&key, kind, parts.method, parts.headers, &self.files).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => gone().into(),
            _ => storage_error(error),
        })
    }

    /// The files that are kept: they are listed, found, opened, renamed, moved, copied and removed. Each call stands by itself.
    ///
    /// # Security
    ///
    /// A key that comes from a visitor is no right to the file: see [`Files`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_util::TryStreamExt as _;
    /// use filekit_files::{Result, Store};
    ///
    /// /// Removes the scans of a claim. Returns how many there were.
    /// async fn remove_claim(store: &Store, claim: u32) -> Result<usize> {
    ///     let files = store.files();
    ///     let scans: Vec<_> = files.list(format!("claims/{claim}/")).try_collect().await?;
    ///     for scan in &scans {
    ///         files.remove(scan).await?;
    ///     }
    ///     Ok(scans.len())
    /// }
    /// ```
    #[must_use]
    pub fn files(&self) -> Files {
        Files::new(self.files.clone(), self.spool.clone())
    }

    /// Answers a request with a download: data, a stream, a stored file or an archive of any of them, sent while it is made.
    ///
    /// # Errors
    ///
    /// If the download is wrong, is a URL, or fails before its first byte.
    pub async fn send(&self, download: Download, request: Request<Body>) -> Result<Response> {
        let watch = self.request_watch(&request);
        let (parts, _) = request.into_parts();
        self.watch(watch, async {
            let opened = download.checked()?.open(&self.files).await?;
            opened.respond(&parts.method, &parts.headers, &self.files).await
        })
        .await
    }
}

/// A form that has arrived. What is saved of it stays when it is [committed](Self::commit), and goes if it is dropped before.
#[derive(Debug)]
#[must_use = "nothing that was saved stays unless it is committed"]
pub struct Submission {
    files: CheckedFiles,
    fields: FormFields,
    transaction: SaveTransaction,
    stored: StoredFiles,
    /// The request that has brought it.
    watch: Option<RequestWatch>,
}

impl Submission {
    /// Takes the files of an upload, in the order of the form.
    pub fn files(&mut self, upload: impl Into<UploadId>) -> Vec<UploadFile> {
        self.files.take(&upload.into())
    }

    /// Takes the text fields of the form, by the names of their controls. Where there are several of one name, the last counts.
    pub fn fields(&mut self) -> HashMap<String, String> {
        std::mem::take(&mut self.fields).into_pairs().into_iter().collect()
    }

    /// Lets everything stand that was saved.
    ///
    /// # Errors
    ///
    /// If the disk fails. New files are removed again then.
    pub async fn commit(self) -> Result<()> {
        let saved = self.transaction.commit().await.map_err(storage_error)?;
        RequestWatch::scope(self.watch, saved.finish()).await;
        self.stored.disk().sync_directory().await.map_err(storage_error)
    }
}
