//! The page that a visitor sees: the server's markup with the lists, conditions and values that the browser computes by itself.

use serde_json::{Value, json};

use super::{Element, Html, Node};

const TEXT: &str = "data-filekit-text";
const ATTRIBUTE: &str = "data-filekit-attribute-";
const EVENT: &str = "data-filekit-on-";
const FOR: &str = "data-filekit-for";
const DEPTH: &str = "data-filekit-depth";
const IF: &str = "data-filekit-if";
const ELSE: &str = "data-filekit-else";

/// The class of what is there for browsers without scripts only.
const UNSCRIPTED: &str = "fk-unscripted";

/// Computes the expressions of a page.
pub(crate) trait Evaluate {
    /// The value of an expression in which no item of a list is left.
    fn evaluate(&self, expression: &Value) -> Value;
}

/// The items of the lists around a place, the outermost first, each with its number of lists around it.
type Scope<'a> = &'a [(u64, Value)];

/// Returns the page as a visitor sees it.
pub(crate) fn shown(page: &Html, state: &impl Evaluate) -> Html {
    Html::of(nodes(page.nodes(), state, &[]))
}

fn nodes(nodes: &[Node], state: &impl Evaluate, scope: Scope<'_>) -> Vec<Node> {
    let mut out = Vec::new();
    let mut condition = false;
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "template" => {
                template(element, state, scope, &mut condition, &mut out);
            }
            Node::Element(element) if element.has_class(UNSCRIPTED) => {}
            Node::Element(shown) => out.push(Node::Element(self::element(shown, state, scope))),
            Node::Range(inner) => out.extend(self::nodes(inner, state, scope)),
            Node::Text(text) => out.push(Node::Text(text.clone())),
            Node::Marker(_) => {}
        }
    }
    out
}

/// Appends what a template shows; `condition` is that of the last `if`, for the `else` behind it.
fn template(template: &Element, state: &impl Evaluate, scope: Scope<'_>, condition: &mut bool, out: &mut Vec<Node>) {
    let value = |name| template.attribute(name).map(|expression| value_of(expression, state, scope));
    if let Some(items) = value(FOR) {
        let depth = template.attribute(DEPTH).and_then(|depth| depth.parse().ok()).unwrap_or_default();
        for item in items.as_array().into_iter().flatten() {
            let inner = [scope, &[(depth, item.clone())]].concat();
            out.extend(nodes(&template.children, state, &inner));
        }
        return;
    }
    if let Some(holds) = value(IF) {
        *condition = is_true(&holds);
    }
    let is_shown = if template.has(ELSE) { !*condition } else { template.has(IF) && *condition };
    if is_shown {
        out.extend(nodes(&template.children, state, scope));
    }
}

fn element(element: &Element, state: &impl Evaluate, scope: Scope<'_>) -> Element {
    let mut shown =
        Element { name: element.name.clone(), attributes: element.attributes.clone(), children: Vec::new() };
    for (name, value) in &element.attributes {
        if let Some(attribute) = name.strip_prefix(ATTRIBUTE) {
            match attribute_text(&value_of(value, state, scope)) {
                Some(text) => shown.attributes.insert(attribute.to_owned(), text),
                None => shown.attributes.remove(attribute),
            };
        } else if name.starts_with(EVENT) && !scope.is_empty() && !value.is_empty() {
            shown.attributes.insert(name.clone(), with_items(&parsed(value), scope).to_string());
        }
    }
    shown.children = match element.attribute(TEXT) {
        Some(expression) => vec![Node::Text(text(&value_of(expression, state, scope)))],
        None => nodes(&element.children, state, scope),
    };
    shown
}

fn value_of(expression: &str, state: &impl Evaluate, scope: Scope<'_>) -> Value {
    state.evaluate(&with_items(&parsed(expression), scope))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in the page's {json}"))
}

/// Puts the items of a scope where expressions name them.
fn with_items(expression: &Value, scope: Scope<'_>) -> Value {
    match expression {
        Value::Array(parts) if parts.first().is_some_and(|head| head == "item") => {
            let item = scope.iter().find(|(depth, _)| parts.get(1).is_some_and(|of| *of == json!(depth)));
            json!(["literal", item.map(|(_, item)| item)])
        }
        Value::Array(parts) => parts.iter().map(|part| with_items(part, scope)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), with_items(value, scope))).collect())
        }
        other => other.clone(),
    }
}

/// Whether a condition holds, as JavaScript has it.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The text of an attribute for a value; `None` removes it.
fn attribute_text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(String::new()),
        other => Some(text(other)),
    }
}
