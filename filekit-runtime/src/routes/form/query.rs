//! What the URL of a form, or the value of one of its buttons, says.

use percent_encoding::percent_decode_str;

use crate::error::{Rejection, Result};
use crate::visitor::Seal;
use crate::wire::CHAIN;

/// What the query of a form's URL says of its page.
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
        for (name, value) in pairs(query.unwrap_or_default()) {
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

/// What the value of a button in a form around a page says: the capabilities of its events, and the names of the controls whose
/// values they take.
pub(super) fn button(value: &str) -> (&str, Vec<String>) {
    let (capabilities, query) = value.split_once('?').unwrap_or((value, ""));
    let fields = pairs(query).filter(|(name, _)| name == "field").map(|(_, value)| value);
    (capabilities, fields.collect())
}

/// The capabilities of events that are called one after the other.
pub(super) fn chain(capabilities: &str) -> impl Iterator<Item = &str> + Clone {
    capabilities.split(CHAIN)
}

/// The names and values of an urlencoded form, or of a query.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter_map(decoded)
}

fn decoded(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=')?;
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    Some((decode(name), decode(value)))
}
