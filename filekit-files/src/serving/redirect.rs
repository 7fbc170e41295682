//! Leads who follows a link to the storage that keeps the file, which sends it with the headers that count.

use std::time::Duration;

use axum_core::body::Body;
use axum_core::response::Response;
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
};

use crate::clock;
use crate::serving::body::RemoteFile;
use crate::serving::description::Description;
use crate::storage::{SignedAnswer, Storage as _};

/// How long a URL of the storage is good for: a request has to begin by then.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The same for what is asked for piece by piece while it is played.
const LIFETIME_OF_PLAYED: Duration = Duration::from_secs(6 * 60 * 60);

/// The way to the storage; nothing if that makes no URLs, so that filekit has to send the file.
pub(super) async fn redirect(file: &RemoteFile, description: &Description) -> Option<Response> {
    let mut said = said_of(description)?;
    if let Some(end) = file.key.end() {
        // A second at least: it is there now.
        let left = end.duration_since(clock::now()).unwrap_or_default().max(Duration::from_secs(1));
        said.lifetime = said.lifetime.min(left);
    }
    let url = match file.storage.signed_url(&file.key, &said).await {
        Ok(url) => url?,
        Err(error) => {
            tracing::warn!(%error, key = %file.key, "a link could not lead to the storage, and the file passes through");
            return None;
        }
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::try_from(url).ok()?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Some(response)
}

fn said_of(description: &Description) -> Option<SignedAnswer> {
    let header = |name: HeaderName| Some(description.headers.get(name)?.to_str().ok()?.to_owned());
    let content_type = header(CONTENT_TYPE)?;
    let is_played = content_type.starts_with("audio/") || content_type.starts_with("video/");
    Some(SignedAnswer {
        content_type,
        // What could run a script is an attachment there too.
        content_disposition: header(CONTENT_DISPOSITION)?,
        cache_control: header(CACHE_CONTROL)?,
        lifetime: if is_played { LIFETIME_OF_PLAYED } else { LIFETIME },
    })
}
