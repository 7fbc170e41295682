//! `upload_endpoint(State::event(..))` as a value in a view: its rules, and the call that it means. What it does is
//! `filekit-runtime/src/view/endpoint.rs`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall, Local};

use super::ast::{Element, Node, Value};
use crate::diag::Diagnostics;
use crate::event::reference;
use crate::names::glue;

const NAME: &str = "upload_endpoint";

/// Functions whose values the browser knows when an event is called.
const OF_THE_BROWSER: &[&str] = &[
    "has_selection",
    "is_dragging",
    "is_uploading",
    "rejected_files",
    "selected_files",
    "upload_progress",
    "value_of",
];

/// Checks the endpoints of a view.
pub(super) fn check(nodes: &[Node], diag: &mut Diagnostics) {
    for node in nodes {
        match node {
            Node::Child(child) => check_value(&child.value, diag),
            Node::Let(local) => _ = local.init.as_ref().map(|init| check_value(&init.expr, diag)),
            Node::Element(element) => check_attributes(element, diag),
            _ => {}
        }
        node.bodies().into_iter().for_each(|body| check(body, diag));
    }
}

fn check_attributes(element: &Element, diag: &mut Diagnostics) {
    for attribute in &element.attributes {
        if let Value::Dynamic(value) = &attribute.value {
            check_value(value, diag);
        }
    }
}

fn check_value(value: &Expr, diag: &mut Diagnostics) {
    let Some(event) = event_of(value) else { return };
    match event {
        Expr::Call(call) if reference::is_event(event) => check_arguments(call, diag),
        Expr::Path(_) if reference::is_event(event) => {
            let event = written(event);
            diag.error_at(
                value.span(),
                format!("an endpoint is of an event that takes files: `{NAME}({event}(upload_files(\"id\")))`"),
            );
        }
        _ => {}
    }
}

/// Programs that send files know the files of one upload, and nothing of the page.
fn check_arguments(call: &ExprCall, diag: &mut Diagnostics) {
    let mut has_files = false;
    for argument in &call.args {
        let Some(name) = function(argument) else { continue };
        if name == "upload_files" && std::mem::replace(&mut has_files, true) {
            diag.error(argument, "an endpoint takes the files of one upload");
        } else if OF_THE_BROWSER.contains(&name.as_str()) {
            let message = format!("a program that sends files has no page, and so no `{name}`; give the value itself");
            diag.error(argument, message);
        }
    }
}

/// The name of the function that is called.
fn function(value: &Expr) -> Option<String> {
    let Expr::Call(ExprCall { func, .. }) = value else { return None };
    let Expr::Path(path) = &**func else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// The one argument of `upload_endpoint`.
fn event_of(value: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = value else { return None };
    let event = call.args.first().filter(|_| call.args.len() == 1);
    event.filter(|_| function(value).is_some_and(|name| name == NAME))
}

fn written(path: &Expr) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

/// Returns what a value means: the endpoint of an event in this view, or itself.
pub(super) fn resolve(mut value: Expr) -> Expr {
    if event_of(&value).is_some()
        && let Expr::Call(call) = &mut value
        && let Some(event) = call.args.pop()
    {
        call.args.push(in_view(event));
    }
    value
}

/// The same for what is bound to a name.
pub(super) fn resolve_local(mut local: Local) -> Local {
    if let Some(init) = &mut local.init {
        let value = std::mem::replace(&mut *init.expr, Expr::Verbatim(TokenStream::new()));
        *init.expr = resolve(value);
    }
    local
}

fn in_view(event: Expr) -> Expr {
    let place = glue(event.span());
    let event = reference::resolve(event);
    Expr::Verbatim(quote_spanned!(place=> ::filekit::__private::in_view(#event)))
}
