//! Why a request of a page is refused: status, code and words of each refusal. Those of files are below, in `filekit-files`.

use filekit_files::FileRejection;
use http::StatusCode;

use crate::error::{Error, words_of_status};
use crate::texts::{Texts, english};

/// Why a request was refused. Each has a status, a stable code and words for the visitor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The request comes from another site.
    ForeignOrigin,
    /// The request is not what the page would have sent.
    #[non_exhaustive]
    Malformed {
        /// The reason; for the log.
        reason: String,
    },
    /// The request is for a host that this server does not answer for.
    #[non_exhaustive]
    UnknownHost {
        /// The host as it was sent; for the log.
        host: String,
    },
    /// A parameter of the path is not what the page takes: there is no such page.
    #[non_exhaustive]
    WrongPath {
        /// The route, as the program writes it; for the log.
        route: String,
        /// Which parameter it is, and what is wrong with it; for the log.
        reason: String,
    },
    /// The query is not what the page takes.
    #[non_exhaustive]
    WrongQuery {
        /// The route, as the program writes it; for the log.
        route: String,
        /// Which value it is, and what is wrong with it; for the log.
        reason: String,
    },
    /// The capability is altered, made up, or another visitor's.
    CapabilityRefused,
    /// The browser sent no cookie of a session: there was none that still holds, or it keeps none.
    NoCookie,
    /// The capability is genuine, but this server has no such event: the page is of another version.
    OutOfDate,
    /// The call has succeeded before: a browser sends it again by itself when its connection ends without an answer.
    Repeated,
    /// The call has begun before, and failed or was cut off: no state has changed.
    NotDone,
    /// The call has begun before, on another server, which does not say what became of it: it was killed, or the event still runs. Or
    /// the store of states has not said whether it has kept what the call has changed.
    OutcomeUnknown,
    /// The store of states is out of reach: nothing was done.
    StatesUnavailable,
    /// A state has grown, and there is no room for that.
    StateFull,
    /// An argument is not what the event takes.
    #[non_exhaustive]
    WrongArgument {
        /// The parameter's name.
        parameter: &'static str,
        /// The reason; for the log.
        reason: String,
    },
    /// A form came without the button that was pressed, or with it where it is too late to obey.
    ButtonMissing,
    /// An extractor of the event refused the request.
    #[non_exhaustive]
    Extractor {
        /// The status of its answer.
        status: StatusCode,
        /// Its words; none if it has none.
        message: String,
    },
    /// There is nothing under this URL, or not for this visitor.
    NotFound,
    /// A file, or the request that brings it, is refused.
    File(FileRejection),
}

impl Rejection {
    pub(crate) fn malformed(reason: impl std::fmt::Display) -> Self {
        Self::Malformed { reason: reason.to_string() }
    }

    pub(crate) fn unknown_host(host: impl Into<String>) -> Self {
        Self::UnknownHost { host: host.into() }
    }

    pub(crate) fn wrong_path(route: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::WrongPath { route: route.into(), reason: reason.into() }
    }

    pub(crate) fn wrong_query(route: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::WrongQuery { route: route.into(), reason: reason.into() }
    }

    pub(crate) fn wrong_argument(parameter: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::WrongArgument { parameter, reason: reason.to_string() }
    }

    pub(crate) const fn extractor(status: StatusCode, message: String) -> Self {
        Self::Extractor { status, message }
    }

    /// The refusal as an error that answers with its own status and words also where no layer of a filekit does: in a handler
    /// outside of [`FileKit::router`](crate::FileKit::router).
    ///
    /// ```
    /// # use filekit_runtime::{Error, Rejection};
    /// fn shelf(number: u32) -> Result<String, Error> {
    ///     if number > 7 { Err(Rejection::NotFound.into_error()) } else { Ok(number.to_string()) }
    /// }
    /// # assert!(shelf(8).is_err());
    /// ```
    #[must_use]
    pub fn into_error(self) -> Error {
        Error::with_status(self.status(), self.message(), self)
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::ForeignOrigin | Self::CapabilityRefused | Self::NoCookie => StatusCode::FORBIDDEN,
            Self::Malformed { .. } | Self::WrongQuery { .. } | Self::ButtonMissing => StatusCode::BAD_REQUEST,
            // RFC 9110, section 15.5.20. The only one after which browsers send again: nothing has been read or called
            // by then, and another connection may be the right one.
            Self::UnknownHost { .. } => StatusCode::MISDIRECTED_REQUEST,
            Self::OutOfDate | Self::Repeated | Self::NotDone | Self::OutcomeUnknown => StatusCode::CONFLICT,
            Self::StatesUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::StateFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::WrongArgument { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Extractor { status, .. } => answerable(*status),
            Self::NotFound | Self::WrongPath { .. } => StatusCode::NOT_FOUND,
            Self::File(refused) => refused.status(),
        }
    }

    /// After how many seconds it is worth to try again, for the header `Retry-After`; nothing where time alone changes nothing.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::File(refused) => refused.retry_after(),
            _ => None,
        }
    }

    /// The stable code of the refusal; `errors.md` explains each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ForeignOrigin => "request.foreign-origin",
            Self::Malformed { .. } => "request.malformed",
            Self::UnknownHost { .. } => "request.unknown-host",
            Self::WrongPath { .. } => "request.wrong-path",
            Self::WrongQuery { .. } => "request.wrong-query",
            Self::NotFound => "request.not-found",
            Self::CapabilityRefused => "event.capability-refused",
            Self::NoCookie => "event.no-cookie",
            Self::OutOfDate => "event.out-of-date",
            Self::Repeated => "event.repeated",
            Self::NotDone => "event.not-done",
            Self::OutcomeUnknown => "event.outcome-unknown",
            Self::StatesUnavailable => "state.unavailable",
            Self::StateFull => "state.full",
            Self::WrongArgument { .. } => "event.wrong-argument",
            Self::ButtonMissing => "form.button-missing",
            Self::Extractor { .. } => "event.extractor-refused",
            Self::File(refused) => refused.code(),
        }
    }

    /// The words for the visitor, in English: what is wrong, and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        self.words(&english())
    }

    /// Whether a budget is used up, which has written that to the log in its own words.
    pub(crate) fn is_of_budget(&self) -> bool {
        matches!(self, Self::StateFull | Self::File(FileRejection::DownloadsFull | FileRejection::ServerBusy))
    }

    /// The name of the file that is to blame, if one is.
    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Self::File(refused) => refused.file(),
            _ => None,
        }
    }

    /// The words for the visitor, as the program says them.
    pub(crate) fn words(&self, texts: &Texts) -> String {
        match self {
            Self::Extractor { status, message } if message.is_empty() => words_of_status(*status, texts),
            Self::Extractor { message, .. } => message.clone(),
            Self::File(refused) => refused.words(texts),
            _ => texts.say(self.code(), &[]),
        }
    }
}

impl From<FileRejection> for Rejection {
    fn from(refused: FileRejection) -> Self {
        Self::File(refused)
    }
}

impl std::fmt::Display for Rejection {
    /// For the log: the code, and what the visitor is not told.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Self::File(refused) = self {
            return refused.fmt(formatter);
        }
        formatter.write_str(self.code())?;
        match self {
            Self::Malformed { reason } => write!(formatter, ": {}", shortened(reason, 200)),
            Self::WrongPath { route, reason } | Self::WrongQuery { route, reason } => {
                write!(formatter, ": `{route}`: {}", shortened(reason, 200))
            }
            Self::UnknownHost { host } => {
                let cure = "name the server's own hosts with `hosts([..])` or `FILEKIT_HOSTS`";
                write!(formatter, ": {}: {cure}", shortened(host, 80))
            }
            Self::WrongArgument { parameter, reason } => {
                write!(formatter, ": `{parameter}`: {}", shortened(reason, 200))
            }
            _ => write!(formatter, ": {}", self.message()),
        }
    }
}

impl std::error::Error for Rejection {}

/// The status that a call can be answered with. After some, browsers send the request again by themselves, a `POST` too:
/// after 408 on a connection that was used before, and after 421 and 425 on another one (RFC 9110, sections 15.5.9 and
/// 15.5.20; RFC 8470, section 5.2; Chromium and Firefox do).
fn answerable(status: StatusCode) -> StatusCode {
    match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::MISDIRECTED_REQUEST | StatusCode::TOO_EARLY => {
            StatusCode::BAD_REQUEST
        }
        other => other,
    }
}

/// At most so many characters of a text that a stranger chose.
fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_refusal_of_a_call_lets_browsers_send_again() {
        for status in [408, 421, 425].map(|status| StatusCode::from_u16(status).unwrap()) {
            assert_eq!(Rejection::extractor(status, String::new()).status(), StatusCode::BAD_REQUEST, "{status}");
        }
        assert_eq!(Rejection::extractor(StatusCode::GATEWAY_TIMEOUT, String::new()).status().as_u16(), 504);
    }
}
