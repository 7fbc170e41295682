//! Rules that concern more than one part of a view; names and types are rustc's to judge.

use std::collections::HashSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitStr;
use syn::spanned::Spanned as _;

use super::ast::{Attribute, Element, Node, Value};
use super::{leave, literals, names};
use crate::diag::Diagnostics;
use crate::similar;

/// Checks a whole view; `tokens` are those that it was read from.
pub(crate) fn view(nodes: &[Node], tokens: &TokenStream, diag: &mut Diagnostics) {
    each_element(nodes, &mut |element| {
        repeated_attribute(element, diag);
        reserved_attribute(element, diag);
        childless(element, diag);
        upload_without_id(element, diag);
        literals::check(element, diag);
    });
    leave::check(nodes, &mut Vec::new(), diag);
    let mut ids = Ids::default();
    upload_ids(nodes, false, &mut ids, diag);
    let declared: HashSet<String> = ids.seen.into_iter().collect();
    unknown_ids(tokens.clone(), &declared, diag);
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

/// An attribute stands once: HTML would take the first, and the user meant the second as well.
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

/// What the server tells the browser stands in attributes of its own, which a view cannot forge.
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
    if element.name.name == "upload" && !has_id {
        diag.error(&element.ident, "`upload` needs an id: `upload(id = \"photos\", ..)`");
    }
}

/// The literal upload ids on the way through the view.
#[derive(Clone, Default)]
struct Ids {
    seen: Vec<String>,
}

/// An id stands once on a page. Branches of which only one is shown may share it; the rows of a loop cannot.
fn upload_ids(nodes: &[Node], in_loop: bool, ids: &mut Ids, diag: &mut Diagnostics) {
    for node in nodes {
        if let Node::Element(element) = node {
            upload_id(element, in_loop, ids, diag);
        }
        let before = ids.clone();
        for branch in node.bodies() {
            let mut inside = before.clone();
            upload_ids(branch, in_loop || matches!(node, Node::For(_)), &mut inside, diag);
            ids.seen.extend(inside.seen.into_iter().skip(before.seen.len()));
        }
    }
}

fn upload_id(element: &Element, in_loop: bool, ids: &mut Ids, diag: &mut Diagnostics) {
    let Some((literal, id)) = literal_id(element) else { return };
    if ids.seen.contains(&id) {
        diag.error_at(literal, format!("the upload id \"{id}\" is used more than once in this view"));
    } else if in_loop {
        diag.error_at(literal, "every row would have the same upload id; use `Upload::keyed`");
    }
    ids.seen.push(id);
}

fn literal_id(element: &Element) -> Option<(proc_macro2::Span, String)> {
    if element.name.name != "upload" {
        return None;
    }
    element.attributes.iter().find_map(|attribute| match &attribute.value {
        Value::Literal(id) if attribute.name == "id" && id.is_text => Some((id.expression.span(), id.text.clone())),
        _ => None,
    })
}

/// A literal id names an upload of this view; views that share an upload share a constant.
///
/// Tokens are looked at, not expressions, so that the call is found wherever it stands.
fn unknown_ids(tokens: TokenStream, declared: &HashSet<String>, diag: &mut Diagnostics) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |distance: usize| at.checked_sub(distance).map(|at| tokens[at].to_string());
        let is_macro = before(1).as_deref() == Some("!");
        if is_macro && before(2).as_deref() == Some("view") {
            // A view in a view checks itself.
            continue;
        }
        let name = before(1).filter(|name| names::TAKES_UPLOAD.contains(&name.as_str()));
        if let Some(name) = name.filter(|_| group.delimiter() == Delimiter::Parenthesis) {
            unknown_id(&name, group.stream(), declared, diag);
        }
        unknown_ids(group.stream(), declared, diag);
    }
}

fn unknown_id(function: &str, arguments: TokenStream, declared: &HashSet<String>, diag: &mut Diagnostics) {
    let Ok(literal) = syn::parse2::<LitStr>(arguments) else { return };
    let id = literal.value();
    if declared.contains(&id) {
        return;
    }
    let message = match similar::nearest(&id, declared.iter().map(String::as_str)) {
        Some(meant) => format!("no `upload(id = \"{id}\")` in this view; did you mean \"{meant}\"?"),
        None => format!("`{function}` needs an `upload(id = \"{id}\")` in this view"),
    };
    diag.error(&literal, message);
}
