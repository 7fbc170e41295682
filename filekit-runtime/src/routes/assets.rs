//! Serves assets, the developer's own files, where no route matches. The browser client is `client.rs`, uploads are `stored.rs`.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use http::Method;
use tower::ServiceExt as _;

use crate::kit::FileKit;
use crate::page::Stop;
use crate::serving::{Assets, Kind, Place, Target, answer};
use crate::storage::storage_error;

/// Answers with a file where there is one, and else leaves the request to the fallback of `pages`.
pub(crate) async fn answer_or(kit: FileKit, assets: Arc<Assets>, pages: Router, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return fallback(pages, request).await;
    }
    let disk = kit.shared().files.disk();
    let url_path = request.uri().path().to_owned();
    // A file that cannot be opened is not there, whatever the reason.
    let Ok(Some(path)) = disk.pace().work(move || Ok(assets.find(&url_path))).await else {
        return fallback(pages, request).await;
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let target = Target { place: Place::Path(path), name, kind: Kind::Asset };
    match answer(target, request.method().clone(), request.headers().clone(), disk).await {
        Ok(response) => response,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => fallback(pages, request).await,
        Err(error) => Stop::report(&storage_error(error), kit.texts()).for_person("page.no-file", kit.texts()),
    }
}

async fn fallback(pages: Router, request: Request) -> Response {
    let Ok(response) = pages.oneshot(request).await;
    response
}
