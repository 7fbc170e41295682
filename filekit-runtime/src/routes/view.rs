//! The route of a page that has lost track of its versions: it gets the whole view. No event runs for this.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::call::Reply;
use crate::error::Result;
use crate::instance::InstanceVersion;
use crate::page::{PageContext, PageOutcome, Pages, Proof};
use crate::routes::json::read_json;

/// The request of a script.
#[derive(Debug, Deserialize)]
struct ViewRequest {
    /// Path and query of the page, as the browser sees them.
    page: String,
    /// The version that the browser shows of it; its seal says that it was shown.
    instance: String,
    /// Whether another document has the same instance id, so that this one needs another.
    #[serde(default)]
    anew: bool,
    /// Whether the document is to stay as it is if the page has no view at present.
    #[serde(default)]
    stay: bool,
}

/// Answers `POST /_filekit/view`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = PageContext::of_request(&pages.kit, &parts).await?;
    let ViewRequest { page, instance, anew, stay } = read_json(&pages.kit, &parts, body).await?;
    let (path, version): (_, InstanceVersion) = (context.path(&page)?, instance.parse()?);
    let admission = Proof::document(context, path, &version)?.admit(&pages, &parts).await?;
    let live = admission.live(version);
    let shown = if anew { live.anew().await? } else { live.whole().await };
    let reply = match shown {
        PageOutcome::View(view) => Reply::shown(view),
        PageOutcome::Redirect(url) => Reply::redirect(&url),
        PageOutcome::Other if stay => Reply::nothing(),
        PageOutcome::Other => Reply::redirect(&page),
    };
    Ok((live.session_cookie(), reply).into_response())
}
