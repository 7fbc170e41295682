//! Answers with a download. Its visitor was admitted before, by `page/admission.rs`.

use axum::response::Response;
use http::Method;
use http::header::HeaderMap;
use http::request::Parts;

use crate::call::own_url;
use crate::download::{Download, Prepared, Source};
use crate::error::Result;
use crate::page::{PageCall, PageContext, Pages};

/// How a download is asked for.
#[derive(Clone, Copy)]
pub(crate) struct FileRequest<'a> {
    pub(crate) method: &'a Method,
    /// It has the preconditions and ranges.
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
    respond(download.open(&context.kit().shared().files).await?, context, request).await
}

/// Answers a request with the bytes of a download.
///
/// # Errors
///
/// If there is no such file.
pub(crate) async fn respond(prepared: Prepared, context: &PageContext, request: FileRequest<'_>) -> Result<Response> {
    prepared.respond(request.method, request.headers, &context.kit().shared().files).await
}
