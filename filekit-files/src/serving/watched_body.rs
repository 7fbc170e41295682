//! Bodies whose bytes are counted, for those who are told what was sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum_core::Error;
use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::guard::{FileEventKind, Stopwatch};
use crate::storage::FileKey;

/// A file that is sent to a client.
#[derive(Debug)]
pub(crate) struct SentFile {
    stopwatch: Stopwatch,
    name: String,
    key: Option<FileKey>,
}

impl SentFile {
    /// A stored file that a request asks for; nothing if there are no observers, or no bytes are asked for.
    pub(crate) fn stored(key: &FileKey, method: &Method) -> Option<Self> {
        Self::begin(method, || (key.name(), Some(key.clone())))
    }

    /// A download of this name, in the same way.
    pub(crate) fn download(name: &str, method: &Method) -> Option<Self> {
        Self::begin(method, || (name.to_owned(), None))
    }

    fn begin(method: &Method, describe: impl FnOnce() -> (String, Option<FileKey>)) -> Option<Self> {
        let stopwatch = (method != Method::HEAD).then(Stopwatch::start).flatten()?;
        let (name, key) = describe();
        Some(Self { stopwatch, name, key })
    }

    fn emit(self, bytes: Option<u64>) {
        let Self { stopwatch, name, key } = self;
        stopwatch.emit(FileEventKind::Served, |event| {
            let event = event.with_name(name).with_bytes(bytes);
            match key {
                Some(key) => event.with_key(key.as_str()),
                None => event,
            }
        });
    }
}

/// The same answer, of which is told what was sent when it has been sent, or the client has broken off.
pub(crate) fn watched(response: Response, sent: Option<SentFile>) -> Response {
    let Some(sent) = sent else { return response };
    match response.status() {
        StatusCode::TEMPORARY_REDIRECT => {
            sent.emit(None);
            response
        }
        StatusCode::OK | StatusCode::PARTIAL_CONTENT => {
            // Only a proxy that adds the bytes is not told how many they are; a stream whose length is not known is not empty.
            let is_counted = response.headers().contains_key(CONTENT_LENGTH) || !response.body().is_end_stream();
            response.map(|inner| Body::new(WatchedBody { inner, bytes: is_counted.then_some(0), sent: Some(sent) }))
        }
        _ => response,
    }
}

/// A body that counts its bytes, and tells of them when it goes.
struct WatchedBody {
    inner: Body,
    bytes: Option<u64>,
    sent: Option<SentFile>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let (Some(bytes), Some(data)) = (&mut self.bytes, frame.data_ref())
        {
            *bytes += data.len() as u64;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        if let Some(sent) = self.sent.take() {
            sent.emit(self.bytes);
        }
    }
}
