//! Offers of a page, on their way to the visitor and back. Their signature is `capability.rs`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::offer::client::Expression;
use crate::offer::{EventId, Uploads, write_uploads};
use crate::upload::{Rules, Upload, UploadId};
use crate::visitor::Seen;

/// An event that a page offers, with what is known of its arguments.
///
/// A page of a thousand rows makes a thousand of these, so it is small, and the arguments are JSON from the beginning.
#[derive(Debug, PartialEq, Hash)]
pub(crate) struct Offer {
    event: EventId,
    /// The state of the event, if it belongs to another owner than the session.
    owned: Option<&'static OwnedState>,
    /// Each argument as a [`GrantedArgument`] in JSON, with commas between them. A number or a short text needs no
    /// memory of its own.
    arguments: SmallVec<[u8; 32]>,
}

/// A state that does not belong to the session.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct OwnedState {
    /// Its name in the store.
    pub name: &'static str,
}

/// An event that a page offered, as it comes back.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Grant {
    pub(crate) event: EventId,
    pub(crate) arguments: Vec<GrantedArgument>,
    /// The rules of the uploads whose files are arguments. An upload without rules is not in it.
    #[serde(default)]
    pub(crate) rules: HashMap<UploadId, Rules>,
    /// Whose state the event is called on, if it is not the session's.
    #[serde(default)]
    pub(crate) owner: Option<String>,
    /// Whether it comes from the program itself, and not from a page that a visitor was shown.
    #[serde(skip)]
    pub(crate) is_of_program: bool,
}

impl Grant {
    /// The same grant where each file is a call of its own: rules for several say nothing of how many there are, and what all of
    /// them may have together is what one may have.
    pub(crate) fn of_one_file(mut self) -> Self {
        for Rules { limits, .. } in self.rules.values_mut() {
            let max_size = [limits.max_size, limits.max_total].into_iter().flatten().min();
            (limits.min_files, limits.max_files, limits.max_total, limits.max_size) = (None, None, None, max_size);
        }
        self
    }

    /// The uploads whose files are arguments, with their rules.
    pub(crate) fn uploads(&self) -> Vec<(UploadId, Rules)> {
        let files = |argument: &GrantedArgument| match argument {
            GrantedArgument::Files(upload) => {
                Some((upload.clone(), self.rules.get(upload).cloned().unwrap_or_default()))
            }
            _ => None,
        };
        self.arguments.iter().filter_map(files).collect()
    }
}

/// Where an argument of an offered event comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantedArgument {
    /// Fixed when the page was made.
    Captured(Box<RawValue>),
    /// Evaluated in the browser.
    Client,
    /// The files of an upload.
    Files(UploadId),
}

impl Clone for Offer {
    fn clone(&self) -> Self {
        // The `Clone` of `SmallVec` goes byte by byte.
        Self { event: self.event, owned: self.owned, arguments: SmallVec::from_slice(&self.arguments) }
    }
}

impl Offer {
    pub(crate) fn new(event: EventId, owned: Option<&'static OwnedState>) -> Self {
        Self { event, owned, arguments: SmallVec::new() }
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

    /// The grant to the visitor whom it is offered to.
    pub(crate) fn into_grant(self) -> Option<Grant> {
        let mut json = Vec::new();
        self.write_json(None, &mut json);
        let grant = serde_json::from_slice::<Grant>(&json).ok()?;
        Some(Grant { is_of_program: true, ..grant })
    }

    /// Appends the offer as JSON, which [`Grant`] reads. A page that has seen the owner of the event's state binds it to that one.
    pub(crate) fn write_json(&self, seen: Option<&Seen>, json: &mut Vec<u8>) {
        self.open_json(seen, json);
        json.push(b'}');
    }

    /// Appends whose state is meant.
    fn push_owner(&self, owned: &OwnedState, seen: &Seen, json: &mut Vec<u8>) {
        let Some(owner) = seen.owner_of(owned.name) else {
            tracing::error!(
                event = ?self.event,
                state = owned.name,
                "a page offers an event of a state whose owner it does not know, so the event will be refused: \
                 take `Current` of that state in the page's handler"
            );
            return;
        };
        for part in [br#""owner":""#.as_slice(), owner.as_str().as_bytes(), b"\","] {
            json.extend_from_slice(part);
        }
    }

    fn open_json(&self, seen: Option<&Seen>, json: &mut Vec<u8>) {
        json.reserve(self.arguments.len() + 48);
        json.push(b'{');
        if let (Some(owned), Some(seen)) = (self.owned, seen) {
            self.push_owner(owned, seen, json);
        }
        json.extend_from_slice(br#""event":""#);
        json.extend_from_slice(&self.event.to_text());
        json.extend_from_slice(br#"","arguments":["#);
        json.extend_from_slice(&self.arguments);
        json.push(b']');
    }
}

/// An event that takes files, with what is known of the uploads that they come from.
#[derive(Clone, Debug)]
pub(crate) struct FilesOffer {
    offer: Offer,
    files: Vec<OfferedFiles>,
}

/// The files of an upload as the argument of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfferedFiles {
    pub(crate) upload: Upload,
    pub(crate) taken: Taken,
}

/// How many files a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    All,
    AtMostOne,
    One,
}

impl FilesOffer {
    /// The offer with its files, if it takes any.
    pub(crate) fn new(offer: &Offer, arguments: &[Expression]) -> Option<Self> {
        let files: Vec<_> = arguments.iter().filter_map(|argument| argument.files.as_deref().cloned()).collect();
        (!files.is_empty()).then(|| Self { offer: offer.clone(), files })
    }

    /// Appends the offer as JSON, which [`Grant`] reads, with the rules that hold on a page with these uploads.
    pub(crate) fn write_json(&self, seen: Option<&Seen>, page: &Uploads, json: &mut Vec<u8>) {
        let mut enforced = Uploads::new();
        for files in &self.files {
            let (id, declared) = files.upload.clone().into_parts();
            let on_page = page.iter().find(|(upload, _)| *upload == id).map(|(_, rules)| rules.clone());
            let of_upload = on_page.unwrap_or(declared);
            let rules = match files.taken {
                Taken::All => of_upload,
                Taken::AtMostOne => of_upload.of_one_file(false),
                Taken::One => of_upload.of_one_file(true),
            };
            // The same files may be two arguments, of which one takes fewer.
            match enforced.iter_mut().find(|(upload, _)| *upload == id) {
                Some((_, known)) => known.limits = known.limits.and(rules.limits),
                None => enforced.push((id, rules)),
            }
        }
        enforced.retain(|(_, rules)| !rules.is_empty());
        self.offer.open_json(seen, json);
        if !enforced.is_empty() {
            json.extend_from_slice(br#","rules":"#);
            write_uploads(&enforced, json);
        }
        json.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_comes_back_as_it_was_made() {
        let mut offer = Offer::new(EventId::of(&["event"]), None);
        offer.capture("text \"quoted\"");
        offer.capture(&3);
        offer.evaluate(None);
        offer.evaluate(Some(&"photos".into()));
        let grant = offer.into_grant().unwrap();
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
        let mut offer = Offer::new(EventId::of(&["event"]), None);
        // JSON has no keys that are lists.
        offer.capture(&std::collections::HashMap::from([(vec![1], 2)]));
        offer.capture(&true);
        let grant = offer.into_grant().unwrap();
        assert_eq!(texts(&grant), ["null", "true"]);
    }
}
