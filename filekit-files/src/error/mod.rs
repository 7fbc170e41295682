//! Errors and refusals.

mod answer;
mod panic;
mod rejection;
mod words;

pub use answer::AnsweredError;
pub use panic::{Panicked, caught};
pub use rejection::{FileRejection, Mismatch};

use std::fmt;

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
            Kind::Internal(error) => error.downcast_ref(),
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
            Kind::Internal(error) => with_sources(error.as_ref(), formatter),
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
