//! The request by which a script calls an event.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The request by which a browser calls an event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// Path and query of the page, as the browser sees them.
    pub(crate) page: String,
    /// The page instance and its version, as the browser shows it.
    pub(crate) instance: String,
    /// A number that the page has given no other call. Without one, a call that comes twice is carried out twice.
    #[serde(default)]
    pub(crate) once: Option<f64>,
    /// The capability that the page was given for the event.
    pub(crate) capability: String,
    /// Those arguments that the browser evaluates, in the order of the parameters: a list that is not looked at before
    /// the capability was.
    pub(crate) arguments: Box<RawValue>,
    /// The sizes of the files that follow, in their order, as the browser claims them. Nothing relies on them.
    #[serde(default)]
    pub(crate) sizes: Vec<u64>,
}
