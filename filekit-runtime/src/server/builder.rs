//! The choices of a filekit: builder over environment over defaults; not what follows from them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::FromRequestParts;
use http::request::Parts;
use tokio::sync::watch;

use crate::download::Outbox;
use crate::error::{Error, Result, answer_by};
use crate::event::EventDefinition;
use crate::server::idempotency::IdempotencyKeys;
use crate::server::instance::Instances;
use crate::server::{Context, NotServed, message, routes, serve};
use crate::serving::Assets;
use crate::session::{Secret, SessionId};
use crate::state::{Changes, State, StateLimits, StateStore};
use crate::storage::links::{self, StoredFiles};
use crate::storage::{Disk, Spool, UrlSigner, named};
use crate::texts::Texts;

/// Everything that pages need to run: where files go, what is secret, what visitors have.
///
/// It is cheap to clone; all clones are one.
///
/// # Examples
///
/// ```no_run
/// use axum::Router;
/// use filekit_runtime::FileKit;
///
/// # fn pages() -> Router { Router::new() }
/// # fn main() -> filekit_runtime::Result<()> {
/// let filekit = FileKit::builder().upload_dir("/srv/uploads").build()?;
/// let app: Router = Router::new().nest("/files", filekit.router(pages()));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct FileKit(pub(crate) Arc<Kit>);

/// What requests share.
#[derive(Debug)]
pub(crate) struct Kit {
    pub(crate) disk: Disk,
    pub(crate) spool: Spool,
    /// Downloads that wait to be fetched.
    pub(crate) outbox: Outbox,
    pub(crate) secret: Secret,
    pub(crate) urls: UrlSigner,
    pub(crate) states: StateStore,
    /// What the open documents show.
    pub(crate) instances: Instances,
    /// The calls that run or have happened.
    pub(crate) calls: IdempotencyKeys,
    /// When visitors' states change.
    pub(crate) changes: Arc<Changes>,
    /// Whether documents are to stop following their visitors' states.
    pub(crate) stopping: watch::Sender<bool>,
    /// The developer's own files, if there are any.
    pub(crate) assets: Option<Arc<Assets>>,
    pub(crate) settings: Settings,
    pub(crate) texts: Texts,
}

/// Choices that are read while serving.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) title: String,
    pub(crate) base_path: String,
    pub(crate) session_ttl: Duration,
    pub(crate) max_body: u64,
    pub(crate) live: bool,
}

/// Chooses what a [`FileKit`] does. What is not chosen comes from the environment, or has a default.
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct FileKitBuilder {
    upload_dir: Option<PathBuf>,
    assets: Option<Option<PathBuf>>,
    public_uploads: bool,
    upload_url_ttl: Option<Duration>,
    durable_uploads: bool,
    secrets: Option<Vec<Vec<u8>>>,
    title: Option<String>,
    lang: Option<String>,
    base_path: Option<String>,
    session_ttl: Option<Duration>,
    max_body: Option<u64>,
    live: Option<bool>,
    texts: Vec<(String, String)>,
}

impl std::fmt::Debug for FileKitBuilder {
    /// Leaves the secret out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FileKitBuilder").field("upload_dir", &self.upload_dir).finish_non_exhaustive()
    }
}

/// The largest body if nothing was chosen: 4 GiB, far above what people send by hand and far below most disks.
const MAX_BODY: u64 = 4 << 30;

/// The shortest secret that is taken, in bytes: a MAC is no stronger than its key (RFC 2104, section 3).
const MIN_SECRET: usize = 16;

impl FileKit {
    /// Begins to choose.
    pub fn builder() -> FileKitBuilder {
        FileKitBuilder::default()
    }

    /// Takes everything from the environment and the defaults.
    ///
    /// # Errors
    ///
    /// As [`FileKitBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Adds to `pages` what they need: the routes of events, uploads, downloads, stored files and the browser client.
    ///
    /// The result can be merged into an application, or nested under a path.
    pub fn router(&self, pages: Router) -> Router {
        routes::router(self, pages)
    }

    /// Serves `pages` on the address in `FILEKIT_ADDR` (default: `127.0.0.1:3000`) until Ctrl-C or SIGTERM. Logs as
    /// [`serve`](crate::serve()) does.
    ///
    /// # Errors
    ///
    /// If the address is not to be had.
    pub async fn serve(self, pages: Router) -> Result<()> {
        serve::listen(self.router(pages), || self.end_live()).await
    }

    /// Changes a visitor's state from outside of their events: in a task that goes on when the event is done, for
    /// example. Documents of theirs that are open follow.
    ///
    /// It waits until no event runs on this state of the session, so an event with `&mut self` must not wait for it, whatever
    /// the state: it spawns a task that does, and does not wait for that. A page must not call it, because every change
    /// calls the page. It is all or nothing: if `change` panics, the state is as it was. A visitor who has no such state
    /// gets the initial one, changed.
    ///
    /// # Errors
    ///
    /// If `change` panics, or makes the state larger than a state may be; or if an event with `&mut self`, or a page
    /// that is called after one, waits for this.
    ///
    /// # Security
    ///
    /// A [`SessionId`] is what the visitor is known by: whoever has it in a cookie is them. Keep it in the program.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use filekit_runtime::{FileKit, Result};
    /// # use filekit_runtime::session::SessionId;
    /// # use filekit_runtime::state::State;
    /// async fn finish<S: State>(filekit: FileKit, session: SessionId, done: fn(&mut S)) -> Result<()> {
    ///     filekit.update::<S>(session, |state| done(state)).await
    /// }
    /// ```
    pub async fn update<S: State>(&self, session: SessionId, change: impl FnOnce(&mut S) + Send) -> Result<()> {
        self.0.states.update(session, change).await
    }

    /// Ends the connections by which documents follow their visitors' states. [`serve`](Self::serve) does so when it is
    /// asked to stop; a server of your own that waits for its connections has to call this first.
    pub fn end_live(&self) {
        self.0.stopping.send_replace(true);
    }
}

impl<S: Sync> FromRequestParts<S> for FileKit {
    type Rejection = NotServed;

    /// The filekit that serves the page, for handlers and for `#[extract]` parameters of events.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotServed> {
        parts.extensions.get::<Context>().map(Context::filekit).ok_or(NotServed)
    }
}

impl FileKitBuilder {
    /// Keeps uploaded files in this directory. Default: `FILEKIT_UPLOADED_FILES_DIR`, or `./uploaded_files`.
    pub fn upload_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.upload_dir = Some(path.into());
        self
    }

    /// Serves the files of this folder, and of the folders in it, where no route is: `banner.png` at `/banner.png`. A path
    /// to a file serves that file alone. Default: `FILEKIT_ASSETS_DIR`, or `./assets` if it is there.
    ///
    /// In a router, they are its fallback. A fallback that `pages` have is asked for what is not among the files; one of a
    /// router that this one is to be merged into has to be given to `pages` instead.
    ///
    /// # Security
    ///
    /// Everybody can have these files: layers around the pages do not hold for them. They are as trusted as the program,
    /// so HTML and SVG among them can run scripts. What has a name that begins with a dot is not served, nor what a link
    /// leads to that is outside of the folder.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use filekit_runtime::FileKit;
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let filekit = FileKit::builder().assets("/srv/www").build()?;
    /// # Ok(()) }
    /// ```
    pub fn assets(mut self, path: impl Into<PathBuf>) -> Self {
        self.assets = Some(Some(path.into()));
        self
    }

    /// Serves no files of the developer's own, whether there is an `./assets` or not.
    pub fn no_assets(mut self) -> Self {
        self.assets = Some(None);
        self
    }

    /// Serves uploaded files by their plain names. Default: `false`, so that a URL cannot be guessed.
    ///
    /// # Security
    ///
    /// With `true` everybody who guesses a name gets the file.
    pub fn public_uploads(mut self, public: bool) -> Self {
        self.public_uploads = public;
        self
    }

    /// Answers an upload after its files would survive a power cut. Default: `false`.
    ///
    /// # Durability
    ///
    /// In any case a file gets its name when it is complete, and a crash or a kill of the program takes nothing away. But
    /// the system writes to the disk when it sees fit, some seconds later: after a power cut, the newest files may be
    /// missing or empty. With `true`, [`UploadFile::save`](crate::upload::UploadFile::save) waits until a file's content is
    /// on the disk, and the answer waits for the names. That takes as long as the disk takes: some milliseconds for each
    /// file, and the whole writing time of large ones.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let filekit = filekit_runtime::FileKit::builder().durable_uploads(true).build()?;
    /// # Ok(()) }
    /// ```
    pub fn durable_uploads(mut self, durable: bool) -> Self {
        self.durable_uploads = durable;
        self
    }

    /// Signs with this secret, of at least 16 bytes. Default: `FILEKIT_SECRET`, or one that is made at the first
    /// start and kept in the upload directory, readable by this user alone.
    ///
    /// Servers that share visitors must share the secret.
    pub fn secret(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.secrets([bytes])
    }

    /// Signs with the first of these secrets, and takes what any of them has signed: pages, links and sessions of before a change
    /// of the secret go on. Each has at least 16 bytes. It takes the place of [`secret`](Self::secret).
    ///
    /// To change the secret of several servers, first give all of them `[old, new]`, then `[new, old]`, and `[new]` once nothing of the
    /// old one has to go on. An old secret that somebody else may know is left out at once: whoever knows it can sign.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use filekit_runtime::FileKit;
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let secrets = [std::env::var("NEW_SECRET"), std::env::var("OLD_SECRET")];
    /// let filekit = FileKit::builder().secrets(secrets.into_iter().flatten()).build()?;
    /// # Ok(()) }
    /// ```
    pub fn secrets<S: Into<Vec<u8>>>(mut self, secrets: impl IntoIterator<Item = S>) -> Self {
        self.secrets = Some(secrets.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the title of documents whose view has none. Default: `filekit`.
    pub fn title(mut self, text: impl Into<String>) -> Self {
        self.title = Some(text.into());
        self
    }

    /// Sets the language of documents, as a BCP 47 tag. Default: `en`. Documents in a language that is written from right
    /// to left say so, with `dir`.
    pub fn lang(mut self, text: impl Into<String>) -> Self {
        self.lang = Some(text.into());
        self
    }

    /// Says fixed texts in other words, or in another language: pairs of a key and a text. The guide lists all keys.
    ///
    /// Called again, it adds to what was given before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let german = FileKit::builder().lang("de").texts([
    ///     ("upload.too-large", "„{name}“ ist größer als {limit}."),
    ///     ("client.selected.one", "{count} Datei ausgewählt"),
    ///     ("client.selected.other", "{count} Dateien ausgewählt"),
    /// ]);
    /// ```
    pub fn texts<K: Into<String>, T: Into<String>>(mut self, texts: impl IntoIterator<Item = (K, T)>) -> Self {
        self.texts.extend(texts.into_iter().map(|(key, text)| (key.into(), text.into())));
        self
    }

    /// Puts this path before every URL, for a proxy that takes it away. Default: `FILEKIT_BASE_PATH`, or none. A path
    /// that axum's `nest` adds is found without it.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.base_path = Some(path.into());
        self
    }

    /// Lets the links of [`upload_url`](crate::upload_url) end: each is good for this time, and for up to twice as long, so that
    /// it stays the same for a while and browsers find the file among those that they have. Default: they do not end.
    ///
    /// Whoever is on a page for longer than that has to reload it before its links work again. A link that is kept elsewhere,
    /// in a mail or a database, ends as well; so do those that were made before this was chosen. All servers of an app need
    /// the same time. It has no effect with [`public_uploads`](Self::public_uploads).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use filekit_runtime::FileKit;
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let filekit = FileKit::builder().upload_url_ttl(Duration::from_secs(60 * 60)).build()?;
    /// # Ok(()) }
    /// ```
    pub fn upload_url_ttl(mut self, time: Duration) -> Self {
        self.upload_url_ttl = Some(time);
        self
    }

    /// Forgets a visitor who was away for so long. Default: seven days.
    pub fn session_ttl(mut self, age: Duration) -> Self {
        self.session_ttl = Some(age);
        self
    }

    /// Refuses bodies that are larger, in bytes. Default: 4 GiB.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Lets open documents follow what changes their visitor's state elsewhere: in another tab, or by
    /// [`FileKit::update`]. Default: `true`.
    ///
    /// Each document that is visible holds a connection for this, 16 at most of one visitor.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let filekit = filekit_runtime::FileKit::builder().live(false).build()?;
    /// # Ok(()) }
    /// ```
    pub fn live(mut self, live: bool) -> Self {
        self.live = Some(live);
        self
    }

    /// Makes the upload directory if it is not there, removes what a server left that was stopped abruptly, and reads
    /// or makes the secret.
    ///
    /// # Errors
    ///
    /// If the directory cannot be used, the secret is too short, a text has a key or a placeholder that there is not, the
    /// assets that were chosen are not there or have the upload directory in them, or two events of the program have the
    /// same id.
    pub fn build(self) -> Result<FileKit> {
        if let Some((first, second)) = EventDefinition::clash() {
            return Err(message(format!(
                "the events `{}` of `{}` and `{}` of `{}` have the same id; rename one of them",
                first.name, first.state, second.name, second.state
            )));
        }
        let root = self.upload_dir.unwrap_or_else(links::default_upload_dir);
        let disk = Disk::open(&root)?.durable(self.durable_uploads);
        let assets = assets(self.assets, &disk)?;
        let secret = secret(self.secrets, &disk)?;
        let texts = Texts::new(self.lang.unwrap_or_else(|| "en".to_owned()), self.texts)?;
        let session_ttl = self.session_ttl.unwrap_or(StateLimits::default().age);
        let changes = Arc::<Changes>::default();
        let kit = FileKit(Arc::new(Kit {
            spool: Spool::open(&disk)?,
            outbox: Outbox::default(),
            urls: UrlSigner::new(secret.clone(), self.public_uploads).lasting(self.upload_url_ttl),
            states: StateStore::new(StateLimits { age: session_ttl, ..StateLimits::default() }, Arc::clone(&changes)),
            instances: Instances::new(Arc::clone(&changes)),
            changes,
            stopping: watch::Sender::new(false),
            calls: IdempotencyKeys::default(),
            disk,
            assets: assets.map(Arc::new),
            secret,
            texts,
            settings: Settings {
                title: self.title.unwrap_or_else(|| "filekit".to_owned()),
                base_path: base_path(self.base_path)?,
                session_ttl,
                max_body: self.max_body.unwrap_or(MAX_BODY),
                live: self.live.unwrap_or(true),
            },
        }));
        let files: Weak<dyn StoredFiles> = Arc::downgrade(&kit.0) as _;
        links::set_fallback(files);
        answer_by(message::answer);
        Ok(kit)
    }
}

/// The secret that was chosen, or that of the environment, or the one that is kept in the upload directory.
fn secret(chosen: Option<Vec<Vec<u8>>>, disk: &Disk) -> Result<Secret> {
    let of_environment = || Some(vec![std::env::var_os("FILEKIT_SECRET")?.into_encoded_bytes()]);
    let Some(secrets) = chosen.or_else(of_environment) else { return disk.secret() };
    if let Some(short) = secrets.iter().map(Vec::len).find(|length| *length < MIN_SECRET) {
        return Err(message(format!("the secret has {short} bytes; give it at least {MIN_SECRET}")));
    }
    let secrets = secrets.iter().map(|bytes| Secret::new(bytes));
    secrets.reduce(|new, old| new.succeeding(&old)).ok_or_else(|| message("there is no secret to sign with".to_owned()))
}

/// Where the developer's own files are if nothing was chosen.
const ASSETS: &str = "assets";

/// The developer's own files. Those that were chosen have to be there.
fn assets(chosen: Option<Option<PathBuf>>, disk: &Disk) -> Result<Option<Assets>> {
    let from_environment =
        || std::env::var_os("FILEKIT_ASSETS_DIR").map(|path| (!path.is_empty()).then(|| path.into()));
    let path = match chosen.or_else(from_environment) {
        Some(Some(path)) => path,
        None if Path::new(ASSETS).is_dir() => ASSETS.into(),
        Some(None) | None => return Ok(None),
    };
    let assets = Assets::open(&path).map_err(|error| named(error, &path))?;
    if assets.reach_into(disk.root()) {
        let (uploads, assets) = (disk.root().display(), path.display());
        return Err(message(format!(
            "the upload directory {uploads} is in the assets, {assets}: what visitors upload would be trusted"
        )));
    }
    tracing::debug!(path = %path.display(), "serving the developer's own files");
    Ok(Some(assets))
}

/// The base path with a slash at its beginning and none at its end.
fn base_path(chosen: Option<String>) -> Result<String> {
    let path = chosen.or_else(|| std::env::var("FILEKIT_BASE_PATH").ok()).unwrap_or_default();
    let path = path.trim_end_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte);
    if !path.bytes().all(plain) || path.contains("//") {
        return Err(message(format!("the base path `{path}` is not a path; write it like `/files`")));
    }
    Ok(if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") })
}

fn message(text: String) -> Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, text).into()
}
