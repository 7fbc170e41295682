//! Verdicts of lists, for fuzz targets (`cfg(fuzzing)`).

use crate::error::Mismatch;

/// Judges a file by a list: the extension that it should have, or why it is refused.
///
/// # Errors
///
/// If the list does not accept it: what is wrong with its content, if that is what is wrong.
pub fn check(entries: &[String], name: &str, head: &[u8]) -> Result<Option<&'static str>, Option<Mismatch>> {
    super::check(entries, name, head).map_err(super::Refusal::mismatch)
}
