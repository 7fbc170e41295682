//! Every refusal that a browser can meet: its status, its code and its words; not where it is decided.

use http::StatusCode;

use crate::storage::is_hidden;
use crate::texts::{MISNAMED, Texts, Value};
use crate::types::accept;

/// Why a request was refused. Each has a status, a stable code and words for the visitor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The request comes from another site.
    ForeignOrigin,
    /// The request is not what the page would have sent.
    #[non_exhaustive]
    Malformed {
        /// What is wrong with it; for the log.
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
    /// The call is larger than any call is.
    #[non_exhaustive]
    CallTooLarge {
        /// The limit in bytes.
        limit: usize,
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
    /// An argument is not what the event takes.
    #[non_exhaustive]
    WrongArgument {
        /// The parameter's name.
        parameter: &'static str,
        /// What is wrong; for the log.
        reason: String,
    },
    /// A form came without the button that was pressed, or with it where it is too late to obey.
    ButtonMissing,
    /// The body of an upload is not multipart.
    NotMultipart,
    /// The body of an upload ended early.
    Truncated,
    /// Nothing came for too long.
    #[non_exhaustive]
    Silent {
        /// The limit in seconds.
        seconds: u64,
    },
    /// The sender is slower than any connection should be.
    TooSlow,
    /// A file's name would lead out of its folder.
    #[non_exhaustive]
    UnsafeName {
        /// The name as it was sent.
        name: String,
    },
    /// A part of an upload has content and no file name.
    #[non_exhaustive]
    NoFileName {
        /// The name of the part.
        name: String,
    },
    /// A part holds parts itself, which may be files.
    #[non_exhaustive]
    NestedMultipart {
        /// The name of the part.
        name: String,
    },
    /// More files than allowed.
    #[non_exhaustive]
    TooManyFiles {
        /// How many may come.
        limit: u32,
    },
    /// Fewer files than required.
    #[non_exhaustive]
    TooFewFiles {
        /// How many must come.
        limit: u32,
    },
    /// A file is larger than allowed.
    #[non_exhaustive]
    TooLarge {
        /// The file's name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file is smaller than allowed.
    #[non_exhaustive]
    TooSmall {
        /// The file's name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The files are larger together than allowed, or the body is larger than the server takes.
    #[non_exhaustive]
    TotalTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A file is of none of the accepted types.
    #[non_exhaustive]
    TypeNotAccepted {
        /// The file's name.
        name: String,
        /// What is accepted: extensions and MIME types.
        accepted: Vec<String>,
        /// What the content is, as people call it (`WEBP`), if the name says something else.
        content: Option<String>,
    },
    /// An image has more pixels than a handler decodes.
    #[non_exhaustive]
    ImageTooLarge {
        /// The file's name.
        name: String,
    },
    /// What a handler decodes as an image is none.
    #[non_exhaustive]
    NotAnImage {
        /// The file's name.
        name: String,
        /// What is wrong with it; for the log.
        reason: String,
    },
    /// An extractor of the event refused the request.
    #[non_exhaustive]
    Extractor {
        /// The status of its answer.
        status: StatusCode,
        /// Its words; none if it has none.
        message: String,
    },
    /// There is no room left.
    StorageFull,
    /// The server holds as many files open as it may.
    Busy,
    /// A stored file was removed.
    #[non_exhaustive]
    FileGone {
        /// The file's name.
        name: String,
    },
    /// There is nothing under this URL, or not for this visitor.
    NotFound,
}

impl Rejection {
    #[doc(hidden)]
    pub fn malformed(reason: impl std::fmt::Display) -> Self {
        Self::Malformed { reason: reason.to_string() }
    }

    #[doc(hidden)]
    pub fn unknown_host(host: impl Into<String>) -> Self {
        Self::UnknownHost { host: host.into() }
    }

    #[doc(hidden)]
    pub fn wrong_path(route: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::WrongPath { route: route.into(), reason: reason.into() }
    }

    #[doc(hidden)]
    pub fn wrong_query(route: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::WrongQuery { route: route.into(), reason: reason.into() }
    }

    #[doc(hidden)]
    pub fn wrong_argument(parameter: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::WrongArgument { parameter, reason: reason.to_string() }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn too_many_files(limit: u32) -> Self {
        Self::TooManyFiles { limit }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn too_few_files(limit: u32) -> Self {
        Self::TooFewFiles { limit }
    }

    #[doc(hidden)]
    pub fn file_gone(name: impl Into<String>) -> Self {
        Self::FileGone { name: name.into() }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn extractor(status: StatusCode, message: String) -> Self {
        Self::Extractor { status, message }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::ForeignOrigin | Self::CapabilityRefused | Self::NoCookie => StatusCode::FORBIDDEN,
            // No 408 for the slow ones: see `answerable`.
            Self::Malformed { .. }
            | Self::WrongQuery { .. }
            | Self::Truncated
            | Self::Silent { .. }
            | Self::TooSlow
            | Self::ButtonMissing => StatusCode::BAD_REQUEST,
            // RFC 9110, section 15.5.20. The only one after which browsers send again: nothing has been read or called
            // by then, and another connection may be the right one.
            Self::UnknownHost { .. } => StatusCode::MISDIRECTED_REQUEST,
            Self::CallTooLarge { .. }
            | Self::TooLarge { .. }
            | Self::TotalTooLarge { .. }
            | Self::ImageTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OutOfDate | Self::Repeated | Self::NotDone => StatusCode::CONFLICT,
            Self::NotMultipart
            | Self::NestedMultipart { .. }
            | Self::TypeNotAccepted { .. }
            | Self::NotAnImage { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::WrongArgument { .. }
            | Self::UnsafeName { .. }
            | Self::NoFileName { .. }
            | Self::TooManyFiles { .. }
            | Self::TooFewFiles { .. }
            | Self::TooSmall { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Extractor { status, .. } => answerable(*status),
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::FileGone { .. } | Self::NotFound | Self::WrongPath { .. } => StatusCode::NOT_FOUND,
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
            Self::CallTooLarge { .. } => "request.too-large",
            Self::NotFound => "request.not-found",
            Self::CapabilityRefused => "event.capability-refused",
            Self::NoCookie => "event.no-cookie",
            Self::OutOfDate => "event.out-of-date",
            Self::Repeated => "event.repeated",
            Self::NotDone => "event.not-done",
            Self::WrongArgument { .. } => "event.wrong-argument",
            Self::ButtonMissing => "form.button-missing",
            Self::NotMultipart => "upload.not-multipart",
            Self::Truncated => "upload.truncated",
            Self::Silent { .. } => "upload.silent",
            Self::TooSlow => "upload.too-slow",
            Self::UnsafeName { .. } => "upload.unsafe-name",
            Self::NoFileName { .. } => "upload.no-file-name",
            Self::NestedMultipart { .. } => "upload.nested-multipart",
            Self::TooManyFiles { .. } => "upload.too-many-files",
            Self::TooFewFiles { .. } => "upload.too-few-files",
            Self::TooLarge { .. } => "upload.too-large",
            Self::TooSmall { .. } => "upload.too-small",
            Self::TotalTooLarge { .. } => "upload.total-too-large",
            Self::TypeNotAccepted { .. } => "upload.type-not-accepted",
            Self::ImageTooLarge { .. } => "upload.image-too-large",
            Self::NotAnImage { .. } => "upload.not-an-image",
            Self::Extractor { .. } => "event.extractor-refused",
            Self::Busy => "storage.busy",
            Self::StorageFull => "storage.full",
            Self::FileGone { .. } => "storage.file-gone",
        }
    }

    /// The words for the visitor, in English: what is wrong, and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        self.words(&Texts::english())
    }

    /// The name of the file that is to blame, if one is.
    #[doc(hidden)]
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::UnsafeName { name }
            | Self::TooLarge { name, .. }
            | Self::TooSmall { name, .. }
            | Self::TypeNotAccepted { name, .. }
            | Self::ImageTooLarge { name }
            | Self::NotAnImage { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The words for the visitor, as the program says them.
    #[doc(hidden)]
    #[must_use]
    pub fn words(&self, texts: &Texts) -> String {
        match self {
            Self::Extractor { status, message } if message.is_empty() => texts.of_refusal(*status),
            Self::Extractor { message, .. } => message.clone(),
            Self::CallTooLarge { limit } => texts.say(self.code(), &[("limit", Value::Size(*limit as u64))]),
            Self::Silent { seconds } => texts.say(self.code(), &[("seconds", Value::Number(*seconds))]),
            Self::UnsafeName { name }
            | Self::NoFileName { name }
            | Self::NestedMultipart { name }
            | Self::ImageTooLarge { name }
            | Self::NotAnImage { name, .. }
            | Self::FileGone { name } => texts.say(self.code(), &[("name", Value::Text(&shown(name)))]),
            Self::TooManyFiles { limit } | Self::TooFewFiles { limit } => {
                texts.say(self.code(), &[("limit", Value::Number(u64::from(*limit)))])
            }
            Self::TooLarge { name, limit } | Self::TooSmall { name, limit } => {
                let name = shown(name);
                texts.say(self.code(), &[("limit", Value::Size(*limit)), ("name", Value::Text(&name))])
            }
            Self::TotalTooLarge { limit } => texts.say(self.code(), &[("limit", Value::Size(*limit))]),
            Self::TypeNotAccepted { name, accepted, content } => {
                let (name, accepted) = (shown(name), accept::words(accepted, texts));
                let key = if content.is_some() { MISNAMED } else { self.code() };
                let content = ("content", Value::Text(content.as_deref().unwrap_or_default()));
                texts.say(key, &[("accepted", Value::Text(&accepted)), content, ("name", Value::Text(&name))])
            }
            _ => texts.say(self.code(), &[]),
        }
    }
}

impl std::fmt::Display for Rejection {
    /// For the log: the code, and what the visitor is not told.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
            Self::UnsafeName { name } => write!(formatter, ": {}", shortened(name, 80)),
            Self::NotAnImage { name, reason } => {
                write!(formatter, ": {}: {}", shortened(name, 80), shortened(reason, 200))
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

/// A name that a stranger chose, as it is shown: without what nobody sees, and what would turn the words around it.
fn shown(name: &str) -> String {
    let seen: String = name.chars().filter(|character| !is_hidden(*character)).collect();
    shortened(&seen, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_refusal_of_a_call_lets_browsers_send_again() {
        let silent = Rejection::Silent { seconds: 30 };
        let of_layers = [408, 421, 425].map(|status| StatusCode::from_u16(status).unwrap());
        let of_layers = of_layers.map(|status| Rejection::extractor(status, String::new()));
        for refused in [silent, Rejection::TooSlow].into_iter().chain(of_layers) {
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{refused:?}");
        }
        assert_eq!(Rejection::extractor(StatusCode::GATEWAY_TIMEOUT, String::new()).status().as_u16(), 504);
    }

    #[test]
    fn a_name_that_is_refused_turns_no_words_around() {
        let refused = Rejection::UnsafeName { name: "../\u{202e}fdp\u{1}\r\n.exe".to_owned() };
        assert!(refused.message().contains("“../fdp.exe”"), "{}", refused.message());
    }
}
