//! Why a store could not do what it was asked.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A result whose error is [`StoreError`], unless said otherwise.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why a store could not do what it was asked. Its words name the store, and what to do about it; they are for those who run the
/// program, and go to the log.
///
/// After an error of [`StateStore::swap`](super::StateStore::swap) or
/// [`StateStore::insert_once`](super::StateStore::insert_once) it is not known whether the store has done it: the answer may
/// have been lost.
#[derive(Clone, Debug)]
pub struct StoreError {
    words: String,
    is_unavailable: bool,
    /// Shared by all that one failure concerns.
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// Makes an error with these words, such as "the disk of `states.db` is full: make room".
    ///
    /// ```
    /// # use filekit_runtime::stores::StoreError;
    /// let error = StoreError::new("the file `states.db` is of another program: name another one");
    /// assert!(!error.is_unavailable());
    /// ```
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_unavailable: false, source: None }
    }

    /// Makes an error of a store that is out of reach for now, and may be back for a later try.
    ///
    /// ```
    /// # use filekit_runtime::stores::StoreError;
    /// let error = StoreError::unavailable("the database at `db:5432` does not answer: is it running?");
    /// assert!(error.is_unavailable());
    /// ```
    pub fn unavailable(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_unavailable: true, source: None }
    }

    /// Says what the error is made of.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Whether the store is out of reach for now, and a later try may succeed.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.is_unavailable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
