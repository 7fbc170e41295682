//! The route of stored files: who may have which; not how they are sent.

use std::io;

use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;

use crate::error::{Rejection, Result};
use crate::server::context::parameter;
use crate::server::kit::Kit;
use crate::server::reply::Refusal;
use crate::server::{FileKit, message};
use crate::serving::{Kind, Target, answer};
use crate::storage::{FileKey, storage_error};

/// Answers `GET` and `HEAD` of `/_upload/{key}`.
pub(crate) async fn handle(State(filekit): State<FileKit>, parameters: RawPathParams, request: Request) -> Response {
    match stored(&filekit.0, &parameter(&parameters, "key"), request).await {
        Ok(response) => response,
        Err(error) => message::page("page.no-file", Refusal::log(&error, &filekit.0.texts), &filekit.0.texts),
    }
}

/// A file that may not be read is as if it were not there.
async fn stored(kit: &Kit, key: &str, request: Request) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let key = FileKey::parse(key).filter(|key| kit.urls.allows(key.as_str(), parts.uri.query()));
    let key = key.ok_or(Rejection::NotFound)?;
    let kind = Kind::Uploaded { public: kit.urls.are_public() };
    let name = key.name();
    let target = Target { path: kit.disk.path_of(&key), name: name.clone(), kind };
    let answered = answer(target, parts.method, parts.headers, &kit.disk).await;
    answered.map_err(|error| match error.kind() {
        // A key alone can be a guess; what was signed was there.
        io::ErrorKind::NotFound if kit.urls.are_public() => Rejection::NotFound.into(),
        io::ErrorKind::NotFound => Rejection::file_gone(name).into(),
        _ => storage_error(error),
    })
}
