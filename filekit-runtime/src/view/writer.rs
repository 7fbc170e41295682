//! The buffer that the code of `view!` appends to. That code is written by the macros (`view/emit/`).

use std::fmt::Display;
use std::fmt::Write as _;

use smallvec::SmallVec;

use crate::escape::{Escaping, push_escaped};
use crate::offer::client::{Expression, push_json, push_json_attribute};
use crate::offer::{Client, FilesOffer, Offer, Uploads};
use crate::upload::{Rules, UploadId};
use crate::view::action::Step;
use crate::view::attribute::kind;
use crate::view::rows::Rows;
use crate::view::slots::Mark;
use crate::view::{
    Actions, Attribute, AttributeValue, Child, ChildKind, Filling, FormAction, Forms, Hole, LoopEnd, UploadTag, View,
};
use crate::wire::attribute as name;

/// Takes the parts of a view in their order.
#[derive(Debug)]
pub struct Writer {
    pub(super) view: View,
    /// The number of enclosing inert regions, in which no patch reaches single parts.
    pub(super) inert: usize,
    /// The enclosing ranges; of a list, the mark that the parts of the row at hand begin with.
    pub(super) open: SmallVec<[Option<usize>; 4]>,
    pub(super) rows: Rows,
    /// The number of client lists around what is written now.
    depth: usize,
    /// The number of forms around it. HTML allows one; more are the developer's mistake, and closed like any.
    forms: usize,
    /// The action that sends the upload at hand as soon as files are chosen.
    sent_on_drop: Option<FormAction>,
}

/// Which tag a button was opened with, and is to be closed with.
#[derive(Debug)]
#[must_use]
pub enum ButtonTag {
    /// `<button>`.
    Button,
    /// `<a>`: it fetches a download, which works without JavaScript.
    Link,
}

impl ButtonTag {
    /// The attribute that says that the button cannot be used.
    ///
    /// A link has none of its own: one that is `inert` is neither clicked nor reached by the keyboard, also without scripts
    /// (HTML, section 6.3; Chromium 102, Firefox 112, Safari 15.5).
    #[must_use]
    pub const fn disabled(&self) -> &'static str {
        match self {
            Self::Button => " disabled",
            Self::Link => " inert",
        }
    }
}

impl Writer {
    /// Makes a buffer with room for `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let view = View { html: String::with_capacity(capacity), ..View::default() };
        Self { view, inert: 0, open: SmallVec::new(), rows: Rows::default(), depth: 0, forms: 0, sent_on_drop: None }
    }

    /// Appends markup that was written by the developer.
    pub fn markup(&mut self, html: &'static str) {
        self.view.html.push_str(html);
    }

    /// Appends a child.
    pub fn child<C: Child + ?Sized>(&mut self, child: &C) {
        match C::KIND {
            ChildKind::Text | ChildKind::Slots => child.render(self),
            ChildKind::Markup => {
                self.begin_range();
                child.render(self);
                self.end_range();
            }
        }
    }

    /// Appends the attribute `name`, which begins with a blank.
    ///
    /// Its name comes behind that of the field: before that, an expansion must not depend on what is being typed.
    pub fn attribute<K>(&mut self, _: Attribute<K>, name: &'static str, value: &(impl AttributeValue<K> + ?Sized)) {
        value.write_attribute(name, self);
    }

    /// Appends a property inside a `style` attribute.
    pub fn style(
        &mut self,
        _: Attribute<kind::Style>,
        property: &'static str,
        value: &(impl AttributeValue<kind::Style> + ?Sized),
    ) {
        value.write_attribute(property, self);
    }

    /// Appends further classes inside of a `class` attribute, with a blank before them if there are any.
    pub fn class(&mut self, _: Attribute<kind::Class>, value: &(impl AttributeValue<kind::Class> + ?Sized)) {
        let before = self.view.html.len();
        self.view.html.push(' ');
        value.write_value(self);
        if self.view.html.len() == before + 1 {
            self.view.html.truncate(before);
        }
    }

    /// Appends a value inside of a quoted attribute.
    pub fn value<K>(&mut self, _: Attribute<K>, value: &(impl AttributeValue<K> + ?Sized)) {
        value.write_value(self);
    }

    /// Appends the attribute that sets off `actions` on the browser's `event`, such as `click`.
    pub fn actions(&mut self, event: &'static str, actions: Actions) {
        if event == "drop" && self.forms == 0 {
            self.sent_on_drop = FormAction::of(actions.steps());
        }
        for part in [" ", name::ON, event, "='["] {
            self.view.html.push_str(part);
        }
        let (first, more) = actions.into_steps();
        if let Some(step) = first {
            self.push_step(step);
        }
        for step in more {
            self.view.html.push(',');
            self.push_step(step);
        }
        self.view.html.push_str("]'");
    }

    fn push_step(&mut self, step: Step) {
        match step {
            Step::Browser(json) => push_json(&mut self.view.html, &json),
            Step::Failure(text) => {
                self.view.html.push_str(r#"{"action":"toast","kind":"error","text":"#);
                self.push_hole(Filling::JsonText(text));
                self.view.html.push('}');
            }
            Step::Event { offer, arguments, .. } => {
                self.view.html.push_str(r#"{"event":""#);
                self.push_hole(capability(offer, &arguments));
                self.view.html.push_str(r#"","arguments":["#);
                for (nth, argument) in arguments.iter().enumerate() {
                    if nth > 0 {
                        self.view.html.push(',');
                    }
                    push_json(&mut self.view.html, argument.json());
                }
                self.view.html.push_str("]}");
            }
        }
    }

    /// Opens the tag of a button, without its `>`: a link if all that it does is to fetch a download.
    pub fn open_button(&mut self, actions: Actions) -> ButtonTag {
        if let Some(offer) = actions.as_download() {
            self.view.html.push_str("<a href=\"");
            self.push_hole(Filling::DownloadUrl(offer.clone()));
            self.view.html.push_str("\" role=\"button\"");
            return ButtonTag::Link;
        }
        self.open_calling_button(actions);
        ButtonTag::Button
    }

    /// Closes a button.
    pub fn close_button(&mut self, tag: ButtonTag) {
        self.view.html.push_str(match tag {
            ButtonTag::Button => "</button>",
            ButtonTag::Link => "</a>",
        });
    }

    /// Opens the tag of an upload's zone, without its `>`, and notes its rules.
    pub fn open_upload(&mut self, upload: &UploadTag) {
        self.view.html.push_str("<div");
        self.push_attribute_named(name::UPLOAD, upload.id().as_str());
        let rules = upload.rules();
        if !rules.is_empty() {
            self.push_hole(Filling::UploadRules(Box::new(rules.clone())));
        }
        if let Some(json) = upload.options_json() {
            push_json_attribute(&mut self.view.html, format_args!("{}", name::OPTIONS), &json);
        }
        note(&mut self.view.uploads, upload.id(), &rules);
    }

    /// Opens the tag of an upload's file input, without its `>`.
    pub fn upload_input(&mut self, upload: &UploadTag) {
        self.view.html.push_str("<input type=\"file\" class=\"fk-upload-input\"");
        self.push_attribute_named("id", upload.id().as_str());
        // Without scripts it is the control itself, whatever is beside it.
        self.view.html.push_str(" aria-label=\"");
        self.push_hole(Filling::Text("upload.choose"));
        self.view.html.push('"');
    }

    /// Names an upload's file input, where the developer does not.
    pub fn upload_name(&mut self, upload: &UploadTag) {
        self.push_attribute_named("name", upload.id().as_str());
        self.push_form_owner();
    }

    /// Appends the `id` of a form control, and a `name` that is the same, by which a form sends its value.
    pub fn control_id<K>(&mut self, of: Attribute<K>, id: &(impl AttributeValue<K> + ?Sized)) {
        let start = self.view.html.len();
        self.attribute(of, " id", id);
        if self.view.html[start..].starts_with(" id") {
            let value = start + " id".len()..self.view.html.len();
            self.view.html.push_str(" name");
            self.view.html.extend_from_within(value);
        }
    }

    /// Writes those rules of an upload that HTML has words for.
    pub fn upload_rules(&mut self, upload: &UploadTag) {
        let rules = upload.rules();
        if !rules.accept.is_empty() {
            self.push_attribute_named("accept", &rules.accept.join(","));
        }
        if rules.limits.max_files != Some(1) {
            self.view.html.push_str(" multiple");
        }
        if upload.is_required() {
            self.view.html.push_str(" required");
        }
    }

    /// Ends an upload, whose zone is closed. What scripts send as soon as it is chosen gets a button for where there are none; in a
    /// form of the developer's the form sends it.
    pub fn close_upload(&mut self) {
        if let Some(action) = self.sent_on_drop.take() {
            self.begin_range();
            self.markup("<button class=\"fk-button fk-unscripted\" type=\"submit\"");
            self.push_submit(action);
            self.markup(">");
            self.push_hole(Filling::Text("upload.send"));
            self.markup("</button>");
            self.end_range();
        }
    }

    /// Ends the rows of a loop.
    pub fn end_loop(&mut self, end: LoopEnd) {
        self.end_rows(end.around);
        if end.template {
            self.end_inert();
            self.depth -= 1;
            self.view.html.push_str("</template>");
        }
    }

    /// Returns what was written.
    pub fn finish(self) -> View {
        self.view
    }

    pub(crate) fn enter_template(&mut self) -> usize {
        self.depth += 1;
        self.depth
    }

    pub(crate) fn enter_form(&mut self) {
        self.forms += 1;
    }

    pub(crate) fn leave_form(&mut self) {
        self.forms -= 1;
    }

    pub(crate) fn is_in_form(&self) -> bool {
        self.forms > 0
    }

    /// The forms that the document has to hold.
    pub(crate) fn forms(&mut self) -> &mut Forms {
        &mut self.view.forms
    }

    pub(crate) fn html(&mut self) -> &mut String {
        &mut self.view.html
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        push_escaped(&mut self.view.html, text);
    }

    pub(crate) fn push_integer(&mut self, value: impl itoa::Integer) {
        self.view.html.push_str(itoa::Buffer::new().format(value));
    }

    pub(crate) fn push_display(&mut self, value: &(impl Display + ?Sized)) {
        let _ = write!(Escaping(&mut self.view.html), "{value}");
    }

    /// Appends ` name="value"`; `name` brings its blank along.
    pub(crate) fn push_attribute(&mut self, name: &str, value: &(impl Display + ?Sized)) {
        self.view.html.push_str(name);
        self.view.html.push_str("=\"");
        self.push_display(value);
        self.view.html.push('"');
    }

    pub(crate) fn push_text_attribute(&mut self, name: &str, value: &str) {
        self.view.html.push_str(name);
        self.view.html.push_str("=\"");
        self.push_text(value);
        self.view.html.push('"');
    }

    fn push_attribute_named(&mut self, name: &str, value: &str) {
        self.view.html.push(' ');
        self.push_attribute(name, value);
    }

    pub(crate) fn push_style(&mut self, property: &str, value: std::fmt::Arguments<'_>) {
        let _ = write!(Escaping(&mut self.view.html), "{property}:{value};");
    }

    /// Appends the attribute that makes the browser keep the attribute `name` at the value of `expression`.
    pub(crate) fn push_followed<T: ?Sized>(&mut self, prefix: &str, name: &str, expression: &Client<T>) {
        expression.push_attribute(&mut self.view.html, format_args!("{prefix}{}", name.trim_start()));
    }

    pub(crate) fn push_hole(&mut self, filling: Filling) {
        self.view.holes.push(Hole { at: self.view.html.len(), filling });
    }

    pub(crate) fn push_view(&mut self, view: &View) {
        self.begin_range();
        self.push_content(view);
        self.end_range();
    }

    fn push_content(&mut self, view: &View) {
        if !self.has_slots() {
            return self.push_parts(&view.without_comments());
        }
        let start = self.view.html.len();
        self.view.marks.extend(view.marks.iter().map(|mark| Mark { at: start + mark.at, ..*mark }));
        self.push_parts(view);
    }

    fn push_parts(&mut self, view: &View) {
        let start = self.view.html.len();
        self.view.html.push_str(&view.html);
        let in_form = self.is_in_form();
        self.view.holes.reserve(view.holes.len());
        for Hole { at, filling } in &view.holes {
            if !(in_form && matches!(filling, Filling::FormOwner)) {
                self.view.holes.push(Hole { at: start + at, filling: filling.clone() });
            }
        }
        let submits = if in_form { 0 } else { view.forms.submits };
        self.view.forms += Forms { submits, ..view.forms };
        if self.view.title.is_none() {
            self.view.title.clone_from(&view.title);
        }
        for (id, rules) in &view.uploads {
            note(&mut self.view.uploads, id, rules);
        }
    }
}

/// The filling for the place of a capability: nearly all events take no files, and need no more than their offer.
fn capability(offer: Offer, arguments: &[Expression]) -> Filling {
    match FilesOffer::new(&offer, arguments) {
        Some(files) => Filling::UploadCapability(Box::new(files)),
        None => Filling::Capability(offer),
    }
}

/// Notes an upload. In two branches of which one is shown it may occur twice, with the same rules: the browser may
/// have either, and the server must know which it enforces.
fn note(uploads: &mut Uploads, id: &UploadId, rules: &Rules) {
    match uploads.iter().find(|(known, _)| known == id) {
        None => uploads.push((id.clone(), rules.clone())),
        Some((_, first)) if first == rules => {}
        Some(_) => {
            tracing::error!(upload = id.as_str(), "an upload stands twice on a page; the rules of the first one hold");
        }
    }
}
