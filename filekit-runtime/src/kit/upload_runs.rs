//! The events of uploads that came in parts: they go on when their connection is lost, and who asks again gets the outcome.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::outcome::Outcome;
use crate::error::{FileRejection, Result};
use crate::kit::FileKit;
use crate::lru::{Bounds, IdleLru};
use crate::storage::{PartialFiles, PartialId, PartialOwner, Sha256, storage_error};
use crate::tag::{Tag, Tagged};
use crate::upload::PartialUpload;
use crate::visitor::SessionId;

/// How many outcomes are remembered, with how many bytes of answers, and for how long.
const BOUNDS: Bounds = Bounds { count: 10_000, bytes: 16 << 20, age: Duration::from_secs(60 * 60) };

/// What an outcome takes besides its answer.
const AROUND_AN_OUTCOME: usize = 512;

/// How long is waited for an event that was ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose unfinished uploads those of a session are. The folder of that name tells those who read the disk nothing of the session.
pub(crate) fn upload_owner(session: SessionId) -> PartialOwner {
    let digest = Sha256::of(session.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    PartialOwner::new(bytes)
}

/// Lets the unfinished uploads of a session, and what it has on its account, be those of the one that comes after it.
pub(crate) async fn move_uploads(kit: &FileKit, old: SessionId, new: SessionId) {
    kit.move_account(old, new);
    let partials = &kit.shared().partials;
    if let Err(error) = partials.move_all(upload_owner(old), upload_owner(new)).await {
        tracing::warn!(%error, "a session was renewed, and its unfinished uploads are lost to it");
    }
}

/// Checks that the states can be reached before an event takes an upload: it would fail, and take with it what has come.
///
/// # Errors
///
/// If they cannot. The upload waits for another try then.
pub(crate) async fn check_before_event(kit: &FileKit, upload: &mut PartialUpload) -> Result<()> {
    let checked = kit.shared().states.check_store().await;
    if checked.is_err() {
        upload.keep().await?;
    }
    checked
}

/// Notes on the disk that the event of an upload begins, at the moment that is the right one: other servers have to find the note while
/// files are still being checked, since they ask by it who has the upload. A server alone makes it when they are, so that one which is
/// killed in between goes on with the upload after its start.
#[derive(Debug)]
pub(crate) struct EventBegin {
    files: PartialFiles,
    is_noted: bool,
}

impl EventBegin {
    /// The note for an upload whose files are going to be checked.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn before_checks(kit: &FileKit, files: PartialFiles) -> Result<Self> {
        let is_noted = kit.shared().has_other_servers;
        if is_noted {
            files.begin()?;
        }
        Ok(Self { files, is_noted })
    }

    /// Makes the note, if it is not made, when files have been checked.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn after_checks(self) -> Result<()> {
        match self.is_noted {
            true => Ok(()),
            false => Ok(self.files.begin()?),
        }
    }
}

/// Ends an upload whose event has ended, or that was refused. Other servers find its outcome in place of it.
pub(crate) fn end_upload(kit: &FileKit, files: &PartialFiles, outcome: &Outcome, offset: u64) {
    match kit.shared().has_other_servers {
        true => files.settle(&outcome.clone().shortened().to_kept(offset)),
        false => files.end(),
    }
}

/// Lets the server know that runs the event of an upload, if another one does, that it is to end.
///
/// # Errors
///
/// If the disk fails.
pub(crate) async fn ask_to_end(kit: &FileKit, key: RunKey) -> Result<()> {
    if kit.shared().has_other_servers {
        kit.shared().partials.ask_to_end(key.owner, key.id).await.map_err(storage_error)?;
        kit.shared().changes.note_and_tell(key.end_tag()).await;
    }
    Ok(())
}

/// Names an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RunKey {
    pub(crate) owner: PartialOwner,
    pub(crate) id: PartialId,
}

impl std::fmt::Display for RunKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.id)
    }
}

impl RunKey {
    /// The tag by which the server that runs the event is told that it is to end.
    pub(crate) fn end_tag(self) -> Tag {
        Tagged::UploadEnd(&self.to_string()).tag()
    }

    /// The tag by which other servers are told that a request for the upload has come that is newer than theirs.
    pub(crate) fn request_tag(self) -> Tag {
        Tagged::UploadRequest(&self.to_string()).tag()
    }
}

/// The events that run, and those that have run lately.
#[derive(Clone, Debug)]
pub(crate) struct UploadRuns(Arc<Mutex<IdleLru<RunKey, Run>>>);

/// The event of an upload.
#[derive(Clone, Debug)]
struct Run {
    /// How many bytes of the upload there are, all of them unless it was refused before.
    offset: u64,
    outcome: watch::Receiver<Option<Outcome>>,
    /// While it runs.
    task: Option<(AbortHandle, PartialFiles)>,
}

impl Default for UploadRuns {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(IdleLru::new(BOUNDS))))
    }
}

impl UploadRuns {
    /// Notes that the event of an upload begins.
    pub(crate) fn begin(&self, key: RunKey, offset: u64) -> RunGuard {
        let (sender, outcome) = watch::channel(None);
        self.held().insert(key, Run { offset, outcome, task: None }, AROUND_AN_OUTCOME);
        RunGuard { runs: self.clone(), key, offset, outcome: Some(sender) }
    }

    /// How many bytes there are of an upload whose event runs or has run.
    pub(crate) fn offset(&self, key: RunKey) -> Option<u64> {
        self.held().get(key).map(|run| run.offset)
    }

    /// Waits for the outcome of an event that runs or has run.
    ///
    /// # Errors
    ///
    /// If the event was ended.
    pub(crate) async fn outcome(&self, key: RunKey) -> Result<Option<Outcome>, FileRejection> {
        let Some(mut outcome) = self.held().get(key).map(|run| run.outcome.clone()) else { return Ok(None) };
        let waited = outcome.wait_for(Option::is_some).await;
        waited.map(|outcome| outcome.clone()).map_err(|_| FileRejection::UploadGone)
    }

    /// Ends the event of an upload if it runs, and forgets its outcome. Returns whether there was one. It does nothing more then, unless
    /// it never waits for anything.
    pub(crate) async fn end(&self, key: RunKey) -> bool {
        let Some((mut run, _)) = self.held().take(key) else { return false };
        if let Some((task, files)) = run.task {
            files.end();
            task.abort();
        }
        // Its guard goes with it. An event that blocks its thread is not waited for without end.
        let _ = timeout(PATIENCE, run.outcome.wait_for(Option::is_some)).await;
        true
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, IdleLru<RunKey, Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event that is about to run, or runs. It is forgotten if it is dropped.
#[derive(Debug)]
pub(crate) struct RunGuard {
    runs: UploadRuns,
    key: RunKey,
    offset: u64,
    /// `None` when the outcome is known.
    outcome: Option<watch::Sender<Option<Outcome>>>,
}

impl RunGuard {
    pub(crate) fn key(&self) -> RunKey {
        self.key
    }

    /// Notes the task in which it is going to run, so that it can be ended. Returns whether it may: it was ended if its upload was
    /// given up meanwhile.
    pub(crate) fn runs_in(&self, task: AbortHandle, files: PartialFiles) -> bool {
        let mut runs = self.runs.held();
        let Some(mut run) = runs.get(self.key).cloned() else { return false };
        run.task = Some((task, files));
        runs.insert(self.key, run, AROUND_AN_OUTCOME);
        true
    }

    /// Remembers the outcome, and hands it to those who wait for it.
    pub(crate) fn finish(mut self, outcome: Outcome) {
        let Some(sender) = self.outcome.take() else { return };
        let outcome = outcome.shortened();
        let bytes = AROUND_AN_OUTCOME + outcome.body.len();
        sender.send_replace(Some(outcome));
        let run = Run { offset: self.offset, outcome: sender.subscribe(), task: None };
        let mut runs = self.runs.held();
        // It was forgotten if its upload was discarded meanwhile.
        if runs.get(self.key).is_some() {
            runs.insert(self.key, run, bytes);
        }
    }
}

impl Drop for RunGuard {
    fn drop(&mut self) {
        if self.outcome.is_some() {
            self.runs.held().remove(self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::FutureExt as _;
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn key() -> RunKey {
        let owner = upload_owner(SessionId::random().unwrap());
        RunKey { owner, id: PartialId::parse("0123456789abcdef0123456789abcdef").unwrap() }
    }

    fn outcome() -> Outcome {
        Outcome { status: StatusCode::OK, headers: HeaderMap::new(), body: Bytes::from_static(b"done") }
    }

    #[tokio::test]
    async fn who_asks_again_waits_for_the_outcome_and_gets_it() {
        let (runs, key) = (UploadRuns::default(), key());
        assert!(runs.outcome(key).await.unwrap().is_none());
        let guard = runs.begin(key, 7);
        assert_eq!(runs.offset(key), Some(7));
        let waiting = runs.outcome(key);
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
        guard.finish(outcome());
        assert_eq!(waiting.await.unwrap().unwrap().body, "done");
        assert_eq!(runs.outcome(key).await.unwrap().unwrap().body, "done");
    }

    #[tokio::test]
    async fn an_event_that_is_dropped_is_forgotten() {
        let (runs, key) = (UploadRuns::default(), key());
        let guard = runs.begin(key, 7);
        let waiting = runs.outcome(key);
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(guard);
        assert!(matches!(waiting.await, Err(FileRejection::UploadGone)));
        assert_eq!(runs.offset(key), None);
    }
}
