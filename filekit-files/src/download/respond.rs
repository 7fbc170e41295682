//! Answers a request with a download.

use axum_core::body::Body;
use axum_core::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};
use http::{HeaderValue, Method};

use crate::download::stream::for_body;
use crate::download::{Content, Prepared, with_charset};
use crate::error::{FileRejection, Result};
use crate::serving::{Kind, Place, SentFile, Target, answer, answer_stored, declared, restrict, watched};
use crate::storage::{StoredFiles, storage_error};

/// A download is for the one who asked for it.
const OF_DOWNLOAD: Kind = Kind::Uploaded { public: false };

impl Prepared {
    /// Answers a request with the bytes of the download: those of a file whole or in part, as the conditions and ranges in
    /// `headers` want it, any others as they come.
    ///
    /// # Errors
    ///
    /// If there is no such file, or the disk fails.
    pub async fn respond(self, method: &Method, headers: &HeaderMap, files: &StoredFiles) -> Result<Response> {
        let Self { name, mime, inline, content } = self;
        let sent = SentFile::download(&name, method);
        let (body, length) = match content {
            Content::Spooled { path, kept: _kept } => {
                let target = Target { place: Place::Path(path), name: name.clone(), kind: OF_DOWNLOAD };
                let answered = answer(target, method.clone(), headers.clone(), files.disk()).await;
                let mut response = answered.map_err(storage_error)?;
                redescribe(&mut response, mime, inline, &name);
                return Ok(watched(response, sent));
            }
            Content::Stored(key) => {
                let answered = answer_stored(&key, OF_DOWNLOAD, method.clone(), headers.clone(), files).await;
                let mut response = answered.map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => FileRejection::file_gone(&name).into(),
                    _ => storage_error(error),
                })?;
                redescribe(&mut response, mime, inline, &name);
                return Ok(response);
            }
            Content::Inline(bytes) => {
                let length = bytes.len() as u64;
                (Body::from(bytes), Some(length))
            }
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
        Ok(watched(response, sent))
    }
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
