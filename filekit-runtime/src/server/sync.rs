//! The route of a page that has lost track of its versions: the whole view; no event runs for this.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::error::Result;
use crate::server::Context;
use crate::server::call::enter;
use crate::server::instance::Claim;
use crate::server::json::read_json;
use crate::server::page::PageCall;
use crate::server::place::{Followed, Place};
use crate::server::reply::{Refusal, Reply};
use crate::server::routes::Pages;

/// What is asked.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Path and query of the page, as the browser sees them.
    page: String,
    /// What the browser shows of it; its seal says that it was shown.
    instance: String,
    /// Whether another document goes by the same name, so that this one needs another.
    #[serde(default)]
    anew: bool,
}

/// Answers `POST /_filekit/view`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    let answered = run(&pages, request).await;
    answered.unwrap_or_else(|error| Refusal::log(&error, &pages.filekit.0.texts).into_response())
}

async fn run(pages: &Pages, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let Asked { page, instance, anew } = read_json(&parts, body).await?;
    let call = PageCall::new(&context, &parts, &page)?;
    let claim: Claim = instance.parse()?;
    context.check_seal(&page, claim.seal)?;
    let context = context.fitting_document(&claim).on_page(&page);
    context.check_owner(&claim)?;
    enter(pages, &context, &call, false).await?;
    let place = Place { pages: pages.clone(), context, page: call, claim };
    let shown = if anew { place.anew().await? } else { place.whole().await };
    let reply = match shown {
        Followed::Changed(view) => Reply::shown(view),
        Followed::Elsewhere(url) => Reply::elsewhere(&url),
        Followed::Same | Followed::NoView | Followed::Displaced => Reply::elsewhere(&page),
    };
    Ok((place.session_cookie(), reply).into_response())
}
