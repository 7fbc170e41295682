//! Verdicts of lists, for fuzz targets; not there in other builds.

/// Judges a file by a list: the extension that it should have, or why it is refused.
///
/// # Errors
///
/// If the list does not accept it: what it is, if its name says something else.
pub fn check(entries: &[String], name: &str, head: &[u8]) -> Result<Option<&'static str>, Option<String>> {
    super::check(entries, name, head).map_err(super::Refusal::content)
}
