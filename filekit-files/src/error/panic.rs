//! Turns panics into errors, so that one ends what it happened in and nothing else.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

/// Does `work`, and returns an error if it panics.
///
/// The caller sees to it that nothing which `work` may have left half-done is used again.
pub async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|panic| Panicked(message_of(panic.as_ref())))
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message").to_owned()
}

/// Code of the developer's panicked.
#[derive(Debug)]
pub struct Panicked(String);

impl fmt::Display for Panicked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a handler panicked: {}", self.0)
    }
}

impl std::error::Error for Panicked {}
