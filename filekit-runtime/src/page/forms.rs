//! Which forms a document has for browsers without scripts, and how buttons and inputs are joined to them. The markup of
//! buttons is `view/plain.rs`.
//!
//! ```text
//! no form of the developer's     one form around the page, so that any reader of forms can send it; buttons that take
//!                                nothing from the page name an empty form besides, if they are few
//! forms of the developer's       empty forms that buttons and inputs name; in `<noscript>` if there are many buttons
//! a patch                        none: scripts are there
//! ```
//!
//! Chromium 156 takes longer for each submit button that joins a form by name, the more of them there are: it looks for
//! the form's default button again each time, in the whole document. 10,000 of them take seconds. Buttons in a form
//! around them, and buttons that name a form which is not there, take no time while a page is loaded.

use crate::offer::PageUploads;
use crate::page::PageContext;
use crate::page::document::escaped;
use crate::page::fill::{push_form_action, push_form_query};
use crate::view::{Filling, FormAction, Forms, View};
use crate::wire::{form, path};

/// With more buttons than this, none names a form that a browser with scripts would look for.
const FEW_BUTTONS: usize = 200;

/// How the controls of a document that are in no form of the developer's are joined to forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormLayout {
    /// No form: what is shown was brought by a script, which sends what is pressed.
    Scripted,
    /// No form, since there is no button.
    Absent,
    /// One form around the page, which sends the only thing that there is to send.
    Single,
    /// One form around the page.
    Around {
        /// Whether buttons that take nothing from the page name the empty form, so that nothing else is sent.
        has_event_form: bool,
    },
    /// Empty forms, which are named.
    Named {
        /// Whether they are there for browsers without scripts only.
        is_noscript: bool,
    },
}

impl FormLayout {
    /// The layout of a document with this view.
    pub(crate) fn of(view: &View) -> Self {
        let Forms { calls, submits, has_own } = view.forms();
        let is_long = calls + submits > FEW_BUTTONS;
        match (calls + submits, has_own) {
            (0, _) => Self::Absent,
            (1, false) if only_action(view).is_some() => Self::Single,
            (_, false) => Self::Around { has_event_form: calls > 0 && !is_long },
            (_, true) => Self::Named { is_noscript: is_long },
        }
    }

    /// The form that the inputs and the buttons of files name.
    pub(crate) fn files_owner(self) -> Option<&'static str> {
        matches!(self, Self::Named { .. }).then_some(form::FILES)
    }

    /// The form that buttons name which take nothing from the page.
    pub(crate) fn event_owner(self) -> Option<&'static str> {
        matches!(self, Self::Named { .. } | Self::Around { has_event_form: true }).then_some(form::EVENT)
    }
}

/// The markup of a document's forms.
#[derive(Debug, Default)]
pub(crate) struct DocumentForms {
    /// The empty ones, in front of the page.
    pub(crate) empty: String,
    /// The beginning and the end of the one around the page.
    pub(crate) begin: String,
    pub(crate) end: &'static str,
}

impl DocumentForms {
    /// The forms for a view in this layout.
    pub(crate) fn new(layout: FormLayout, view: &View, context: &PageContext) -> Self {
        let mut forms = Self::default();
        match layout {
            FormLayout::Scripted | FormLayout::Absent => {}
            FormLayout::Single => {
                forms.begin = single(view, context);
                forms.end = "</form>";
            }
            FormLayout::Around { has_event_form } => {
                if has_event_form {
                    push_empty(&mut forms.empty, form::EVENT, "", context);
                }
                forms.begin = around(view, context);
                forms.end = "</form>";
            }
            FormLayout::Named { is_noscript } => {
                let (before, behind) = if is_noscript { ("<noscript>", "</noscript>") } else { ("", "") };
                forms.empty.push_str(before);
                let Forms { calls, submits, .. } = view.forms();
                if submits > 0 {
                    push_empty(&mut forms.empty, form::FILES, MULTIPART, context);
                }
                if calls > 0 {
                    push_empty(&mut forms.empty, form::EVENT, "", context);
                }
                forms.empty.push_str(behind);
            }
        }
        forms
    }
}

const MULTIPART: &str = " enctype=\"multipart/form-data\"";

/// Return in a field presses the first button of the form (HTML standard, "implicit submission"): this one, which does nothing.
const NO_DEFAULT: &str = "<button type=\"submit\" disabled hidden></button>";

/// Appends an empty form. It is the first in the document.
fn push_empty(html: &mut String, id: &str, enctype: &str, context: &PageContext) {
    html.push_str(&format!("<form id=\"{id}\" method=\"post\" action=\""));
    push_form_url(context, html);
    html.push_str(&format!("\"{enctype} hidden>{NO_DEFAULT}</form>\n"));
}

/// The beginning of a form that sends what the only button of the page does, whatever a reader makes of buttons.
fn single(view: &View, context: &PageContext) -> String {
    let mut html = begin_around();
    if let Some(action) = only_action(view) {
        push_form_action(context, action, view.uploads(), &mut html);
    }
    html.push_str(&format!("\">{NO_DEFAULT}\n"));
    html
}

/// The beginning of a form that sends whatever the value of the pressed button is.
fn around(view: &View, context: &PageContext) -> String {
    let mut html = begin_around();
    push_form_url(context, &mut html);
    html.push_str(&format!("\">{NO_DEFAULT}<input type=\"hidden\" name=\"{}\" value=\"", form::UPLOADS));
    let takes_files = view.forms().submits > 0;
    PageUploads::sign(context.visit(), if takes_files { &view.uploads()[..] } else { &[] }, &mut html);
    html.push_str("\">\n");
    html
}

fn begin_around() -> String {
    format!("<form class=\"fk-page\" id=\"{}\" method=\"post\"{MULTIPART} novalidate action=\"", form::FILES)
}

fn push_form_url(context: &PageContext, html: &mut String) {
    html.push_str(&escaped(context.base()));
    html.push_str(path::FORM);
    push_form_query(context, html);
}

/// The action of the only button of a view, if it has one and that takes something from the page.
fn only_action(view: &View) -> Option<&FormAction> {
    let Forms { calls: 0, submits: 1, .. } = view.forms() else { return None };
    view.holes().iter().find_map(|hole| match &hole.filling {
        Filling::SubmitButton(action) => Some(&**action),
        _ => None,
    })
}

/// Appends the attribute that names a form.
pub(crate) fn push_owner(owner: Option<&str>, html: &mut String) {
    for part in owner.into_iter().flat_map(|owner| [" form=\"", owner, "\""]) {
        html.push_str(part);
    }
}
