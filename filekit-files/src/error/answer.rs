//! An error as the answer of a handler: plain words, and the error itself for a layer that has better ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, FileRejection};
use axum_core::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

/// An error on its way to the client, in the extensions of the response that stands for it.
///
/// A layer may [take](Self::take) it and answer in its own words. If none has written it to the log when the response goes, it
/// is written then, so that a fault always reaches the log, and once.
#[derive(Debug)]
pub struct AnsweredError {
    error: Error,
    is_reported: AtomicBool,
}

impl AnsweredError {
    /// Takes the error that a response stands for, if it does.
    pub fn take<B>(response: &mut Response<B>) -> Option<Arc<Self>> {
        response.extensions_mut().remove()
    }

    /// The error. It is still written to the log if no layer [reports](Self::report) it.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The status that the error answers with by itself. A response that has another was given it by its handler or a layer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.error.answer().0
    }

    /// The error, for a layer that writes it to the log itself.
    pub fn report(&self) -> &Error {
        self.is_reported.store(true, Ordering::Relaxed);
        &self.error
    }
}

impl Drop for AnsweredError {
    fn drop(&mut self) {
        let (status, _) = self.error.answer();
        if !*self.is_reported.get_mut() && status.is_server_error() {
            // As a value for debugging, text that clients chose stays on its line.
            tracing::error!(error = ?self.error.to_string(), "a request failed");
        }
    }
}

impl IntoResponse for Error {
    /// Plain English words with the status of the error, and the error itself in the extensions, as an [`AnsweredError`].
    fn into_response(self) -> Response {
        let mut response = self.answer().into_response();
        let retry_after = self.downcast_ref().and_then(FileRejection::retry_after);
        response.headers_mut().extend(retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        response.extensions_mut().insert(Arc::new(AnsweredError { error: self, is_reported: AtomicBool::new(false) }));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_answers_with_a_status_and_never_with_what_is_for_the_log() {
        assert_eq!(Error::user("No.").into_response().status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(Error::from(FileRejection::Busy).into_response().status(), StatusCode::SERVICE_UNAVAILABLE);
        let (status, words) = Error::from(std::io::Error::other("the disk is at /srv")).answer();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!words.contains("/srv"), "{words}");
    }

    #[test]
    fn a_layer_finds_the_error_in_the_response() {
        let mut response = Error::user("No.").into_response();
        let error = AnsweredError::take(&mut response).unwrap();
        assert_eq!(error.report().user_words(), Some("No."));
        assert!(AnsweredError::take(&mut response).is_none());
    }
}
