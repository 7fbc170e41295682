//! An error as the answer of a handler; not what a page looks like that shows it.

use std::sync::OnceLock;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;

use crate::error::{Audience, Error};
use crate::texts::Texts;

/// Makes the answer that an error is.
pub type Answer = fn(Error) -> Response;

/// Makes answers in a program with pages. Documents are made above this crate, and there a trait of another crate cannot be
/// implemented for `Error`.
static ANSWER: OnceLock<Answer> = OnceLock::new();

/// Has errors answered by this from now on, unless something else answers them already.
pub fn answer_by(answer: Answer) {
    ANSWER.get_or_init(|| answer);
}

impl IntoResponse for Error {
    /// A page of its own with the words for the visitor, so that the handler of a page can return `Result<View>`. What is
    /// for the log goes there.
    fn into_response(self) -> Response {
        match ANSWER.get() {
            Some(answer) => answer(self),
            None => in_plain_words(&self),
        }
    }
}

/// The answer of a program without pages, in English.
fn in_plain_words(error: &Error) -> Response {
    match error.audience() {
        Audience::Visitor(words) => (StatusCode::UNPROCESSABLE_ENTITY, words.to_owned()).into_response(),
        Audience::Rejection(rejection) => (rejection.status(), rejection.message()).into_response(),
        Audience::Log => {
            tracing::error!(error = ?error.to_string(), "a request failed");
            let words = Texts::english().say("event.failed", &[]);
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Rejection;

    #[test]
    fn a_program_without_pages_answers_with_a_status_and_never_with_what_is_for_the_log() {
        assert_eq!(in_plain_words(&Error::user("No.")).status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(in_plain_words(&Rejection::NotFound.into()).status(), StatusCode::NOT_FOUND);
        let fault = in_plain_words(&std::io::Error::other("the disk is at /srv").into());
        assert_eq!(fault.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!format!("{fault:?}").contains("/srv"));
    }
}
