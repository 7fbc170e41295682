//! The route of events that bring files; not how files are read.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::error::{Rejection, Result};
use crate::event::OfferedArgument;
use crate::server::Context;
use crate::server::event::{answer, arguments, authorise, dispatch, reply};
use crate::server::page::PageRequest;
use crate::server::reply::Reply;
use crate::server::routes::Pages;
use crate::storage::Saves;
use crate::upload::{Call, FileStore, receive};

/// Answers `POST /_filekit/upload`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    answer(run(pages, request).await)
}

/// The files arrive before the visitor's state is locked: a slow sender holds up nobody, not even itself.
async fn run(pages: Pages, request: Request) -> Result<Reply> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let kit = context.kit();
    let saves = Saves::default();
    let store = FileStore { disk: kit.disk.clone(), spool: kit.spool.clone(), saves: saves.share() };

    let authorise = async |call: &Call| {
        let (definition, offer) = authorise(&context, &call.capability)?;
        let uploads = offer.arguments.iter().filter_map(|argument| match argument {
            OfferedArgument::Files(upload) => Some(upload.clone()),
            _ => None,
        });
        let uploads: Vec<_> = uploads.collect();
        if uploads.is_empty() {
            return Err(Rejection::Malformed { reason: "this event takes no files".to_owned() }.into());
        }
        let page = PageRequest::new(&context, &parts, &call.page)?;
        Ok(((definition, offer, page), uploads))
    };
    let ((definition, offer, page), call, files) =
        receive(&parts.headers, body.into_data_stream(), kit.settings.max_body, &store, authorise).await?;

    let arguments = arguments(offer, call.arguments, files)?;
    let effects = dispatch(&context, definition, arguments).await?;
    saves.keep();
    reply(&pages, &context, page, &call.page, effects).await
}
