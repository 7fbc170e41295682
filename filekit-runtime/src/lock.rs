//! Locks of data that no panic leaves half-changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks it. What holds the lock must not panic half-way, so a poisoned one is as good as any.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
