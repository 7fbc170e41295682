//! Serves stored files; not the developer's own assets.
//!
//! `plan` touches the disk and says what there is; `render` makes the answer of it.

use std::io::{self, Read as _, Seek as _};

use axum::body::Body;
use axum::extract::{RawPathParams, RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::Stream;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method};

use crate::download::{content_disposition, with_charset};
use crate::error::{Rejection, Result};
use crate::server::builder::Kit;
use crate::server::context::parameter;
use crate::server::reply::Refusal;
use crate::server::{FileKit, message};
use crate::storage::{HEAD, SafeName, blocking, found_name, judge};

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// What may be shown in the browser: types that cannot run a script.
const INLINE: &[&str] = &[
    "application/pdf",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/x-wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
    "video/ogg",
    "video/webm",
];

/// An open file, and what is known of it.
#[derive(Debug)]
struct Stored {
    file: std::fs::File,
    name: SafeName,
    size: u64,
    mime: String,
}

/// Answers `GET` and `HEAD` of `/_upload/{name}`.
pub(crate) async fn handle(
    State(filekit): State<FileKit>,
    parameters: RawPathParams,
    RawQuery(query): RawQuery,
    method: Method,
) -> Response {
    match plan(&filekit.0, &parameter(&parameters, "name"), query.as_deref()).await {
        Ok(stored) => render(stored, &method),
        Err(error) => message::page("No file here", Refusal::log(&error)),
    }
}

/// Finds the file. One that may not be read is as if it were not there.
async fn plan(kit: &Kit, name: &str, query: Option<&str>) -> Result<Stored> {
    let name = found_name(name).filter(|name| kit.urls.allows(name.as_str(), query)).ok_or(Rejection::NotFound)?;
    let path = kit.disk.path_of(&name);
    let opened = blocking(move || {
        // A link or a pipe that somebody put there is not followed or waited for.
        if !std::fs::symlink_metadata(&path)?.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut file = std::fs::File::open(path)?;
        let metadata = file.metadata()?;
        let mut head = Vec::with_capacity(HEAD);
        io::Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head)?;
        file.rewind()?;
        let mime = judge(&head, name.as_str());
        Ok(Stored { file, name, size: metadata.len(), mime })
    });
    opened.await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Rejection::NotFound.into(),
        _ => error.into(),
    })
}

fn render(stored: Stored, method: &Method) -> Response {
    let inline = INLINE.contains(&stored.mime.as_str());
    let disposition = content_disposition(inline, stored.name.as_str());
    let body = if method == Method::HEAD { Body::empty() } else { Body::from_stream(chunks(stored.file, stored.size)) };
    let headers = [
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_LENGTH, HeaderValue::from(stored.size)),
        (CONTENT_SECURITY_POLICY, policy(&stored.mime)),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    ([(CONTENT_TYPE, declared(stored.mime))], headers, body).into_response()
}

/// The type that is declared. A script or a style sheet would be one of this site for any page that names it, whatever
/// the other headers say, so it is declared as nothing in particular; it is handed over as a file all the same.
fn declared(mime: String) -> String {
    let is_part_of_a_page = mime.ends_with("javascript") || matches!(mime.as_str(), "text/css" | "application/wasm");
    if is_part_of_a_page { "application/octet-stream".to_owned() } else { with_charset(mime) }
}

/// What the file may do if a browser shows it: nothing. The sandbox would also keep the browser's own viewer of PDFs
/// from starting, so for these there is none; no script of a PDF runs in the page's origin.
fn policy(mime: &str) -> HeaderValue {
    HeaderValue::from_static(match mime {
        "application/pdf" => "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
        _ => "sandbox; default-src 'none'",
    })
}

/// The bytes of a file, as many as it had when it was opened; if it has fewer now, the connection breaks.
fn chunks(file: std::fs::File, size: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures_util::stream::try_unfold((file, size), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
        let (file, chunk) = blocking(move || {
            let mut chunk = vec![0; wanted];
            file.read_exact(&mut chunk)?;
            Ok((file, chunk))
        })
        .await?;
        Ok(Some((Bytes::from(chunk), (file, left - wanted as u64))))
    })
}
