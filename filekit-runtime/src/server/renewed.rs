//! Answers a call that was refused because of the page it came from, with the page as it should be; not why it was refused.

use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::error::{Audience, Error, Rejection, Result};
use crate::server::Context;
use crate::server::call::enter;
use crate::server::instance::Claim;
use crate::server::page::PageCall;
use crate::server::place::{Followed, Place};
use crate::server::reply::{Refusal, Reply};
use crate::server::routes::Pages;
use crate::upload::Call;

/// Answers a call that was refused.
///
/// # Errors
///
/// If the page was not what is wrong, or cannot be shown: what the call was refused for. Or if this server has not shown the page.
pub(crate) async fn renewed(
    pages: &Pages,
    context: &Context,
    parts: &Parts,
    call: &Call,
    error: Error,
) -> Result<Response> {
    let Audience::Rejection(
        Rejection::CapabilityRefused | Rejection::NoCookie | Rejection::Repeated | Rejection::NotDone,
    ) = error.audience()
    else {
        return Err(error);
    };
    let Ok(claim) = call.instance.parse::<Claim>() else { return Err(error) };
    // Of a page that this server has not shown it shows nothing. If it is one of ours all the same, the browser can ask for it.
    context.check_seal(&call.page, claim.seal)?;
    let context = &context.fitting_document(&claim);
    context.check_owner(&claim)?;
    let Ok(place) = place_of(pages, context, parts, call, claim).await else { return Err(error) };
    match place.whole().await {
        Followed::Changed(view) => {
            let refusal = Refusal::log(&error, &pages.filekit.0.texts);
            Ok((place.session_cookie(), refusal.with(view)).into_response())
        }
        Followed::Elsewhere(url) => Ok((place.session_cookie(), Reply::elsewhere(&url)).into_response()),
        Followed::Same | Followed::NoView | Followed::Displaced => Err(error),
    }
}

/// The page that the call says it is from, if the visitor may see it.
async fn place_of(pages: &Pages, context: &Context, parts: &Parts, call: &Call, claim: Claim) -> Result<Place> {
    let page = PageCall::new(context, parts, &call.page)?;
    let context = context.on_page(&call.page);
    enter(pages, &context, &page, false).await?;
    Ok(Place { pages: pages.clone(), context, page, claim })
}
