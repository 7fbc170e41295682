//! The markup that lets buttons and forms work in a browser without scripts. Which forms a document has is
//! `page/forms.rs`, and what they are answered is `routes/form/`.
//!
//! ```text
//! one event, arguments captured   -> <button name=CALL value=CAPABILITY form=EVENT>: scripts read it from there as well
//! several, none from the page     -> <button formaction=URL form=EVENT>
//! with files or values            -> <button formaction=URL>, in the form around it or in the form of files
//! on_submit                       -> <form action=URL>
//! ```
//!
//! Where one form wraps the page, buttons of the second and third kind have name and value as well, for browsers that
//! do not know `formaction`.

use std::ops::AddAssign;

use crate::offer::{FilesOffer, Offer, Uploads};
use crate::view::action::Step;
use crate::view::{Actions, Filling, Writer};
use crate::visitor::Seen;

/// The parts of a view that a document needs forms for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Forms {
    /// How many buttons call events that take nothing from the page.
    pub(crate) calls: usize,
    /// How many buttons outside of the developer's forms call events that do.
    pub(crate) submits: usize,
    /// Whether there is a form of the developer's: no other may be around it (HTML standard, "the form element").
    pub(crate) has_own: bool,
}

impl AddAssign for Forms {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.submits += other.submits;
        self.has_own |= other.has_own;
    }
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
const VALUE_BUTTON: &str = "<button data-filekit-on-click name=\"filekit-call\" value=\"";

/// An event that a form calls, with its files or without any.
#[derive(Clone, Debug)]
pub(crate) enum FormOffer {
    Plain(Offer),
    Files(FilesOffer),
}

impl FormOffer {
    /// Appends the grant of the offer, with the rules that hold on a page with these uploads.
    pub(crate) fn write_grant(&self, seen: Option<&Seen>, page: &Uploads, bytes: &mut Vec<u8>) {
        match self {
            Self::Plain(offer) => offer.write_grant(seen, bytes),
            Self::Files(offer) => offer.write_grant(seen, page, bytes),
        }
    }
}

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
    pub(crate) fn open_calling_button(&mut self, mut actions: Actions) {
        match actions.take_captured_event() {
            Some(offer) => {
                self.markup(VALUE_BUTTON);
                self.push_hole(Filling::CallButton(offer));
                self.forms().calls += 1;
            }
            None => self.open_submit_button(actions),
        }
    }

    fn open_submit_button(&mut self, actions: Actions) {
        match FormAction::of(actions.steps()) {
            None => self.markup("<button type=\"button\""),
            Some(action) => {
                self.markup("<button type=\"submit\"");
                if actions.steps().all(Step::is_captured) {
                    self.push_hole(Filling::EventOwner);
                    self.push_hole(Filling::SubmitButton(Box::new(action)));
                    self.forms().calls += 1;
                } else {
                    self.push_submit(action);
                }
            }
        }
        self.actions("click", actions);
    }

    /// Appends to a submit button what it calls, with what is in the form of files or in the one around it.
    pub(crate) fn push_submit(&mut self, action: FormAction) {
        self.push_form_owner();
        self.push_hole(Filling::SubmitButton(Box::new(action)));
        if !self.is_in_form() {
            self.forms().submits += 1;
        }
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
        self.forms().has_own = true;
    }

    /// Closes a form.
    pub fn close_form(&mut self) {
        self.leave_form();
        self.markup("</form>");
    }

    /// Names the form of files, unless it is in a form; which one does is known when the page is put together.
    pub fn push_form_owner(&mut self) {
        if !self.is_in_form() {
            self.push_hole(Filling::FormOwner);
        }
    }
}

/// Tells whether markup that was not written by `view!` begins or ends a form.
pub(crate) fn has_form_tag(html: &str) -> bool {
    let is_form = |name: &[u8]| name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"form"));
    html.match_indices('<').any(|(at, _)| {
        let name = &html.as_bytes()[at + 1..];
        is_form(name.strip_prefix(b"/").unwrap_or(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{attribute, form};

    #[test]
    fn a_button_of_a_value_bears_the_shared_names() {
        let (on, call) = (attribute::ON, form::CALL);
        assert_eq!(VALUE_BUTTON, format!("<button {on}click name=\"{call}\" value=\""));
    }

    #[test]
    fn forms_in_foreign_markup_are_found() {
        for html in ["<form>", "a <FORM action='/'>", "</form>", "<p><Form\n>"] {
            assert!(has_form_tag(html), "{html}");
        }
        for html in ["", "<", "<for", "form>", "<p>a form</p>", "&lt;form>"] {
            assert!(!has_form_tag(html), "{html}");
        }
    }
}
