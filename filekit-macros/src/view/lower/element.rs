//! Lowers elements: their tags and the content between them. Attributes are `attribute.rs`.

use proc_macro2::Span;
use quote::quote;
use syn::{Expr, Ident};

use super::super::ast::{Attribute, Element, Node, Value};
use super::super::names::{self, ElementName};
use super::slots::{has_text, is_dynamic, is_raw, is_table_row};
use super::{Check, Lowered, Of, Setting, Slot, Step, Upload, UploaderParts, of};
use crate::names::glue;

impl Lowered {
    pub(super) fn element(&mut self, mut element: Element) {
        self.elements.push(element.ident.clone());
        let path = self.place.enter();
        let has = |names: &[&str]| element.attributes.iter().any(|attribute| names.contains(&attribute.name.as_str()));
        match element.name.name {
            "upload" => self.upload(path, element, None),
            "uploader" => self.uploader(path, element),
            "file_list" => self.file_list(path, element),
            "button" if has(&["on_click"]) && !has(names::BUTTON_OWN) => {
                let click = take(&mut element, "on_click");
                self.button(path, click, element);
            }
            "form" => {
                let submit = if has(names::FORM_OWN) { None } else { take(&mut element, "on_submit") };
                self.form(path, submit, element);
            }
            "el" if element.tag == "form" => self.form(path, None, element),
            _ => self.plain(path, element),
        }
        self.place.leave();
    }

    fn plain(&mut self, path: Vec<u16>, mut element: Element) {
        let tag = tag(&element).to_owned();
        let has_text = self.has_all_slots() && has_text(&element.children);
        let has_attributes = self.has_all_slots() && element.attributes.iter().any(is_dynamic);
        // By its attributes a field may become another one, which must not inherit what was typed into it. Templates are
        // replaced.
        let is_one = matches!(&*tag, "input" | "textarea" | "select" | "template");
        let is_whole = has_text || (has_attributes && is_one);
        let is_tag = has_attributes && !is_one;
        if is_whole {
            self.slot(Slot::BeginElement(path.clone()));
        }
        if is_tag {
            self.slot(Slot::BeginTag(path));
        }
        self.markup(&format!("<{tag}"));
        self.fixed(&element);
        self.control_id(&mut element);
        self.attributes(element.name, std::mem::take(&mut element.attributes));
        self.markup(">");
        if is_tag {
            self.slot(Slot::EndTag);
        }
        self.content(&tag, element);
        if is_whole {
            self.slot(Slot::EndElement);
        }
    }

    /// Lowers the content between the tags of an element, and the second tag.
    fn content(&mut self, tag: &str, element: Element) {
        if element.name.void {
            // It has none, which is an error; but one of them may be an attribute that is being typed.
            self.within(Some(element.name), element.children);
            return;
        }
        if matches!(tag, "pre" | "textarea") && !element.children.is_empty() {
            // A parser drops the first line end in these.
            self.markup("\n");
        }
        match tag {
            _ if is_raw(tag, &element.children) => {
                self.raw(|lowered| lowered.within(Some(element.name), element.children));
            }
            "table" => self.table(element),
            _ => self.within(Some(element.name), element.children),
        }
        self.markup(&format!("</{tag}>"));
    }

    /// Lowers the children of a table. Rows that are directly in it get the `<tbody>` that a parser would put there,
    /// or the comments around them would end up in different places.
    fn table(&mut self, element: Element) {
        let mut rows = Vec::new();
        for child in element.children {
            match child {
                child if is_table_row(&child) => rows.push(child),
                child @ (Node::Let(_) | Node::Statement(_)) if !rows.is_empty() => rows.push(child),
                child => {
                    self.table_body(element.name, std::mem::take(&mut rows));
                    self.within(Some(element.name), vec![child]);
                }
            }
        }
        self.table_body(element.name, rows);
    }

    fn table_body(&mut self, table: ElementName, rows: Vec<Node>) {
        if rows.is_empty() {
            return;
        }
        self.place.enter();
        self.markup("<tbody>");
        self.within(Some(table), rows);
        self.markup("</tbody>");
        self.place.leave();
    }

    /// Writes what a kit element has by itself, unless the user gives it.
    fn fixed(&mut self, element: &Element) {
        let fixed = match element.name.name {
            "button" => ("type", "button"),
            "checkbox" => ("type", "checkbox"),
            "spinner" => ("role", "status"),
            _ => return,
        };
        if element.attributes.iter().all(|attribute| attribute.name != fixed.0) {
            self.markup(&format!(" {}=\"{}\"", fixed.0, fixed.1));
        }
    }

    /// Names a control by its id, so that a form sends its value; one that has a name belongs to a form of the developer's.
    fn control_id(&mut self, element: &mut Element) {
        let takes_value = |attribute: &Attribute| match (&*attribute.name, &attribute.value) {
            ("type", Value::Literal(literal)) => !names::VALUELESS.contains(&&*literal.text),
            (name, _) => name != "name",
        };
        if !names::CONTROLS.contains(&element.name.name) || !element.attributes.iter().all(takes_value) {
            return;
        }
        let Some(id) = take(element, "id") else { return };
        let of = of(element.name, &id);
        match id.value {
            Value::Literal(literal) => {
                for name in ["id", "name"] {
                    self.markup(&format!(" {name}=\""));
                    self.text(&literal.text);
                    self.markup("\"");
                }
                self.checks.push(Check::Literal { of, value: literal.expression });
            }
            Value::Dynamic(value) => self.steps.push(Step::ControlId { of, value }),
            Value::Broken(broken) => {
                self.checks.push(Check::Name(of));
                self.steps.push(Step::Broken(broken));
            }
        }
        if element.attributes.iter().all(|attribute| attribute.name != "form") {
            self.steps.push(Step::FormOwner);
        }
    }

    fn form(&mut self, path: Vec<u16>, submit: Option<Attribute>, element: Element) {
        let is_slot = self.has_all_slots();
        let actions = submit.map(|submit| self.actions(element.name, submit)).unwrap_or_default();
        let body = self.inside(|lowered| {
            lowered.attributes(element.name, element.attributes);
            lowered.markup(">");
            if is_slot {
                lowered.slot(Slot::EndTag);
            }
            lowered.nodes(element.children);
        });
        if is_slot {
            self.slot(Slot::BeginTag(path));
        }
        self.steps.push(Step::Form { actions, body });
    }

    fn button(&mut self, path: Vec<u16>, click: Option<Attribute>, element: Element) {
        let is_slot = self.has_all_slots();
        let actions = click.map(|click| self.actions(element.name, click)).unwrap_or_default();
        let body = self.inside(|lowered| {
            lowered.attributes(element.name, element.attributes);
            lowered.steps = std::mem::take(&mut lowered.steps).into_iter().map(of_button).collect();
            lowered.markup(">");
            lowered.within(Some(element.name), element.children);
        });
        if is_slot {
            self.slot(Slot::BeginElement(path));
        }
        self.steps.push(Step::Button { actions, body });
        if is_slot {
            self.slot(Slot::EndElement);
        }
    }

    pub(super) fn upload(&mut self, path: Vec<u16>, element: Element, uploader: Option<UploaderParts>) {
        let name = element.name;
        let path = self.has_all_slots().then_some(path);
        let (mut id, mut settings, mut input, mut zone) = (None, Vec::new(), Vec::new(), Vec::new());
        for attribute in element.attributes {
            match attribute.name.as_str() {
                _ if attribute.is_given => zone.push(attribute),
                "id" => id = Some(attribute),
                name if names::UPLOAD_SETTINGS.contains(&name) => settings.push(attribute),
                name if names::UPLOAD_INPUT.contains(&name) => input.push(attribute),
                _ => zone.push(attribute),
            }
        }
        let (of, id) = self.upload_id(name, element.ident.span(), id);
        let settings = self.settings(name, settings);
        let zone = self.inside(|lowered| lowered.attributes(name, zone));
        let is_named = input.iter().any(|attribute| attribute.name == "name");
        let input = self.inside(|lowered| input.into_iter().for_each(|one| lowered.attribute(name, one)));
        // The file input precedes them.
        self.place.skip();
        let body = self.inside(|lowered| lowered.within(Some(name), element.children));
        let upload = Upload { path, of, id, settings, zone, is_named, input, body, uploader };
        self.steps.push(Step::Upload(upload));
    }

    /// Lowers the id of an upload. If it is missing, which is an error, an empty one has its place, so that the rest is
    /// checked anyway.
    fn upload_id(&mut self, element: ElementName, at: Span, id: Option<Attribute>) -> (Of, Expr) {
        let nothing = Expr::Verbatim(quote!(""));
        let Some(id) = id else {
            let attribute = Ident::new("id", glue(at));
            return (Of { element: element.name, attribute, at }, nothing);
        };
        let of = of(element, &id);
        match id.value {
            Value::Literal(literal) => (of, literal.expression),
            Value::Dynamic(value) => (of, value),
            Value::Broken(broken) => {
                self.steps.push(Step::Broken(broken));
                (of, nothing)
            }
        }
    }

    /// Lowers the settings of an upload.
    fn settings(&mut self, element: ElementName, settings: Vec<Attribute>) -> Vec<Setting> {
        let mut lowered = Vec::new();
        for setting in settings {
            let of = of(element, &setting);
            match setting.value {
                Value::Broken(broken) => self.broken(of, broken),
                value => {
                    lowered.extend(value.into_expression().map(|value| Setting { name: setting.name, of, value }));
                }
            }
        }
        lowered
    }
}

/// An attribute of a button, as it is written for a button.
fn of_button(attribute: Step) -> Step {
    match attribute {
        Step::Attribute { name, of, value } if name == " disabled" => Step::Disabled { of, value },
        other => other,
    }
}

/// Takes an attribute of an element that has it.
pub(super) fn take(element: &mut Element, name: &str) -> Option<Attribute> {
    element.attributes.extract_if(.., |attribute| attribute.name == name && !attribute.is_given).next()
}

impl Value {
    pub(super) fn into_expression(self) -> Option<Expr> {
        match self {
            Self::Literal(literal) => Some(literal.expression),
            Self::Dynamic(value) => Some(value),
            Self::Broken(_) => None,
        }
    }
}

fn tag(element: &Element) -> &str {
    let level = element.attributes.iter().find(|attribute| attribute.name == "level");
    match level.map(|level| &level.value) {
        Some(Value::Literal(level)) if element.name.name == "heading" => match level.text.as_str() {
            "1" => "h1",
            "3" => "h3",
            "4" => "h4",
            "5" => "h5",
            "6" => "h6",
            _ => "h2",
        },
        _ => &element.tag,
    }
}
