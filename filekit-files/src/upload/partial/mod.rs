//! An upload whose files come with several requests, one after the other: what of them has come, and what is to come.
//!
//! ```text
//! plan -> Partials::create -> PartialUpload -> append, until a request breaks off -> append .. -> finish -> files of an event
//! ```
//!
//! Its bytes are the missing rest of each file, one file after the other. So one number, the offset, says what has come.

mod content;
mod direct;
mod files;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::HeaderMap;
use serde_json::value::RawValue;
use tracing::Instrument as _;

use direct::DirectFiles;
use files::ArrivingFiles;

use crate::error::{Error, FileRejection, Result};
use crate::spans;
use crate::storage::{
    DirectFile, MissingParts, Partial, PartialFiles, PartialFolder, PartialId, PartialOwner, Partials, Spool,
    storage_error,
};
use crate::upload::read::Pace;
use crate::upload::{FileStore, IncomingBody, Intake, PlannedFile, Received, RuleBook, UploadPlan};

/// How many bytes of a request that are here already are taken after a newer one came: what Linux receives for a program that does not
/// read (`net.ipv4.tcp_rmem`, 6 MiB), and what the server holds of it.
const MAX_IN_HAND: usize = 8 << 20;

/// Files of no more bytes come here: each of those that go to the store costs several questions there.
const MAX_HERE: u64 = 1 << 20;

/// A partial upload that a request works on.
#[derive(Debug)]
pub struct PartialUpload {
    plan: UploadPlan,
    files: ArrivingFiles,
    spool: Spool,
    /// What is known of the rules so far: files pass in their order.
    intake: Option<Intake>,
    /// Let go of last: the next request must not find the folder held by what is above.
    partial: Partial,
}

/// How far a request has brought an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// More is to come.
    More,
    /// All bytes are there.
    Complete,
}

impl PartialUpload {
    /// Makes an upload. What is there already of its files is taken over from unfinished uploads of the same owner.
    ///
    /// # Errors
    ///
    /// If there are too many unfinished uploads, or the disk fails.
    pub async fn create(partials: &Partials, spool: &Spool, owner: PartialOwner, plan: UploadPlan) -> Result<Self> {
        Self::create_with(partials, spool, owner, plan, |_| false).await
    }

    /// As [`create`](Self::create), of which the browser sends files to the store by itself, unless all of their bytes have to pass the
    /// intake by these rules.
    ///
    /// # Errors
    ///
    /// As `create`.
    pub async fn create_direct(
        partials: &Partials,
        spool: &Spool,
        owner: PartialOwner,
        plan: UploadPlan,
        rules: &RuleBook,
    ) -> Result<Self> {
        let may_be_direct = |file: &PlannedFile| file.size > Some(MAX_HERE) && !rules.needs_every_byte(&file.upload);
        Self::create_with(partials, spool, owner, plan, may_be_direct).await
    }

    async fn create_with(
        partials: &Partials,
        spool: &Spool,
        owner: PartialOwner,
        mut plan: UploadPlan,
        may_be_direct: impl Fn(&PlannedFile) -> bool,
    ) -> Result<Self> {
        // What goes to the store counts as well: a visitor is to have no more bytes on their way there than here.
        let sources = files::sources(&plan);
        let created = partials.create(owner, (plan.size(), plan.account), plan.to_json(), sources.clone()).await;
        let partial = created.map_err(|error| plan.refuse_for_room(error))?;
        let mut direct = DirectFiles::of_new(&partial, &plan);
        let has_sources = plan.files.iter().any(|file| file.from.is_some());
        if has_sources {
            let _unsettled = partial.end_unless_within();
            files::take_over(partials, owner, &partial, &mut plan, &mut direct, &may_be_direct).await?;
            partials.end_for_room(owner, &partial, sources).await?;
        }
        let others = plan.files.iter_mut().enumerate().filter(|(_, file)| file.have == 0 && may_be_direct(file));
        for (nth, file) in others.collect::<Vec<_>>() {
            let size = file.size.unwrap_or_default();
            direct.add(nth, DirectFile::new(size).map_err(storage_error)?);
            file.have = size;
        }
        if !direct.is_empty() {
            direct.keep(&partial).await.map_err(storage_error)?;
        }
        if has_sources || !direct.is_empty() {
            let (folder, json) = (Arc::clone(partial.folder()), plan.to_json());
            partial.disk().pace().work(move || folder.set_plan(&json)).await.map_err(storage_error)?;
        }
        Self::new(partial, plan, spool).await
    }

    /// Makes an upload under an id that no other has. Nothing of it is there. Those of `sources` are going to be given back for it.
    ///
    /// # Errors
    ///
    /// If there are too many unfinished uploads, or the disk fails.
    pub async fn create_as(
        partials: &Partials,
        spool: &Spool,
        (owner, id): (PartialOwner, PartialId),
        plan: UploadPlan,
        sources: Vec<PartialId>,
    ) -> Result<Self> {
        let partial = partials.create_as((owner, id), (plan.size(), plan.account), plan.to_json(), sources).await?;
        Self::new(partial, plan, spool).await
    }

    /// Goes on with an upload.
    ///
    /// # Errors
    ///
    /// If its plan cannot be read, or the disk fails.
    pub async fn open(partial: Partial, spool: &Spool) -> Result<Self> {
        let plan = UploadPlan::parse(&partial.plan().await.map_err(storage_error)?)?;
        Self::new(partial, plan, spool).await
    }

    async fn new(partial: Partial, plan: UploadPlan, spool: &Spool) -> Result<Self> {
        let files = ArrivingFiles::find(&partial, &plan, spool).await.map_err(direct::gone_or_storage_error)?;
        let had: u64 = plan.files.iter().map(|file| file.have).sum();
        partial.folder().count_there(had.saturating_add(files.offset(&plan)));
        Ok(Self { partial, plan, files, spool: spool.clone(), intake: None })
    }

    /// The partial upload on the disk.
    #[must_use]
    pub fn partial(&self) -> &Partial {
        &self.partial
    }

    /// What the files are for.
    #[must_use]
    pub fn call(&self) -> &RawValue {
        &self.plan.call
    }

    /// What is uploaded.
    #[must_use]
    pub fn plan(&self) -> &UploadPlan {
        &self.plan
    }

    /// How many of its bytes have come.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.files.offset(&self.plan)
    }

    /// The numbers of the files that their browser sends to the store by itself. They count as if they were here.
    #[must_use]
    pub fn direct_files(&self) -> Vec<usize> {
        self.files.direct_files()
    }

    /// Which parts of such a file are to be sent, behind this one and at most so many, and where to.
    ///
    /// # Errors
    ///
    /// If it is no such file, the store has given it up, or fails.
    pub async fn missing_parts(&mut self, nth: usize, behind: u16, most: usize) -> Result<MissingParts> {
        self.partial.folder().touch();
        self.files.missing(&self.partial, nth, behind, most).await
    }

    /// How many bytes are to come in all; nothing if that is not known yet.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.plan.length()
    }

    /// Says how long the only file is, whose size was not known.
    ///
    /// # Errors
    ///
    /// If it has another size already, or has more bytes than that, or there is no room for it; also if the disk fails.
    pub async fn set_length(&mut self, length: u64) -> Result<()> {
        let offset = self.offset();
        let [file] = self.plan.files.as_mut_slice() else {
            return Err(FileRejection::malformed("the sizes of several files are part of the plan").into());
        };
        if offset > length || file.size.is_some_and(|size| size != length) {
            return Err(FileRejection::malformed("the length of the upload is another one than was said before").into());
        }
        self.partial.reserve_exactly(length).await?;
        file.size = Some(length);
        let (folder, json) = (Arc::clone(self.partial.folder()), self.plan.to_json());
        self.partial.disk().pace().work(move || folder.set_plan(&json)).await.map_err(storage_error)
    }

    /// Appends what a body brings, after what is there. What has come before a connection breaks, or a newer request goes on, is
    /// kept.
    ///
    /// # Errors
    ///
    /// If the body breaks off, comes too slowly, or has more bytes than are to come; if a newer request came; if a file is not
    /// within the rules, one of unknown size has no room, or the disk fails. [`is_over`](Self::is_over) tells whether the upload can go on.
    pub async fn append(&mut self, body: &IncomingBody, rules: RuleBook) -> Result<Appended> {
        let (span, before) = (spans::upload(), self.offset());
        let appended = self.receive(body, rules).instrument(span.clone()).await?;
        span.record("bytes", self.offset().saturating_sub(before));
        self.strip(appended).await
    }

    async fn receive(&mut self, body: &IncomingBody, rules: RuleBook) -> Result<Appended> {
        let appended = self.read(body, rules).await;
        if !matches!(appended, Ok(Appended::Complete)) {
            self.files.keep().await.map_err(storage_error)?;
        }
        self.partial.folder().touch();
        appended
    }

    /// Takes metadata out of pictures, when all bytes are there and are those that were sent.
    async fn strip(&mut self, appended: Appended) -> Result<Appended> {
        if appended == Appended::Complete
            && let Err(error) = self.files.strip().await
        {
            self.files.keep().await.map_err(storage_error)?;
            return Err(error);
        }
        Ok(appended)
    }

    /// Appends what a body brings if all of it came and `fits`, and nothing of it if not: for a digest that the sender says. The upload is
    /// of one file.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append).
    pub async fn append_if(
        &mut self,
        body: &IncomingBody,
        rules: RuleBook,
        fits: impl FnOnce() -> bool,
    ) -> Result<Option<Appended>> {
        let offset = self.offset();
        self.on_disk(move |folder| folder.doubt_after(offset)).await?;
        let appended = self.receive(body, rules).await;
        if let Ok(appended) = appended
            && fits()
        {
            self.on_disk(PartialFolder::accept).await?;
            return self.strip(appended).await.map(Some);
        }
        self.intake = None;
        self.files = ArrivingFiles::find(&self.partial, &self.plan, &self.spool).await.map_err(storage_error)?;
        appended.map(|_| None)
    }

    /// Throws away what has come of an upload of one file.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn begin_anew(&mut self) -> Result<()> {
        self.on_disk(|folder| folder.doubt_after(0)).await?;
        self.intake = None;
        self.files = ArrivingFiles::find(&self.partial, &self.plan, &self.spool).await.map_err(storage_error)?;
        Ok(())
    }

    /// Appends the files of other uploads, of one file each, one after the other.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append).
    pub async fn append_uploads(&mut self, parts: &[&Self], rules: RuleBook) -> Result<Appended> {
        let paths = parts.iter().filter(|part| part.offset() > 0).map(|part| part.partial.folder().path_of(0));
        let content = content::of_files(paths.collect());
        self.append(&IncomingBody::new(&HeaderMap::new(), content, u64::MAX), rules).await
    }

    /// Puts down what has come, also where that is complete, for a later request.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn keep(&mut self) -> Result<()> {
        self.files.keep().await.map_err(storage_error)
    }

    async fn on_disk(&self, work: impl FnOnce(&PartialFolder) -> io::Result<()> + Send + 'static) -> Result<()> {
        let folder = Arc::clone(self.partial.folder());
        self.partial.disk().pace().work(move || work(&folder)).await.map_err(storage_error)
    }

    async fn read(&mut self, body: &IncomingBody, rules: RuleBook) -> Result<Appended> {
        let mut intake = Intake::new(rules);
        tokio::select! {
            biased;
            passed = self.files.pass_again(&self.plan, &mut intake) => passed?,
            () = self.partial.superseded() => return Err(FileRejection::Superseded.into()),
        }
        let (mut pace, mut in_hand) = (Pace::default(), MAX_IN_HAND);
        loop {
            self.files.end_complete(&self.plan, &mut intake).await?;
            let frame = self.frame(body, &mut pace, &mut in_hand).await?;
            let Some(frame) = frame else { break };
            self.pass(frame, &mut intake).await?;
        }
        if !self.files.are_complete(&self.plan) {
            return Ok(Appended::More);
        }
        intake.close()?;
        self.files.tell_unseen(&self.plan);
        self.intake = Some(intake);
        body.complete();
        Ok(Appended::Complete)
    }

    /// The next frame that is not empty, unless a newer request comes. Frames that are here already are taken also then, as they would
    /// have to be sent again.
    async fn frame(&mut self, body: &IncomingBody, pace: &mut Pace, in_hand: &mut usize) -> Result<Option<Bytes>> {
        loop {
            let frame = tokio::select! {
                biased;
                frame = pace.patiently(body.frame()) => frame??,
                () = self.partial.superseded() => return Err(FileRejection::Superseded.into()),
            };
            let length = frame.as_ref().map_or(0, Bytes::len);
            if self.partial.superseded().now_or_never().is_some() {
                *in_hand = in_hand.checked_sub(length).ok_or(FileRejection::Superseded)?;
            }
            pace.keep_up(length)?;
            if frame.as_ref().is_none_or(|frame| !frame.is_empty()) {
                return Ok(frame);
            }
        }
    }

    /// Divides a frame among the files.
    async fn pass(&mut self, mut frame: Bytes, intake: &mut Intake) -> Result<()> {
        if self.length().is_none() {
            self.partial.reserve(self.offset().saturating_add(frame.len() as u64)).await?;
        }
        while !frame.is_empty() {
            let Some(left) = self.files.left(&self.plan) else {
                return Err(FileRejection::malformed("more bytes have come than the upload was said to have").into());
            };
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(frame.len());
            let piece = frame.split_to(length);
            intake.pass(&piece)?;
            self.partial.folder().count_more(piece.len() as u64);
            self.files.write(piece).await.map_err(storage_error)?;
            self.files.end_complete(&self.plan, intake).await?;
        }
        Ok(())
    }

    /// Whether an error of [`append`](Self::append) is one after which the upload cannot go on.
    #[must_use]
    pub fn is_over(error: &Error) -> bool {
        match error.downcast_ref::<FileRejection>() {
            Some(
                FileRejection::Truncated
                | FileRejection::Silent { .. }
                | FileRejection::TooSlow
                | FileRejection::Superseded
                | FileRejection::TooManyUnfinished
                | FileRejection::StorageFull
                | FileRejection::QuotaFull { .. }
                | FileRejection::TooManyAtOnce { .. }
                | FileRejection::Busy,
            ) => false,
            Some(_) => true,
            // The disk has failed, and may work again.
            None => false,
        }
    }

    /// The files, when all of them are there.
    ///
    /// # Errors
    ///
    /// If they are not, or the disk fails.
    pub async fn finish(self, store: &FileStore) -> Result<(Received, PartialFiles)> {
        if self.intake.is_none() {
            return Err(FileRejection::Truncated.into());
        }
        let held = self.partial.files();
        let received = self.files.into_received(&self.plan, store).await?;
        self.partial.end_turn();
        Ok((received, held))
    }

    /// Removes from the store what was sent there, of an upload that is refused.
    pub fn remove_direct(&mut self) {
        self.files.remove_direct();
    }

    /// Removes the upload, and all that has come of it.
    pub fn discard(self) {
        self.partial.remove();
    }
}
