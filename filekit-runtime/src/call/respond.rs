//! Answers with a download; not who may have it.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method};

use crate::call::own_url;
use crate::download::{Content, Download, Opened, Source, for_body, with_charset};
use crate::error::{Rejection, Result};
use crate::page::{PageCall, PageContext, Pages};
use crate::serving::{Kind, Target, answer, declared, restrict};
use crate::storage::storage_error;

/// How a download is asked for.
#[derive(Clone, Copy)]
pub(crate) struct FileRequest<'a> {
    pub(crate) method: &'a Method,
    /// Conditions and ranges stand in it.
    pub(crate) headers: &'a HeaderMap,
}

impl<'a> FileRequest<'a> {
    pub(crate) fn by(request: &'a Parts) -> Self {
        Self { method: &request.method, headers: &request.headers }
    }
}

/// Answers a request with a download: its bytes while they are made, or the way to its URL.
///
/// # Errors
///
/// If it cannot be opened, or fails before its first byte.
pub(crate) async fn hand_over(
    download: Download,
    pages: &Pages,
    page: &PageCall,
    context: &PageContext,
    request: FileRequest<'_>,
) -> Result<Response> {
    if let Source::Url(url) = &download.source {
        let url = url.clone();
        return own_url::hand_over(download, url, pages, page, context).await;
    }
    respond(download.open(&context.kit().shared().disk).await?, context, request).await
}

/// Answers a request with the bytes of a download.
///
/// # Errors
///
/// If there is no such file.
pub(crate) async fn respond(opened: Opened, context: &PageContext, request: FileRequest<'_>) -> Result<Response> {
    let Opened { name, mime, inline, content } = opened;
    let (body, length) = match content {
        Content::File { path, kept } => {
            let target = Target { path, name: name.clone(), kind: Kind::Uploaded { public: false } };
            let disk = &context.kit().shared().disk;
            let answered = answer(target, request.method.clone(), request.headers.clone(), disk).await;
            let mut response = answered.map_err(|error| match (error.kind(), &kept) {
                (std::io::ErrorKind::NotFound, None) => Rejection::file_gone(&name).into(),
                _ => storage_error(error),
            })?;
            redescribe(&mut response, mime, inline, &name);
            return Ok(response);
        }
        Content::Here(bytes) => (Body::from(bytes.clone()), Some(bytes.len() as u64)),
        Content::Stream { stream, length } => (Body::from_stream(for_body(stream)), length),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // nginx would hold back what comes slowly.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    describe(headers, mime.unwrap_or_default(), inline, &name);
    Ok(response)
}

/// Describes a file as the developer does, where the answer has any of it.
fn redescribe(response: &mut Response, mime: Option<String>, inline: bool, name: &str) {
    let headers = response.headers_mut();
    if !headers.contains_key(CONTENT_DISPOSITION) {
        return;
    }
    let judged = headers.get(CONTENT_TYPE).cloned();
    let judged_text = judged.as_ref().and_then(|mime| mime.to_str().ok()).unwrap_or_default().to_owned();
    let in_parts = judged_text.starts_with("multipart/byteranges");
    describe(headers, mime.unwrap_or(judged_text), inline, name);
    if let Some(judged) = judged.filter(|_| in_parts) {
        headers.insert(CONTENT_TYPE, judged);
    }
}

fn describe(headers: &mut HeaderMap, mime: String, inline: bool, name: &str) {
    restrict(&mime, inline, name, headers);
    let fallback = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, HeaderValue::try_from(with_charset(declared(mime))).unwrap_or(fallback));
}
