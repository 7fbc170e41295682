//! The route of events that bring files; not how files are read.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::request;

use crate::error::{Rejection, Result};
use crate::server::Context;
use crate::server::call::AuthorisedCall;
use crate::server::renewed::renewed;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::storage::Saves;
use crate::upload::{Call, CallFiles, FileStore, IncomingBody, Parts, UploadStream, receive};

/// Answers `POST /_filekit/upload`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let body = IncomingBody::new(&request.headers, body.into_data_stream(), pages.filekit.0.settings.max_body);
    let filekit = pages.filekit.clone();
    match run(pages, &request, &body).await {
        Ok(response) => response,
        Err(error) => {
            let refusal = Refusal::log(&error, &filekit.0.texts);
            body.refuse();
            refusal.into_response()
        }
    }
}

/// The files arrive before the visitor's state is locked: a slow sender holds up nobody, not even itself. Unless the
/// event wants to read them while they arrive.
async fn run(pages: Pages, request: &request::Parts, body: &IncomingBody) -> Result<Response> {
    let context = Context::of_request(&pages.filekit, request)?;
    let mut parts = Parts::open(&request.headers, body)?;
    let call = parts.call().await?;
    match carry_out(&pages, &context, request, &call, parts).await {
        Err(error) => {
            body.refuse();
            renewed(&pages, &context, request, &call, error).await
        }
        answered => answered,
    }
}

async fn carry_out(
    pages: &Pages,
    context: &Context,
    request: &request::Parts,
    call: &Call,
    parts: Parts,
) -> Result<Response> {
    let kit = context.kit();
    let saves = Saves::default();
    let store = FileStore { disk: kit.disk.clone(), spool: kit.spool.clone(), saves: saves.share() };

    let authorised = AuthorisedCall::new(pages, context, request, call).await?;
    let rules = authorised.rules().ok_or_else(|| Rejection::malformed("this event takes no files"))?;
    let mut files = parts.files(rules, call.sizes.clone())?;
    let files = match authorised.streams() {
        true => CallFiles::Arriving(Box::new(UploadStream::new(files, store))),
        false => CallFiles::Received(receive(&mut files, &store).await?),
    };
    authorised.respond(&call.arguments, files, saves).await
}
