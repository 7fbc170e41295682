//! What went wrong while files were read, for those who run beside that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::FileRejection;

/// What went wrong while files were read: they cannot be read on, and what was read does not count.
///
/// A handler that reads files while they arrive may make nothing of an error. Its caller asks here.
#[derive(Clone, Debug, Default)]
pub struct Failure(Arc<Mutex<Option<FileRejection>>>);

impl Failure {
    /// # Errors
    ///
    /// If something went wrong.
    pub fn check(&self) -> Result<(), FileRejection> {
        self.noted().clone().map_or(Ok(()), Err)
    }

    /// Notes what went wrong, if something did: here, or with the bytes on their way here.
    ///
    /// # Errors
    ///
    /// The error of `result`.
    pub fn note<T>(&self, result: Result<T, FileRejection>) -> Result<T, FileRejection> {
        if let Err(rejection) = &result {
            *self.noted() = Some(rejection.clone());
        }
        result
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned one is as good as any.
    fn noted(&self) -> MutexGuard<'_, Option<FileRejection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
