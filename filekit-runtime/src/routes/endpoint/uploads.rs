//! The uploads of an endpoint: they begin, grow, and end with the event. What a request of a protocol means was read before.

use super::incoming::Incoming;
use super::joined;
use super::record::Record;
use super::refusal::EndpointRefusal;
use super::request::{Append, Concatenation, Content, Creation, EndpointAnswer, EndpointRequest, Finished};
use super::sender::{Found, KeptUpload, Sender, is_too_long, rules_of_piece};
use super::speaker::Speaker;
use crate::call::{Command, Reply, UnseenCall, refuse_upload, run_detached};
use crate::error::{Error, Result};
use crate::kit::{
    EventBegin, Outcome, RunKey, ask_to_end, check_before_event, claim_from_all, end_upload, until_newer,
};
use crate::storage::{PartialFiles, SaveTransaction};
use crate::types::extension_of_type;
use crate::upload::{Appended, PartialUpload, PlannedFile, Received, RuleBook, UploadPlan};

/// The name of a file whose client says none.
const NAMELESS: &str = "file";

impl Sender<'_> {
    /// Does what a request wants, in the protocol that `speaker` speaks.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub(super) async fn carry_out(
        &self,
        request: EndpointRequest,
        speaker: Speaker,
        body: &Incoming,
    ) -> Result<EndpointAnswer, EndpointRefusal> {
        let key = || self.named(self.upload.unwrap_or_default());
        match request {
            EndpointRequest::Create(creation) => match &creation.concatenation {
                Concatenation::Final { ids, .. } => joined::create(self, &creation, ids).await,
                Concatenation::None | Concatenation::Partial => self.create(&creation, speaker, body).await,
            },
            EndpointRequest::Offset => self.offset(key()?).await,
            EndpointRequest::Append(append) => self.append(key()?, &append, body).await,
            EndpointRequest::Discard => self.discard(key()?).await,
        }
    }

    async fn create(
        &self,
        creation: &Creation,
        speaker: Speaker,
        body: &Incoming,
    ) -> Result<EndpointAnswer, EndpointRefusal> {
        let call = self.admit_new().await?;
        let (key, plan) = (self.new_key()?, self.plan(creation, &call)?);
        self.pages.kit.begin_upload(plan.account)?;
        let (partials, spool) = (&self.pages.kit.shared().partials, &self.pages.kit.local().spool);
        let upload = PartialUpload::create_as(partials, spool, (key.owner, key.id), plan, Vec::new()).await?;
        let upload = KeptUpload { key, upload, record: Record::of(creation) };
        let location = self.location(key);
        let Some(content) = creation.content.as_ref().or(upload.has_all_bytes().then_some(&Content::EMPTY)) else {
            return Ok(EndpointAnswer::Created(location, upload.status()));
        };
        let is_known = body.length() != Some(0) && speaker.announce(self.request, &location, &upload.status());
        match self.take(upload, content, call, body).await {
            Ok(EndpointAnswer::Appended(status)) => Ok(EndpointAnswer::Created(location, status)),
            Ok(EndpointAnswer::Finished(finished)) => {
                Ok(EndpointAnswer::Finished(Finished { is_creation: true, ..finished }))
            }
            Ok(answer) => Ok(answer),
            Err(refusal) => {
                // A client that was not told the URL cannot go on.
                if !is_known && let Ok(partial) = partials.claim_in_turn(key.owner, key.id).await {
                    partial.remove();
                }
                Err(refusal)
            }
        }
    }

    /// What is going to be sent, judged by what is said of it.
    ///
    /// # Errors
    ///
    /// If the file is not within the rules, whatever is in it.
    pub(super) fn plan(&self, creation: &Creation, call: &UnseenCall) -> Result<UploadPlan, EndpointRefusal> {
        let Creation { length, file, concatenation, .. } = creation;
        let name = file.name.clone().unwrap_or_else(|| {
            let extension = file.mime.as_deref().and_then(extension_of_type);
            extension.map_or_else(|| NAMELESS.to_owned(), |extension| format!("{NAMELESS}.{extension}"))
        });
        let (upload, mime) = (call.upload().clone(), file.mime.clone());
        let file = PlannedFile { upload, name, size: *length, mime, modified: None, from: None, have: 0 };
        let plan = UploadPlan { call: Record::of(creation).to_json()?, files: vec![file], account: call.account() };
        let rules = self.rules(matches!(concatenation, Concatenation::Partial), call);
        plan.check(rules).map_err(EndpointRefusal::of_file)?;
        Ok(plan)
    }

    fn rules(&self, is_piece: bool, call: &UnseenCall) -> RuleBook {
        match is_piece {
            true => RuleBook::new(vec![(call.upload().clone(), rules_of_piece(self.max_size()))]),
            false => call.rules(self.max_size().0),
        }
    }

    async fn append(&self, key: RunKey, append: &Append, body: &Incoming) -> Result<EndpointAnswer, EndpointRefusal> {
        let mut upload = match self.find(key).await? {
            Found::Open(upload) => *upload,
            Found::Finished(finished) => return repeat(*finished, append, body),
        };
        if upload.record.is_joined() {
            return Err(EndpointRefusal::IsFinal);
        }
        let offset = upload.upload.offset();
        if append.offset != offset {
            return Err(EndpointRefusal::WrongOffset { expected: offset, provided: append.offset });
        }
        if let Some(length) = append.length {
            upload.set_length(length).await?;
        }
        if upload.upload.length().zip(body.length()).is_some_and(|(length, more)| offset.saturating_add(more) > length)
        {
            return Err(EndpointRefusal::TooLong);
        }
        let call = self.admit().await?;
        self.take(upload, &append.content, call, body).await
    }

    /// Takes the bytes of a body, and with the last of them runs the event.
    async fn take(
        &self,
        mut upload: KeptUpload,
        content: &Content,
        call: UnseenCall,
        body: &Incoming,
    ) -> Result<EndpointAnswer, EndpointRefusal> {
        upload.check_untouched()?;
        let (key, is_piece) = (upload.key, upload.record.is_piece);
        let slot = upload.upload.partial().enter().map_err(EndpointRefusal::of_file)?;
        let read = read(&mut upload, content, body, || self.rules(is_piece, &call));
        let appended = until_newer(&self.pages.kit, key, read).await;
        drop(slot);
        match appended {
            Ok(Appended::Complete) if is_piece => {
                upload.upload.keep().await?;
                Ok(EndpointAnswer::Appended(upload.status()))
            }
            Ok(Appended::Complete) => self.finish(upload, call).await.map(EndpointAnswer::Finished),
            Ok(Appended::More) => Ok(EndpointAnswer::Appended(upload.status())),
            Err(EndpointRefusal::Error(error)) if PartialUpload::is_over(&error) => Err(self.end(upload, error)),
            Err(refusal) => Err(refusal),
        }
    }

    /// Refuses an upload for good. Its client may not see the answer before it has sent everything, and ask again.
    pub(super) fn end(&self, upload: KeptUpload, error: Error) -> EndpointRefusal {
        let KeptUpload { key, upload, .. } = upload;
        refuse_upload(&self.pages.kit, key, upload, &error);
        match is_too_long(&error) {
            true => EndpointRefusal::TooLong,
            false => EndpointRefusal::of_file(error),
        }
    }

    /// Runs the event, which goes on when the connection is lost.
    pub(super) async fn finish(&self, mut upload: KeptUpload, call: UnseenCall) -> Result<Finished, EndpointRefusal> {
        check_before_event(&self.pages.kit, &mut upload.upload).await?;
        let (kit, key, mut status) = (self.pages.kit.clone(), upload.key, upload.status());
        (status.is_complete, status.length) = (true, Some(status.offset));
        let saves = SaveTransaction::charged_to(upload.upload.partial().charge());
        let store = kit.file_store(&saves);
        let runs = kit.shared().runs.clone();
        // Noted before the upload is let go of: who asks from now on waits for the outcome.
        let guard = runs.begin(key, status.offset);
        let (received, files) = upload.upload.finish(&store).await?;
        let begin = EventBegin::before_checks(&kit, files.clone())?;
        let answer = async move {
            let answered = check_and_run(&call, received, saves, begin).await;
            answered
                .map(Reply::unseen)
                .map_or_else(|error| call.refuse(&error), axum::response::IntoResponse::into_response)
        };
        let settle = {
            let (kit, offset) = (kit.clone(), status.offset);
            move |files: &PartialFiles, outcome: &Outcome| match outcome.status.is_success() {
                // Also where no other server asks: a client may ask for days.
                true => files.settle(&outcome.to_kept(offset)),
                false => end_upload(&kit, files, outcome, offset),
            }
        };
        run_detached(&kit, guard, files, answer, settle).await?;
        let outcome = runs.outcome(key).await?.ok_or(EndpointRefusal::Gone)?;
        Ok(Finished { location: self.location(key), status, outcome, is_creation: false })
    }

    async fn offset(&self, key: RunKey) -> Result<EndpointAnswer, EndpointRefusal> {
        let mut upload = match self.find(key).await? {
            Found::Open(upload) => *upload,
            Found::Finished(finished) => return told(*finished),
        };
        if upload.record.is_piece || !upload.has_all_bytes() {
            return Ok(EndpointAnswer::Offset(upload.status()));
        }
        // A server was killed between the last byte and the event, and clients take an upload that has all bytes for done.
        upload.check_untouched()?;
        let call = self.admit().await?;
        read(&mut upload, &Content::EMPTY, &Incoming::empty(), || self.rules(false, &call)).await?;
        told(self.finish(upload, call).await?)
    }

    async fn discard(&self, key: RunKey) -> Result<EndpointAnswer, EndpointRefusal> {
        let shared = self.pages.kit.shared();
        let has_run = shared.runs.end(key).await;
        ask_to_end(&self.pages.kit, key).await?;
        let claim = shared.partials.claim_in_turn(key.owner, key.id);
        let claimed = claim_from_all(&self.pages.kit, key, claim).await;
        // The request before may have begun the event meanwhile, and lets go of the upload then.
        let has_run = shared.runs.end(key).await || has_run;
        match claimed {
            Ok(partial) => partial.remove(),
            // Its files go with the event that was ended.
            Err(_) if has_run => {}
            Err(error) => return Err(error.into()),
        }
        Ok(EndpointAnswer::Discarded)
    }
}

/// Reads what a body brings into an upload. One that is the last ends the upload also where its length was not known.
async fn read(
    upload: &mut KeptUpload,
    content: &Content,
    body: &Incoming,
    rules: impl Fn() -> RuleBook,
) -> Result<Appended, EndpointRefusal> {
    let KeptUpload { upload, .. } = upload;
    let appended = match body.digest() {
        Some(digest) => {
            let appended = upload.append_if(body.body(), rules(), || digest.matches()).await?;
            appended.ok_or(EndpointRefusal::DigestMismatch)?
        }
        None => upload.append(body.body(), rules()).await?,
    };
    match (appended, content.is_last, upload.length()) {
        (Appended::More, true, Some(_)) => Err(EndpointRefusal::InconsistentLength),
        (Appended::More, true, None) => {
            upload.set_length(upload.offset()).await?;
            Ok(upload.append(Incoming::empty().body(), rules()).await?)
        }
        (appended, ..) => Ok(appended),
    }
}

async fn check_and_run(
    call: &UnseenCall,
    files: Received,
    saves: SaveTransaction,
    begin: EventBegin,
) -> Result<Vec<Command>> {
    let checked = call.check(files).await?;
    begin.after_checks()?;
    call.run(checked, saves).await
}

/// The answer to bytes for an upload whose event has run: what it was answered, if they are none.
fn repeat(finished: Finished, append: &Append, body: &Incoming) -> Result<EndpointAnswer, EndpointRefusal> {
    let offset = finished.status.offset;
    if !finished.status.pieces.is_empty() {
        return Err(EndpointRefusal::IsFinal);
    }
    if append.offset != offset {
        return Err(match finished.outcome.status.is_success() {
            true => EndpointRefusal::WrongOffset { expected: offset, provided: append.offset },
            false => EndpointRefusal::Gone,
        });
    }
    match body.length() {
        Some(0) => Ok(EndpointAnswer::Finished(finished)),
        _ => Err(EndpointRefusal::TooLong),
    }
}

/// How far an upload is whose event has run. One that was refused is gone: a client that was told the offset would take it for done.
fn told(finished: Finished) -> Result<EndpointAnswer, EndpointRefusal> {
    match finished.outcome.status.is_success() {
        true => Ok(EndpointAnswer::Offset(finished.status)),
        false => Err(EndpointRefusal::Gone),
    }
}
