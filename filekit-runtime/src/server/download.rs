//! The route of downloads that an event makes; not that of stored files.

use axum::extract::State;
use axum::response::Response;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use crate::download::Download;
use crate::error::{Rejection, Result};
use crate::event::{Effect, Effects, Updates};
use crate::offer::Scope;
use crate::server::call::{arguments, authorise, dispatch_link, enter};
use crate::server::handed_over::{Asked, handed_over};
use crate::server::page::PageCall;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::server::{Context, message};
use crate::upload::{CallFiles, Received};

/// Answers `GET /_filekit/download?capability={capability}&page={path}`.
pub(crate) async fn handle(State(pages): State<Pages>, parts: Parts) -> Response {
    match run(&pages, &parts).await {
        Ok(response) => response,
        // A link was followed, so there is no page to show the message in.
        Err(error) => {
            let texts = &pages.filekit.0.texts;
            message::page("page.download-failed", Refusal::log(&error, texts), texts)
        }
    }
}

async fn run(pages: &Pages, parts: &Parts) -> Result<Response> {
    let (capability, page) = asked_for(parts.uri.query())?;
    let context = Context::of_request(&pages.filekit, parts)?.on_page(&page);
    let scope = Scope::Download(context.address_of(&page));
    let context = context.fitting_capability(scope, capability);
    let (definition, grant) = authorise(&context, scope, capability)?;
    // A link must not change anything: browsers follow links ahead of their visitors.
    if !definition.reads_only {
        return Err(Rejection::NotFound.into());
    }
    let page = PageCall::new(&context, parts, &page)?;
    let request = enter(pages, &context, &page, definition.extracts).await?;
    let no_files = CallFiles::Received(Received::new());
    let arguments = arguments(grant, &RawValue::from_string("[]".to_owned())?, no_files)?;
    let arguments = arguments.with(request, Updates::default());
    let effects = dispatch_link(&context, definition, arguments).await?;
    match single_download(effects) {
        Some(download) => handed_over(download, pages, &page, &context, Asked::by(parts)).await,
        None => Err(Rejection::NotFound.into()),
    }
}

/// The capability, and the path and query of the page that the link stands in, out of the link's query.
fn asked_for(query: Option<&str>) -> Result<(&str, String), Rejection> {
    let values = query.and_then(|query| query.strip_prefix("capability=")?.split_once("&page="));
    let (capability, page) = values.ok_or(Rejection::CapabilityRefused)?;
    let page = percent_decode_str(page).decode_utf8().map_err(|_| Rejection::CapabilityRefused)?;
    Ok((capability, page.into_owned()))
}

fn single_download(effects: Effects) -> Option<Download> {
    effects.list.into_iter().find_map(|effect| match effect {
        Effect::Download(download) => Some(*download),
        _ => None,
    })
}
