//! Finds text that was meant as a format string; which text is shown unchanged anyway is decided here, too.

use proc_macro2::Span;
use syn::spanned::Spanned as _;

use super::ast::{Attribute, Node, Value};
use crate::diag::Diagnostics;

/// Elements that show code, in which braces are nothing unusual.
const VERBATIM: &[&str] = &["code", "kbd", "pre", "samp"];

/// Checks the text literals of a view, and those of its attributes.
pub(super) fn check(nodes: &[Node], diag: &mut Diagnostics) {
    for node in nodes {
        match node {
            Node::Text(text) => child(&text.text, text.literal, diag),
            Node::Element(element) => {
                element.attributes.iter().for_each(|one| attribute(one, diag));
                if VERBATIM.contains(&&*element.tag) {
                    continue;
                }
            }
            Node::Unknown(unknown) => unknown.attributes.iter().for_each(|one| attribute(one, diag)),
            _ => {}
        }
        node.bodies().into_iter().for_each(|body| check(body, diag));
    }
}

/// Children follow each other, so a sentence is made of parts.
fn child(text: &str, literal: Option<Span>, diag: &mut Diagnostics) {
    let (Some(span), Some(found)) = (literal, placeholder(text)) else { return };
    let cure = parts(text).unwrap_or_else(|| "text(\"Hello \", name)".to_owned());
    let way_out = format!("or `(\"..\")` if `{found}` is meant");
    diag.error_at(span, format!("a text literal is no format string; write `{cure}`, {way_out}"));
}

/// An attribute has one value, so that is formatted.
fn attribute(attribute: &Attribute, diag: &mut Diagnostics) {
    let Value::Literal(literal) = &attribute.value else { return };
    // A regular expression may have `\p{Lu}`, and an empty object is JSON.
    let is_other = attribute.name == "pattern" || literal.text.trim() == "{}";
    let found =
        placeholder(&literal.text).filter(|found| !found[1..].starts_with(|first: char| first.is_ascii_digit()));
    let Some(found) = found.filter(|_| literal.is_text && !is_other) else { return };
    let text = if literal.text.chars().count() <= 40 { literal.text.clone() } else { format!("..{found}..") };
    let way_out = format!("or `(\"..\")` if `{found}` is meant");
    let message = format!("a text literal is no format string; write `format!({text:?})`, {way_out}");
    diag.error_at(literal.expression.span(), message);
}

/// Returns the first part of a text that `format!` would fill in, with its braces.
fn placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open..];
        if rest.starts_with("{{") {
            rest = rest.trim_start_matches('{');
            continue;
        }
        let close = rest.find('}')?;
        if is_argument(&rest[1..close]) {
            return Some(&rest[..=close]);
        }
        rest = &rest[1..];
    }
    None
}

/// Tells whether that text is between the braces of a format string, or of what others write like one.
fn is_argument(inside: &str) -> bool {
    let (value, format) = inside.split_once(':').unwrap_or((inside, ""));
    let format_sign = |sign: char| sign.is_ascii_digit() || "<>^+-#.$*?xXobeE".contains(sign);
    (value.is_empty() || is_value(value)) && format.chars().all(format_sign)
}

/// Tells whether text is a number, or a variable with fields or methods behind it, such as `file.name()`.
fn is_value(text: &str) -> bool {
    text.split('.').all(|part| {
        let name = part.strip_suffix("()").unwrap_or(part);
        !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || character == '_')
    })
}

/// Returns the children that say what a short text was meant to say: `"Hello ", name`.
fn parts(text: &str) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(found) = placeholder(rest) {
        let (before, behind) = rest.split_once(found)?;
        let value = &found[1..found.len() - 1];
        if !is_value(value) || value.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        parts.extend((!before.is_empty()).then(|| format!("{before:?}")));
        parts.push(value.to_owned());
        rest = behind;
    }
    parts.extend((!rest.is_empty()).then(|| format!("{rest:?}")));
    let parts = parts.join(", ");
    (parts.chars().count() <= 50).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found() {
        for (text, found) in [
            ("Hello {name}!", "{name}"),
            ("{}", "{}"),
            ("{:?} of {count}", "{:?}"),
            ("{file.name()}", "{file.name()}"),
            ("{price:.2} \u{20ac}", "{price:.2}"),
            ("{ {0}", "{0}"),
        ] {
            assert_eq!(placeholder(text), Some(found), "{text}");
        }
    }

    #[test]
    fn other_braces_are_not() {
        for text in ["", "{", "a } b {", "{{name}}", "{\"a\":1}", "{ color: red }", "{a b}", "{a,b}", "{a:b c}"] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }

    #[test]
    fn the_parts_of_a_sentence() {
        assert_eq!(parts("{count} files of {user.name}").as_deref(), Some("count, \" files of \", user.name"));
        assert_eq!(parts("a \"{name}\"").as_deref(), Some("\"a \\\"\", name, \"\\\"\""));
        assert_eq!(parts("{}"), None);
        assert_eq!(parts("{count:>4}"), None);
    }
}
