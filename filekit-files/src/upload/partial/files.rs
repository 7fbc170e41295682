//! The files of a partial upload while they come: complete ones in memory or on the disk, one at hand, and the rest.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::io::{self, Write as _};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::direct::DirectFiles;
use crate::error::Result;
use crate::storage::{
    Content, ContentSource, FileWriter, MissingParts, Partial, PartialFolder, PartialId, PartialOwner, Partials, Place,
    Spool, TemporaryFile, cut, storage_error,
};
use crate::types::SNIFF_LENGTH;
use crate::upload::arrival::Arrival;
use crate::upload::strip::strip;
use crate::upload::{FileHead, FileStore, Intake, Judged, PlannedFile, Received, UploadFile, UploadPlan};

/// Of how many files the beginnings are held at a time: an upload may have ten thousand, of 4 KiB each.
const STARTS: usize = 64;

/// The files of an upload, of which those before `nth` are complete.
#[derive(Debug)]
pub(super) struct ArrivingFiles {
    folder: Arc<PartialFolder>,
    spool: Spool,
    nth: usize,
    /// The file at hand; nothing if all are complete.
    writer: Option<FileWriter>,
    /// Small files that are complete and not on the disk yet: the last ones of those that are.
    held: Vec<(usize, Content)>,
    /// What is said of the files, up to the one at hand, and what the complete ones are: as far as that was looked at in this
    /// request, which is all of them at its end.
    heads: Vec<FileHead>,
    judged: Vec<Judged>,
    /// The files whose digests are wanted and not known.
    digests: Vec<usize>,
    /// The contents and sizes of pictures whose metadata was taken out, in their order.
    stripped: VecDeque<(usize, (Content, u64))>,
    /// Those that do not come here, and count as if they were there.
    direct: DirectFiles,
    /// What has come of the file at hand with this request.
    arrival: Arrival,
    /// Those before this one were complete when the request came.
    first: usize,
}

impl ArrivingFiles {
    /// Finds out how far the files of an upload are.
    pub(super) async fn find(partial: &Partial, plan: &UploadPlan, spool: &Spool) -> io::Result<Self> {
        let direct = DirectFiles::of(partial).await?;
        let folder = Arc::clone(partial.folder());
        let sizes: Vec<_> = plan.files.iter().map(|file| (file.size, file.have)).collect();
        let looked = partial.disk().pace().work({
            let folder = Arc::clone(&folder);
            move || {
                folder.reject_doubtful()?;
                for (nth, (size, have)) in sizes.iter().enumerate() {
                    let there = folder.size_of(nth)?.max(*have);
                    if size.is_none_or(|size| there < size) {
                        return Ok((nth, there));
                    }
                }
                Ok((sizes.len(), 0))
            }
        });
        let (nth, there) = looked.await?;
        let mut files = Self {
            folder,
            spool: spool.clone(),
            nth,
            writer: None,
            held: Vec::new(),
            heads: Vec::new(),
            judged: Vec::new(),
            digests: Vec::new(),
            stripped: VecDeque::new(),
            direct,
            arrival: Arrival::begin(),
            first: nth,
        };
        files.begin(plan, there);
        Ok(files)
    }

    /// Begins the file at hand, of which so many bytes are there.
    fn begin(&mut self, plan: &UploadPlan, there: u64) {
        if self.direct.contains(self.nth) {
            return self.writer = None;
        }
        let place = Place::Partial(Arc::clone(&self.folder), self.nth);
        self.writer = plan.files.get(self.nth).map(|_| FileWriter::new(self.spool.clone(), place, there));
    }

    /// How many bytes of the upload have come.
    pub(super) fn offset(&self, plan: &UploadPlan) -> u64 {
        let complete = plan.files[..self.nth].iter().map(|file| file.size.unwrap_or_default() - file.have);
        let at_hand = match (&self.writer, plan.files.get(self.nth)) {
            (Some(writer), Some(file)) => writer.size() - file.have,
            _ => 0,
        };
        complete.sum::<u64>() + at_hand
    }

    pub(super) fn are_complete(&self, plan: &UploadPlan) -> bool {
        self.nth == plan.files.len()
    }

    /// How many bytes of the file at hand are to come; nothing if all files are complete.
    pub(super) fn left(&self, plan: &UploadPlan) -> Option<u64> {
        let (writer, file) = (self.writer.as_ref()?, plan.files.get(self.nth)?);
        Some(file.size.map_or(u64::MAX, |size| size.saturating_sub(writer.size())))
    }

    /// The numbers of the files that go to the store by themselves.
    pub(super) fn direct_files(&self) -> Vec<usize> {
        self.direct.numbers()
    }

    /// Which parts of a file that goes to the store by itself are to be sent.
    pub(super) async fn missing(
        &mut self,
        partial: &Partial,
        nth: usize,
        behind: u16,
        most: usize,
    ) -> Result<MissingParts> {
        self.direct.missing(partial, nth, behind, most).await
    }

    /// Removes from the store what was sent there.
    pub(super) fn remove_direct(&mut self) {
        self.direct.remove();
    }

    /// Lets what came with earlier requests, or is in the store, pass the gate: it is to be within the rules of today, which count files
    /// and bytes.
    pub(super) async fn pass_again(&mut self, plan: &UploadPlan, intake: &mut Intake) -> Result<()> {
        self.direct.complete().await?;
        let end = plan.files.len().min(self.nth + 1);
        for first in (0..end).step_by(STARTS) {
            let some = first..end.min(first + STARTS);
            let starts = self.starts(plan, some.clone()).await.map_err(storage_error)?;
            for (nth, start) in some.zip(starts) {
                self.begin_at_gate(&plan.files[nth], intake)?;
                intake.pass_again(start, self.there(plan, nth))?;
                if nth < self.nth {
                    self.judge(nth, intake)?;
                }
            }
        }
        Ok(())
    }

    /// How many bytes there are of a file that is complete, or at hand.
    fn there(&self, plan: &UploadPlan, nth: usize) -> u64 {
        let there = if nth < self.nth { plan.files[nth].size } else { self.writer.as_ref().map(FileWriter::size) };
        there.unwrap_or_default()
    }

    /// The beginnings of some of the files that are there.
    async fn starts(&self, plan: &UploadPlan, some: Range<usize>) -> io::Result<Vec<Vec<u8>>> {
        let folder = Arc::clone(&self.folder);
        let (direct, here): (Vec<_>, Vec<_>) = some.clone().partition(|nth| self.direct.contains(*nth));
        let here: Vec<_> = here.into_iter().map(|nth| (nth, self.there(plan, nth))).collect();
        let read = move || {
            let starts = here.iter().map(|(nth, there)| match there {
                0 => Ok((*nth, Vec::new())),
                _ => Ok((*nth, ContentSource::Disk(folder.path_of(*nth)).start(SNIFF_LENGTH)?)),
            });
            starts.collect::<io::Result<Vec<_>>>()
        };
        let mut starts = self.spool.work(read).await?;
        starts.extend(self.direct.starts(direct).await?);
        starts.sort_unstable_by_key(|(nth, _)| *nth);
        Ok(starts.into_iter().map(|(_, start)| start).collect())
    }

    /// Ends the files that are complete, and begins the next ones.
    pub(super) async fn end_complete(&mut self, plan: &UploadPlan, intake: &mut Intake) -> Result<()> {
        while self.left(plan) == Some(0) || self.direct.contains(self.nth) {
            self.judge(self.nth, intake)?;
            self.tell_complete(plan);
            if let Some(writer) = self.writer.take() {
                // Of a file that came with earlier requests this is the rest.
                let (content, _) = writer.finish_small().await.map_err(storage_error)?;
                if let Content::Memory(_) = content {
                    self.held.push((self.nth, content));
                }
            }
            self.nth += 1;
            let have = plan.files.get(self.nth).map_or(0, |file| file.have);
            self.begin(plan, have);
            if let Some(file) = plan.files.get(self.nth) {
                self.begin_at_gate(file, intake)?;
                if have > 0 {
                    let start = self.start_of_next().await.map_err(storage_error)?;
                    intake.pass_again(start, have)?;
                }
            }
        }
        Ok(())
    }

    /// Tells that the file at hand has come, and begins the next.
    fn tell_complete(&mut self, plan: &UploadPlan) {
        let mut arrival = std::mem::replace(&mut self.arrival, Arrival::begin());
        if let Some(head) = self.heads.get(self.nth) {
            arrival.end(&head.path.name(), plan.files[self.nth].size.unwrap_or_default());
        }
    }

    /// Tells, when all are complete, which ones have come without bytes of a request: straight to the store, or empty.
    pub(super) fn tell_unseen(&self, plan: &UploadPlan) {
        let unseen = |nth: &usize| self.direct.contains(*nth) || plan.files[*nth].size == Some(0);
        for nth in (0..self.first).filter(unseen) {
            Arrival::begin().end(&self.heads[nth].path.name(), plan.files[nth].size.unwrap_or_default());
        }
    }

    async fn start_of_next(&self) -> io::Result<Vec<u8>> {
        if self.direct.contains(self.nth) {
            let mut starts = self.direct.starts(vec![self.nth]).await?;
            return Ok(starts.pop().map(|(_, start)| start).unwrap_or_default());
        }
        let source = ContentSource::Disk(self.folder.path_of(self.nth));
        self.spool.work(move || source.start(SNIFF_LENGTH)).await
    }

    /// Begins a file at the gate.
    fn begin_at_gate(&mut self, file: &PlannedFile, intake: &mut Intake) -> Result<()> {
        let head = file.head()?;
        intake.begin(&head, None)?;
        self.heads.push(head);
        Ok(())
    }

    /// Ends a file at the gate.
    fn judge(&mut self, nth: usize, intake: &mut Intake) -> Result<()> {
        let wants_digest = intake.wants_sha256();
        let judged = intake.end()?;
        if wants_digest && judged.sha256.is_none() {
            self.digests.push(nth);
        }
        self.judged.push(judged);
        Ok(())
    }

    /// Writes a piece of the file at hand.
    pub(super) async fn write(&mut self, piece: Bytes) -> io::Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        // In their order, so that the offset counts them all if the server is killed.
        if writer.would_flush(piece.len()) {
            self.put_down().await?;
        }
        self.writer = Some(writer.write(piece).await?);
        Ok(())
    }

    /// Writes the complete files that are only in memory.
    async fn put_down(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return Ok(());
        }
        let folder = Arc::clone(&self.folder);
        let write = move || {
            for (nth, content) in held {
                if let ContentSource::Memory(bytes) = content.source() {
                    let mut file = folder.open_to_write(nth)?;
                    cut(&file, 0)?;
                    file.write_all(&bytes)?;
                }
            }
            Ok(())
        };
        self.spool.work(write).await
    }

    /// Keeps what has come, for the next request.
    pub(super) async fn keep(&mut self) -> io::Result<()> {
        self.put_down().await?;
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let size = writer.size();
        let kept = writer.finish().await?;
        // It lies in the folder of the upload, and stays there.
        drop(kept);
        let place = Place::Partial(Arc::clone(&self.folder), self.nth);
        self.writer = Some(FileWriter::new(self.spool.clone(), place, size));
        Ok(())
    }

    /// Takes metadata out of the complete pictures whose uploads ask for it. What came of them stays as well, for requests that find
    /// the upload as it is.
    pub(super) async fn strip(&mut self) -> Result<()> {
        for nth in (0..self.judged.len()).filter(|nth| !self.direct.contains(*nth)).collect::<Vec<_>>() {
            let source = self.source(nth);
            let (judged, head) = (&mut self.judged[nth], &self.heads[nth]);
            if let Some(stripped) = strip(source, judged, head, &self.spool).await? {
                if judged.sha256.take().is_some() {
                    self.digests.push(nth);
                }
                self.stripped.push_back((nth, stripped));
            }
        }
        Ok(())
    }

    /// Where a complete file can be read.
    fn source(&self, nth: usize) -> ContentSource {
        let held = self.held.iter().find(|(held, _)| *held == nth);
        held.map_or_else(|| ContentSource::Disk(self.folder.path_of(nth)), |(_, content)| content.source())
    }

    /// The files, as a handler gets them.
    pub(super) async fn into_received(self, plan: &UploadPlan, store: &FileStore) -> Result<Received> {
        let Self { folder, heads, judged, mut held, digests, mut stripped, mut direct, .. } = self;
        let mut received = Received::new();
        held.reverse();
        let files = plan.files.iter().zip(heads.into_iter().zip(judged));
        for (nth, (file, (head, mut judged))) in files.enumerate() {
            let size = file.size.unwrap_or_default();
            let sent = match held.pop_if(|(held, _)| *held == nth).map(|(_, content)| content) {
                Some(content) => content,
                None => match direct.content(nth) {
                    Some(content) => content,
                    None => on_disk(&folder, nth, size).map_err(storage_error)?,
                },
            };
            let (_, content) = stripped.pop_front_if(|(stripped, _)| *stripped == nth).unwrap_or((nth, (sent, size)));
            if digests.contains(&nth) {
                judged.sha256 = Some(content.0.source().sha256().await.map_err(storage_error)?);
            }
            let file = UploadFile::new(head, judged, content, store.clone());
            received.entry(plan.files[nth].upload.clone()).or_default().push(file);
        }
        Ok(received)
    }
}

/// A complete file of an upload. One without content may never have been made.
fn on_disk(folder: &Arc<PartialFolder>, nth: usize, size: u64) -> io::Result<Content> {
    let path = folder.path_of(nth);
    if size == 0 {
        cut(&folder.open_to_write(nth)?, 0)?;
    }
    Ok(Content::Disk(TemporaryFile::of_partial(path, Arc::clone(folder))))
}

/// The unfinished upload whose files are taken over.
struct TakenOver {
    id: PartialId,
    partial: Partial,
    plan: UploadPlan,
    direct: DirectFiles,
    /// Which of its files were taken.
    taken: BTreeSet<usize>,
}

impl Drop for TakenOver {
    fn drop(&mut self) {
        if self.taken.len() == self.plan.files.len() {
            self.partial.folder().end();
        }
    }
}

impl TakenOver {
    async fn open(partials: &Partials, owner: PartialOwner, id: PartialId) -> Result<Self> {
        let partial = partials.claim_in_turn(owner, id).await?;
        let plan = UploadPlan::parse(&partial.plan().await.map_err(storage_error)?)?;
        let direct = DirectFiles::of(&partial).await.map_err(storage_error)?;
        Ok(Self { id, partial, plan, direct, taken: BTreeSet::new() })
    }
}

/// The unfinished uploads whose files a plan takes over.
pub(super) fn sources(plan: &UploadPlan) -> Vec<PartialId> {
    let sources = plan.files.iter().filter_map(|file| parse_source(file.from.as_deref()?));
    let mut ids: Vec<_> = sources.map(|(id, _)| id).collect();
    let mut known = HashSet::new();
    ids.retain(|id| known.insert(*id));
    ids
}

/// Takes over what is there of files of unfinished uploads, here or, for those that may go there, in the store. One that is not there,
/// or is another file, begins anew.
pub(super) async fn take_over(
    partials: &Partials,
    owner: PartialOwner,
    partial: &Partial,
    plan: &mut UploadPlan,
    direct: &mut DirectFiles,
    may_be_direct: impl Fn(&PlannedFile) -> bool,
) -> Result<()> {
    let mut source: Option<TakenOver> = None;
    for nth in 0..plan.files.len() {
        let Some((id, from)) = plan.files[nth].from.take().and_then(|from| parse_source(&from)) else { continue };
        if source.as_ref().is_none_or(|known| known.id != id) {
            // Let go of first: it may be asked for again.
            drop(source.take());
            let Ok(opened) = TakenOver::open(partials, owner, id).await else { continue };
            source = Some(opened);
        }
        let Some(source) = &mut source else { continue };
        if !source.plan.files.get(from).is_some_and(|there| is_same(there, &plan.files[nth])) {
            continue;
        }
        let file = &mut plan.files[nth];
        match source.direct.take(from) {
            Some(sent) if may_be_direct(file) => {
                direct.add(nth, sent);
                file.have = file.size.unwrap_or_default();
                // Noted here first: what neither knows would be lost.
                direct.keep(partial).await.map_err(storage_error)?;
                source.direct.keep(&source.partial).await.map_err(storage_error)?;
            }
            // It is to come here now.
            Some(sent) => {
                source.direct.keep(&source.partial).await.map_err(storage_error)?;
                source.direct.discard(sent);
            }
            None => file.have = take_file(&source.partial, from, partial, nth, file.size).await?,
        }
        source.taken.insert(from);
    }
    Ok(())
}

/// Moves a file of an unfinished upload into another one, and returns how many bytes it has.
async fn take_file(from: &Partial, nth: usize, to: &Partial, place: usize, size: Option<u64>) -> Result<u64> {
    let pace = from.disk().pace().clone();
    let (from, to) = (Arc::clone(from.folder()), Arc::clone(to.folder()));
    let moved = move || {
        let there = from.size_of(nth)?;
        if there == 0 || size.is_none_or(|size| there > size) {
            return Ok(0);
        }
        std::fs::rename(from.path_of(nth), to.path_of(place))?;
        Ok(there)
    };
    pace.work(moved).await.map_err(storage_error)
}

/// Reads `ID/NUMBER`.
fn parse_source(text: &str) -> Option<(PartialId, usize)> {
    let (id, nth) = text.split_once('/')?;
    Some((PartialId::parse(id)?, nth.parse().ok()?))
}

fn is_same(one: &PlannedFile, other: &PlannedFile) -> bool {
    one.name == other.name && one.size == other.size && one.modified == other.modified
}
