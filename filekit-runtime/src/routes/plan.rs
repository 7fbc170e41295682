//! What a page says of its files before it sends them: a plan. It is answered with a place for their bytes, or with what is wrong with
//! which file. Bytes that follow the plan at once are taken as well.

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::call::{AuthorisedCall, Call, CallFiles, Values, heal};
use crate::error::{FileRejection, Rejection, Result};
use crate::kit::upload_owner;
use crate::page::{PageContext, Pages};
use crate::routes::json::json_answer;
use crate::routes::upload_headers::{self, Progress};
use crate::storage::Partials;
use crate::upload::{FileSequence, IncomingBody, PartialUpload, UploadPlan, read_plan, receive};
use crate::visitor::host_of;
use crate::wire::{header, media, path};

/// Whether the body of a request begins with a plan.
pub(super) fn is_plan(request: &Parts) -> bool {
    request.headers.get(CONTENT_TYPE).is_some_and(|mime| mime.as_bytes() == media::PLAN.as_bytes())
}

/// Answers a plan.
pub(super) async fn run(pages: &Pages, request: &Parts, body: &IncomingBody) -> Result<Response> {
    let context = PageContext::of_request(&pages.kit, request).await?;
    let (plan, rest) = read_plan(body).await?;
    let call: Call = serde_json::from_str(plan.call.get()).map_err(Rejection::malformed)?;
    match carry_out(pages, &context, request, &call, plan, (body, rest)).await {
        Err(error) => {
            body.refuse();
            heal(pages, &context, request, &call, error).await
        }
        answered => answered,
    }
}

async fn carry_out(
    pages: &Pages,
    context: &PageContext,
    request: &Parts,
    call: &Call,
    mut plan: UploadPlan,
    (body, rest): (&IncomingBody, Bytes),
) -> Result<Response> {
    let authorised = AuthorisedCall::new(pages, context, request, call).await?;
    let limit = pages.kit.config().max_body;
    if plan.size() > limit {
        return Err(FileRejection::total_too_large(limit).into());
    }
    if plan.files.iter().any(|file| file.size.is_none()) {
        // Nothing would end it, and no limit but those of the rules hold for it.
        return Err(Rejection::malformed("a file has no size").into());
    }
    plan.check(authorised.rules()?)?;
    if upload_headers::is_complete(request) {
        return take_at_once(pages, authorised, call, &plan, (body, rest)).await;
    }
    if authorised.streams() {
        return Ok(json_answer(StatusCode::OK, HeaderMap::new(), &NoUpload { upload: None }));
    }
    let (kit, owner) = (&pages.kit, upload_owner(authorised.session()));
    plan.account = authorised.account();
    kit.begin_upload(plan.account)?;
    let (partials, spool) = (&kit.shared().partials, &kit.local().spool);
    let upload = match may_go_to_the_store(partials, request).await {
        true => PartialUpload::create_direct(partials, spool, owner, plan, &authorised.rules()?).await?,
        false => PartialUpload::create(partials, spool, owner, plan).await?,
    };
    Ok((authorised.session_cookie(), created(&upload, context, request)).into_response())
}

/// Whether the page may send files to the store by itself: that is asked for each origin.
async fn may_go_to_the_store(partials: &Partials, request: &Parts) -> bool {
    let Some(direct) = partials.direct() else { return false };
    let origin = request.headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    let host = host_of(&request.headers, &request.uri).ok().flatten();
    // Others are made up, or a proxy changes the host: then it is not known where the page is.
    let is_own =
        |origin: &&str| origin.split_once("://").is_some_and(|(_, name)| host.is_some_and(|host| host == name));
    match origin.filter(is_own) {
        Some(origin) => direct.allows(origin).await,
        None => false,
    }
}

/// Takes files whose bytes follow their plan.
async fn take_at_once(
    pages: &Pages,
    authorised: AuthorisedCall,
    call: &Call,
    plan: &UploadPlan,
    (body, rest): (&IncomingBody, Bytes),
) -> Result<Response> {
    let saves = pages.kit.saves_of_request(authorised.session(), authorised.account(), plan.size()).await;
    let saves = saves.map_err(|error| plan.refuse_for_room(error))?;
    let store = pages.kit.file_store(&saves);
    let mut files = FileSequence::new(plan, authorised.rules()?, body.clone(), rest)?;
    if authorised.streams() {
        // The page cannot go on with it, nor ask what became of it: it is to see the answer, which Firefox looks at last.
        let _ = body.clone().sent_again_if_broken(false);
    }
    let (files, arriving) = match authorised.streams() {
        true => (CallFiles::arriving(files, store), Some(body.clone())),
        false => (authorised.check(receive(&mut files, &store).await?).await?, None),
    };
    authorised.respond(Values::of_json(&call.arguments)?, files, saves, arriving).await
}

/// The answer where the event reads its files while they come: they can only be sent at once.
#[derive(Serialize)]
struct NoUpload {
    upload: Option<&'static str>,
}

/// The answer to a plan.
#[derive(Serialize)]
struct Created<'a> {
    /// Where the bytes go.
    upload: &'a str,
    id: String,
    /// How many bytes of each file are there; left out if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    have: Vec<u64>,
    /// The numbers of the files that the page sends to the store by itself; left out if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    direct: Vec<usize>,
}

fn created(upload: &PartialUpload, context: &PageContext, request: &Parts) -> Response {
    let id = upload.partial().id().to_string();
    let location = format!("{}{}{id}", context.base(), path::PARTIAL);
    let mut have: Vec<_> = upload.plan().files.iter().map(|file| file.have).collect();
    if have.iter().all(|bytes| *bytes == 0) {
        have.clear();
    }
    let progress = Progress { offset: upload.offset(), length: upload.length(), is_complete: false };
    let (mut parts, _) = progress.answer(StatusCode::CREATED, request).into_parts();
    let seconds = context.kit().shared().partials.ttl().as_secs();
    let limit = HeaderValue::try_from(format!("max-age={seconds}"));
    parts.headers.extend(limit.ok().map(|limit| (HeaderName::from_static(header::LIMIT), limit)));
    // A base path is checked where it is set, and an id is made of digits.
    parts.headers.extend(HeaderValue::try_from(location.as_str()).ok().map(|location| (LOCATION, location)));
    json_answer(parts.status, parts.headers, &Created { upload: &location, id, have, direct: upload.direct_files() })
}
