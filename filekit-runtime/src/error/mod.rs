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
    /// For the log alone.
    Log,
}

impl<'a> Audience<'a> {
    /// For whom an error is.
    pub(crate) fn of(error: &'a Error) -> Self {
        let of_file = || error.downcast_ref::<FileRejection>().cloned().map(Rejection::File);
        match error.user_words() {
            Some(words) => Self::Visitor(words),
            None => error.downcast_ref().cloned().or_else(of_file).map_or(Self::Log, Self::Rejection),
        }
    }
}

/// What is said of an extractor or a layer that refuses with a status and without words.
fn words_of_status(status: StatusCode, texts: &Texts) -> String {
    match status {
        StatusCode::UNAUTHORIZED => texts.say("event.sign-in", &[]),
        StatusCode::FORBIDDEN => texts.say("event.forbidden", &[]),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => texts.say("client.timed-out", &[]),
        _ => texts.say("event.extractor-refused", &[("status", Value::Text(&status.to_string()))]),
    }
}
