//! Answers a client of an endpoint in the protocol that it speaks.

use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::answer::{insert, text};
use super::draft::{self, DraftAnswer, Interop};
use super::protocol::Protocol;
use super::refusal::EndpointRefusal;
use super::request::{EndpointAnswer, MaxSize, UploadStatus};
use super::tus::TusAnswer;
use crate::guard::tell_refused;
use crate::interim::InterimAnswers;
use crate::page::{Refusal, Stop};
use crate::texts::Texts;

const JSON: &str = "application/json";

/// Speaks one protocol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Speaker {
    Tus(TusAnswer),
    Draft(DraftAnswer),
    /// Whether the client would understand the draft as well.
    Form {
        of_draft: bool,
    },
}

/// What a refusal says.
struct Said {
    status: StatusCode,
    code: &'static str,
    message: String,
    reference: Option<String>,
    retry_after: Option<(HeaderName, HeaderValue)>,
}

impl Speaker {
    /// Speaks to the client of a request. One of which is not known what it speaks is told in the words of the draft.
    pub(super) fn new(protocol: Option<Protocol>, max_size: MaxSize, request: &Parts) -> Self {
        let version = request.version;
        match protocol {
            Some(Protocol::Tus) => Self::Tus(TusAnswer { version }),
            Some(Protocol::Draft(interop)) => Self::Draft(DraftAnswer { interop, max_size, version }),
            Some(Protocol::Multipart) => Self::Form { of_draft: draft::completes(&request.headers).is_some() },
            None => Self::Draft(DraftAnswer { interop: Interop::Eight, max_size, version }),
        }
    }

    /// Announces an upload to the client of a request while it still sends, if it listens and the server can. Returns whether it was
    /// told where it can go on.
    pub(super) fn announce(self, request: &Parts, location: &str, status: &UploadStatus) -> bool {
        let (Self::Draft(draft), Some(interim)) = (self, request.extensions.get::<InterimAnswers>()) else {
            return false;
        };
        let headers = draft.announcement(location, status);
        draft.interop.is_named(&request.headers) && interim.send(104, "Upload Resumption Supported", &headers)
    }

    pub(super) fn answer(self, answer: EndpointAnswer, texts: &Texts) -> Response {
        match self {
            Self::Tus(tus) => answer_of_tus(tus, answer, texts),
            Self::Draft(draft) => match answer {
                EndpointAnswer::Created(location, status) => draft.created(&location, &status),
                EndpointAnswer::Offset(status) => draft.offset(&status),
                EndpointAnswer::Appended(status) => draft.appended(&status),
                EndpointAnswer::Finished(finished) => draft.finished(finished),
                EndpointAnswer::Discarded => draft.discarded(),
            },
            Self::Form { .. } => Response::default(),
        }
    }

    /// The answer to a form, which is the same in any version of the draft.
    pub(super) fn form(self, mut response: Response) -> Response {
        if let Self::Form { of_draft: true } = self {
            insert(response.headers_mut(), draft::COMPLETE, "?1");
        }
        response
    }

    pub(super) fn refuse(self, refusal: &EndpointRefusal, texts: &Texts) -> Response {
        let mut said = Said::of(refusal, texts);
        let retry_after = said.retry_after.take();
        let mut response = match self {
            Self::Tus(tus) => tus.refused(refusal, said.status, said.for_people()),
            Self::Draft(draft) => draft.refused(refusal, said.status, said.problem()),
            Self::Form { .. } => self.form(text(said.status, JSON, said.json().to_string())),
        };
        response.headers_mut().extend(retry_after);
        response
    }
}

/// tus has no answers of events: what went wrong there is refused.
fn answer_of_tus(tus: TusAnswer, answer: EndpointAnswer, texts: &Texts) -> Response {
    match answer {
        EndpointAnswer::Created(location, status) => tus.created(&location, &status),
        EndpointAnswer::Offset(status) => tus.offset(&status),
        EndpointAnswer::Appended(status) => tus.appended(&status),
        EndpointAnswer::Finished(finished) if finished.outcome.status.is_success() => tus.finished(&finished),
        EndpointAnswer::Finished(finished) => {
            let error: Value = serde_json::from_slice(&finished.outcome.body).unwrap_or_default();
            let message = error["error"]["message"].as_str();
            let message = message.map_or_else(|| texts.say("event.failed", &[]), str::to_owned);
            tus.refused(&EndpointRefusal::Gone, finished.outcome.status, message)
        }
        EndpointAnswer::Discarded => tus.discarded(),
    }
}

impl Said {
    fn of(refusal: &EndpointRefusal, texts: &Texts) -> Self {
        if let Some((status, code, message)) = refusal.told() {
            tracing::debug!(code, "a request to an endpoint was refused");
            tell_refused(code, None);
            return Self { status, code, message, reference: None, retry_after: None };
        }
        let (EndpointRefusal::OfFile(error) | EndpointRefusal::Error(error)) = refusal else {
            return Self::of(&EndpointRefusal::Gone, texts);
        };
        match Stop::report(error, texts) {
            Stop::Refused(refusal) => {
                let retry_after = refusal.retry_after();
                let Refusal { status, words, .. } = refusal;
                Self { status, code: words.code, message: words.message, reference: words.reference, retry_after }
            }
            Stop::Redirect(_) => Self::of(&EndpointRefusal::Elsewhere, texts),
        }
    }

    fn for_people(self) -> String {
        match self.reference {
            Some(reference) => format!("{} ({reference})", self.message),
            None => self.message,
        }
    }

    /// RFC 9457.
    fn problem(self) -> Value {
        let mut problem = json!({ "title": self.message, "status": self.status.as_u16(), "code": self.code });
        if let Some(reference) = self.reference {
            problem["reference"] = json!(reference);
        }
        problem
    }

    fn json(self) -> Value {
        json!({ "error": { "code": self.code, "message": self.message, "reference": self.reference } })
    }
}
