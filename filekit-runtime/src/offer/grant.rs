//! Offers of a page, on their way to the visitor and back. Their signature is `capability.rs`.
//!
//! ```text
//! grant    = form, [owner], [length, rules as JSON], event, argument ..
//! argument = 0 evaluated by the browser | 1, length, id: files of an upload | length + 1, JSON: captured
//! ```
//!
//! Each row of a page has some, so they are short. The form says what is there, and tells them from those of other versions.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::offer::client::Expression;
use crate::offer::encoding::{Number, take, take_number, take_text};
use crate::offer::{EventId, Uploads, write_uploads};
use crate::upload::{Rules, Upload, UploadId};
use crate::visitor::{OwnerTag, Seen};

/// The first byte of a grant. Another version than this has another one: the first had `{`.
const FORM: u8 = 0x10;
/// Of the form: whose state it is stands in the grant.
const WITH_OWNER: u8 = 1;
/// Of the form: rules of uploads stand in the grant.
const WITH_RULES: u8 = 2;

/// What an argument begins with that the browser evaluates, and the files of an upload.
const EVALUATED: u8 = 0;
const FILES: u8 = 1;

/// An event that a page offers, with what is known of its arguments.
///
/// A page of a thousand rows makes a thousand of these, so it is small, and the arguments are as they travel from the beginning.
#[derive(Debug, PartialEq, Hash)]
pub(crate) struct Offer {
    event: EventId,
    /// The state of the event, if it belongs to another owner than the session.
    owned: Option<&'static OwnedState>,
    /// The arguments as a grant has them. A number or a short text needs no memory of its own.
    arguments: SmallVec<[u8; 32]>,
}

/// A state that does not belong to the session.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct OwnedState {
    /// Its name in the store.
    pub name: &'static str,
}

/// An event that a page offered, as it comes back.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) event: EventId,
    pub(crate) arguments: Vec<GrantedArgument>,
    /// The rules of the uploads whose files are arguments. An upload without rules is not in it.
    pub(crate) rules: HashMap<UploadId, Rules>,
    /// Whose state the event is called on, if it is not the session's.
    pub(crate) owner: Option<OwnerTag>,
    /// Whether it comes from the program itself, and not from a page that a visitor was shown.
    pub(crate) is_of_program: bool,
}

impl Grant {
    /// Reads a grant; nothing if another version has written it.
    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let &form = take(bytes, 1)?.first()?;
        if form & !(WITH_OWNER | WITH_RULES) != FORM {
            return None;
        }
        let owner = match form & WITH_OWNER {
            0 => None,
            _ => Some(OwnerTag::from_bytes(take(bytes, OwnerTag::LENGTH)?)?),
        };
        let rules = match form & WITH_RULES {
            0 => HashMap::new(),
            _ => serde_json::from_str(take_text(bytes)?).ok()?,
        };
        let event = EventId::from_bytes(*take(bytes, EventId::LENGTH)?.first_chunk()?);
        let mut arguments = Vec::new();
        while !bytes.is_empty() {
            arguments.push(GrantedArgument::take(bytes)?);
        }
        Some(Self { event, arguments, rules, owner, is_of_program: false })
    }

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
#[derive(Clone, Debug)]
pub(crate) enum GrantedArgument {
    /// Fixed when the page was made.
    Captured(Box<RawValue>),
    /// Evaluated in the browser.
    Client,
    /// The files of an upload.
    Files(UploadId),
}

impl GrantedArgument {
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let begin = take_number(bytes)?;
        Some(match u8::try_from(begin) {
            Ok(EVALUATED) => Self::Client,
            Ok(FILES) => Self::Files(take_text(bytes)?.into()),
            _ => {
                let json = std::str::from_utf8(take(bytes, begin - 1)?).ok()?;
                Self::Captured(RawValue::from_string(json.to_owned()).ok()?)
            }
        })
    }
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
        let length = self.arguments.len();
        self.arguments.push(0);
        let start = self.arguments.len();
        if let Err(error) = serde_json::to_writer(&mut self.arguments, value) {
            // The event will refuse the `null` and say which parameter it is for.
            tracing::error!(%error, "an argument of an event cannot be written as JSON");
            self.arguments.truncate(start);
            self.arguments.extend_from_slice(b"null");
        }
        let number = Number::of(self.arguments.len() - start + 1);
        if let [first, more @ ..] = number.as_bytes() {
            self.arguments[length] = *first;
            self.arguments.insert_from_slice(start, more);
        }
    }

    /// Adds an argument that the browser evaluates: files of an upload, or a value.
    pub(crate) fn evaluate(&mut self, upload: Option<&UploadId>) {
        let Some(upload) = upload else { return self.arguments.push(EVALUATED) };
        let id = upload.as_str().as_bytes();
        self.arguments.push(FILES);
        self.arguments.extend_from_slice(Number::of(id.len()).as_bytes());
        self.arguments.extend_from_slice(id);
    }

    /// The grant to the visitor whom it is offered to.
    pub(crate) fn into_grant(self) -> Option<Grant> {
        let mut bytes = Vec::new();
        self.write_grant(None, &mut bytes);
        Some(Grant { is_of_program: true, ..Grant::read(&bytes)? })
    }

    /// Appends the grant of this. A page that has seen the owner of the event's state binds it to that one.
    pub(crate) fn write_grant(&self, seen: Option<&Seen>, bytes: &mut Vec<u8>) {
        self.write_with_rules(seen, &[], bytes);
    }

    fn write_with_rules(&self, seen: Option<&Seen>, rules: &[u8], bytes: &mut Vec<u8>) {
        let owner = self.owned.zip(seen).and_then(|(owned, seen)| self.owner(owned, seen));
        let with = |part, is_there| if is_there { part } else { 0 };
        bytes.push(FORM | with(WITH_OWNER, owner.is_some()) | with(WITH_RULES, !rules.is_empty()));
        if let Some(owner) = owner {
            bytes.extend_from_slice(owner.as_bytes());
        }
        if !rules.is_empty() {
            bytes.extend_from_slice(Number::of(rules.len()).as_bytes());
            bytes.extend_from_slice(rules);
        }
        bytes.extend_from_slice(&self.event.to_bytes());
        bytes.extend_from_slice(&self.arguments);
    }

    /// Whose state is meant.
    fn owner(&self, owned: &OwnedState, seen: &Seen) -> Option<OwnerTag> {
        let owner = seen.owner_of(owned.name);
        if owner.is_none() {
            tracing::error!(
                event = ?self.event,
                state = owned.name,
                "a page offers an event of a state whose owner it does not know, so the event will be refused: \
                 take `Current` of that state in the page's handler"
            );
        }
        owner
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

    /// Appends the grant of this, with the rules that hold on a page with these uploads.
    pub(crate) fn write_grant(&self, seen: Option<&Seen>, page: &Uploads, bytes: &mut Vec<u8>) {
        let mut enforced = Uploads::new();
        for files in &self.files {
            let (id, declared) = files.upload.clone().into_parts();
            let on_page = page.iter().find(|(upload, _)| *upload == id).map(|(_, rules)| rules.clone());
            let check = declared.check;
            let mut of_upload = on_page.unwrap_or(declared);
            // An element without a check does not take away the one that its upload is declared with.
            of_upload.check = of_upload.check.or(check);
            let rules = match files.taken {
                Taken::All => of_upload,
                Taken::AtMostOne => of_upload.of_one_file(false),
                Taken::One => of_upload.of_one_file(true),
            };
            // The same files may be two arguments, of which one takes fewer.
            match enforced.iter_mut().find(|(upload, _)| *upload == id) {
                Some((_, known)) => {
                    known.limits = known.limits.and(rules.limits);
                    known.check = known.check.or(rules.check);
                }
                None => enforced.push((id, rules)),
            }
        }
        enforced.retain(|(_, rules)| !rules.is_empty());
        let mut rules = Vec::new();
        if !enforced.is_empty() {
            write_uploads(&enforced, &mut rules);
        }
        self.offer.write_with_rules(seen, &rules, bytes);
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
    fn arguments_of_any_length_come_back() {
        let captured = [0, 1, 30, 124, 125, 126, 200, 20_000].map(|length| "x".repeat(length));
        let mut offer = Offer::new(EventId::of(&["event"]), None);
        captured.iter().for_each(|text| offer.capture(text));
        let grant = offer.into_grant().unwrap();
        assert_eq!(texts(&grant), captured.map(|text| format!("\"{text}\"")));
    }

    #[test]
    fn a_grant_of_another_version_is_none() {
        let mut bytes = Vec::new();
        let mut offer = Offer::new(EventId::of(&["event"]), None);
        offer.capture("text");
        offer.write_grant(None, &mut bytes);
        assert!(Grant::read(&bytes).is_some());
        for cut in [0, 1, 8, 10, bytes.len() - 1] {
            assert!(Grant::read(&bytes[..cut]).is_none(), "{cut}");
        }
        bytes[0] = FORM + 4;
        assert!(Grant::read(&bytes).is_none());
        let first = br#"{"event":"0123456789abcdef","arguments":[{"captured":3},"client"]}"#;
        assert!(Grant::read(first).is_none());
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
