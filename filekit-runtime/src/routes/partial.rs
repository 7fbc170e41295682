//! The bytes of an upload that can be resumed: where it is, more of them, and its end. Its plan came before, by `plan.rs`.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::call::{AuthorisedCall, Call, Values, heal, refuse_upload, run_detached, stop_for_script};
use crate::error::{FileRejection, Rejection, Result};
use crate::incoming::incoming;
use crate::kit::{
    EventBegin, Outcome, RunKey, ask_to_end, check_before_event, claim_from_all, end_upload, until_newer, upload_owner,
};
use crate::page::{PageContext, Pages, Stop};
use crate::routes::json::{json_answer, read_json};
use crate::routes::last_component;
use crate::routes::upload_headers::{Progress, offset};
use crate::storage::{MissingParts, PartialFiles, PartialId, SaveTransaction};
use crate::upload::{Appended, IncomingBody, PartialUpload, Received, UploadPlan};
use crate::wire::{header, media};

/// How often is looked whether an event that another server runs has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What can be done with an upload, by method.
pub(super) fn methods() -> MethodRouter<Pages> {
    on(MethodFilter::PATCH, append)
        .on(MethodFilter::HEAD, progress)
        .on(MethodFilter::DELETE, discard)
        .on(MethodFilter::POST, missing_parts)
}

/// An upload that a request names.
struct Named {
    context: PageContext,
    key: RunKey,
}

impl Named {
    /// # Errors
    ///
    /// If the request does not name an upload.
    async fn of_request(pages: &Pages, request: &Parts) -> Result<Self> {
        let id = PartialId::parse(&last_component(&request.uri)).ok_or(FileRejection::UploadGone)?;
        let (partials, runs) = (&pages.kit.shared().partials, &pages.kit.shared().runs);
        let context = PageContext::of_request(&pages.kit, request).await?.fitting(|session| {
            let owner = upload_owner(session);
            partials.contains(owner, id) || runs.offset(RunKey { owner, id }).is_some()
        });
        Ok(Self { key: RunKey { owner: upload_owner(context.session()), id }, context })
    }

    /// How many bytes the upload has, if another server runs its event.
    async fn running_elsewhere(&self, pages: &Pages) -> Result<Option<u64>> {
        let shared = pages.kit.shared();
        if !shared.has_other_servers {
            return Ok(None);
        }
        let plan = shared.partials.plan_of_running(self.key.owner, self.key.id).await?;
        plan.map(|plan| Ok(UploadPlan::parse(&plan)?.length().unwrap_or_default())).transpose()
    }

    /// Takes hold of the upload, when no other server runs its event.
    async fn open(&self, pages: &Pages) -> Result<Found> {
        while self.running_elsewhere(pages).await?.is_some() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let claim = pages.kit.shared().partials.claim(self.key.owner, self.key.id);
        let partial = claim_from_all(&pages.kit, self.key, claim).await?;
        let kept = partial.outcome().await?.as_deref().and_then(Outcome::of_kept);
        if let Some((outcome, offset)) = kept {
            return Ok(Found::Finished(outcome, offset));
        }
        Ok(Found::Open(Box::new(PartialUpload::open(partial, &pages.kit.local().spool).await?)))
    }
}

/// An upload on the disk.
enum Found {
    Open(Box<PartialUpload>),
    /// Another server has run its event, or refused it: what became of it, and how many bytes there were.
    Finished(Outcome, u64),
}

/// Answers `HEAD`: how far the upload is.
async fn progress(State(pages): State<Pages>, request: Request) -> Result<Response> {
    let (request, _) = request.into_parts();
    let named = Named::of_request(&pages, &request).await?;
    let running = match pages.kit.shared().runs.offset(named.key) {
        Some(offset) => Some(offset),
        None => named.running_elsewhere(&pages).await?,
    };
    let progress = match running {
        Some(offset) => complete(offset),
        None => match named.open(&pages).await? {
            Found::Open(upload) => progress_of(&upload),
            Found::Finished(_, offset) => complete(offset),
        },
    };
    Ok(progress.answer(StatusCode::NO_CONTENT, &request))
}

/// An upload is complete when its event has begun.
fn complete(offset: u64) -> Progress {
    Progress { offset, length: Some(offset), is_complete: true }
}

/// An upload whose event has not begun, even if its bytes are all there.
fn progress_of(upload: &PartialUpload) -> Progress {
    Progress { offset: upload.offset(), length: upload.length(), is_complete: false }
}

/// Answers `DELETE`: the upload and what runs of it end.
async fn discard(State(pages): State<Pages>, request: Request) -> Result<StatusCode> {
    let (request, _) = request.into_parts();
    let Ok(named) = Named::of_request(&pages, &request).await else { return Ok(StatusCode::NO_CONTENT) };
    let shared = pages.kit.shared();
    if shared.runs.end(named.key).await {
        return Ok(StatusCode::NO_CONTENT);
    }
    ask_to_end(&pages.kit, named.key).await?;
    let claim = shared.partials.claim_in_turn(named.key.owner, named.key.id);
    let claimed = claim_from_all(&pages.kit, named.key, claim).await;
    // The request before may have begun the event meanwhile, and lets go of the upload then.
    let has_ended = shared.runs.end(named.key).await;
    match claimed {
        Ok(partial) => partial.remove(),
        Err(_) if has_ended => {}
        Err(error) if matches!(error.downcast_ref(), Some(FileRejection::UploadGone)) => {}
        Err(error) => return Err(error),
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What a page asks that sends a file to the store by itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MissingPartsQuestion {
    /// The number of the file.
    file: usize,
    /// Behind which part.
    behind: u16,
    /// How many parts are told at most.
    most: usize,
}

/// Answers `POST`: which parts of a file are not in the store, and where they are to be sent.
async fn missing_parts(State(pages): State<Pages>, request: Request) -> Result<Response> {
    let (request, body) = request.into_parts();
    let question: MissingPartsQuestion = read_json(&pages.kit, &request, body).await?;
    let named = Named::of_request(&pages, &request).await?;
    let missing = match pages.kit.shared().runs.offset(named.key).is_some() {
        // Its event runs or has run.
        true => MissingParts::default(),
        false => match named.open(&pages).await? {
            Found::Open(mut upload) => upload.missing_parts(question.file, question.behind, question.most).await?,
            Found::Finished(..) => MissingParts::default(),
        },
    };
    Ok(json_answer(StatusCode::OK, HeaderMap::new(), &missing))
}

/// Answers `PATCH`: more bytes, and with the last of them the reply of the event.
async fn append(State(pages): State<Pages>, request: Request) -> Result<Response> {
    let (request, body) = request.into_parts();
    let body = incoming(&request.headers, body, pages.kit.config().max_body);
    let answered = run(&pages, &request, &body).await;
    if !body.is_complete() {
        body.refuse();
    }
    answered
}

async fn run(pages: &Pages, request: &Parts, body: &IncomingBody) -> Result<Response> {
    check_type(&request.headers)?;
    let (named, provided) = (Named::of_request(pages, request).await?, offset(request)?);
    if let Some(answered) = answer_again(pages, &named, provided, request).await? {
        return Ok(answered);
    }
    let upload = match named.open(pages).await {
        Ok(Found::Open(upload)) => upload,
        Ok(Found::Finished(outcome, offset)) => return Ok(repeated(outcome, offset, provided, request)),
        // The request before may have brought the end of it meanwhile.
        Err(error) => return answer_again(pages, &named, provided, request).await?.ok_or(error),
    };
    if upload.offset() != provided {
        return Ok(progress_of(&upload).mismatch(provided, request));
    }
    take(pages, named, request, *upload, body).await
}

/// # Errors
///
/// If the body is said to be something else.
fn check_type(headers: &HeaderMap) -> Result<()> {
    match headers.get(CONTENT_TYPE) {
        Some(mime) if mime.as_bytes() == media::PARTIAL.as_bytes() => Ok(()),
        _ => Err(FileRejection::NotPartial.into()),
    }
}

/// The answer of an event that runs or has run; nothing if there is none.
async fn answer_again(pages: &Pages, named: &Named, provided: u64, request: &Parts) -> Result<Option<Response>> {
    let runs = &pages.kit.shared().runs;
    let Some(offset) = runs.offset(named.key) else { return Ok(None) };
    if offset != provided {
        return Ok(Some(complete(offset).mismatch(provided, request)));
    }
    let outcome = runs.outcome(named.key).await?;
    Ok(outcome.map(|outcome| repeated(outcome, offset, provided, request)))
}

/// The answer of an event that has run, to those who have sent as many bytes as there were.
fn repeated(outcome: Outcome, offset: u64, provided: u64, request: &Parts) -> Response {
    match offset == provided {
        true => outcome.into_response(),
        false => complete(offset).mismatch(provided, request),
    }
}

/// Takes the bytes of a body.
async fn take(
    pages: &Pages,
    named: Named,
    request: &Parts,
    mut upload: PartialUpload,
    body: &IncomingBody,
) -> Result<Response> {
    let mut call: Call = serde_json::from_str(upload.call().get()).map_err(Rejection::malformed)?;
    if let Some(instance) = request.headers.get(header::INSTANCE).and_then(|instance| instance.to_str().ok()) {
        // The document has been told of changes since.
        instance.clone_into(&mut call.instance);
    }
    let authorised = match admit(pages, &named, request, &call, &upload).await {
        Ok(authorised) => authorised,
        Err(error) => return heal(pages, &named.context, request, &call, error).await,
    };
    let slot = upload.partial().enter()?;
    let appended = until_newer(&pages.kit, named.key, upload.append(body, authorised.rules()?)).await;
    drop(slot);
    match appended {
        Ok(Appended::More) => Ok(progress_of(&upload).answer(StatusCode::NO_CONTENT, request)),
        Ok(Appended::Complete) => finish(pages, named, request, upload, call, authorised).await,
        Err(error) if PartialUpload::is_over(&error) => {
            Ok(refuse_upload(&pages.kit, named.key, upload, &error).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Checks that the event may still be called.
async fn admit(
    pages: &Pages,
    named: &Named,
    request: &Parts,
    call: &Call,
    upload: &PartialUpload,
) -> Result<AuthorisedCall> {
    if upload.partial().has_begun() {
        // By a server that was killed.
        return Err(Rejection::OutcomeUnknown.into());
    }
    AuthorisedCall::new(pages, &named.context, request, call).await
}

/// Runs the event.
async fn finish(
    pages: &Pages,
    named: Named,
    request: &Parts,
    mut upload: PartialUpload,
    call: Call,
    authorised: AuthorisedCall,
) -> Result<Response> {
    check_before_event(&pages.kit, &mut upload).await?;
    let saves = SaveTransaction::charged_to(upload.partial().charge());
    let store = pages.kit.file_store(&saves);
    // Noted before the upload is let go of: who asks from now on waits for the outcome.
    let (kit, offset) = (pages.kit.clone(), upload.offset());
    let guard = kit.shared().runs.begin(named.key, offset);
    let (received, files) = upload.finish(&store).await?;
    let begin = EventBegin::before_checks(&kit, files.clone())?;
    let (pages, request) = (pages.clone(), request.clone());
    let answer = async move {
        let answered = respond(authorised, &call, received, saves, begin).await;
        let healed = match answered {
            Err(error) => heal(&pages, &named.context, &request, &call, error).await,
            answered => answered,
        };
        healed.unwrap_or_else(|error| stop_for_script(&Stop::report(&error, pages.kit.texts()), None))
    };
    let end = {
        let kit = kit.clone();
        move |files: &PartialFiles, outcome: &Outcome| end_upload(&kit, files, outcome, offset)
    };
    run_detached(&kit, guard, files, answer, end).await
}

/// Has the files checked, and carries the event out.
async fn respond(
    authorised: AuthorisedCall,
    call: &Call,
    files: Received,
    saves: SaveTransaction,
    begin: EventBegin,
) -> Result<Response> {
    let values = Values::of_json(&call.arguments)?;
    let files = authorised.check(files).await?;
    begin.after_checks()?;
    authorised.respond(values, files, saves, None).await
}
