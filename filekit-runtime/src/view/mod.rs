//! Views: what `view!` appends to and what a page's handler returns. The document around them is `page/document.rs`.

mod action;
mod attribute;
mod child;
mod class;
mod control;
mod css;
pub mod elements;
mod endpoint;
mod files;
mod plain;
mod rows;
mod shown;
mod slots;
mod unfinished;
mod upload;
mod words;
mod writer;

pub use crate::offer::Client;
pub(crate) use action::Step;
pub use action::{
    Action, Actions, IntoAction, cancel_file, cancel_upload, clear_form, clear_selected_files, discard_unfinished,
    open_file_dialog, pause_upload, remove_file, resume_upload, retry_file,
};
pub(crate) use attribute::harmless_url;
pub use attribute::{Attribute, AttributeValue, IntoLink, Link, kind};
pub use child::{Child, ChildKind, RawHtml, raw_html};
pub use control::{Condition, Loop, LoopEnd};
pub(crate) use css::is_confined;
pub(crate) use endpoint::push_endpoint;
pub use endpoint::{EndpointEvent, EventInView, UploadEndpoint, upload_endpoint};
pub use files::{
    ClientFile, ClientItem, Progress, ProgressInfo, RejectedFile, RejectedFileInfo, SelectedFile, SelectedFileInfo,
    has_selection, is_dragging, is_paused, is_uploading, is_waiting, rejected_files, selected_files, unfinished_files,
    upload_files, upload_progress, value_of,
};
pub(crate) use plain::{FormAction, Forms, has_form_tag};
pub use shown::{EachChild, KindOfAnything, KindOfChild, KindOfIterator, OneChild, Shown};
pub(crate) use slots::{MARKER_LENGTH, Mark, MarkKind, Path};
pub use unfinished::Unfinished;
pub use upload::{Setting, SettingValue, UploadTag};
pub use words::{DayText, OfPageForm, SizeText, Words};
pub use writer::{ButtonTag, Writer};

use std::hash::{Hash, Hasher};
use std::ops::Range;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::offer::{FilesOffer, Offer, Uploads};
use crate::tag::Tagged;
use crate::upload::Rules;
use crate::visitor::{NotServed, ambient};

/// A rendered piece of a page: what `view!` makes, what components return, and what a page's handler answers with.
///
/// A handler that returns it is an ordinary axum handler. [`FileKit::router`](crate::FileKit::router) makes the
/// document around it and signs the events that it offers.
#[derive(Clone, Debug, Default)]
#[must_use = "a view does nothing until it is returned or stands in another view"]
pub struct View {
    /// Markup, with nothing at the places of `holes`.
    html: String,
    /// The holes, which are filled once the visitor's session is known, in the order of their places.
    holes: Vec<Hole>,
    title: Option<String>,
    /// The uploads of the view with their rules, for the events that take their files.
    uploads: Uploads,
    forms: Forms,
    /// Where its parts begin and end, in the order of the places.
    marks: Vec<Mark>,
}

/// A place in the markup for what depends on the session.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    pub(crate) at: usize,
    pub(crate) filling: Filling,
}

/// The content of a hole.
#[derive(Clone, Debug)]
pub(crate) enum Filling {
    /// The capability to call an event.
    Capability(Offer),
    /// The capability to call an event that takes files. It is seldom, and large.
    UploadCapability(Box<FilesOffer>),
    /// The URL under which an event's download is fetched.
    DownloadUrl(Offer),
    /// The URL to which other programs send files; nothing of an event if there is none that could take any. It is seldom, and large.
    EndpointUrl(Option<Box<FilesOffer>>),
    /// The capability in a button whose value it is, with the end of the value and the form that the button names.
    CallButton(Offer),
    /// The URL that a form sends the call of events to.
    FormAction(Box<FormAction>),
    /// The attributes of a button that sends the call of events to a URL of its own.
    SubmitButton(Box<FormAction>),
    /// A fixed text, by its key.
    Text(&'static str),
    /// A size in bytes, in the units of the page's language.
    Size(u64),
    /// A fixed text, by its key, as JSON in single quotes.
    JsonText(&'static str),
    /// The attribute with the rules of an upload, in the words of the page's language.
    UploadRules(Box<Rules>),
    /// The attribute that names the form of files, outside of a form of the developer's.
    FormOwner,
    /// The attribute that names the form of events that take nothing from the page.
    EventOwner,
}

impl Filling {
    /// Tells what it is apart from others of the same page, without signing anything.
    pub(crate) fn hash_into(&self, page: &Uploads, hasher: &mut impl Hasher) {
        match self {
            Self::Capability(offer) | Self::CallButton(offer) => offer.hash(hasher),
            Self::UploadCapability(offer) => written(|grant| offer.write_grant(None, page, grant)).hash(hasher),
            Self::DownloadUrl(offer) => (1, offer).hash(hasher),
            Self::EndpointUrl(Some(offer)) => (2, written(|grant| offer.write_grant(None, page, grant))).hash(hasher),
            Self::EndpointUrl(None) => (),
            Self::FormAction(action) | Self::SubmitButton(action) => {
                for offer in &action.offers {
                    written(|grant| offer.write_grant(None, page, grant)).hash(hasher);
                }
                action.fields.hash(hasher);
            }
            Self::Text(key) | Self::JsonText(key) => key.hash(hasher),
            Self::Size(bytes) => bytes.hash(hasher),
            // Text and numbers can always be written.
            Self::UploadRules(rules) => serde_json::to_vec(rules).unwrap_or_default().hash(hasher),
            Self::FormOwner | Self::EventOwner => (),
        }
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes
}

impl View {
    /// The status of a view that was not made a document. No handler means it, so any other status is its choice.
    pub(crate) const UNSERVED: StatusCode = StatusCode::NOT_IMPLEMENTED;

    /// Sets the document's title. Default: the title given to [`FileKit::builder`](crate::FileKit::builder).
    pub fn title(mut self, text: impl Into<String>) -> Self {
        self.title = Some(text.into());
        self
    }

    /// Lets open documents of the page follow a topic: they show what has changed in it after each
    /// [`FileKit::notify`](crate::FileKit::notify) of the same text, from any visitor or task. For pages that show a database.
    ///
    /// What `Current` extracts is followed anyway. A page follows 64 topics and states of other owners at most; what is beyond that it
    /// shows when it is called for another reason.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_runtime::view::View;
    ///
    /// async fn claims() -> View {
    ///     // .. read the database ..
    ///     View::default().follow("claims")
    /// }
    /// ```
    pub fn follow(self, topic: impl AsRef<str>) -> Self {
        let tag = Tagged::Topic(topic.as_ref()).tag();
        if ambient::with_visit(|visit| visit.seen().follow(tag)).is_none() {
            tracing::error!("a view follows a topic where no request is at hand; write it in the handler of the page");
        }
        self
    }

    /// The uploads of the view.
    pub(crate) fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    pub(crate) fn document_title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The forms that the document has to hold for this view.
    pub(crate) fn forms(&self) -> Forms {
        self.forms
    }

    /// The markup, with nothing in its holes.
    pub(crate) fn markup(&self) -> &str {
        &self.html
    }

    pub(crate) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    pub(crate) fn holes(&self) -> &[Hole] {
        &self.holes
    }

    pub(crate) fn hole(&self, nth: usize) -> Option<&Hole> {
        self.holes.get(nth)
    }

    /// Appends a part of the markup with its holes filled.
    pub(crate) fn fill_part(
        &self,
        part: Range<usize>,
        fill: &mut impl FnMut(&Filling, &Uploads, &mut String),
        html: &mut String,
    ) {
        let first = self.holes.partition_point(|hole| hole.at < part.start);
        let mut copied = part.start;
        for hole in self.holes[first..].iter().take_while(|hole| hole.at < part.end) {
            html.push_str(&self.html[copied..hole.at]);
            fill(&hole.filling, &self.uploads, html);
            copied = hole.at;
        }
        html.push_str(&self.html[copied..part.end]);
    }

    /// The markup with every hole filled by what `fill` appends.
    pub(crate) fn into_html(self, fill: impl FnMut(&Filling, &Uploads, &mut String)) -> String {
        if self.holes.is_empty() {
            return self.html;
        }
        let mut html = String::with_capacity(self.filled_length());
        self.push_html(fill, &mut html);
        html
    }

    /// Appends the markup with every hole filled by what `fill` appends.
    pub(crate) fn push_html(&self, mut fill: impl FnMut(&Filling, &Uploads, &mut String), html: &mut String) {
        let mut copied = 0;
        for hole in &self.holes {
            html.push_str(&self.html[copied..hole.at]);
            fill(&hole.filling, &self.uploads, html);
            copied = hole.at;
        }
        html.push_str(&self.html[copied..]);
    }

    /// About how long the markup is with its holes filled: most capabilities have 40 to 60 bytes.
    pub(crate) fn filled_length(&self) -> usize {
        self.html.len() + self.holes.len() * 64
    }
}

impl IntoResponse for View {
    /// Hands the view on to filekit, which makes a document of it.
    ///
    /// Outside of [`FileKit::router`](crate::FileKit::router) no layer does that, so the answer by itself
    /// is an error that says so.
    fn into_response(self) -> Response {
        let mut response = (Self::UNSERVED, NotServed.to_string()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
