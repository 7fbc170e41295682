//! The route of downloads that an event makes; not that of stored files.

use axum::extract::{RawPathParams, State};
use axum::response::Response;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use crate::download::Download;
use crate::error::{Rejection, Result};
use crate::event::{Effect, Effects, Updates};
use crate::server::call::{arguments, authorise, dispatch_link, enter};
use crate::server::context::parameter;
use crate::server::handed_over::{Asked, handed_over};
use crate::server::page::PageCall;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::server::{Context, message};
use crate::session::Scope;
use crate::upload::{CallFiles, Received};

/// Answers `GET /_filekit/download/{capability}?page={page}`.
pub(crate) async fn handle(State(pages): State<Pages>, parameters: RawPathParams, parts: Parts) -> Response {
    match run(&pages, &parameter(&parameters, "capability"), &parts).await {
        Ok(response) => response,
        // A link was followed, so there is no page to show the message in.
        Err(error) => {
            let texts = &pages.filekit.0.texts;
            message::page("page.download-failed", Refusal::log(&error, texts), texts)
        }
    }
}

async fn run(pages: &Pages, capability: &str, parts: &Parts) -> Result<Response> {
    let page = page(parts.uri.query())?;
    let context = Context::of_request(&pages.filekit, parts)?.on_page(&page);
    let (definition, grant) = authorise(&context, Scope::Download(context.address_of(&page)), capability)?;
    // A link must not change anything: browsers follow links ahead of their visitors.
    if !definition.reads_only {
        return Err(Rejection::NotFound.into());
    }
    let request = enter(pages, &context, &PageCall::new(&context, parts, &page)?, definition.extracts).await?;
    let no_files = CallFiles::Received(Received::new());
    let arguments = arguments(grant, &RawValue::from_string("[]".to_owned())?, no_files)?;
    let arguments = arguments.with(request, Updates::default());
    let effects = dispatch_link(&context, definition, arguments).await?;
    match single_download(effects) {
        Some(download) => handed_over(download, &context, Asked::by(parts)).await,
        None => Err(Rejection::NotFound.into()),
    }
}

/// The page that the link stands in, out of the link's query.
fn page(query: Option<&str>) -> Result<String, Rejection> {
    let page = query.and_then(|query| query.strip_prefix("page=")).ok_or(Rejection::CapabilityRefused)?;
    let page = percent_decode_str(page).decode_utf8().map_err(|_| Rejection::CapabilityRefused)?;
    Ok(page.into_owned())
}

fn single_download(effects: Effects) -> Option<Download> {
    effects.0.into_iter().find_map(|effect| match effect {
        Effect::Download(download) => Some(*download),
        _ => None,
    })
}
