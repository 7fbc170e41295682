//! The options of a filekit: builder over environment over defaults. The errors of an invalid option are `choices.rs`.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;

use crate::app::Budgets;
use crate::app::choices::{self, StorageChoice};
use crate::error::Result;
use crate::event::EventDefinition;
use crate::guard::{CheckPolicy, Observers};
use crate::instance::{Instances, Numbering};
use crate::kit::{
    CallTimer, Config, FileKit, IdempotencyKeys, Kit, Local, PendingDownloads, ProgramStart, Readiness, Shared,
    UploadRuns,
};
use crate::quota::{Ledger, Quota};
use crate::serving::ServeByProxy;
use crate::state::{Changes, StateLimits, States};
use crate::storage::{
    AnyStorage, Disk, Lifetimes, PartialBounds, Partials, Spool, Storage, StoredFiles, UrlSigner, links,
};
use crate::stores::{AnyNotices, AnyStateStore, Notices, StateStore};
use crate::texts::translated;
use crate::visitor::ambient::FileLinks;
use crate::visitor::{EndedSessions, Hosts, Scheme, Sessions};

/// Chooses what a [`FileKit`] does. What is not chosen comes from the environment, or has a default.
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct FileKitBuilder {
    upload_dir: Option<PathBuf>,
    storage: Option<AnyStorage>,
    assets: Option<Option<PathBuf>>,
    public_uploads: bool,
    upload_url_ttl: Option<Duration>,
    serve_by_proxy: Option<ServeByProxy>,
    serve_by_redirect: bool,
    durable_uploads: bool,
    secrets: Option<Vec<Vec<u8>>>,
    title: Option<String>,
    lang: Option<String>,
    base_path: Option<String>,
    session_ttl: Option<Duration>,
    partial_ttl: Option<Duration>,
    endpoint_ttl: Option<Duration>,
    max_body: Option<u64>,
    check_timeout: Option<Duration>,
    check_open: bool,
    live: Option<bool>,
    development: Option<bool>,
    hosts: Option<Vec<String>>,
    https: Option<bool>,
    trusted_proxies: Option<Vec<String>>,
    texts: Vec<(String, String)>,
    state_store: Option<AnyStateStore>,
    notices: Option<AnyNotices>,
    pub(super) quota: Option<Quota>,
    pub(super) retention: Option<Duration>,
    budgets: Budgets,
    pub(super) observers: Observers,
    pub(super) counts_nothing: bool,
}

impl std::fmt::Debug for FileKitBuilder {
    /// Leaves the secret out.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FileKitBuilder").field("upload_dir", &self.upload_dir).finish_non_exhaustive()
    }
}

/// The largest body if nothing was chosen: 4 GiB, far above what people send by hand and far below most disks.
const MAX_BODY: u64 = 4 << 30;

/// How long the URL of an endpoint lasts if nothing was chosen.
const ENDPOINT_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// Says what is wrong with a storage that files are sent to, before the first visitor finds out. A disk has been used by now.
fn check_at_start(files: &StoredFiles, spool: &Spool, origins: Vec<String>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    if files.are_on_disk() {
        return;
    }
    let (files, spool) = (files.clone(), spool.clone());
    runtime.spawn(async move {
        match files.check(&spool, &origins).await {
            Ok(()) => tracing::debug!("the storage can be used"),
            Err(problem) => tracing::error!("{problem}"),
        }
    });
}

/// Opens the ledger of this server, which is noted in the upload directory.
fn open_ledger(quota: Quota, disk: &Disk) -> Result<Ledger> {
    Ledger::open(quota, disk.root(), &disk.private("quota")).map_err(|error| {
        choices::wrong(format!("what counts for `quota(..)` cannot be noted in the upload directory: {error}"))
    })
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
    /// These files are public: layers around the pages do not apply to them. They are as trusted as the program,
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

    /// Serves uploaded files by their keys, without a signature. Default: `false`, so that a URL cannot be guessed.
    ///
    /// # Security
    ///
    /// With `true` every client that knows or guesses a key gets the file. Keys of
    /// [`save`](crate::upload::UploadFile::save) cannot be guessed.
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
    /// To change the secret of several servers, first give all of them `[old, new]`, then `[new, old]`, and `[new]`
    /// once nothing of the old one has to go on. An old secret that may be known to others is left out at once: who
    /// knows it can sign.
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
    /// A page that is open for longer than that has to be reloaded before its links work again. A link that is kept elsewhere,
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

    /// Lets the proxy in front send stored files from the disk, by `sendfile`: their links, and downloads of one stored file. filekit decides
    /// who may have which, evaluates conditions, and writes the headers. Default: filekit sends them.
    ///
    /// The proxy has to be set up for it, as in the guide's chapter "Serving": without that, files come empty. A line of the log says so
    /// at the start. New files can be read by the group of this process (that of the upload directory if it has the setgid bit), which
    /// the proxy has to be in unless it runs as the same user. Files that are not on the disk are sent as before.
    ///
    /// # Security
    ///
    /// The proxy adds what filekit says of a file to the answer, and has to be told so for nginx: without the headers of the guide, what
    /// a visitor has uploaded can run as a page of yours. Whoever can reach the program past the proxy sees where files are
    /// on the disk, and no content.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_runtime::FileKit;
    /// use filekit_runtime::serving::ServeByProxy;
    ///
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let nginx = ServeByProxy::XAccelRedirect("/internal/".into());
    /// let filekit = FileKit::builder().upload_dir("/srv/uploads").serve_by_proxy(nginx).build()?;
    /// # Ok(()) }
    /// ```
    pub fn serve_by_proxy(mut self, proxy: ServeByProxy) -> Self {
        self.serve_by_proxy = Some(proxy);
        self
    }

    /// Lets the store send the files that are kept in it: the link of a stored file leads to a URL of the store that it signs, which ends after
    /// five minutes, or six hours for sounds and films. The name, the type, and whether the file is shown or saved are the same there. Default:
    /// `false`, and bytes pass through the server.
    ///
    /// That is so for S3 and its like, and for Google Cloud Storage. Downloads of events, and files on a disk, in Azure or in a storage that has no
    /// [`signed_url`](Storage::signed_url), pass through as before.
    ///
    /// # Security
    ///
    /// Who has the URL of the store can read the file until it ends, also after the link has ended. The store sends
    /// neither a content security policy nor `nosniff`: let nothing of yours be on its origin. What could run a script is saved there, too, and
    /// never shown.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().serve_by_redirect(true);
    /// ```
    pub fn serve_by_redirect(mut self, redirect: bool) -> Self {
        self.serve_by_redirect = redirect;
        self
    }

    /// Forgets a visitor who was away for so long: their states, the id of their session, and all that pages have offered to it. Default:
    /// seven days.
    pub fn session_ttl(mut self, age: Duration) -> Self {
        self.session_ttl = Some(age);
        self
    }

    /// Ends the URLs of [`upload_endpoint`](crate::view::upload_endpoint) after so long; the end is rounded up by a sixteenth of this
    /// time at most. Default: 24 hours. They end with their session as well, if that is earlier.
    ///
    /// An upload that has begun goes on after that, as long as the rest of it is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().endpoint_ttl(Duration::from_secs(60 * 60));
    /// ```
    pub fn endpoint_ttl(mut self, time: Duration) -> Self {
        self.endpoint_ttl = Some(time);
        self
    }

    /// Refuses bodies that are larger, in bytes. Default: 4 GiB.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Keeps uploads that broke off for so long, so that their visitors can go on with them: counted from the last byte that has
    /// come. Default: a day.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// use std::time::Duration;
    ///
    /// let builder = FileKit::builder().partial_ttl(Duration::from_secs(60 * 60));
    /// ```
    pub fn partial_ttl(mut self, time: Duration) -> Self {
        self.partial_ttl = Some(time);
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

    /// Lets open documents show by themselves that the program was started anew: they take the new view, and keep what was typed and which files were
    /// chosen. Default: `FILEKIT_DEVELOPMENT` (`true` or `false`), or `true` in builds with debug assertions, as `cargo run` makes them, and
    /// `false` in release builds.
    ///
    /// Each document that is visible holds a connection for this, and says so when the program is not running. The document of an error in place of a page
    /// is loaded again after another start. It shows what has failed: the words of an error or a panic, which are otherwise in the log alone.
    ///
    /// # Security
    ///
    /// Such words may name files, addresses and values of the program. A program that others can reach is one without development: a release build, or
    /// `FILEKIT_DEVELOPMENT=false`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let filekit = filekit_runtime::FileKit::builder().development(false).build()?;
    /// # Ok(()) }
    /// ```
    pub fn development(mut self, development: bool) -> Self {
        self.development = Some(development);
        self
    }

    /// Bounds what all visitors take of the server together. Default: [`Budgets::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::{Budgets, FileKit, size::GIB};
    /// let builder = FileKit::builder().budgets(Budgets::new().state_bytes(GIB));
    /// ```
    pub fn budgets(mut self, budgets: Budgets) -> Self {
        self.budgets = budgets;
        self
    }

    /// Answers requests for these host names alone: `files.example.org`, all names below a domain (`*.example.org`), or one port of a
    /// name (`files.example.org:8443`). Default: `FILEKIT_HOSTS`, a list with commas; or any name.
    ///
    /// A server that [`serve`](FileKit::serve) starts on a loopback address, as is the default, answers for `localhost` and its address, and for
    /// others only if they are named here. On any other address it warns at its start if nothing was chosen. A request without a host, or with two, is
    /// malformed.
    ///
    /// # Security
    ///
    /// A name of a stranger's can lead to your server's address (DNS rebinding). For a browser, a page of that name is of the same
    /// origin as your server, and can read and send what it likes there; names that are not yours must not be answered.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().hosts(["files.example.org", "*.tenants.example.org"]);
    /// ```
    pub fn hosts<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.hosts = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Says whether visitors come over https, whatever a proxy in front says: then cookies are `Secure`, and their names begin with
    /// `__Host-`. Default: `FILEKIT_HTTPS` (`true` or `false`), or what the headers `Forwarded` and `X-Forwarded-Proto` of a request say.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().https(true);
    /// ```
    pub fn https(mut self, https: bool) -> Self {
        self.https = Some(https);
        self
    }

    /// Believes the headers `Forwarded` (RFC 7239) and `X-Forwarded-Proto` only if they come from these addresses or
    /// networks. Default: `FILEKIT_TRUSTED_PROXIES`, a list with commas; or from any sender, which harms only the
    /// visitor who sends them: they decide what that visitor's own cookie is called.
    ///
    /// What they say in `X-Forwarded-For` or `Forwarded` of who sends a request is told in [events](Self::on_event); that of others is
    /// believed in no case.
    ///
    /// A server of your own has to say who sends a request: `into_make_service_with_connect_info::<SocketAddr>()`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().trusted_proxies(["10.0.0.0/8", "::1"]);
    /// ```
    pub fn trusted_proxies<S: Into<String>>(mut self, proxies: impl IntoIterator<Item = S>) -> Self {
        self.trusted_proxies = Some(proxies.into_iter().map(Into::into).collect());
        self
    }

    /// Lets the check of an upload take so long for one file. What takes longer is treated as a file that could not be checked. Default: 60
    /// seconds.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().check_timeout(Duration::from_secs(300));
    /// ```
    pub fn check_timeout(mut self, time: Duration) -> Self {
        self.check_timeout = Some(time);
        self
    }

    /// Whether files are taken that could not be checked: the check of their upload says
    /// [`Verdict::Unknown`](crate::guard::Verdict::Unknown), fails, panics or takes too long. The log says of each that it was taken.
    /// Default: `false`, which refuses them.
    ///
    /// # Security
    ///
    /// With `true`, a client that makes the check fail, by a file that is too large for it for example, gets any file past it. It is for programs to which
    /// an upload that waits for a scanner is worse than a file that was not scanned.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// let builder = FileKit::builder().check_open(true);
    /// ```
    pub fn check_open(mut self, open: bool) -> Self {
        self.check_open = open;
        self
    }

    /// Keeps stored files in this storage. Default: what `FILEKIT_STORAGE` says, a folder or a URL such as `s3://bucket/prefix`
    /// ([`ObjectStorage::from_url`](crate::storage::ObjectStorage::from_url)); or the upload directory.
    ///
    /// The upload directory is needed all the same: files are staged there until they are complete.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_runtime::FileKitBuilder;
    /// use filekit_runtime::storage::Storage;
    ///
    /// fn kept_in(storage: impl Storage) -> FileKitBuilder {
    ///     filekit_runtime::FileKit::builder().storage(storage)
    /// }
    /// ```
    pub fn storage(mut self, storage: impl Storage) -> Self {
        self.storage = Some(AnyStorage::new(storage));
        self
    }

    /// Keeps states in a store, in which they outlive this process. Default: what `FILEKIT_STATE` says
    /// ([`StoreSetting`](crate::stores::StoreSetting)), or the memory of this process, within its [budget](Budgets::state_bytes).
    ///
    /// States are kept as JSON, under their names: a later version of the program reads those of an earlier one by the rules of serde, so
    /// a field may come with `#[serde(default)]`, go, or have another name by `#[serde(alias = "..")]`. What cannot be read is kept aside for
    /// thirty days, the log says so, and its owner begins anew. A state that is not used for the time of
    /// [`session_ttl`](Self::session_ttl) goes.
    ///
    /// Several servers that share a store need [`notices`](Self::notices) as well, and the same [`secret`](Self::secret).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_runtime::FileKit;
    /// use filekit_runtime::stores::MemoryStates;
    ///
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let filekit = FileKit::builder().state_store(MemoryStates::new()).build()?;
    /// # Ok(()) }
    /// ```
    pub fn state_store(mut self, store: impl StateStore) -> Self {
        self.state_store = Some(AnyStateStore::new(store));
        self
    }

    /// Tells other servers what has changed in a store that they share, and hears it from them, so that open documents follow what happens on any
    /// server. A notice that is lost costs lateness: every page reads the store. Default: those of the store that `FILEKIT_STATE` names, or none.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_runtime::FileKit;
    /// use filekit_runtime::stores::InProcessNotices;
    ///
    /// # fn main() -> filekit_runtime::Result<()> {
    /// let notices = InProcessNotices::new();
    /// let one = FileKit::builder().notices(notices.neighbour()).build()?;
    /// let other = FileKit::builder().notices(notices).build()?;
    /// # Ok(()) }
    /// ```
    pub fn notices(mut self, notices: impl Notices) -> Self {
        self.notices = Some(AnyNotices::new(notices));
        self
    }

    /// Makes the upload directory if it is not there, removes what a server left that was stopped abruptly, and reads
    /// or makes the secret.
    ///
    /// # Errors
    ///
    /// If the directory cannot be used, the secret is too short, a host or a proxy is none, a text has a key or a placeholder that there is not, the
    /// assets that were chosen are not there or have the upload directory in them, or two events of the program have the
    /// same id.
    pub fn build(self) -> Result<FileKit> {
        if let Some((first, second)) = EventDefinition::clash() {
            return Err(choices::wrong(format!(
                "the events `{}` of `{}` and `{}` of `{}` have the same id; rename one of them",
                first.name, first.state, second.name, second.state
            )));
        }
        let (directory, elsewhere) = match choices::storage(self.storage)? {
            Some(StorageChoice::Directory(directory)) => (Some(directory), None),
            Some(StorageChoice::Elsewhere(storage)) => (None, Some(storage)),
            None => (None, None),
        };
        let root = self.upload_dir.or(directory).unwrap_or_else(links::default_upload_dir);
        let by_proxy = choices::serve_by_proxy(self.serve_by_proxy)?;
        let disk = choices::disk(&root)?.durable(self.durable_uploads).readable_by_group(by_proxy.is_some());
        let assets = choices::assets(self.assets, &disk)?;
        let secret = choices::secret(self.secrets, &disk)?;
        let texts = translated(self.lang.unwrap_or_else(|| "en".to_owned()), self.texts)?;
        let session_ttl = self.session_ttl.unwrap_or(StateLimits::default().age);
        let endpoint_ttl = self.endpoint_ttl.unwrap_or(ENDPOINT_TTL);
        let (state_store, notices) = choices::stores(self.state_store, self.notices, &disk)?;
        let changes = Arc::new(Changes::new(notices));
        let ended = Arc::new(EndedSessions::new(session_ttl));
        let limits = StateLimits { age: session_ttl, ..self.budgets.states() };
        let states = States::new(limits, Arc::clone(&changes), Arc::clone(&ended));
        let shared_store = state_store.clone().filter(StateStore::is_shared);
        let states = Arc::new(match state_store {
            Some(store) => states.in_store(store, session_ttl, EventDefinition::states_of_sessions().collect()),
            None => states,
        });
        let is_in_development = choices::development(self.development)?.unwrap_or(cfg!(debug_assertions));
        let scheme = Scheme::new(choices::https(self.https)?, choices::trusted_proxies(self.trusted_proxies)?);
        let urls = UrlSigner::new(secret.clone(), self.public_uploads).lasting(self.upload_url_ttl);
        let base_path = choices::base_path(self.base_path)?;
        let stored = match elsewhere {
            Some(storage) => StoredFiles::elsewhere(disk.clone(), storage),
            None => StoredFiles::on_disk(disk.clone()),
        };
        let has_metrics = cfg!(feature = "metrics") && !self.counts_nothing;
        let observers = if has_metrics { self.observers.with_metrics() } else { self.observers };
        if let Some(proxy) = &by_proxy {
            proxy.log_what_it_needs(&stored);
        }
        let spool = Spool::open(&disk)?;
        let ledger = choices::quota(self.quota)?.map(|quota| open_ledger(quota, &disk)).transpose()?;
        let stored = stored
            .observed_by(observers)
            .counted_in(ledger.clone())
            .lasting(Lifetimes { retention: self.retention })
            .sent_by_proxy(by_proxy)
            .leading_to_storage(self.serve_by_redirect);
        let files = Arc::new(FileLinks { files: stored.clone(), urls: urls.clone(), base: base_path.clone() });
        let files_outside_of_requests: Weak<FileLinks> = Arc::downgrade(&files);
        let config = Config {
            title: self.title.unwrap_or_else(|| "filekit".to_owned()),
            base_path,
            max_body: self.max_body.unwrap_or(MAX_BODY),
            checks: CheckPolicy {
                timeout: self.check_timeout.unwrap_or(CheckPolicy::DEFAULT.timeout),
                is_open: self.check_open,
            },
            live: self.live.unwrap_or(true),
            retention: self.retention,
            connections: self.budgets.connection_bounds(),
            has_metrics,
            texts,
            sessions: Arc::new(Sessions { secret, ttl: session_ttl, endpoint_ttl, scheme, ended }),
            urls,
            hosts: Hosts::new(choices::hosts(self.hosts)?),
            assets: assets.map(Arc::new),
            files,
        };
        let local = Local {
            instances: Instances::new(
                Arc::clone(&changes),
                match shared_store {
                    Some(_) => Numbering::among_others()?,
                    None => Numbering::Alone,
                },
            ),
            pending: match shared_store.clone() {
                Some(store) => PendingDownloads::shared(store, config.sessions.secret.clone(), disk.root()),
                None => PendingDownloads::default(),
            }
            .within(self.budgets.spool()),
            spool,
            waiting: self.budgets.waiting(),
            live: self.budgets.live(),
            readiness: Readiness::default(),
            stopping: watch::Sender::new(false),
            development: is_in_development.then(ProgramStart::random).transpose()?,
            sweeps: AtomicBool::new(false),
        };
        let calls = IdempotencyKeys::new(shared_store.clone());
        let ttl = self.partial_ttl.unwrap_or(PartialBounds::DEFAULT.ttl);
        let bytes_per_owner = PartialBounds::DEFAULT.bytes_per_owner.max(config.max_body.saturating_mul(2));
        let bounds = PartialBounds { ttl, bytes_per_owner, ..PartialBounds::DEFAULT };
        let partials = Partials::with(&disk, bounds, stored.direct(), ledger)?;
        let shared = Shared {
            states,
            changes,
            calls,
            partials,
            runs: UploadRuns::default(),
            files: stored,
            has_other_servers: shared_store.is_some(),
        };
        if has_metrics {
            CallTimer::describe();
        }
        links::set_fallback(files_outside_of_requests);
        shared.files.recover_at_start()?;
        check_at_start(&shared.files, &local.spool, config.hosts.origins());
        Ok(FileKit(Arc::new(Kit { config, shared, local })))
    }
}
