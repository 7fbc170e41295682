//! What buttons and forms do in a browser without scripts; not what they do with scripts, and not the server's answer.
//!
//! ```text
//! one event, arguments captured   -> <button form=EVENT name=call value=CAPABILITY>: scripts read it from there as well
//! several, none from the page     -> <button form=EVENT formaction=URL>
//! with files or values            -> <button formaction=URL>, in the form around it or in the form of files
//! on_submit                       -> <form action=URL>
//! ```

use crate::event::{FilesOffer, Offer};
use crate::view::Uploads;
use crate::view::action::Step;
use crate::view::{Actions, Filling, Writer};
use crate::wire::form;

/// The forms of filekit's own that a document has to hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Forms {
    pub(crate) files: bool,
    pub(crate) event: bool,
}

/// The events that a form calls, in their order.
#[derive(Clone, Debug)]
pub(crate) struct FormAction {
    pub(crate) offers: Vec<FormOffer>,
    /// Names of the controls whose values the events take, in the order of the parameters.
    pub(crate) fields: Vec<String>,
}

/// The beginning of a button whose value is all that it sends. A list may have thousands of them, so it is one text; a
/// test compares it with the names that it is made of.
const VALUE_BUTTON: &str = "<button data-filekit-on-click form=\"filekit-event\" name=\"call\" value=\"";

/// An event that a form calls, with its files or without any.
#[derive(Clone, Debug)]
pub(crate) enum FormOffer {
    Plain(Offer),
    Files(FilesOffer),
}

impl FormOffer {
    /// Appends the offer as JSON, with the rules that hold on a page with these uploads.
    pub(crate) fn write_json(&self, page: &Uploads, json: &mut Vec<u8>) {
        match self {
            Self::Plain(offer) => offer.write_json(json),
            Self::Files(offer) => offer.write_json(page, json),
        }
    }
}

/// Asks for a body in parts, and for no checks: with scripts a click is not held up by an unrelated control either.
const SUBMIT: &str = "\" formmethod=\"post\" formenctype=\"multipart/form-data\" formnovalidate";

impl FormAction {
    /// The events among `steps`; what a browser does by itself is left out. Nothing if there is no event, or one that
    /// needs a value which no form can send.
    pub(crate) fn of<'a>(steps: impl Iterator<Item = &'a Step>) -> Option<Self> {
        let mut action = Self { offers: Vec::new(), fields: Vec::new() };
        for step in steps {
            let Step::Event { offer, arguments, .. } = step else { continue };
            let files = FilesOffer::new(offer, arguments).map(FormOffer::Files);
            action.offers.push(files.unwrap_or_else(|| FormOffer::Plain(offer.clone())));
            for argument in arguments.iter().filter(|argument| argument.files.is_none()) {
                action.fields.push(argument.control()?);
            }
        }
        (!action.offers.is_empty()).then_some(action)
    }
}

impl Writer {
    /// Opens the tag of a button that is no link.
    pub(crate) fn open_calling_button(&mut self, actions: Actions) {
        match actions.into_captured_event() {
            Ok(offer) => {
                self.markup(VALUE_BUTTON);
                self.push_hole(Filling::Capability(offer));
                self.markup("\"");
                self.forms().event = true;
            }
            Err(actions) => self.open_submit_button(actions),
        }
    }

    fn open_submit_button(&mut self, actions: Actions) {
        match FormAction::of(actions.steps()) {
            None => self.markup("<button type=\"button\""),
            Some(action) => {
                self.markup("<button type=\"submit\"");
                if actions.steps().all(Step::is_captured) {
                    self.push_owner(form::EVENT);
                    self.forms().event = true;
                    self.push_form_action(action);
                } else {
                    self.push_submit(action);
                }
            }
        }
        self.actions("click", actions);
    }

    /// Appends to a submit button what it calls, with what stands in the form of files or in the one around it.
    pub(crate) fn push_submit(&mut self, action: FormAction) {
        self.push_form_owner();
        self.push_form_action(action);
    }

    fn push_form_action(&mut self, action: FormAction) {
        self.markup(" formaction=\"");
        self.push_hole(Filling::FormAction(Box::new(action)));
        self.markup(SUBMIT);
    }

    /// Opens the tag of a form, without its `>`. What is written until [`Writer::close_form`] belongs to it.
    pub fn open_form(&mut self, submit: Actions) {
        self.markup("<form");
        if let Some(action) = FormAction::of(submit.steps()) {
            self.markup(" method=\"post\" enctype=\"multipart/form-data\" action=\"");
            self.push_hole(Filling::FormAction(Box::new(action)));
            self.markup("\"");
        }
        if submit.steps().next().is_some() {
            self.actions("submit", submit);
        }
        self.enter_form();
    }

    /// Closes a form.
    pub fn close_form(&mut self) {
        self.leave_form();
        self.markup("</form>");
    }

    /// Names the form of files, unless a form stands around; which one does is known when the page is put together.
    pub fn push_form_owner(&mut self) {
        if !self.is_in_form() {
            self.push_hole(Filling::FormOwner);
            self.forms().files = true;
        }
    }

    fn push_owner(&mut self, form: &'static str) {
        for part in [" form=\"", form, "\""] {
            self.markup(part);
        }
    }
}

/// Appends what [`Filling::FormOwner`] stands for.
pub(crate) fn push_files_owner(html: &mut String) {
    for part in [" form=\"", form::FILES, "\""] {
        html.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{CALL_PART, attribute};

    #[test]
    fn a_button_of_a_value_bears_the_shared_names() {
        let (on, form) = (attribute::ON, form::EVENT);
        assert_eq!(VALUE_BUTTON, format!("<button {on}click form=\"{form}\" name=\"{CALL_PART}\" value=\""));
    }
}
