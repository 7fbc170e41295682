//! Files that browsers send to the store by themselves, by URLs that are signed for them: what is known of one until a handler has it.
//! How a store does it is its own matter.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::storage::{FileChunks, PartialId, RangeReader, RunningSha256, Sha256};

/// A store that browsers can send files to.
pub(crate) trait DirectStore: Any + fmt::Debug + Send + Sync {
    /// Whether the store lets pages of this origin send files to it.
    ///
    /// # Errors
    ///
    /// If it does not: which rule is missing.
    fn check_origin<'a>(&'a self, origin: &'a str) -> BoxFuture<'a, io::Result<()>>;

    /// Makes the store ready for a file, if it is not. What this changes in `file` is to be remembered.
    fn prepare<'a>(&'a self, file: &'a mut DirectFile) -> BoxFuture<'a, io::Result<()>>;

    /// Which parts are not there, behind this one, and no more than so many.
    fn missing<'a>(&'a self, file: &'a DirectFile, behind: u16, most: usize)
    -> BoxFuture<'a, io::Result<MissingParts>>;

    /// Makes one file of the parts, if all of them are there, or it is made already. Returns its version.
    fn complete<'a>(&'a self, file: &'a DirectFile) -> BoxFuture<'a, io::Result<Option<String>>>;

    /// Reads bytes of a complete file, of this version. The range is not empty.
    fn read<'a>(
        &'a self,
        file: &'a DirectFile,
        version: &'a str,
        range: Range<u64>,
    ) -> BoxFuture<'a, io::Result<FileChunks>>;

    /// Removes a file, or what there is of it.
    fn remove<'a>(&'a self, file: &'a DirectFile) -> BoxFuture<'a, io::Result<()>>;

    /// Removes what was given up: files that have been on their way for longer than this.
    fn sweep(&self, age: Duration) -> BoxFuture<'_, io::Result<u64>>;
}

/// A store that browsers can send files to. A copy (`clone`) is the same store.
#[derive(Clone, Debug)]
pub struct DirectTarget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Box<dyn DirectStore>,
    /// What the store has said of the last origins, and when.
    origins: Mutex<Vec<(String, Instant, bool)>>,
    /// When what was given up was removed last.
    swept: Mutex<Option<Instant>>,
    /// How many files more are removed at a time.
    removing: Semaphore,
}

/// How many files are removed at a time.
const REMOVALS: usize = 8;

/// How often is looked for what was given up.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// How many origins are remembered. A program has one or two; others are made up.
const ORIGINS: usize = 16;

/// How long it is believed that an origin is allowed, and that it is not.
const ALLOWED: Duration = Duration::from_secs(10 * 60);
const NOT_ALLOWED: Duration = Duration::from_secs(60);

/// A file on its way to the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DirectFile {
    /// Its name among those that are on their way.
    pub(crate) name: String,
    pub(crate) size: u64,
    /// By what the store knows its parts, once the first may have been sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parts: Option<String>,
}

/// Parts of a file that are to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MissingParts {
    /// Some of them, in their order.
    pub missing: Vec<MissingPart>,
    /// How many bytes are there of the parts before those that are asked for next.
    pub there: u64,
    /// Behind which part to ask for others; nothing if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<u16>,
}

#[cfg(feature = "s3")]
impl MissingParts {
    /// None of a file of this size.
    pub(crate) fn none(size: u64) -> Self {
        Self { missing: Vec::new(), there: size, behind: None }
    }
}

/// A part of a file that is to be sent, with a `PUT` of exactly these bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingPart {
    /// Where it begins.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// Where it is sent to. The URL is the right to do so, for some minutes.
    pub url: String,
    /// The headers that belong to the signature.
    pub headers: BTreeMap<String, String>,
}

impl DirectTarget {
    #[cfg_attr(not(feature = "s3"), allow(dead_code, reason = "other stores have no way to do this"))]
    pub(crate) fn new(store: impl DirectStore) -> Self {
        let removing = Semaphore::new(REMOVALS);
        Self(Arc::new(Inner { store: Box::new(store), origins: Mutex::default(), swept: Mutex::default(), removing }))
    }

    /// Whether pages of this origin may send files to the store. If not, the log says what to do.
    pub async fn allows(&self, origin: &str) -> bool {
        if let Some(known) = self.known(origin) {
            return known;
        }
        let checked = self.check_origin(origin).await;
        if let Err(error) = &checked {
            tracing::warn!("{error}; until then files come through this server");
        }
        let mut origins = self.0.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.retain(|(other, ..)| other != origin);
        if origins.len() >= ORIGINS {
            // One that may is asked for again and again.
            let oldest = origins.iter().position(|(.., allowed)| !allowed).unwrap_or_default();
            origins.remove(oldest);
        }
        origins.push((origin.to_owned(), Instant::now(), checked.is_ok()));
        checked.is_ok()
    }

    fn known(&self, origin: &str) -> Option<bool> {
        // Nothing that holds the lock can panic half-way.
        let origins = self.0.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, asked, allowed) = origins.iter().find(|(other, ..)| other == origin)?;
        let lasts = if *allowed { ALLOWED } else { NOT_ALLOWED };
        (asked.elapsed() < lasts).then_some(*allowed)
    }

    /// Asks the store whether pages of this origin may send files to it.
    ///
    /// # Errors
    ///
    /// If they may not: which rule is missing.
    pub(crate) async fn check_origin(&self, origin: &str) -> io::Result<()> {
        self.0.store.check_origin(origin).await
    }

    /// Tries whether a file can be sent in parts: it is begun, asked for, and given up.
    ///
    /// # Errors
    ///
    /// If it cannot.
    pub(crate) async fn check_rights(&self) -> io::Result<()> {
        let mut file = DirectFile::new(1)?;
        self.prepare(&mut file).await?;
        let asked = self.missing(&file, 0, 1).await;
        let removed = self.0.store.remove(&file).await;
        asked.and(removed)
    }

    pub(crate) async fn prepare(&self, file: &mut DirectFile) -> io::Result<()> {
        self.0.store.prepare(file).await
    }

    pub(crate) async fn missing(&self, file: &DirectFile, behind: u16, most: usize) -> io::Result<MissingParts> {
        self.0.store.missing(file, behind, most).await
    }

    /// The complete file; nothing if parts of it are missing.
    pub(crate) async fn complete(&self, file: DirectFile) -> io::Result<Option<DirectContent>> {
        let version = self.0.store.complete(&file).await?;
        Ok(version.map(|version| DirectContent { target: self.clone(), file, version }))
    }

    /// Removes files, and what there is of them, in a task: nothing waits for it. What fails is found by the next sweep.
    pub(crate) fn remove(&self, files: Vec<DirectFile>) {
        let (target, Ok(runtime)) = (self.clone(), tokio::runtime::Handle::try_current()) else { return };
        runtime.spawn(async move {
            let _turn = target.0.removing.acquire().await;
            for file in files {
                if let Err(error) = target.0.store.remove(&file).await {
                    tracing::warn!(%error, file = file.name, "an upload that was given up is still in the store");
                }
            }
        });
    }

    /// Removes what was given up, in a task, if that has not been done for a while: files that have been on their way for longer than
    /// this.
    pub fn sweep_if_due(&self, age: Duration) {
        let mut swept = self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.is_some_and(|swept| swept.elapsed() < SWEEP_EVERY) {
            return;
        }
        *swept = Some(Instant::now());
        drop(swept);
        let (target, Ok(runtime)) = (self.clone(), tokio::runtime::Handle::try_current()) else { return };
        runtime.spawn(async move {
            match target.0.store.sweep(age).await {
                Ok(0) => {}
                Ok(files) => tracing::info!(files, "uploads that were given up have been removed from the store"),
                Err(error) => tracing::warn!(%error, "uploads that were given up may still be in the store"),
            }
        });
    }
}

impl DirectFile {
    /// A file that is to be sent.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub(crate) fn new(size: u64) -> io::Result<Self> {
        Ok(Self { name: PartialId::random()?.to_string(), size, parts: None })
    }
}

/// A complete file in the store that no handler has kept.
#[derive(Clone, Debug)]
pub(crate) struct DirectContent {
    pub(crate) target: DirectTarget,
    pub(crate) file: DirectFile,
    pub(crate) version: String,
}

impl DirectContent {
    /// Bytes of it. What fails at once is the first of them.
    pub(crate) async fn chunks(&self, range: Range<u64>) -> io::Result<FileChunks> {
        if range.is_empty() {
            return Ok(Box::pin(stream::empty()));
        }
        self.target.0.store.read(&self.file, &self.version, range).await
    }

    /// All bytes of a range, in memory.
    pub(crate) async fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let mut chunks = self.chunks(range.start..range.end.min(self.file.size)).await?;
        let mut read = BytesMut::new();
        while let Some(chunk) = chunks.next().await {
            read.extend_from_slice(&chunk?);
        }
        Ok(read.freeze())
    }

    pub(crate) fn reader(&self) -> RangeReader {
        let content = self.clone();
        RangeReader::new(self.file.size, move |range| {
            let content = content.clone();
            Box::pin(async move { content.chunks(range).await })
        })
    }

    pub(crate) async fn sha256(&self) -> io::Result<Sha256> {
        let mut running = RunningSha256::default();
        let mut chunks = self.chunks(0..self.file.size).await?;
        while let Some(chunk) = chunks.next().await {
            running.pass(&chunk?);
        }
        Ok(running.finish())
    }

    /// The store that it is in, if that is one of this kind.
    #[cfg(feature = "s3")]
    pub(crate) fn store<T: DirectStore>(&self) -> Option<&T> {
        let store: &dyn Any = self.target.0.store.as_ref();
        store.downcast_ref()
    }
}

/// A complete file in the store, which goes when this is dropped: what a handler keeps of it lies elsewhere by then.
#[derive(Debug)]
pub(crate) struct HeldDirectContent(pub(crate) DirectContent);

impl Drop for HeldDirectContent {
    fn drop(&mut self) {
        self.0.target.remove(vec![self.0.file.clone()]);
    }
}
