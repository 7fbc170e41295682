//! Mistakes with values of the browser of which rustc could say only that they are mistakes: what to write instead.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprCall, UnOp};

use super::ast::{Attribute, Node, Value};
use crate::diag::Diagnostics;

/// The functions that return a `Client<bool>`.
const CONDITIONS: &[&str] = &["has_selection", "is_dragging", "is_paused", "is_uploading", "is_waiting"];

/// The functions that return lists of the browser.
const LISTS: &[&str] = &["rejected_files", "selected_files", "unfinished_files"];

/// Checks the conditions, the lists and the actions of a view.
pub(super) fn check(nodes: &[Node], diag: &mut Diagnostics) {
    for node in nodes {
        match node {
            Node::If(branch) => condition(&branch.condition, diag),
            Node::For(repetition) => list(&repetition.head.list, diag),
            Node::Element(element) => element.attributes.iter().for_each(|one| attribute(one, diag)),
            _ => {}
        }
        node.bodies().into_iter().for_each(|body| check(body, diag));
    }
}

/// Operators of Rust have to answer while the page is made.
fn condition(condition: &Expr, diag: &mut Diagnostics) {
    match condition {
        Expr::Paren(inner) => self::condition(&inner.expr, diag),
        Expr::Unary(not) if matches!(not.op, UnOp::Not(_)) && is_of_the_browser(&not.expr) => {
            let cure = format!("{}.not()", shown(&not.expr));
            diag.error(condition, format!("`!` is for values of the server; write `{cure}`"));
        }
        Expr::Binary(both) if is_of_the_browser(&both.left) && is_of_the_browser(&both.right) => {
            let (sign, method) = match both.op {
                BinOp::And(_) => ("&&", "and"),
                BinOp::Or(_) => ("||", "or"),
                _ => return,
            };
            let cure = format!("{}.{method}({})", positive(&both.left), positive(&both.right));
            diag.error(condition, format!("`{sign}` is for values of the server; write `{cure}`"));
        }
        _ => {}
    }
}

fn is_of_the_browser(value: &Expr) -> bool {
    match value {
        Expr::Paren(inner) => is_of_the_browser(&inner.expr),
        Expr::Unary(not) => matches!(not.op, UnOp::Not(_)) && is_of_the_browser(&not.expr),
        value => calls(value, CONDITIONS),
    }
}

/// A condition as it is written without `!`.
fn positive(value: &Expr) -> String {
    match value {
        Expr::Paren(inner) => positive(&inner.expr),
        Expr::Unary(not) => format!("{}.not()", positive(&not.expr)),
        value => shown(value),
    }
}

/// A list of the browser cannot be borrowed, counted or changed on the server.
fn list(list: &Expr, diag: &mut Diagnostics) {
    match list {
        Expr::Reference(borrowed) if calls(&borrowed.expr, LISTS) => {
            diag.error(list, format!("a list of the browser is not borrowed; write `{}`", shown(&borrowed.expr)));
        }
        Expr::Call(call) if calls(list, &["upload_files"]) => {
            let cure = format!("selected_files({})", shown(&call.args));
            diag.error(list, format!("`upload_files` is for events; the list of what was chosen is `{cure}`"));
        }
        Expr::MethodCall(_) => {
            let mut root = list;
            while let Expr::MethodCall(call) = root {
                root = &call.receiver;
            }
            if calls(root, LISTS) {
                let cure = format!("for file in {}", shown(root));
                diag.error(list, format!("a list of the browser is shown as it is; write `{cure}`"));
            }
        }
        _ => {}
    }
}

fn attribute(attribute: &Attribute, diag: &mut Diagnostics) {
    let Value::Dynamic(value) = &attribute.value else { return };
    match value {
        Expr::Call(event) => sent_twice(event, diag),
        Expr::Array(several) => several.elems.iter().for_each(|one| {
            if let Expr::Call(event) = one {
                sent_twice(event, diag);
            }
        }),
        _ => {}
    }
}

/// The chosen files are sent once, to one parameter.
fn sent_twice(event: &ExprCall, diag: &mut Diagnostics) {
    let mut seen = Vec::new();
    for argument in event.args.iter().filter(|argument| calls(argument, &["upload_files"])) {
        let tokens = argument.to_token_stream().to_string();
        if seen.contains(&tokens) {
            diag.error(
                argument,
                "each parameter for files has an `upload` of its own; this one's go to another already",
            );
        }
        seen.push(tokens);
    }
}

/// Tells whether that is a call of one of these functions.
fn calls(value: &Expr, names: &[&str]) -> bool {
    let Expr::Call(call) = value else { return false };
    let Expr::Path(path) = &*call.func else { return false };
    path.path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// Tokens as the user would write them, as far as they are a call.
fn shown(rust: &impl ToTokens) -> String {
    let spaced = [(" (", "("), ("( ", "("), (" )", ")"), (" . ", "."), (" :: ", "::"), ("& ", "&")];
    spaced.into_iter().fold(rust.to_token_stream().to_string(), |text, (wide, narrow)| text.replace(wide, narrow))
}
