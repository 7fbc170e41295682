//! The route of events that bring files; not how files are read.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use crate::error::{Rejection, Result};
use crate::server::Context;
use crate::server::call::AuthorisedCall;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::storage::Saves;
use crate::upload::{Call, FileStore, receive};

/// Answers `POST /_filekit/upload`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    run(pages, request).await.unwrap_or_else(|error| Refusal::log(&error).into_response())
}

/// The files arrive before the visitor's state is locked: a slow sender holds up nobody, not even itself.
async fn run(pages: Pages, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let kit = context.kit();
    let saves = Saves::default();
    let store = FileStore { disk: kit.disk.clone(), spool: kit.spool.clone(), saves: saves.share() };

    let authorise = async |call: &Call| {
        let authorised = AuthorisedCall::new(&pages, &context, &parts, call).await?;
        let uploads = authorised.uploads();
        if uploads.is_empty() {
            return Err(Rejection::malformed("this event takes no files").into());
        }
        Ok((authorised, uploads))
    };
    let (authorised, call, files) =
        receive(&parts.headers, body.into_data_stream(), kit.settings.max_body, &store, authorise).await?;
    authorised.respond(&call.arguments, files, saves).await
}
