//! Lowers the attributes of elements. The tags around them are `element.rs`.

use syn::spanned::Spanned as _;
use syn::{Expr, Ident};

use super::super::ast::{Attribute, Broken, Literal, Value};
use super::super::download;
use super::super::endpoint;
use super::super::names::{self, ElementName, StyleNumber};
use super::super::several;
use super::{Action, Check, Lowered, Of, Step, of};
use crate::event::reference;
use crate::names::glue;

/// The attribute for the declarations of an element; a content security policy may forbid `style`.
const STYLE: &str = " data-filekit-style=\"";

/// The attributes of an element, by the way they are written.
#[derive(Default)]
struct AttributeGroups {
    plain: Vec<Attribute>,
    class: Option<Attribute>,
    /// Style attributes with their property.
    styles: Vec<(Attribute, String, StyleNumber)>,
    style: Option<Attribute>,
}

impl AttributeGroups {
    fn new(element: ElementName, attributes: Vec<Attribute>) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            if attribute.is_given {
                sorted.plain.push(attribute);
                continue;
            }
            if let Some((property, number)) = names::style(element, &attribute.name) {
                sorted.styles.push((judged(attribute), property, number));
                continue;
            }
            match attribute.name.as_str() {
                "class" if element.kit => sorted.class = Some(attribute),
                "style" => sorted.whole_style(element, judged(attribute)),
                _ => sorted.plain.push(attribute),
            }
        }
        sorted
    }

    /// Sorts `style`. The runtime writes the whole attribute where it gets the value and nothing else is in it.
    fn whole_style(&mut self, element: ElementName, style: Attribute) {
        match style.value {
            Value::Dynamic(_) if !element.kit => self.plain.push(style),
            _ => self.style = Some(style),
        }
    }
}

impl Lowered {
    /// Writes all attributes: the class first, the styles last, the others in their order.
    pub(super) fn attributes(&mut self, element: ElementName, attributes: Vec<Attribute>) {
        let sorted = AttributeGroups::new(element, attributes);
        if element.kit {
            self.class(element, sorted.class);
        }
        for attribute in sorted.plain {
            self.attribute(element, attribute);
        }
        if sorted.style.is_some() || !sorted.styles.is_empty() {
            self.markup(STYLE);
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
        self.markup(&format!(" class=\"fk-{}", element.class));
        match class {
            Some(Attribute { value: Value::Dynamic(value), ident, equals, .. }) => {
                let of = Of { element: element.name, attribute: ident, at: equals };
                self.steps.push(Step::Class { of, value });
            }
            Some(class) => {
                self.markup(" ");
                self.inner(element, class);
            }
            None => {}
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

    pub(super) fn attribute(&mut self, element: ElementName, attribute: Attribute) {
        if let Some(event) = attribute.name.strip_prefix("on_").filter(|_| !attribute.is_given) {
            let event = event.replace('_', "-");
            let actions = self.actions(element, attribute);
            self.steps.push(Step::Actions { event, actions });
            return;
        }
        let name = match attribute.is_given {
            true => attribute.name.clone(),
            false => names::spelling(element, &attribute.name),
        };
        let of = of_any(element, &attribute);
        match attribute.value {
            Value::Literal(literal) => self.literal(element, &name, of, literal),
            Value::Dynamic(value) => {
                let value = match names::LINKS.contains(&name.as_str()) {
                    true => reference::resolve_link(endpoint::resolve(value), of.at),
                    false => endpoint::resolve(value),
                };
                self.steps.push(Step::Attribute { name: format!(" {name}"), of, value });
            }
            Value::Broken(broken) => self.broken(of, broken),
        }
    }

    fn literal(&mut self, element: ElementName, name: &str, of: Of, literal: Literal) {
        // The level of a heading is its tag.
        if element.name != "heading" || name != "level" {
            self.markup(&format!(" {name}=\""));
            self.text(&literal.text);
            self.markup("\"");
        }
        self.check_literal(of, literal.expression);
    }

    pub(super) fn broken(&mut self, of: Of, broken: Broken) {
        self.checks.push(Check::Name(of));
        self.steps.push(Step::Broken(broken));
    }

    /// Returns one action for each element of an array, or the one that is given.
    pub(super) fn actions(&mut self, element: ElementName, attribute: Attribute) -> Vec<Action> {
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
        for mut value in values {
            let place = value.span();
            several::mark(&mut value, &self.several);
            actions.push(Action { of: of.clone(), value: reference::resolve(download::resolve(value)) });
            // The user's name occurs once; the others only look like it.
            of.attribute.set_span(glue(place));
        }
        actions
    }
}

/// The attribute by the name under which the runtime declares it: all `data_*` share one.
fn of_any(element: ElementName, attribute: &Attribute) -> Of {
    let mut of = of(element, attribute);
    if attribute.name.starts_with("data_") && !attribute.is_given {
        of.attribute = Ident::new("data_name", glue(of.at));
    }
    of
}

/// Returns the CSS of a literal, as the runtime writes values that it gets.
fn css(literal: &Literal, number: StyleNumber) -> String {
    let text = &literal.text;
    match number {
        _ if literal.is_text => text.clone(),
        StyleNumber::Steps => format!("calc(var(--fk-space)*{text})"),
        StyleNumber::Plain | StyleNumber::Never => text.clone(),
        StyleNumber::Columns => format!("repeat({text},minmax(0,1fr))"),
    }
}

/// Leaves CSS that needs a closer look to the runtime.
fn judged(mut attribute: Attribute) -> Attribute {
    if let Value::Literal(literal) = &attribute.value
        && !is_simple(&literal.text)
    {
        attribute.value = Value::Dynamic(literal.expression.clone());
    }
    attribute
}

/// Tells whether the runtime would find nothing wrong with CSS: it has no quotes, escapes, comments, braces or URLs, and its
/// parentheses are paired.
fn is_simple(css: &str) -> bool {
    let mut depth = 0_i32;
    let is_paired = css.chars().all(|character| {
        depth += i32::from(character == '(') - i32::from(character == ')');
        depth >= 0
    });
    let is_allowed = |character: char| character.is_alphanumeric() || " -_:;,.%#()+*/!".contains(character);
    is_paired
        && depth == 0
        && css.chars().all(is_allowed)
        && !css.contains("/*")
        && !css.to_lowercase().contains("url(")
}
