//! The route of downloads that an event makes; not that of stored files.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, LOCATION};
use http::request::Parts;

use serde_json::value::RawValue;

use crate::download::{Download, Source, content_disposition};
use crate::error::{Rejection, Result};
use crate::event::{Effect, Effects, Updates};
use crate::server::call::{arguments, authorise, dispatch};
use crate::server::reply::Refusal;
use crate::server::{Context, FileKit, message};
use crate::session::Scope;
use crate::storage::Saves;
use crate::upload::Received;

/// Answers `GET /_filekit/download/{capability}`.
pub(crate) async fn handle(State(filekit): State<FileKit>, Path(capability): Path<String>, parts: Parts) -> Response {
    match run(&filekit, &capability, &parts).await {
        Ok(response) => response,
        // A link was followed, so there is no page to show the message in.
        Err(error) => message::page("The download failed", Refusal::log(&error)),
    }
}

async fn run(filekit: &FileKit, capability: &str, parts: &Parts) -> Result<Response> {
    let context = Context::of_request(filekit, parts)?;
    let (definition, grant) = authorise(&context, Scope::Download, capability)?;
    // A link must not change anything: browsers follow links ahead of their visitors.
    if !definition.reads_only {
        return Err(Rejection::NotFound.into());
    }
    let arguments = arguments(grant, &RawValue::from_string("[]".to_owned())?, Received::default())?
        .with(Arc::new(parts.clone()), Updates::default());
    let effects = dispatch(&context, definition, arguments, Saves::default()).await?;
    match single_download(effects) {
        Some(download) => response(&download),
        None => Err(Rejection::NotFound.into()),
    }
}

fn single_download(effects: Effects) -> Option<Download> {
    effects.0.into_iter().find_map(|effect| match effect {
        Effect::Download(download) => Some(download),
        _ => None,
    })
}

fn response(download: &Download) -> Result<Response> {
    let name = download.safe_filename()?;
    let data = match &download.source {
        Source::Data(data) => data.clone(),
        Source::Url(url) => return Ok((StatusCode::SEE_OTHER, [(LOCATION, url.clone())]).into_response()),
    };
    let name = name.as_ref().map_or("download", |name| name.as_str());
    let headers = [
        (CONTENT_TYPE, download.mime_of(&data, name)),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (HeaderName::from_static("x-content-type-options"), "nosniff".to_owned()),
    ];
    let disposition = [(CONTENT_DISPOSITION, content_disposition(false, name))];
    Ok((headers, disposition, data).into_response())
}
