//! Rules that concern more than one part of a view; names and types are rustc's to judge.

use std::collections::HashSet;

use proc_macro2::TokenStream;

use super::ast::{Attribute, Element, Node};
use super::{braces, browser, composed, endpoint, ids, leave, literals, names, upload};
use crate::diag::Diagnostics;

/// Checks a whole view; `tokens` are those that it was read from.
pub(crate) fn view(nodes: &[Node], tokens: &TokenStream, diag: &mut Diagnostics) {
    each_element(nodes, &mut |element| {
        repeated_attribute(element, diag);
        reserved_attribute(element, diag);
        childless(element, diag);
        upload_without_id(element, diag);
        literals::check(element, diag);
        upload::check(element, diag);
        composed::check(element, diag);
    });
    braces::check(nodes, diag);
    browser::check(nodes, diag);
    endpoint::check(nodes, diag);
    leave::check(nodes, &mut Vec::new(), diag);
    ids::check(nodes, tokens, diag);
}

fn each_element<'a>(nodes: &'a [Node], visit: &mut impl FnMut(&'a Element)) {
    for node in nodes {
        if let Node::Element(element) = node {
            visit(element);
        }
        for children in node.bodies() {
            each_element(children, visit);
        }
    }
}

/// An attribute occurs once: HTML would take the first, and the user meant the second as well.
fn repeated_attribute(element: &Element, diag: &mut Diagnostics) {
    let mut seen = HashSet::new();
    for attribute in &element.attributes {
        let is_style = !attribute.is_given && names::style(element.name, &attribute.name).is_some();
        if !seen.insert((is_style, spelling(element, attribute))) {
            diag.error(&attribute.ident, format!("`{}` specified more than once", attribute.name));
        }
    }
}

/// How HTML spells an attribute; it tells no capital letters apart.
fn spelling(element: &Element, attribute: &Attribute) -> String {
    match attribute.is_given {
        true => attribute.name.to_ascii_lowercase(),
        false => names::spelling(element.name, &attribute.name),
    }
}

/// The server's messages to the browser are in attributes of its own, which a view cannot forge.
fn reserved_attribute(element: &Element, diag: &mut Diagnostics) {
    for attribute in &element.attributes {
        if spelling(element, attribute).starts_with("data-filekit") {
            diag.error(&attribute.ident, "names that begin with `data-filekit` are reserved");
        }
    }
}

/// Void elements hold nothing.
fn childless(element: &Element, diag: &mut Diagnostics) {
    if element.name.void && !element.children.is_empty() {
        diag.error(&element.ident, format!("`{}` cannot have children", shown(element)));
    }
}

/// The name by which the user called an element.
pub(super) fn shown(element: &Element) -> &str {
    if element.name.name == "el" { &element.tag } else { element.name.name }
}

/// Events and browser actions find an upload by its id.
fn upload_without_id(element: &Element, diag: &mut Diagnostics) {
    let has_id = element.attributes.iter().any(|attribute| attribute.name == "id");
    if element.name.is_upload() && !has_id {
        let name = element.name.name;
        diag.error(&element.ident, format!("`{name}` needs an id: `{name}(id = \"photos\", ..)`"));
    }
}
