//! Errors and refusals; not how they travel.

mod answer;
mod panic;
mod rejection;

#[doc(hidden)]
pub use answer::AnsweredError;
#[doc(hidden)]
pub use panic::{Panicked, caught};
pub use rejection::Rejection;

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
    Rejected(Rejection),
    /// Anything else: for the log only.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// What a page is told of an error.
#[derive(Debug)]
#[doc(hidden)]
pub enum Audience<'a> {
    /// The visitor may read this.
    Visitor(&'a str),
    /// A refusal, which brings its words along.
    Rejection(&'a Rejection),
    /// For the log alone.
    Log,
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

    /// The error that this was made of, if it is a `T`.
    ///
    /// ```
    /// # use filekit_files::Error;
    /// let error = Error::from(std::io::Error::other("the disk is full"));
    /// assert!(error.downcast_ref::<std::io::Error>().is_some());
    /// ```
    #[must_use]
    pub fn downcast_ref<T: std::error::Error + 'static>(&self) -> Option<&T> {
        match &self.0 {
            Kind::Internal(error) => error.downcast_ref(),
            Kind::User(_) | Kind::Rejected(_) => None,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub fn audience(&self) -> Audience<'_> {
        match &self.0 {
            Kind::User(words) => Audience::Visitor(words),
            Kind::Rejected(rejection) => Audience::Rejection(rejection),
            Kind::Internal(_) => Audience::Log,
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
    /// Keeps a [`Rejection`] what it is; any other error is for the log.
    fn from(error: E) -> Self {
        let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        match error.downcast::<Rejection>() {
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
