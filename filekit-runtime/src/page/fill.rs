//! Signs the capabilities that fill the holes of a view, for the visitor who gets it. Where the holes are is `view/writer.rs`.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::escape::push_escaped;
use crate::offer::client::{push_json, push_json_attribute, push_json_text};
use crate::offer::{CapabilitySigner, CapabilityUse, Offer, Uploads};
use crate::page::PageContext;
use crate::page::forms::{FormLayout, push_owner};
use crate::view::{Filling, FormAction, push_endpoint};
use crate::visitor::Seen;
use crate::wire;
use crate::wire::form;

/// Asks for a body in parts, and for no checks: with scripts a click is not held up by an unrelated control either.
const SUBMIT: &str = "\" formmethod=\"post\" formenctype=\"multipart/form-data\" formnovalidate";

/// Fills the holes of a view for the visitor, in a document with these forms.
pub(crate) fn filling(context: &PageContext, layout: FormLayout) -> impl FnMut(&Filling, &Uploads, &mut String) {
    let mut fill = Fill::new(context, layout);
    move |filling, uploads, html| fill.fill(filling, uploads, html)
}

/// Fills the holes of what a script shows.
pub(crate) fn scripted_filling(context: &PageContext) -> impl FnMut(&Filling, &Uploads, &mut String) {
    filling(context, FormLayout::Scripted)
}

/// Appends the URL that a form on a page with these uploads sends the call of events to.
pub(crate) fn push_form_action(context: &PageContext, action: &FormAction, uploads: &Uploads, html: &mut String) {
    Fill::new(context, FormLayout::Single).push_form_action(action, uploads, html);
}

/// Signs for one page. What all its signatures share is hashed when the first of them is asked for.
struct Fill<'a> {
    context: &'a PageContext,
    layout: FormLayout,
    calls: Option<CapabilitySigner>,
    downloads: Option<CapabilitySigner>,
}

impl<'a> Fill<'a> {
    fn new(context: &'a PageContext, layout: FormLayout) -> Self {
        Self { context, layout, calls: None, downloads: None }
    }

    fn fill(&mut self, filling: &Filling, uploads: &Uploads, html: &mut String) {
        match filling {
            Filling::Capability(offer) => self.sign(|seen, grant| offer.write_grant(seen, grant), html),
            Filling::UploadCapability(offer) => self.sign(|seen, grant| offer.write_grant(seen, uploads, grant), html),
            Filling::DownloadUrl(offer) => self.push_download(offer, html),
            Filling::EndpointUrl(offer) => push_endpoint(self.context.visit(), offer.as_deref(), uploads, html),
            Filling::CallButton(offer) => {
                self.sign(|seen, grant| offer.write_grant(seen, grant), html);
                html.push('"');
                push_owner(self.layout.event_owner(), html);
            }
            Filling::FormAction(action) => self.push_form_action(action, uploads, html),
            Filling::SubmitButton(action) => self.push_submit_button(action, uploads, html),
            Filling::Text(key) => push_escaped(html, &self.context.texts().say(key, &[])),
            Filling::Size(bytes) => push_escaped(html, &self.context.texts().size(*bytes)),
            Filling::JsonText(key) => {
                let mut json = String::new();
                push_json_text(&mut json, &self.context.texts().say(key, &[]));
                push_json(html, &json);
            }
            Filling::UploadRules(rules) => {
                if let Some(json) = rules.to_json(self.context.texts()) {
                    push_json_attribute(html, format_args!("{}", wire::attribute::RULES), &json);
                }
            }
            Filling::FormOwner => push_owner(self.layout.files_owner(), html),
            Filling::EventOwner => push_owner(self.layout.event_owner(), html),
        }
    }

    fn calls(&mut self) -> &mut CapabilitySigner {
        self.calls.get_or_insert_with(|| CapabilitySigner::new(self.context.visit(), CapabilityUse::Call))
    }

    /// Appends the capability for the grant that `write` appends, for the owners whose states the page shows.
    fn sign(&mut self, write: impl FnOnce(Option<&Seen>, &mut Vec<u8>), html: &mut String) {
        let seen = self.context.visit().seen();
        self.calls().sign(|grant| write(Some(seen), grant), html);
    }

    /// Appends the URL under which an event's download is fetched.
    fn push_download(&mut self, offer: &Offer, html: &mut String) {
        push_escaped(html, self.context.base());
        html.push_str(wire::path::DOWNLOAD);
        html.push_str("?capability=");
        let seen = self.context.visit().seen();
        let signer =
            self.downloads.get_or_insert_with(|| CapabilitySigner::new(self.context.visit(), CapabilityUse::Download));
        signer.sign(|grant| offer.write_grant(Some(seen), grant), html);
        html.push_str("&amp;page=");
        html.extend(utf8_percent_encode(self.context.page().shown(), NON_ALPHANUMERIC));
    }

    fn push_form_action(&mut self, action: &FormAction, uploads: &Uploads, html: &mut String) {
        push_escaped(html, self.context.base());
        html.push_str(wire::path::UPLOAD);
        html.push('/');
        self.push_chain(action, uploads, html);
        push_form_query(self.context, html);
        push_fields("&amp;", action, html);
    }

    /// Appends what a button sends: in its own URL, and in a form around the page by its value as well.
    fn push_submit_button(&mut self, action: &FormAction, uploads: &Uploads, html: &mut String) {
        // A script sends it, or the form around the page does, which sends nothing else.
        if matches!(self.layout, FormLayout::Scripted | FormLayout::Single) {
            return;
        }
        html.push_str(" formaction=\"");
        self.push_form_action(action, uploads, html);
        html.push_str(SUBMIT);
        if let FormLayout::Around { .. } = self.layout {
            for part in [" name=\"", form::CALL, "\" value=\""] {
                html.push_str(part);
            }
            self.push_chain(action, uploads, html);
            push_fields("?", action, html);
            html.push('"');
        }
    }

    /// Appends the capabilities of events that are called one after the other.
    fn push_chain(&mut self, action: &FormAction, uploads: &Uploads, html: &mut String) {
        for (nth, offer) in action.offers.iter().enumerate() {
            if nth > 0 {
                html.push(wire::CHAIN);
            }
            self.sign(|seen, grant| offer.write_grant(seen, uploads, grant), html);
        }
    }
}

/// Appends what a form says of its page in its URL, for an attribute.
pub(crate) fn push_form_query(context: &PageContext, html: &mut String) {
    html.push_str("?page=");
    html.extend(utf8_percent_encode(context.page().shown(), NON_ALPHANUMERIC));
    html.push_str("&amp;seal=");
    html.push_str(&context.visit().seal().to_string());
}

/// Appends the names of the controls whose values the events of a form take; `first` precedes the first.
fn push_fields(first: &str, action: &FormAction, html: &mut String) {
    for (nth, field) in action.fields.iter().enumerate() {
        html.push_str(if nth == 0 { first } else { "&amp;" });
        html.push_str("field=");
        html.extend(utf8_percent_encode(field, NON_ALPHANUMERIC));
    }
}
