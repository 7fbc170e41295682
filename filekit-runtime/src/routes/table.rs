//! The table of routes, all on one screen.

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, any, get, post};

use crate::kit::FileKit;
use crate::page::{self, Pages};
use crate::routes::audience::{Person, for_person, for_script};
use crate::routes::guard::same_origin;
use crate::routes::own_hosts::OwnHosts;
use crate::routes::watched::Watched;
use crate::routes::{
    UNLISTED, assets, client, development, download, endpoint, event, fetch, form, health, live, page_style, partial,
    stored, upload, view,
};
use crate::wire::path;

pub(crate) fn router(kit: &FileKit, pages: Router) -> Router {
    let person = |title| from_fn_with_state(Person { kit: kit.clone(), title }, for_person);
    let own_pages_only = || from_fn_with_state(kit.clone(), same_origin);

    let stored = Router::new()
        .route(&format!("{}{{*key}}", path::FILES), get(stored::handle).with_state(kit.clone()))
        .layer(person("page.no-file"));
    let shown = pages.clone().layer(from_fn_with_state(kit.clone(), page::complete));
    let served = with_assets(shown.clone().merge(stored.clone()), kit, &shown);
    let files = with_assets(stored, kit, &Router::new());
    let pages = Pages { kit: kit.clone(), pages, files };
    // A router with a state is another type, of which all would be compiled once more.
    let on = |route: MethodRouter<Pages>| route.with_state(pages.clone());

    let scripts = Router::new()
        .route(path::EVENT, on(post(event::handle)))
        .route(path::UPLOAD, on(post(upload::handle)))
        .route(&format!("{}{{{UNLISTED}}}", path::PARTIAL), on(partial::methods()))
        .route(path::VIEW, on(post(view::handle)))
        .route(path::LIVE, on(get(live::handle)))
        .merge(development(kit, &pages))
        .layer(own_pages_only())
        .layer(from_fn_with_state(kit.clone(), for_script));
    let programs = Router::new()
        .route(path::ENDPOINT, on(any(endpoint::handle)))
        .layer(own_pages_only())
        .layer(from_fn_with_state(kit.clone(), for_script));
    let links = Router::new()
        .route(path::DOWNLOAD, on(get(download::handle)))
        .route(path::FETCH, on(get(fetch::handle)))
        .layer(person("page.download-failed"));
    let chain = format!("{}/{{{UNLISTED}}}", path::UPLOAD);
    let sent_forms = Router::new()
        .route(&chain, on(post(form::handle_parts)))
        .route(path::FORM, on(post(form::handle_button)))
        .layer(person(form::FAILED))
        .layer(own_pages_only())
        .layer(person("page.refused"));
    let ways_back = Router::new()
        .route(&chain, on(get(form::lead_back)))
        .route(path::FORM, on(get(form::lead_back)))
        .layer(person(form::FAILED));
    let called = scripts.merge(programs).merge(links).merge(sent_forms).merge(ways_back);

    let client = Router::new()
        .route(path::CLIENT_SCRIPT, get(client::script))
        .route(path::TRANSFER_SCRIPT, get(client::transfer))
        .route(path::RESUME_SCRIPT, get(client::resume))
        .route(path::CLIENT_STYLE, get(client::style))
        .route(path::PAGE_STYLE, get(page_style::handle).with_state(kit.clone()))
        .route(path::ICON, get(client::icon));
    let watched = Router::new()
        .route(path::HEALTH, get(health::health))
        .route(path::READY, get(health::ready).with_state(kit.clone()));
    let all = served.merge(called).merge(client).merge(watched).layer(OwnHosts(kit.clone()));
    match kit.shared().files.observers().is_empty() {
        true => all,
        false => all.layer(Watched(kit.clone())),
    }
}

/// The routes that only a program in development has.
fn development(kit: &FileKit, pages: &Pages) -> Router {
    match kit.local().development {
        Some(_) => Router::new()
            .route(path::DEVELOPMENT, get(development::handle).with_state(pages.clone()))
            .route(path::DEVELOPMENT_SCRIPT, get(client::development)),
        None => Router::new(),
    }
}

/// Serves the developer's files where there is no route. What is not among them is for the fallback of `pages`.
fn with_assets(routes: Router, kit: &FileKit, pages: &Router) -> Router {
    let Some(assets) = kit.config().assets.clone() else { return routes };
    let (kit, pages) = (kit.clone(), pages.clone());
    routes.fallback(move |request: Request| assets::answer_or(kit, assets, pages, request))
}
