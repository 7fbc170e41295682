//! Lowers elements and their attributes; not what else a view consists of.

use syn::spanned::Spanned as _;
use syn::{Expr, Ident};

use super::super::ast::{Attribute, Element, Literal, Value};
use super::super::markup::push_escaped;
use super::super::names::{self, ElementName, StyleNumber};
use super::{Action, Check, Lowered, Of, Step, of};
use crate::event::reference;
use crate::names::glue;

/// The attributes of an element, by the way they are written.
#[derive(Default)]
struct Sorted {
    plain: Vec<Attribute>,
    class: Option<Attribute>,
    /// Style attributes with their property.
    styles: Vec<(Attribute, String, StyleNumber)>,
    style: Option<Attribute>,
}

impl Sorted {
    fn new(element: ElementName, attributes: Vec<Attribute>) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            if let Some((property, number)) = names::style(element, &attribute.name) {
                sorted.styles.push((attribute, property, number));
                continue;
            }
            match attribute.name.as_str() {
                "class" if element.kit => sorted.class = Some(attribute),
                "style" if element.kit => sorted.style = Some(attribute),
                _ => sorted.plain.push(attribute),
            }
        }
        sorted
    }
}

impl Lowered {
    pub(super) fn element(&mut self, mut element: Element) {
        let clicks = |attribute: &Attribute| attribute.name == "on_click";
        let is_typed = element.attributes.iter().any(|attribute| attribute.name == "type");
        match element.name.name {
            "upload" => self.upload(element),
            "button" if !is_typed && element.attributes.iter().any(clicks) => {
                let click = element.attributes.extract_if(.., |attribute| clicks(attribute)).next();
                self.button(click, element);
            }
            _ => self.plain(element),
        }
    }

    fn plain(&mut self, element: Element) {
        let tag = tag(&element);
        self.markup(&format!("<{tag}"));
        self.fixed(&element);
        self.attributes(element.name, element.attributes);
        self.markup(">");
        if element.name.void {
            return;
        }
        if matches!(tag, "pre" | "textarea") && !element.children.is_empty() {
            // A parser drops the first line end in these.
            self.markup("\n");
        }
        self.nodes(element.children);
        self.markup(&format!("</{tag}>"));
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

    fn button(&mut self, click: Option<Attribute>, element: Element) {
        let actions = click.map(|click| self.actions(element.name, click)).unwrap_or_default();
        let body = self.inside(|lowered| {
            lowered.attributes(element.name, element.attributes);
            lowered.markup(">");
            lowered.nodes(element.children);
        });
        self.steps.push(Step::Button { actions, body });
    }

    fn upload(&mut self, element: Element) {
        let name = element.name;
        let (mut id, mut input, mut zone) = (None, Vec::new(), Vec::new());
        for attribute in element.attributes {
            match attribute.name.as_str() {
                "id" => id = Some(attribute),
                name if names::UPLOAD_INPUT.contains(&name) => input.push(attribute),
                _ => zone.push(attribute),
            }
        }
        let zone = self.inside(|lowered| lowered.attributes(name, zone));
        let chooses = input.iter().any(|attribute| attribute.name == "multiple");
        let input = self.inside(|lowered| {
            input.into_iter().for_each(|one| lowered.attribute(name, one));
            // Several files, unless the user says how many.
            if !chooses {
                lowered.markup(" multiple");
            }
        });
        let body = self.body(element.children);
        let id = id.and_then(|id| Some((of(name, &id), id.value.into_expression()?)));
        match id {
            Some((of, id)) => self.steps.push(Step::Upload { of, id, zone, input, body }),
            // An error was recorded; the rest is checked all the same.
            None => self.steps.push(Step::Scope([zone, input, body].into_iter().flatten().collect())),
        }
    }

    /// Writes all attributes: the class first, the styles last, the others as they stand.
    fn attributes(&mut self, element: ElementName, attributes: Vec<Attribute>) {
        let sorted = Sorted::new(element, attributes);
        if element.kit {
            self.class(element, sorted.class);
        }
        for attribute in sorted.plain {
            self.attribute(element, attribute);
        }
        if sorted.style.is_some() || !sorted.styles.is_empty() {
            self.markup(" style=\"");
            for (attribute, property, number) in sorted.styles {
                self.style(element, attribute, property, number);
            }
            if let Some(style) = sorted.style {
                self.inner(element, style);
            }
            self.markup("\"");
        }
    }

    fn class(&mut self, element: ElementName, class: Option<Attribute>) {
        self.markup(&format!(" class=\"fk-{}", element.name));
        if let Some(class) = class {
            self.markup(" ");
            self.inner(element, class);
        }
        self.markup("\"");
    }

    /// Writes a value inside of a quoted attribute.
    fn inner(&mut self, element: ElementName, attribute: Attribute) {
        let of = of(element, &attribute);
        match attribute.value {
            Value::Literal(literal) => {
                self.text(&literal.text);
                self.check_literal(of, literal.expression);
            }
            Value::Dynamic(value) => self.steps.push(Step::Value { of, value }),
            Value::Broken(broken) => self.broken(of, broken),
        }
    }

    fn style(&mut self, element: ElementName, attribute: Attribute, property: String, number: StyleNumber) {
        let of = of(element, &attribute);
        match attribute.value {
            Value::Literal(literal) => {
                self.markup(&format!("{property}:"));
                self.text(&css(&literal, number));
                self.markup(";");
                self.check_literal(of, literal.expression);
            }
            Value::Dynamic(value) => self.steps.push(Step::Style { property, of, value }),
            Value::Broken(broken) => self.broken(of, broken),
        }
    }

    fn attribute(&mut self, element: ElementName, attribute: Attribute) {
        if let Some(event) = attribute.name.strip_prefix("on_") {
            let event = event.replace('_', "");
            let actions = self.actions(element, attribute);
            self.steps.push(Step::Actions { event, actions });
            return;
        }
        let name = html_name(element, &attribute.name);
        let mut of = of(element, &attribute);
        if attribute.name.starts_with("data_") {
            of.attribute = Ident::new("data", glue(of.at));
        }
        match attribute.value {
            Value::Literal(literal) => {
                if element.name != "heading" || name != "level" {
                    let mut markup = format!(" {name}=\"");
                    push_escaped(&mut markup, &literal.text);
                    self.markup(&format!("{markup}\""));
                }
                self.check_literal(of, literal.expression);
            }
            Value::Dynamic(value) => {
                let value = if name == "href" { reference::resolve(value) } else { value };
                self.steps.push(Step::Attribute { name: format!(" {name}"), of, value });
            }
            Value::Broken(broken) => self.broken(of, broken),
        }
    }

    fn broken(&mut self, of: Of, broken: super::super::ast::Broken) {
        self.checks.push(Check::Name(of));
        self.steps.push(Step::Broken(broken));
    }

    /// Returns one action for each element of an array, or the one that is given.
    fn actions(&mut self, element: ElementName, attribute: Attribute) -> Vec<Action> {
        let mut of = of(element, &attribute);
        let values = match attribute.value {
            Value::Dynamic(Expr::Array(array)) => array.elems.into_iter().collect(),
            Value::Dynamic(value) => vec![value],
            Value::Literal(_) => Vec::new(),
            Value::Broken(broken) => {
                self.steps.push(Step::Broken(broken));
                Vec::new()
            }
        };
        if values.is_empty() {
            self.checks.push(Check::Name(of));
            return Vec::new();
        }
        let mut actions = Vec::new();
        for value in values {
            let place = value.span();
            actions.push(Action { of: of.clone(), value: reference::resolve(value) });
            // The user's name stands once; the others only look like it.
            of.attribute.set_span(glue(place));
        }
        actions
    }
}

impl Value {
    fn into_expression(self) -> Option<Expr> {
        match self {
            Self::Literal(literal) => Some(literal.expression),
            Self::Dynamic(value) => Some(value),
            Self::Broken(_) => None,
        }
    }
}

fn tag(element: &Element) -> &'static str {
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
        _ => element.name.tag,
    }
}

/// Returns how HTML spells an attribute.
fn html_name(element: ElementName, name: &str) -> String {
    match name {
        "color" if names::has_scheme(element) => "data-color".to_owned(),
        "directory" if element.name == "upload" => "webkitdirectory".to_owned(),
        _ => name.replace('_', "-"),
    }
}

/// Returns the CSS of a literal, as the runtime writes values that it gets.
fn css(literal: &Literal, number: StyleNumber) -> String {
    let text = &literal.text;
    match number {
        _ if literal.is_text => text.clone(),
        StyleNumber::Steps => format!("calc(var(--fk-space)*{text})"),
        StyleNumber::Plain => text.clone(),
        StyleNumber::Columns => format!("repeat({text},minmax(0,1fr))"),
    }
}
