//! Downloads that wait for the browser to fetch them, once and not for long. They are sent by `routes/fetch.rs`.
//!
//! Where servers share a store, they wait there as well: another server sends the file, which lies in the upload directory that all of
//! them have, or where all of them keep stored files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::download::{Content, Prepared};
use crate::error::Result;
use crate::secret::{Purpose, Secret, read_signed, write_signed};
use crate::state::told;
use crate::storage::{FileKey, PartialOwner, Sha256, SpoolBounds, SpoolRoom, SpooledFile, VisitorRoom};
use crate::stores::{AnyStateStore, StateStore as _, Swap};
use crate::visitor::{PagePath, SessionId};

/// How long a download waits. A browser fetches it at once, unless it asks the visitor first.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How many downloads wait for one visitor; a further one takes the place of the oldest.
const MAX_WAITING: usize = 100;

/// The downloads that wait. It is cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct PendingDownloads {
    here: Arc<Mutex<HashMap<String, Arc<PendingDownload>>>>,
    shared: Option<SharedDownloads>,
    /// The room for their files in the spool.
    room: SpoolRoom,
}

/// The store in which other servers find them, and the upload directory.
#[derive(Clone, Debug)]
struct SharedDownloads {
    store: AnyStateStore,
    secret: Secret,
    root: PathBuf,
}

/// A download that waits.
#[derive(Debug)]
pub(crate) struct PendingDownload {
    session: SessionId,
    /// The page that it was made for, with its query, whose layers let the visitor in once more.
    pub(crate) page: String,
    since: Instant,
    name: String,
    mime: Option<String>,
    file: WaitingFile,
    /// Whether it is in the store, and only waits as long as it is.
    is_shared: bool,
}

/// The file of a download that waits.
#[derive(Clone, Debug)]
enum WaitingFile {
    Stored(FileKey),
    Spooled {
        path: PathBuf,
        /// The file of this server; none if another one has it.
        kept: Option<Arc<SpooledFile>>,
    },
}

/// The same in the store.
#[derive(Deserialize, Serialize)]
enum FileRecord {
    Stored(FileKey),
    /// Below the upload directory, which other servers may have elsewhere.
    Spooled(String),
}

/// A download in the store.
#[derive(Deserialize, Serialize)]
struct DownloadRecord {
    /// A digest: who reads the store learns no session by it.
    session: String,
    page: String,
    name: String,
    mime: Option<String>,
    file: FileRecord,
}

impl PendingDownloads {
    /// Downloads that other servers find as well. `root` is the upload directory.
    pub(crate) fn shared(store: AnyStateStore, secret: Secret, root: &Path) -> Self {
        Self { shared: Some(SharedDownloads { store, secret, root: root.to_owned() }), ..Self::default() }
    }

    /// The same downloads within these bounds.
    pub(crate) fn within(self, bounds: SpoolBounds) -> Self {
        Self { room: SpoolRoom::new(bounds), ..self }
    }

    /// The room in the spool for downloads of this session, whose oldest makes way for a new one.
    pub(crate) fn room_of(&self, session: SessionId, owner: PartialOwner) -> VisitorRoom {
        let pending = self.clone();
        let drop_oldest = Arc::new(move || pending.drop_oldest(session));
        VisitorRoom { room: self.room.clone(), owner, drop_oldest }
    }

    /// Removes the oldest download of a session that has a file in the spool. Returns false if there is none.
    fn drop_oldest(&self, session: SessionId) -> bool {
        let is_here = |waiting: &PendingDownload| waiting.session == session && waiting.is_spooled_here();
        let oldest = remove_oldest(&mut self.all(), is_here);
        let found = oldest.is_some();
        self.forget(oldest);
        found
    }

    /// Lets a file wait for `session`, and returns the token by which it is fetched: 128 random bits, which cannot be guessed.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) async fn put(&self, session: SessionId, page: &PagePath, opened: Prepared) -> Result<String> {
        let Prepared { name, mime, content, .. } = opened;
        let file = match content {
            Content::Stored(key) => WaitingFile::Stored(key),
            Content::Spooled { path, kept } => WaitingFile::Spooled { path, kept },
            Content::Inline(_) | Content::Stream { .. } => unreachable!("a download that waits is a file"),
        };
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let token = URL_SAFE_NO_PAD.encode(random);
        let (since, page) = (Instant::now(), page.shown().to_owned());
        let waiting = PendingDownload { session, page, since, name, mime, file, is_shared: false };
        let is_shared = match &self.shared {
            Some(shared) => shared.put(&token, &waiting).await,
            None => false,
        };
        self.insert(token.clone(), PendingDownload { is_shared, ..waiting });
        Ok(token)
    }

    fn insert(&self, token: String, waiting: PendingDownload) {
        let mut all = self.all();
        let displaced = make_room(&mut all, waiting.session);
        all.insert(token.clone(), Arc::new(waiting));
        drop(all);
        self.forget(displaced);
        self.sweep_later(token);
    }

    /// Takes a download out of the store that is not here any more.
    fn forget(&self, token: Option<String>) {
        if let (Some(shared), Some(token)) = (&self.shared, token) {
            let shared = shared.clone();
            tokio::spawn(async move { shared.remove(&token).await });
        }
    }

    /// Lets this server know what waits under that token, for one of these sessions, and what another server has sent.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub(crate) async fn learn(&self, token: &str, sessions: impl Iterator<Item = SessionId> + Send) -> Result<()> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let record = shared.load(token).await?;
        let known = self.all().get(token).map(|known| known.is_shared);
        match (record, known) {
            (None, Some(true)) => _ = self.all().remove(token),
            (Some(record), None) => {
                let owner = sessions.into_iter().find(|session| digest(*session) == record.session);
                if let Some(session) = owner {
                    self.insert(token.to_owned(), shared.waiting(record, session));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The download that waits for `session` under that token.
    pub(crate) fn find(&self, token: &str, session: SessionId) -> Option<Arc<PendingDownload>> {
        self.all().get(token).filter(|waiting| waiting.session == session).cloned()
    }

    /// Takes a download out, which was fetched.
    pub(crate) async fn remove(&self, token: &str) {
        self.all().remove(token);
        if let Some(shared) = &self.shared {
            shared.remove(token).await;
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<PendingDownload>>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sweep_later(&self, token: String) {
        let all = Arc::downgrade(&self.here);
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if let Some(all) = all.upgrade() {
                all.lock().unwrap_or_else(PoisonError::into_inner).remove(&token);
            }
        });
    }
}

/// Removes the oldest download of a session that has too many, and returns its token.
fn make_room(all: &mut HashMap<String, Arc<PendingDownload>>, session: SessionId) -> Option<String> {
    let is_of_session = |waiting: &PendingDownload| waiting.session == session;
    if all.values().filter(|waiting| is_of_session(waiting)).count() < MAX_WAITING {
        return None;
    }
    remove_oldest(all, is_of_session)
}

/// Removes the oldest of these downloads, and returns its token.
fn remove_oldest(
    all: &mut HashMap<String, Arc<PendingDownload>>,
    is_meant: impl Fn(&PendingDownload) -> bool,
) -> Option<String> {
    let meant = all.iter().filter(|(_, waiting)| is_meant(waiting));
    let oldest = meant.min_by_key(|(_, waiting)| waiting.since).map(|(token, _)| token.clone())?;
    all.remove(&oldest);
    Some(oldest)
}

fn digest(session: SessionId) -> String {
    Sha256::of(session.as_bytes()).to_string()
}

fn key(token: &str) -> String {
    format!("download/{token}")
}

impl SharedDownloads {
    /// Puts a download into the store. Returns false if that cannot be: then it can be fetched from this server alone. The event has
    /// happened by now, so that is no reason to refuse it.
    async fn put(&self, token: &str, waiting: &PendingDownload) -> bool {
        let PendingDownload { session, page, name, mime, file, .. } = waiting;
        let file = match file {
            WaitingFile::Stored(key) => FileRecord::Stored(key.clone()),
            WaitingFile::Spooled { path, .. } => match path.strip_prefix(&self.root).unwrap_or(path).to_str() {
                Some(path) => FileRecord::Spooled(path.to_owned()),
                None => {
                    let path = path.display();
                    tracing::warn!(%path, "a download can be fetched from this server alone: its path is no text");
                    return false;
                }
            },
        };
        let record = DownloadRecord {
            session: digest(*session),
            page: page.clone(),
            name: name.clone(),
            mime: mime.clone(),
            file,
        };
        // Text can always be written.
        let json = serde_json::to_vec(&record).unwrap_or_default();
        let content = write_signed(&self.secret, Purpose::PendingDownload, &[token.as_bytes()], &json);
        match self.store.swap(&key(token), None, content.into(), PATIENCE).await {
            Ok(swapped) => matches!(swapped, Swap::Done(_)),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a download can be fetched from this server alone");
                false
            }
        }
    }

    async fn load(&self, token: &str) -> Result<Option<DownloadRecord>> {
        let stored = told(self.store.load(&key(token)).await)?;
        // Who may write to the store must not choose what is sent. What another version of the program has put there in another way is
        // not there.
        let record = stored.and_then(|stored| {
            let text = str::from_utf8(&stored.content).ok()?;
            let json = read_signed(&self.secret, Purpose::PendingDownload, &[token.as_bytes()], text)?;
            serde_json::from_slice(&json).ok()
        });
        Ok(record)
    }

    /// The download of a record, for the session that it is for.
    fn waiting(&self, record: DownloadRecord, session: SessionId) -> PendingDownload {
        let DownloadRecord { page, name, mime, file, .. } = record;
        let file = match file {
            FileRecord::Stored(key) => WaitingFile::Stored(key),
            FileRecord::Spooled(path) => WaitingFile::Spooled { path: self.root.join(path), kept: None },
        };
        PendingDownload { session, page, since: Instant::now(), name, mime, file, is_shared: true }
    }

    /// Takes a download out of the store.
    async fn remove(&self, token: &str) {
        if let Err(error) = self.store.remove(&key(token)).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a download that was fetched can be fetched again"
            );
        }
    }
}

impl PendingDownload {
    /// Whether its file is in the spool of this server.
    fn is_spooled_here(&self) -> bool {
        matches!(&self.file, WaitingFile::Spooled { kept: Some(_), .. })
    }

    /// The download, to be sent.
    pub(crate) fn open(&self) -> Prepared {
        let content = match self.file.clone() {
            WaitingFile::Stored(key) => Content::Stored(key),
            WaitingFile::Spooled { path, kept } => Content::Spooled { path, kept },
        };
        Prepared { name: self.name.clone(), mime: self.mime.clone(), inline: false, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::MemoryStates;

    async fn put(pending: &PendingDownloads, session: SessionId, name: &str) -> String {
        let content = Content::Spooled { path: name.into(), kept: None };
        let prepared = Prepared { name: name.to_owned(), mime: None, inline: false, content };
        pending.put(session, &PagePath::of("/"), prepared).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_download_waits_for_its_visitor_and_not_for_ever() {
        let (pending, session) = (PendingDownloads::default(), SessionId::random().unwrap());
        let token = put(&pending, session, "a").await;
        assert!(pending.find(&token, SessionId::random().unwrap()).is_none(), "another session");
        assert!(pending.find("AAAA", session).is_none());
        tokio::time::sleep(PATIENCE - Duration::from_secs(1)).await;
        assert_eq!(pending.find(&token, session).unwrap().name, "a");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(pending.find(&token, session).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_download_makes_room() {
        let (pending, session) = (PendingDownloads::default(), SessionId::random().unwrap());
        let others = put(&pending, SessionId::random().unwrap(), "others").await;
        let mut tokens = Vec::new();
        for nth in 0..=MAX_WAITING {
            tokens.push(put(&pending, session, &nth.to_string()).await);
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert!(pending.find(&tokens[0], session).is_none());
        assert!(tokens[1..].iter().all(|token| pending.find(token, session).is_some()));
        assert_eq!(pending.all().len(), MAX_WAITING + 1);
        assert!(pending.all().contains_key(&others));
    }

    #[tokio::test]
    async fn a_download_is_fetched_once_from_any_server() {
        let store = AnyStateStore::new(MemoryStates::new());
        let [one, other] = ["/srv/one", "/srv/other"]
            .map(|root| PendingDownloads::shared(store.clone(), Secret::new(b"key"), root.as_ref()));
        let [session, stranger] = [(); 2].map(|()| SessionId::random().unwrap());
        let tokens = [put(&one, session, "/srv/one/a").await, put(&one, session, "/etc/b").await];
        for (token, path) in tokens.iter().zip(["/srv/other/a", "/etc/b"]) {
            other.learn(token, [stranger].into_iter()).await.unwrap();
            assert!(other.find(token, stranger).is_none());
            other.learn(token, [stranger, session].into_iter()).await.unwrap();
            let Content::Spooled { path: found, .. } = other.find(token, session).unwrap().open().content else {
                panic!("no file")
            };
            assert_eq!(found, Path::new(path));
            other.remove(token).await;
            one.learn(token, [session].into_iter()).await.unwrap();
            assert!(one.find(token, session).is_none());
        }
    }
}
