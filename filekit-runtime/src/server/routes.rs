//! The routes of a filekit, all on one screen; not what they do.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::server::{
    FileKit, assets, client, download, event, fetch, file, form, guard, live, page, style, sync, upload,
};
use crate::serving::Assets;
use crate::wire::path;

/// What the routes of events need: they call the page again.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    pub(crate) filekit: FileKit,
    pub(crate) pages: Router,
}

pub(crate) fn router(filekit: &FileKit, pages: Router) -> Router {
    let with_pages = Pages { filekit: filekit.clone(), pages: pages.clone() };
    let events = Router::new()
        .route(path::EVENT, post(event::handle))
        .route(path::UPLOAD, post(upload::handle))
        .route(path::VIEW, post(sync::handle))
        .route(path::LIVE, get(live::handle))
        .layer(from_fn_with_state(filekit.clone(), guard::same_origin))
        .route(&format!("{}{{capability}}", path::DOWNLOAD), get(download::handle))
        .route(&format!("{}{{token}}", path::FETCH), get(fetch::handle))
        .with_state(with_pages.clone());
    let forms = Router::new()
        .route(&format!("{}/{{capabilities}}", path::UPLOAD), post(form::handle_parts))
        .route(path::FORM, post(form::handle_value))
        .layer(from_fn_with_state(filekit.clone(), guard::same_origin_form))
        .route(&format!("{}/{{capabilities}}", path::UPLOAD), get(form::lead_back))
        .route(path::FORM, get(form::lead_back))
        .with_state(with_pages);
    let files = Router::new()
        .route(&format!("{}{{name}}", path::FILES), get(file::handle))
        .route(path::PAGE_STYLE, get(style::handle))
        .with_state(filekit.clone());
    let client = Router::new()
        .route(path::CLIENT_SCRIPT, get(client::script))
        .route(path::CLIENT_STYLE, get(client::style))
        .route(path::ICON, get(client::icon));
    let pages = pages.layer(from_fn_with_state(filekit.clone(), page::complete));
    let routes = pages.clone().merge(events).merge(forms).merge(files).merge(client);
    match filekit.0.assets.clone() {
        None => routes,
        Some(assets) => with_assets(routes, filekit.clone(), assets, pages),
    }
}

/// Serves the developer's files where there is no route. What is not among them is for the fallback of `pages`.
fn with_assets(routes: Router, filekit: FileKit, assets: Arc<Assets>, pages: Router) -> Router {
    routes.fallback(move |request: Request| assets::answer_or(filekit, assets, pages, request))
}
