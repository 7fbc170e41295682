//! Errors and refusals.

mod answer;
mod panic;
mod rejection;
mod words;

pub use answer::AnsweredError;
pub use panic::{Panicked, caught};
pub use rejection::{FileRejection, Mismatch, RefusedFile};

use std::fmt;

use http::StatusCode;

/// A result whose error is [`Error`], unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something failed.
///
/// Every error type converts into it, so that `?` works in events and in `main`. Such an error is logged whole, and
/// the page shows a general message with a reference under which the log has it. What the visitor should read is
/// made by [`Error::user`].
pub struct Error(Kind);

enum Kind {
    /// Words for the visitor.
    User(String),
    /// A refusal with a status and a code of its own.
    Rejected(FileRejection),
    /// A refusal of another crate.
    Refused { status: StatusCode, words: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// Anything else: for the log only.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Makes an error whose words the page shows.
    ///
    /// ```
    /// # use filekit_files::Error;
    /// let error = Error::user("That name is taken.");
    /// assert_eq!(error.to_string(), "That name is taken.");
    /// ```
    pub fn user(words: impl Into<String>) -> Self {
        Self(Kind::User(words.into()))
    }

    /// Makes an error that answers a request with this status and these words. What it is made of is for the log, and is found by
    /// [`Error::downcast_ref`].
    ///
    /// ```
    /// # use filekit_files::Error;
    /// use http::StatusCode;
    ///
    /// let source = std::io::Error::other("no shelf 7");
    /// let error = Error::with_status(StatusCode::NOT_FOUND, "There is no such shelf.", source);
    /// assert_eq!(error.to_string(), "no shelf 7");
    /// ```
    pub fn with_status(status: StatusCode, words: impl Into<String>, source: impl IntoError) -> Self {
        Self(Kind::Refused { status, words: words.into(), source: Box::new(source) })
    }

    /// The status and the words that were given to [`Error::with_status`].
    #[must_use]
    pub fn given_status(&self) -> Option<(StatusCode, &str)> {
        match &self.0 {
            Kind::Refused { status, words, .. } => Some((*status, words)),
            _ => None,
        }
    }

    /// The status and the words that a request is answered with.
    pub(crate) fn answer(&self) -> (StatusCode, String) {
        match &self.0 {
            Kind::User(words) => (StatusCode::UNPROCESSABLE_ENTITY, words.clone()),
            Kind::Rejected(refused) => (refused.status(), refused.message()),
            Kind::Refused { status, words, .. } => (*status, words.clone()),
            Kind::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server.".to_owned()),
        }
    }

    /// The words for the visitor, if the error was made by [`Error::user`].
    #[must_use]
    pub fn user_words(&self) -> Option<&str> {
        match &self.0 {
            Kind::User(words) => Some(words),
            _ => None,
        }
    }

    /// The error of this type that was converted, if it is one.
    ///
    /// ```
    /// # use filekit_files::{Error, FileRejection};
    /// let error = Error::from(FileRejection::StorageFull);
    /// assert_eq!(error.downcast_ref().map(FileRejection::code), Some("storage.full"));
    /// assert!(error.downcast_ref::<std::io::Error>().is_none());
    /// ```
    #[must_use]
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        match &self.0 {
            Kind::User(_) => None,
            Kind::Rejected(rejection) => (rejection as &(dyn std::error::Error + 'static)).downcast_ref(),
            Kind::Refused { source: error, .. } | Kind::Internal(error) => error.downcast_ref(),
        }
    }
}

/// What becomes an [`Error`] by `?` or `into()`: every error type that can be sent to another thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not become a `filekit::Error`",
    label = "not an error type; words for the visitor are `Error::user(\"..\")`",
    note = "an error type implements `std::error::Error + Send + Sync + 'static`"
)]
pub trait IntoError: std::error::Error + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: std::error::Error + Send + Sync + 'static> IntoError for E {}

impl<E: IntoError> From<E> for Error {
    /// Keeps a [`FileRejection`] what it is; any other error is for the log.
    fn from(error: E) -> Self {
        let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        match error.downcast::<FileRejection>() {
            Ok(rejection) => Self(Kind::Rejected(*rejection)),
            Err(error) => Self(Kind::Internal(error)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::User(words) => formatter.write_str(words),
            Kind::Rejected(rejection) => rejection.fmt(formatter),
            Kind::Refused { source: error, .. } | Kind::Internal(error) => with_sources(error.as_ref(), formatter),
        }
    }
}

impl fmt::Debug for Error {
    /// The same as `Display`: this is what a program shows whose `main` returns the error.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn with_sources(error: &(dyn std::error::Error + 'static), formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(formatter, "{error}")?;
    let mut source = error.source();
    while let Some(error) = source {
        write!(formatter, ": {error}")?;
        source = error.source();
    }
    Ok(())
}
