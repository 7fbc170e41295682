//! The routes of a filekit, all on one screen; not what they do.

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::server::hosts::OwnHosts;
use crate::server::{
    FileKit, assets, client, download, event, fetch, file, form, guard, live, page, style, sync, upload,
};
use crate::wire::path;

/// What the routes of events need: they call the page again.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    pub(crate) filekit: FileKit,
    pub(crate) pages: Router,
    /// Stored files and the developer's own. A download of a URL of this site is made of this, and of no page: what guards a
    /// page from outside of filekit is not asked then.
    pub(crate) files: Router,
}

pub(crate) fn router(filekit: &FileKit, pages: Router) -> Router {
    let stored = Router::new().route(&format!("{}{{key}}", path::FILES), get(file::handle)).with_state(filekit.clone());
    let shown = pages.clone().layer(from_fn_with_state(filekit.clone(), page::complete));
    let served = with_assets(shown.clone().merge(stored.clone()), filekit, &shown);
    let files = with_assets(stored, filekit, &Router::new());
    let with_pages = Pages { filekit: filekit.clone(), pages, files };
    let events = Router::new()
        .route(path::EVENT, post(event::handle))
        .route(path::UPLOAD, post(upload::handle))
        .route(path::VIEW, post(sync::handle))
        .route(path::LIVE, get(live::handle))
        .layer(from_fn_with_state(filekit.clone(), guard::same_origin))
        .route(path::DOWNLOAD, get(download::handle))
        .route(path::FETCH, get(fetch::handle))
        .with_state(with_pages.clone());
    let forms = Router::new()
        .route(&format!("{}/{{capabilities}}", path::UPLOAD), post(form::handle_parts))
        .route(path::FORM, post(form::handle_button))
        .layer(from_fn_with_state(filekit.clone(), guard::same_origin_form))
        .route(&format!("{}/{{capabilities}}", path::UPLOAD), get(form::lead_back))
        .route(path::FORM, get(form::lead_back))
        .with_state(with_pages);
    let client = Router::new()
        .route(path::CLIENT_SCRIPT, get(client::script))
        .route(path::TRANSFER_SCRIPT, get(client::transfer))
        .route(path::CLIENT_STYLE, get(client::style))
        .route(path::PAGE_STYLE, get(style::handle).with_state(filekit.clone()))
        .route(path::ICON, get(client::icon));
    served.merge(events).merge(forms).merge(client).layer(OwnHosts(filekit.clone()))
}

/// Serves the developer's files where there is no route. What is not among them is for the fallback of `pages`.
fn with_assets(routes: Router, filekit: &FileKit, pages: &Router) -> Router {
    let Some(assets) = filekit.0.assets.clone() else { return routes };
    let (filekit, pages) = (filekit.clone(), pages.clone());
    routes.fallback(move |request: Request| assets::answer_or(filekit, assets, pages, request))
}
