//! Answers a call from a stale page with a fresh one. The reasons of refusals are those of `page/stop.rs`.

use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::call::{Call, Reply, stop_for_script};
use crate::error::{Audience, Error, Rejection, Result};
use crate::instance::InstanceVersion;
use crate::page::{LivePage, PageContext, PageOutcome, Pages, SeenDocument, Stop};

/// Answers a call that was refused.
///
/// # Errors
///
/// If the page was not what is wrong, or cannot be shown: what the call was refused for. Or if this server has not shown the page.
pub(crate) async fn heal(
    pages: &Pages,
    context: &PageContext,
    parts: &Parts,
    call: &Call,
    error: Error,
) -> Result<Response> {
    let Audience::Rejection(
        Rejection::CapabilityRefused
        | Rejection::NoCookie
        | Rejection::Repeated
        | Rejection::NotDone
        | Rejection::OutcomeUnknown,
    ) = Audience::of(&error)
    else {
        return Err(error);
    };
    let (Ok(version), Ok(page)) = (call.instance.parse::<InstanceVersion>(), context.path(&call.page)) else {
        return Err(error);
    };
    // Of a page that this server has not shown it shows nothing. If it is one of ours all the same, the browser can ask for it.
    let proof = SeenDocument::new(context.clone(), page, &version)?.proof()?;
    let Ok(admission) = proof.admit(pages, parts).await else { return Err(error) };
    let page: LivePage = admission.live(version);
    match page.whole().await {
        PageOutcome::View(view) => {
            let stop = Stop::report(&error, pages.kit.texts());
            Ok((page.session_cookie(), stop_for_script(&stop, Some(view))).into_response())
        }
        PageOutcome::Redirect(url) => Ok((page.session_cookie(), Reply::redirect(&url)).into_response()),
        PageOutcome::Other => Err(error),
    }
}
