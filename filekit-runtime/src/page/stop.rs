//! Why a request has no normal answer, and the answer in its place: to a script in JSON, to a person in a document.

use axum::response::{IntoResponse, Redirect, Response};
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::{Audience, Error, FileRejection, Rejection};
use crate::event::RedirectFirst;
use crate::guard::tell_refused;
use crate::page::error_document::{self, ForDeveloper};
use crate::texts::Texts;
use crate::view::harmless_url;

/// Why a request has no normal answer.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(Refusal),
    /// The visitor is sent to another page.
    Redirect(String),
}

/// The answer to the client of a refused request.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) words: Words,
    /// After how many seconds it is worth to try again, where that is known.
    pub(crate) retry_after: Option<u64>,
    /// What went wrong in the program, if something did: words for the log, and for its developer.
    pub(crate) fault: Option<String>,
}

/// The message to the visitor.
#[derive(Debug, Serialize)]
pub(crate) struct Words {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// The reference under which the log has the details, if there are any.
    pub(crate) reference: Option<String>,
    /// The name of the file that is to blame, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The files that are refused before they are sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused: Vec<RefusedFile>,
}

/// A file that is refused before it is sent.
#[derive(Debug, Serialize)]
pub(crate) struct RefusedFile {
    /// Its number in the plan of the upload, from 0.
    nth: usize,
    code: &'static str,
    message: String,
}

impl RefusedFile {
    fn of(file: &filekit_files::RefusedFile, texts: &Texts) -> Self {
        Self { nth: file.nth, code: file.rejection.code(), message: file.rejection.words(texts) }
    }
}

impl Stop {
    /// Writes an error to the log, and makes the answer to the client of it.
    pub(crate) fn report(error: &Error, texts: &Texts) -> Self {
        if let Some(RedirectFirst(url)) = error.downcast_ref() {
            tracing::debug!("a visitor is sent to another page first");
            return Self::Redirect(url.clone());
        }
        let refusal = match Audience::of(error) {
            Audience::Rejection(rejection) => Refusal::of_rejection(&rejection, texts),
            Audience::Visitor(message) => {
                tracing::info!(words = ?message, "an event was refused by its handler");
                Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "event.refused", message.to_owned())
            }
            Audience::Status(status, words) => {
                tracing::warn!(error = ?error.to_string(), %status, "a request was refused by its handler");
                Refusal::new(status, "event.refused", words.to_owned())
            }
            Audience::Log => Refusal::of_fault(error, texts),
        };
        refusal.tell(error);
        Self::Refused(refusal)
    }

    /// The answer to a person who looks at it: a document whose title is the text of a key.
    pub(crate) fn for_person(self, title: &'static str, texts: &Texts) -> Response {
        self.in_place_of_a_page(title, texts, None)
    }

    /// The same at the URL of a page.
    pub(crate) fn in_place_of_a_page(
        self,
        title: &'static str,
        texts: &Texts,
        developer: Option<ForDeveloper>,
    ) -> Response {
        match self {
            Self::Refused(refusal) => error_document::of_refusal(title, refusal, texts, developer),
            Self::Redirect(url) => Redirect::to(harmless_url(&url)).into_response(),
        }
    }
}

impl Refusal {
    /// Tells the observers of events, of each file by itself where several are refused before they come.
    fn tell(&self, error: &Error) {
        match error.downcast_ref() {
            Some(FileRejection::FilesRefused { refused, .. }) => {
                refused.iter().for_each(|file| tell_refused(file.rejection.code(), file.rejection.file()));
            }
            _ => tell_refused(self.words.code, self.words.file.as_deref()),
        }
    }

    fn new(status: StatusCode, code: &'static str, message: String) -> Self {
        let words = Words { code, message, reference: None, file: None, refused: Vec::new() };
        Self { status, words, retry_after: None, fault: None }
    }

    /// The header that says when to try again.
    pub(crate) fn retry_after(&self) -> Option<(HeaderName, HeaderValue)> {
        self.retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)))
    }

    fn of_rejection(rejection: &Rejection, texts: &Texts) -> Self {
        let status = rejection.status();
        // As a value for debugging, text that clients chose stays on its line.
        let error = rejection.to_string();
        if let Rejection::File(FileRejection::FileGone { .. }) = rejection {
            tracing::info!(?error, "a file was asked for that was removed");
        } else if rejection.is_of_budget() {
            tracing::debug!(?error, "a request was refused");
        } else if status.is_server_error() {
            tracing::error!(?error, "a request could not be carried out");
        } else {
            tracing::warn!(?error, "a request was refused");
        }
        let mut refusal = Self::new(status, rejection.code(), rejection.words(texts));
        refusal.retry_after = rejection.retry_after();
        refusal.words.file = rejection.file().map(str::to_owned);
        if let Rejection::File(FileRejection::FilesRefused { refused, .. }) = rejection {
            refusal.words.refused = refused.iter().map(|file| RefusedFile::of(file, texts)).collect();
        }
        refusal
    }

    fn of_fault(error: &Error, texts: &Texts) -> Self {
        // Without randomness the reference is poor, and everything else is worse.
        let reference = format!("{:08x}", getrandom::u32().unwrap_or_default());
        let fault = error.to_string();
        tracing::error!(error = ?fault, reference, "a request failed");
        let code = "event.failed";
        let mut refusal = Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, texts.say(code, &[]));
        refusal.words.reference = Some(reference);
        refusal.fault = Some(fault);
        refusal
    }
}
