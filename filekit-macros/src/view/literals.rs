//! Rules for what literal attributes say; what is known later the runtime and the browser judge.

use syn::Expr;
use syn::spanned::Spanned as _;

use super::ast::{Attribute, Element, Literal, Value};
use super::download;
use super::names::{self, StyleNumber};
use crate::diag::Diagnostics;
use crate::similar;

/// Checks the literals among the attributes of an element.
pub(super) fn check(element: &Element, diag: &mut Diagnostics) {
    heading_level(element, diag);
    single_styles(element, diag);
    rules_in_style(element, diag);
    numbers_of_words(element, diag);
    for attribute in &element.attributes {
        download::check(attribute, diag);
        if attribute.name == "accept" && takes_files(element) {
            literals_of(&attribute.value).for_each(|literal| accept(&literal, diag));
        }
        let Value::Literal(literal) = &attribute.value else { continue };
        match attribute.name.as_str() {
            "color" if names::has_scheme(element.name) => scheme(literal, diag),
            "capture" if takes_files(element) => capture(literal, diag),
            _ => {}
        }
    }
}

fn takes_files(element: &Element) -> bool {
    element.name.is_upload() || element.name.name == "input"
}

/// The level chooses the tag, so it has to be known here.
fn heading_level(element: &Element, diag: &mut Diagnostics) {
    let level = element.attributes.iter().find(|attribute| attribute.name == "level");
    let Some(Attribute { ident, value, .. }) = level.filter(|_| element.name.name == "heading") else { return };
    match value {
        Value::Literal(level) if matches!(level.text.as_str(), "1" | "2" | "3" | "4" | "5" | "6") => {}
        Value::Broken(_) => {}
        Value::Literal(level) => diag.error_at(level.expression.span(), "a heading has a level from 1 to 6"),
        Value::Dynamic(_) => diag.error(ident, "the level of a heading is a literal from 1 to 6"),
    }
}

/// A style attribute is one value; the runtime leaves out what would smuggle in a second.
fn single_styles(element: &Element, diag: &mut Diagnostics) {
    for attribute in &element.attributes {
        let Value::Literal(literal) = &attribute.value else { continue };
        let is_style = !attribute.is_given && names::style(element.name, &attribute.name).is_some();
        if is_style && literal.text.contains([';', '{', '}']) {
            let message = format!("`{}` takes one value of CSS; further styles go into `style`", attribute.name);
            diag.error_at(literal.expression.span(), message);
        }
    }
}

/// `style` holds declarations; the runtime leaves out what could end the rule that they are written into.
fn rules_in_style(element: &Element, diag: &mut Diagnostics) {
    let style = element.attributes.iter().find(|attribute| attribute.name == "style" && !attribute.is_given);
    if let Some(Attribute { value: Value::Literal(literal), .. }) = style
        && literal.text.contains(['{', '}'])
    {
        diag.error_at(literal.expression.span(), "`style` holds declarations; rules in braces go into a style sheet");
    }
}

/// A number means nothing to some properties, such as a colour.
fn numbers_of_words(element: &Element, diag: &mut Diagnostics) {
    for attribute in element.attributes.iter().filter(|attribute| !attribute.is_given) {
        let Value::Literal(literal) = &attribute.value else { continue };
        let style = names::style(element.name, &attribute.name);
        if !literal.is_text && style.is_some_and(|(_, number)| number == StyleNumber::Never) {
            let message = format!("a number means nothing to `{}`, which is CSS as text", attribute.name);
            diag.error_at(literal.expression.span(), message);
        }
    }
}

/// The literals of a value: itself, or those of an array.
fn literals_of(value: &Value) -> impl Iterator<Item = Literal> {
    let expressions = match value {
        Value::Literal(literal) => vec![&literal.expression],
        Value::Dynamic(value) => elements(value),
        Value::Broken(_) => Vec::new(),
    };
    expressions.into_iter().filter_map(Literal::read)
}

fn elements(value: &Expr) -> Vec<&Expr> {
    match value {
        Expr::Array(array) => array.elems.iter().collect(),
        Expr::Reference(reference) => elements(&reference.expr),
        _ => Vec::new(),
    }
}

/// The colour of a button is one of a few that the theme has.
fn scheme(literal: &Literal, diag: &mut Diagnostics) {
    const SCHEMES: [&str; 5] = ["primary", "neutral", "success", "warning", "danger"];
    if !literal.is_text || SCHEMES.contains(&literal.text.as_str()) {
        return;
    }
    let message = match similar::nearest(&literal.text, SCHEMES) {
        Some(meant) => format!("unknown colour scheme `{}`; did you mean `{meant}`?", literal.text),
        None => format!("a colour scheme is one of `{}`", SCHEMES.join("`, `")),
    };
    diag.error_at(literal.expression.span(), message);
}

/// A device has a camera at the front and one at the back.
fn capture(literal: &Literal, diag: &mut Diagnostics) {
    if literal.is_text && !matches!(literal.text.as_str(), "user" | "environment") {
        diag.error_at(literal.expression.span(), "`capture` is `user` (front camera) or `environment` (back)");
    }
}

/// Each part of `accept` is an extension or a MIME type; browsers pass over what is neither.
fn accept(literal: &Literal, diag: &mut Diagnostics) {
    let parts = literal.text.split(',').map(str::trim).filter(|_| literal.is_text);
    for part in parts {
        let message = match part.split_once('/') {
            _ if is_extension(part) || part == "*/*" => continue,
            Some((top, sub)) if is_token(sub) && TOP_LEVEL_TYPES.contains(&top.to_ascii_lowercase().as_str()) => {
                continue;
            }
            Some((top, sub)) => match similar::nearest(top, TOP_LEVEL_TYPES.iter().copied()) {
                Some(meant) if is_token(sub) => format!("`{part}` is no MIME type; did you mean `{meant}/{sub}`?"),
                _ => format!("`{part}` is no MIME type, such as `image/png` or `image/*`"),
            },
            None if is_extension(&format!(".{part}")) => format!("an extension begins with a dot; write `.{part}`"),
            None => format!("`{part}` is neither an extension like `.png` nor a MIME type"),
        };
        diag.error_at(literal.expression.span(), message);
    }
}

/// The top-level types of the IANA registry, and the one of old that chemists use.
/// `filekit-files/src/upload/consistency.rs` has the same list, for constants.
const TOP_LEVEL_TYPES: &[&str] = &[
    "application",
    "audio",
    "chemical",
    "example",
    "font",
    "haptics",
    "image",
    "message",
    "model",
    "multipart",
    "text",
    "video",
];

fn is_extension(part: &str) -> bool {
    part.strip_prefix('.').is_some_and(|extension| extension.split('.').all(is_token))
}

/// Tells whether text is one word of the characters that RFC 6838 allows in a type, or `*`.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    text == "*" || (!text.is_empty() && text.bytes().all(allowed))
}
