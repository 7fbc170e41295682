//! The query in the URL of a form, or in the value of one of its buttons.

use crate::error::{Rejection, Result};
use crate::routes::form::urlencoded::pairs;
use crate::visitor::Seal;
use crate::wire::CHAIN;

/// The page that the query of a form's URL names.
#[derive(Debug)]
pub(super) struct FormQuery {
    /// Path and query of the page, as the browser sees them.
    pub(super) page: String,
    /// Says that the page was shown.
    pub(super) seal: Option<Seal>,
    /// Names of the controls whose values the events take.
    pub(super) fields: Vec<String>,
}

impl FormQuery {
    /// # Errors
    ///
    /// If the query names no page.
    pub(super) fn parse(query: Option<&str>) -> Result<Self, Rejection> {
        let (mut page, mut fields, mut seal) = (None, Vec::new(), None);
        for (name, value) in pairs(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "page" => page = Some(value),
                "field" => fields.push(value),
                "seal" => seal = Seal::parse(&value),
                _ => {}
            }
        }
        let page = page.ok_or_else(|| Rejection::malformed("a form names no page"))?;
        Ok(Self { page, seal, fields })
    }
}

/// The value of a button: the capabilities of its events, and a query with the fields that they take.
pub(super) fn button(value: &str) -> (&str, &str) {
    value.split_once('?').unwrap_or((value, ""))
}

/// The names of the controls whose values the events of a button take.
pub(super) fn fields_of(query: &str) -> Vec<String> {
    pairs(query.as_bytes()).filter(|(name, _)| name == "field").map(|(_, value)| value).collect()
}

/// The capabilities of events that are called one after the other.
pub(super) fn chain(capabilities: &str) -> impl Iterator<Item = &str> + Clone {
    capabilities.split(CHAIN)
}
