//! An error as the answer of a handler. The page that shows it is made by who takes the error out of the response.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use crate::error::{Audience, Error};
use crate::texts::Texts;

/// An error that a handler has returned, in the extensions of the response. What is for the log goes there when it is dropped,
/// unless a layer has said otherwise before.
#[derive(Debug)]
pub struct AnsweredError {
    error: Error,
    is_reported: AtomicBool,
}

impl AnsweredError {
    /// Takes the error that a response stands for, if it does.
    pub fn take(response: &mut Response) -> Option<Arc<Self>> {
        response.extensions_mut().remove()
    }

    /// The error, for a layer that writes it to the log itself.
    pub fn report(&self) -> &Error {
        self.is_reported.store(true, Ordering::Relaxed);
        &self.error
    }
}

impl Drop for AnsweredError {
    fn drop(&mut self) {
        if !*self.is_reported.get_mut()
            && let Audience::Log = self.error.audience()
        {
            tracing::error!(error = ?self.error.to_string(), "a request failed");
        }
    }
}

impl IntoResponse for Error {
    /// Plain English words with the status of the error, and the error itself in the extensions: a layer, such as that of a
    /// filekit's router, makes a page of it.
    fn into_response(self) -> Response {
        let mut response = match self.audience() {
            Audience::Visitor(words) => (StatusCode::UNPROCESSABLE_ENTITY, words.to_owned()).into_response(),
            Audience::Rejection(rejection) => (rejection.status(), rejection.message()).into_response(),
            Audience::Log => {
                let words = Texts::english().say("event.failed", &[]);
                (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
            }
        };
        response.extensions_mut().insert(Arc::new(AnsweredError { error: self, is_reported: AtomicBool::new(false) }));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Rejection;

    #[test]
    fn a_program_without_pages_answers_with_a_status_and_never_with_what_is_for_the_log() {
        assert_eq!(Error::user("No.").into_response().status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(Error::from(Rejection::NotFound).into_response().status(), StatusCode::NOT_FOUND);
        let mut fault = Error::from(std::io::Error::other("the disk is at /srv")).into_response();
        assert_eq!(fault.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let error = AnsweredError::take(&mut fault).expect("the error");
        assert!(error.report().to_string().contains("/srv"));
        assert!(!format!("{fault:?}").contains("/srv"));
    }
}
