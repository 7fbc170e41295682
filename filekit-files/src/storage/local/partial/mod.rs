//! Partial uploads: files that have come in part, wait for the rest, and survive the server.
//!
//! A request claims an upload, appends to its files, and lets go of it; the next goes on. The event that takes the files runs on
//! those in the folder, and the folder goes when it has ended.

mod claim;
mod folder;
mod glance;
mod key;
mod own;
mod reserve;
mod sweep;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, timeout};

use claim::{Claim, Claims, Turn};
pub(crate) use folder::PartialFolder;
pub use key::{PartialId, PartialOwner};
use sweep::{Room, Sweep};

use crate::clock;
use crate::error::{Error, FileRejection, Result};
use crate::quota::{Account, Charge, EntryName, Ledger, UploadSlot, Wanted};
use crate::storage::local::unfinished::or_gone;
use crate::storage::{DirectTarget, Disk, blocking, named, storage_error};

/// How long partial uploads are kept, and how many.
#[derive(Clone, Copy, Debug)]
pub struct PartialBounds {
    /// How long one waits for more bytes.
    pub ttl: Duration,
    /// How many an owner has. In place of one more, the one goes that has waited longest.
    pub per_owner: usize,
    /// How many bytes an owner has in all of them when they are complete; of one whose size was not said, how many have come and a
    /// little more. For more, those go that have waited longest.
    pub bytes_per_owner: u64,
    /// How many there are in all. For more, those go that have waited longest.
    pub total: usize,
}

impl PartialBounds {
    /// The defaults: a day, 32 uploads of an owner with 8 GiB, 10,000 in all.
    pub const DEFAULT: Self =
        Self { ttl: Duration::from_secs(24 * 60 * 60), per_owner: 32, bytes_per_owner: 8 << 30, total: 10_000 };
}

/// What is kept for ever expires in a hundred years: a date that can be written.
const MAX_TTL: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How long a request waits for the one before.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often is looked whether another server has let go of an upload, at first and at last.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_millis(250);

/// The key of those who look at all uploads, which is that of no upload and of no owner.
const TIDYING: &str = "";

/// Room for an upload of unknown size is made in so many steps up to all that an owner may have: each costs a look at the others.
const STEPS: u64 = 512;

/// The partial uploads of an upload directory.
#[derive(Clone, Debug)]
pub struct Partials(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    disk: Disk,
    /// The folder that has the folders of all owners.
    root: PathBuf,
    bounds: PartialBounds,
    claims: Claims,
    sweep: Sweep,
    direct: Option<DirectTarget>,
    /// Counts what they reserve, if there is a quota.
    ledger: Option<Ledger>,
}

/// A partial upload that a request works on.
#[derive(Debug)]
pub struct Partial {
    id: PartialId,
    folder: Arc<PartialFolder>,
    claim: Claim,
    partials: Partials,
}

/// The files of a partial upload while the event runs that takes them.
#[derive(Clone, Debug)]
pub struct PartialFiles(Arc<PartialFolder>);

impl Partials {
    /// The partial uploads of a directory. What is too old is removed, and what the events of killed servers had published. A folder
    /// of an upload that cannot be read is logged, and left alone.
    ///
    /// # Errors
    ///
    /// If the folder that has all of them cannot be read.
    pub fn open(disk: &Disk, bounds: PartialBounds) -> io::Result<Self> {
        Self::with(disk, bounds, None, None)
    }

    /// As [`open`](Self::open), of which browsers may send files to a store by themselves, and which are counted in a ledger.
    ///
    /// # Errors
    ///
    /// As `open`.
    pub fn with(
        disk: &Disk,
        bounds: PartialBounds,
        direct: Option<DirectTarget>,
        ledger: Option<Ledger>,
    ) -> io::Result<Self> {
        let bounds = PartialBounds { ttl: bounds.ttl.min(MAX_TTL), ..bounds };
        let root = disk.private("partial");
        let (claims, sweep) = (Claims::default(), Sweep::with(direct.clone(), ledger.clone()));
        let inner = Inner { disk: disk.clone(), root, bounds, claims, sweep, direct, ledger };
        or_gone(std::fs::read_dir(&inner.root)).map_err(|error| named(error, &inner.root))?;
        inner.sweep.undo_events(&inner.root, disk.root());
        inner.sweep.run(&inner.root, bounds.ttl, &inner.claims);
        let partials = Self(Arc::new(inner));
        partials.sweep_direct();
        Ok(partials)
    }

    /// The store that browsers send files to by themselves, if they do.
    #[must_use]
    pub fn direct(&self) -> Option<&DirectTarget> {
        self.0.direct.as_ref()
    }

    /// Removes what was given up in the store, now and then. It is known by when it began, and an upload may take longer than it waits
    /// for more.
    pub(crate) fn sweep_direct(&self) {
        if let Some(direct) = self.direct() {
            direct.sweep_if_due(self.ttl().saturating_mul(2));
        }
    }

    /// How long an upload waits for more bytes.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        self.0.bounds.ttl
    }

    /// Removes what is too old.
    pub async fn sweep(&self) {
        let inner = Arc::clone(&self.0);
        let swept = blocking(move || {
            inner.sweep.run(&inner.root, inner.bounds.ttl, &inner.claims);
            Ok(())
        });
        if let Err(error) = swept.await {
            tracing::warn!(%error, "unfinished uploads that are too old could not be looked for");
        }
    }

    /// Makes an upload of so many bytes. `plan` is what [`Partial::plan`] returns later. It takes files of `sources` over: where there is
    /// no room for all, others go before them.
    ///
    /// # Errors
    ///
    /// If there are too many of them, or the disk fails.
    pub async fn create(
        &self,
        owner: PartialOwner,
        (length, account): (u64, Account),
        plan: Vec<u8>,
        sources: Vec<PartialId>,
    ) -> Result<Partial> {
        let id = PartialId::random().map_err(storage_error)?;
        self.make((owner, id), plan, (length, account, sources)).await
    }

    /// Makes an upload under an id that no other has. Those of `sources` are going to be given back for it.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create); also if another server has one of that id.
    pub async fn create_as(
        &self,
        (owner, id): (PartialOwner, PartialId),
        (length, account): (u64, Account),
        plan: Vec<u8>,
        sources: Vec<PartialId>,
    ) -> Result<Partial> {
        self.make((owner, id), plan, (length, account, sources)).await
    }

    async fn make(
        &self,
        (owner, id): (PartialOwner, PartialId),
        plan: Vec<u8>,
        (length, account, sources): (u64, Account, Vec<PartialId>),
    ) -> Result<Partial> {
        self.tidy().await?;
        self.sweep_direct();
        let claim = patiently(self.0.claims.claim(key(owner, id))).await?;
        let reserved = self.reserve((owner, id), (length, account), &sources).await?;
        let (room, direct) = (Room { upload: self.path(owner, id), length, sources }, self.0.direct.clone());
        let folder = self.in_room(room, move |inner, room| {
            inner.disk.make_folders()?;
            if !inner.sweep.make_room(&room, &inner.bounds, &inner.claims) {
                return Ok(None);
            }
            let folder = PartialFolder::create(room.upload, &plan, room.length)?;
            let kept = reserved.keep().inspect_err(|_| folder.give_up(direct.as_ref()));
            Ok(Some(kept.map(|()| folder)))
        });
        let folder = folder.await??;
        self.0.sweep.count_one();
        Ok(self.partial((owner, id), folder, claim))
    }

    /// Removes what is too old, or too much, if there may be any. To look at thousands of uploads takes its time: that is done where it
    /// holds up no request, unless there is no room at all.
    async fn tidy(&self) -> Result<()> {
        let Inner { sweep, bounds, claims, .. } = &*self.0;
        if !sweep.is_due(bounds) || (!sweep.is_full(bounds) && claims.is_claimed(TIDYING)) {
            return Ok(());
        }
        let inner = Arc::clone(&self.0);
        let tidying = async move {
            let (turn, _) = patiently(inner.claims.claim(TIDYING.to_owned())).await?;
            let tidied = blocking(move || {
                let _turn = turn;
                inner.sweep.tidy(&inner.root, &inner.bounds, &inner.claims);
                Ok(())
            });
            tidied.await.map_err(storage_error)
        };
        if sweep.is_full(bounds) {
            return tidying.await;
        }
        tokio::spawn(tidying);
        Ok(())
    }

    /// Makes room among the uploads of an owner, and takes it: one request of an owner after the other, as two would find the same room.
    ///
    /// # Errors
    ///
    /// If there is none, or the disk fails.
    async fn in_room<T: Send + 'static>(
        &self,
        room: Room,
        take: impl FnOnce(&Inner, Room) -> io::Result<Option<T>> + Send + 'static,
    ) -> Result<T> {
        // Uploads have longer keys.
        let owner = room.upload.parent().and_then(Path::file_name).unwrap_or_default();
        let (turn, _) = patiently(self.0.claims.claim(owner.to_string_lossy().into_owned())).await?;
        let inner = Arc::clone(&self.0);
        let taken = move || {
            let _turn = turn;
            take(&inner, room)
        };
        let taken = self.0.disk.pace().work(taken).await.map_err(busy_or_storage_error)?;
        Ok(taken.ok_or(FileRejection::TooManyUnfinished)?)
    }

    /// Takes hold of an upload. The request that works on it stops.
    ///
    /// # Errors
    ///
    /// If it is not there, or not any more, or of another owner; if a newer request takes hold of it first; also if the request before
    /// does not stop for long, on this server or another one, or the disk fails.
    pub async fn claim(&self, owner: PartialOwner, id: PartialId) -> Result<Partial> {
        let claim = patiently(self.0.claims.claim_as_newest(key(owner, id))).await?;
        let (turn, mut claim) = claim.ok_or(FileRejection::Superseded)?;
        let folder = tokio::select! {
            biased;
            () = claim.superseded() => return Err(FileRejection::Superseded.into()),
            folder = self.open_when_free(owner, id) => folder?,
        };
        Ok(self.partial((owner, id), folder, (turn, claim)))
    }

    /// Takes hold of an upload also if newer requests come: what is to be done with it is to be done in any case.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim), but for newer requests.
    pub async fn claim_in_turn(&self, owner: PartialOwner, id: PartialId) -> Result<Partial> {
        let claim = patiently(self.0.claims.claim(key(owner, id))).await?;
        let folder = self.open_when_free(owner, id).await?;
        Ok(self.partial((owner, id), folder, claim))
    }

    /// Stops the requests of this server that work on an upload, because a newer one waits for it on another server. What they have brought is
    /// kept, and nothing happens if there are none.
    pub fn stop_requests(&self, owner: PartialOwner, id: PartialId) {
        self.0.claims.supersede(&key(owner, id));
    }

    /// Opens the folder of an upload when no other server works on it.
    async fn open_when_free(&self, owner: PartialOwner, id: PartialId) -> Result<PartialFolder> {
        let (until, mut pause) = (Instant::now() + PATIENCE, FIRST_PAUSE);
        loop {
            match self.open_folder(owner, id).await {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy && Instant::now() < until => {
                    sleep(pause).await
                }
                opened => return Ok(opened.map_err(busy_or_storage_error)?.ok_or(FileRejection::UploadGone)?),
            }
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    async fn open_folder(&self, owner: PartialOwner, id: PartialId) -> io::Result<Option<PartialFolder>> {
        let (path, ttl, disk) = (self.path(owner, id), self.0.bounds.ttl, self.0.disk.clone());
        let (direct, ledger) = (self.0.direct.clone(), self.0.ledger.clone());
        let open = move || {
            let Some(folder) = PartialFolder::open(path)? else { return Ok(None) };
            let age = clock::elapsed(folder.touched()?);
            if age > ttl {
                folder.give_up(direct.as_ref());
                if let Some(ledger) = ledger {
                    ledger.release(&EntryName::partial(owner, id));
                }
                return Ok(None);
            }
            // By a server that was killed since this one has started: the lock is free.
            folder.undo_event(disk.root())?;
            Ok(Some(folder))
        };
        self.0.disk.pace().work(open).await
    }

    /// What is uploaded, if another server runs the event that takes it. None if not.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn plan_of_running(&self, owner: PartialOwner, id: PartialId) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(owner, id);
        self.0.disk.pace().work(move || PartialFolder::plan_of_running(&path)).await
    }

    /// Asks the server that runs the event of an upload to end it, if one does: it is to be told as well. Nothing happens if there is no such
    /// upload.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn ask_to_end(&self, owner: PartialOwner, id: PartialId) -> io::Result<()> {
        let path = self.path(owner, id);
        self.0.disk.pace().work(move || PartialFolder::ask_to_end(&path)).await
    }

    /// Lets the uploads of an owner be another's, who comes in the place of that one. What a request or an event works on stays.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn move_all(&self, from: PartialOwner, to: PartialOwner) -> io::Result<()> {
        let inner = Arc::clone(&self.0);
        let [from, to] = [from, to].map(|owner| self.0.root.join(owner.to_string()));
        self.0.disk.pace().work(move || inner.sweep.move_all(&from, &to, &inner.claims)).await
    }

    /// Whether there is such an upload.
    #[must_use]
    pub fn contains(&self, owner: PartialOwner, id: PartialId) -> bool {
        PartialFolder::is_at(&self.path(owner, id))
    }

    fn partial(
        &self,
        (owner, id): (PartialOwner, PartialId),
        folder: PartialFolder,
        (turn, claim): (Turn, Claim),
    ) -> Partial {
        let ledger = self.0.ledger.clone().map(|ledger| (ledger, EntryName::partial(owner, id)));
        let folder = folder.in_turn(turn).counted_in(ledger);
        Partial { id, folder: Arc::new(folder), claim, partials: self.clone() }
    }

    fn path(&self, owner: PartialOwner, id: PartialId) -> PathBuf {
        self.0.root.join(owner.to_string()).join(id.to_string())
    }
}

/// Waits for the request before, which may have a write under way that cannot be stopped.
async fn patiently<T>(claim: impl Future<Output = T>) -> Result<T> {
    Ok(timeout(PATIENCE, claim).await.map_err(|_| FileRejection::UploadBusy)?)
}

fn busy_or_storage_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::ResourceBusy => FileRejection::UploadBusy.into(),
        _ => storage_error(error),
    }
}

fn key(owner: PartialOwner, id: PartialId) -> String {
    format!("{owner}/{id}")
}

impl Partial {
    /// The id.
    #[must_use]
    pub fn id(&self) -> PartialId {
        self.id
    }

    /// Until when it waits for more bytes.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub fn expires(&self) -> io::Result<SystemTime> {
        Ok(self.folder.touched()? + self.partials.ttl())
    }

    /// What is uploaded, as it was said when it was made.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn plan(&self) -> io::Result<Vec<u8>> {
        let folder = Arc::clone(&self.folder);
        self.disk().pace().work(move || folder.plan()).await
    }

    /// Whether an event has begun to take the files, and a killed server has not ended it.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.folder.has_begun()
    }

    /// What became of the event that took the files, where that is kept.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn outcome(&self) -> io::Result<Option<Vec<u8>>> {
        let folder = Arc::clone(&self.folder);
        self.disk().pace().work(move || folder.outcome()).await
    }

    /// Waits until a newer request comes.
    pub(crate) async fn superseded(&mut self) {
        self.claim.superseded().await;
    }

    pub(crate) fn folder(&self) -> &Arc<PartialFolder> {
        &self.folder
    }

    pub(crate) fn disk(&self) -> &Disk {
        &self.partials.0.disk
    }

    pub(crate) fn direct(&self) -> Option<&DirectTarget> {
        self.partials.direct()
    }

    /// Makes room for so many bytes of an upload whose size was not said.
    ///
    /// # Errors
    ///
    /// If its owner has no room for them, or the disk fails.
    pub(crate) async fn reserve(&self, bytes: u64) -> Result<()> {
        let reserved = self.folder.reserved();
        if bytes <= reserved {
            return Ok(());
        }
        let step = self.partials.0.bounds.bytes_per_owner / STEPS;
        let with_step = bytes.max(reserved.saturating_add(step));
        // Where there is no room for a step, there may be for less, or for what has come.
        let granted = self.folder.reserve_in_ledger(Wanted::between(bytes, with_step))?;
        self.reserve_in_folder(granted).await
    }

    /// Makes room for an upload whose size is known by now.
    ///
    /// # Errors
    ///
    /// As [`reserve`](Self::reserve).
    pub(crate) async fn reserve_exactly(&self, length: u64) -> Result<()> {
        self.folder.reserve_in_ledger(Wanted::exactly(length))?;
        self.reserve_in_folder(length).await
    }

    async fn reserve_in_folder(&self, length: u64) -> Result<()> {
        let folder = Arc::clone(&self.folder);
        let room = Room { upload: folder.path().to_owned(), length, sources: Vec::new() };
        let reserve = move |inner: &Inner, room: Room| {
            let has_room = inner.sweep.make_way(&room, &inner.bounds, &inner.claims);
            if has_room { folder.reserve(length).map(Some) } else { Ok(None) }
        };
        self.partials.in_room(room, reserve).await
    }

    /// What the event that takes the files has on its account.
    #[must_use]
    pub fn charge(&self) -> Charge {
        self.folder.charge()
    }

    /// Takes a turn to take its bytes, if there is a quota.
    ///
    /// # Errors
    ///
    /// If too many uploads of its account are at it.
    pub fn enter(&self) -> Result<UploadSlot, FileRejection> {
        self.folder.enter()
    }

    /// Lets other requests go on while an event has the files.
    pub(crate) fn end_turn(&self) {
        self.folder.end_turn();
    }

    /// Removes the upload, and what its browser has sent to the store.
    pub fn remove(self) {
        self.folder.give_up(self.direct());
    }

    /// The files, for the event that takes them.
    #[must_use]
    pub fn files(&self) -> PartialFiles {
        PartialFiles(Arc::clone(&self.folder))
    }
}

impl PartialFiles {
    /// Notes that the event begins. If the server is killed before it ends, it is known to have begun.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub fn begin(&self) -> io::Result<()> {
        self.0.begin_event()
    }

    /// Whether another server [asks](Partials::ask_to_end) to end the event.
    #[must_use]
    pub fn are_asked_to_end(&self) -> bool {
        self.0.is_asked_to_end()
    }

    /// Ends the upload, and keeps what became of the event for those who ask: as long as an upload is kept.
    pub fn settle(&self, outcome: &[u8]) {
        if let Err(error) = self.0.settle(outcome) {
            tracing::warn!(%error, "what became of an upload could not be noted");
            self.end();
        }
    }

    /// Ends the upload, whatever has become of the event: its files go when nothing uses them any more.
    pub fn end(&self) {
        self.0.end();
    }
}
