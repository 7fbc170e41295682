//! Downloads that wait for the browser to fetch them, once and not for long. They are sent by `routes/fetch.rs`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::time::Instant;

use crate::download::{Content, Prepared};
use crate::error::Result;
use crate::storage::SpooledFile;
use crate::visitor::{PagePath, SessionId};

/// How long a download waits. A browser fetches it at once, unless it asks the visitor first.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How many downloads wait for one visitor; a further one takes the place of the oldest.
const MAX_WAITING: usize = 100;

/// The downloads that wait. It is cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct PendingDownloads(Arc<Mutex<HashMap<String, Arc<PendingDownload>>>>);

/// A download that waits.
#[derive(Debug)]
pub(crate) struct PendingDownload {
    session: SessionId,
    /// The page that it was made for, whose layers let the visitor in once more.
    pub(crate) page: PagePath,
    since: Instant,
    name: String,
    mime: Option<String>,
    path: PathBuf,
    kept: Option<Arc<SpooledFile>>,
}

impl PendingDownloads {
    /// Lets a file wait for `session`, and returns the token by which it is fetched: 128 random bits, which cannot be guessed.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give.
    pub(crate) fn put(&self, session: SessionId, page: &PagePath, opened: Prepared) -> Result<String> {
        let Prepared { name, mime, content: Content::File { path, kept }, .. } = opened else {
            unreachable!("a download that waits is a file")
        };
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let token = URL_SAFE_NO_PAD.encode(random);
        let since = Instant::now();
        let waiting = PendingDownload { session, page: page.clone(), since, name, mime, path, kept };
        let mut all = self.all();
        make_room(&mut all, session);
        all.insert(token.clone(), Arc::new(waiting));
        drop(all);
        self.sweep_later(token.clone());
        Ok(token)
    }

    /// The download that waits for `session` under that token.
    pub(crate) fn find(&self, token: &str, session: SessionId) -> Option<Arc<PendingDownload>> {
        self.all().get(token).filter(|waiting| waiting.session == session).cloned()
    }

    /// Takes a download out, which was fetched.
    pub(crate) fn remove(&self, token: &str) {
        self.all().remove(token);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<PendingDownload>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sweep_later(&self, token: String) {
        let all = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if let Some(all) = all.upgrade() {
                Self(all).remove(&token);
            }
        });
    }
}

fn make_room(all: &mut HashMap<String, Arc<PendingDownload>>, session: SessionId) {
    let of_session = all.iter().filter(|(_, waiting)| waiting.session == session);
    if of_session.clone().count() < MAX_WAITING {
        return;
    }
    let oldest = of_session.min_by_key(|(_, waiting)| waiting.since).map(|(token, _)| token.clone());
    if let Some(token) = oldest {
        all.remove(&token);
    }
}

impl PendingDownload {
    /// The download, to be sent.
    pub(crate) fn open(&self) -> Prepared {
        let content = Content::File { path: self.path.clone(), kept: self.kept.clone() };
        Prepared { name: self.name.clone(), mime: self.mime.clone(), inline: false, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(pending: &PendingDownloads, session: SessionId, name: &str) -> String {
        let content = Content::File { path: name.into(), kept: None };
        pending
            .put(session, &PagePath::of("/"), Prepared { name: name.to_owned(), mime: None, inline: false, content })
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_download_waits_for_its_visitor_and_not_for_ever() {
        let (pending, session) = (PendingDownloads::default(), SessionId::random().unwrap());
        let token = put(&pending, session, "a");
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
        let others = put(&pending, SessionId::random().unwrap(), "others");
        let mut tokens = Vec::new();
        for nth in 0..=MAX_WAITING {
            tokens.push(put(&pending, session, &nth.to_string()));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert!(pending.find(&tokens[0], session).is_none());
        assert!(tokens[1..].iter().all(|token| pending.find(token, session).is_some()));
        assert_eq!(pending.all().len(), MAX_WAITING + 1);
        assert!(pending.all().contains_key(&others));
    }
}
