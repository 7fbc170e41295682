//! What a page offers, on its way to the visitor and back; not the signature that it travels under.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::event::EventId;
use crate::upload::UploadId;

/// An event that a page offers, with what is known of its arguments.
///
/// A page of a thousand rows makes a thousand of these, so it is small, and the arguments are JSON from the beginning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    event: EventId,
    /// Each argument as a [`GrantedArgument`] in JSON, with commas between them. A number or a short text needs no
    /// memory of its own.
    arguments: SmallVec<[u8; 32]>,
}

/// An event that a page offered, as it comes back.
#[derive(Debug, Deserialize)]
pub(crate) struct Grant {
    pub(crate) event: EventId,
    pub(crate) arguments: Vec<GrantedArgument>,
}

/// Where an argument of an offered event comes from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantedArgument {
    /// Fixed when the page was made.
    Captured(Box<RawValue>),
    /// Evaluated in the browser.
    Client,
    /// The files of an upload.
    Files(UploadId),
}

impl Offer {
    pub(crate) fn new(event: EventId) -> Self {
        Self { event, arguments: SmallVec::new() }
    }

    /// Adds an argument that is fixed now: [`GrantedArgument::Captured`].
    pub(crate) fn capture(&mut self, value: &(impl Serialize + ?Sized)) {
        self.separate();
        self.arguments.extend_from_slice(br#"{"captured":"#);
        let start = self.arguments.len();
        if let Err(error) = serde_json::to_writer(&mut self.arguments, value) {
            // The event will refuse the `null` and say which parameter it is for.
            tracing::error!(%error, "an argument of an event cannot be written as JSON");
            self.arguments.truncate(start);
            self.arguments.extend_from_slice(b"null");
        }
        self.arguments.push(b'}');
    }

    /// Adds an argument that the browser evaluates: files of an upload, or a value.
    pub(crate) fn evaluate(&mut self, upload: Option<&UploadId>) {
        self.separate();
        match upload {
            Some(upload) => {
                let id = serde_json::Value::from(upload.as_str()).to_string();
                self.arguments.extend_from_slice(br#"{"files":"#);
                self.arguments.extend_from_slice(id.as_bytes());
                self.arguments.push(b'}');
            }
            None => self.arguments.extend_from_slice(br#""client""#),
        }
    }

    fn separate(&mut self) {
        if !self.arguments.is_empty() {
            self.arguments.push(b',');
        }
    }

    /// The offer as JSON, which [`Grant`] reads.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(self.arguments.len() + 48);
        json.extend_from_slice(br#"{"event":""#);
        json.extend_from_slice(&self.event.to_text());
        json.extend_from_slice(br#"","arguments":["#);
        json.extend_from_slice(&self.arguments);
        json.extend_from_slice(b"]}");
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_comes_back_as_it_was_made() {
        let mut offer = Offer::new(EventId::of(&["event"]));
        offer.capture("text \"quoted\"");
        offer.capture(&3);
        offer.evaluate(None);
        offer.evaluate(Some(&"photos".into()));
        let grant: Grant = serde_json::from_slice(&offer.to_json()).unwrap();
        assert_eq!(grant.event, EventId::of(&["event"]));
        assert_eq!(texts(&grant), [r#""text \"quoted\"""#, "3", "client", "photos"]);
    }

    fn texts(grant: &Grant) -> Vec<String> {
        let text = |argument: &'_ GrantedArgument| match argument {
            GrantedArgument::Captured(value) => value.get().to_owned(),
            GrantedArgument::Client => "client".to_owned(),
            GrantedArgument::Files(upload) => upload.as_str().to_owned(),
        };
        grant.arguments.iter().map(text).collect()
    }

    #[test]
    fn what_cannot_be_written_is_null_and_breaks_nothing() {
        let mut offer = Offer::new(EventId::of(&["event"]));
        // JSON has no keys that are lists.
        offer.capture(&std::collections::HashMap::from([(vec![1], 2)]));
        offer.capture(&true);
        let grant: Grant = serde_json::from_slice(&offer.to_json()).unwrap();
        assert_eq!(texts(&grant), ["null", "true"]);
    }
}
