//! The route of downloads that an event makes. Stored files are `stored.rs`.

use axum::extract::State;
use axum::response::Response;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::call::{CallFiles, FileRequest, Values, arguments, hand_over, run_link};
use crate::download::Download;
use crate::error::{Rejection, Result};
use crate::event::{Effect, Effects, Updates};
use crate::offer::CapabilityUse;
use crate::page::{Admission, PageContext, Pages, Proof};
use crate::storage::SaveTransaction;

/// Answers `GET /_filekit/download?capability={capability}&page={path}`.
pub(crate) async fn handle(State(pages): State<Pages>, parts: Parts) -> Result<Response> {
    let (capability, page) = asked_for(parts.uri.query())?;
    let context = PageContext::of_request(&pages.kit, &parts).await?;
    let page = context.path(&page)?;
    let (proof, event) = Proof::capability(context, page, CapabilityUse::Download, capability)?;
    // A link must not change anything: browsers follow links ahead of their visitors.
    if !event.definition.reads_only {
        return Err(Rejection::NotFound.into());
    }
    let admission = proof.admit(&pages, &parts).await?;
    let target = admission.target(&event).await?;
    let Admission { pages, context, page, request } = admission;
    let arguments = arguments(event.grant, &mut Values::None, &mut CallFiles::none(), &SaveTransaction::default())?;
    let effects = run_link(&context, target, arguments.with(request, Updates::default())).await?;
    match single_download(effects) {
        Some(download) => hand_over(download, &pages, &page, &context, FileRequest::by(&parts)).await,
        None => Err(Rejection::NotFound.into()),
    }
}

/// The capability, and the path and query of the page that has the link, out of the link's query.
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
