//! Errors and refusals of pages, and for whom an error is. Those of files are in `filekit-files`.

mod rejection;

pub(crate) use filekit_files::{AnsweredError, Error, FileRejection, Panicked, Result, caught};
pub use rejection::Rejection;

use http::StatusCode;

use crate::texts::{Texts, Value};

/// Who may read what of an error.
#[derive(Debug)]
pub(crate) enum Audience<'a> {
    /// The visitor may read this.
    Visitor(&'a str),
    /// A refusal, which brings its words along.
    Rejection(Rejection),
    /// The client gets this status and may read these words.
    Status(StatusCode, &'a str),
    /// For the log alone.
    Log,
}

impl Audience<'_> {
    /// The code that the client gets.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Visitor(_) | Self::Status(..) => "event.refused",
            Self::Rejection(rejection) => rejection.code(),
            Self::Log => "event.failed",
        }
    }
}

impl<'a> Audience<'a> {
    /// For whom an error is.
    pub(crate) fn of(error: &'a Error) -> Self {
        let of_file = || error.downcast_ref::<FileRejection>().cloned().map(Rejection::File);
        if let Some(words) = error.user_words() {
            return Self::Visitor(words);
        }
        if let Some(rejection) = error.downcast_ref().cloned().or_else(of_file) {
            return Self::Rejection(rejection);
        }
        error.given_status().map_or(Self::Log, |(status, words)| Self::Status(status, words))
    }
}

/// The message for an extractor or a layer that refuses with a status and without words.
fn words_of_status(status: StatusCode, texts: &Texts) -> String {
    match status {
        StatusCode::UNAUTHORIZED => texts.say("event.sign-in", &[]),
        StatusCode::FORBIDDEN => texts.say("event.forbidden", &[]),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => texts.say("client.timed-out", &[]),
        _ => texts.say("event.extractor-refused", &[("status", Value::Text(&status.to_string()))]),
    }
}
