//! Rules for `uploader` and `file_list`: what they need, and what shape it has.

use syn::{Expr, ExprLit, Lit};

use super::ast::{Attribute, Element, Node, Value};
use crate::diag::Diagnostics;

/// Checks an element if it is one of these.
pub(super) fn check(element: &Element, diag: &mut Diagnostics) {
    match element.name.name {
        "uploader" => {
            has_an_event(element, diag);
            sends_at_once_or_not(element, diag);
        }
        "file_list" => {
            has_files(element, diag);
            closure(element, "on_remove", "an event of each file: `|file| Album::remove(file.key())`", diag);
            closure(element, "on_download", "an event of the selected keys: `|keys| Album::archive(keys)`", diag);
            selection_has_an_id(element, diag);
        }
        _ => {}
    }
}

/// The files have to go somewhere.
fn has_an_event(element: &Element, diag: &mut Diagnostics) {
    if element.value("on_upload").is_none() {
        diag.error(&element.ident, "`uploader` needs the event that takes its files: `on_upload = ..`");
    }
}

/// The page is another one if files are sent at once.
fn sends_at_once_or_not(element: &Element, diag: &mut Diagnostics) {
    let Some(auto) = named(element, "auto") else { return };
    if !matches!(&auto.value, Value::Dynamic(Expr::Lit(ExprLit { lit: Lit::Bool(_), .. })) | Value::Broken(_)) {
        diag.error(&auto.ident, "`auto` is the word `true` or `false`");
    }
}

/// A list is of one expression.
fn has_files(element: &Element, diag: &mut Diagnostics) {
    if !matches!(&element.children[..], [Node::Child(_) | Node::Broken(_)]) {
        diag.error(&element.ident, "`file_list` takes its files as the one argument: `file_list(&album.files, ..)`");
    }
}

/// What is done depends on the file, or on what is selected.
fn closure(element: &Element, name: &str, what: &str, diag: &mut Diagnostics) {
    let Some(attribute) = named(element, name) else { return };
    let is_closure = match &attribute.value {
        Value::Dynamic(Expr::Closure(closure)) => closure.inputs.len() == 1,
        Value::Dynamic(_) => false,
        // A literal is refused as JavaScript.
        Value::Literal(_) | Value::Broken(_) => true,
    };
    if !is_closure {
        diag.error(&attribute.ident, format!("`{name}` makes {what}"));
    }
}

/// What is selected is a value of the page, which has an id.
fn selection_has_an_id(element: &Element, diag: &mut Diagnostics) {
    if let (Some(download), None) = (named(element, "on_download"), element.value("id")) {
        diag.error(&download.ident, "what is selected needs an id: `file_list(id = \"album\", ..)`");
    }
}

fn named<'a>(element: &'a Element, name: &str) -> Option<&'a Attribute> {
    element.attributes.iter().find(|attribute| attribute.name == name && !attribute.is_given)
}
