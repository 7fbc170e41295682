//! The files of an upload that says to take several, as arguments: they are marked, so that rustc can refuse them where
//! an event takes one. Which parameters take one, rustc knows.

use std::collections::HashSet;

use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall, ExprLit, Lit};

use super::ast::{Element, Node, Value};

/// The literal ids of the uploads of a view that say to take several files.
pub(super) fn uploads(nodes: &[Node]) -> HashSet<String> {
    let mut found = HashSet::new();
    collect(nodes, &mut found);
    found
}

fn collect(nodes: &[Node], found: &mut HashSet<String>) {
    for node in nodes {
        if let Node::Element(element) = node
            && element.name.is_upload()
            && takes_several(element)
            && let Some(Value::Literal(id)) = element.value("id")
        {
            found.insert(id.text.clone());
        }
        for body in node.bodies() {
            collect(body, found);
        }
    }
}

fn takes_several(element: &Element) -> bool {
    match (element.value("max_files"), element.value("multiple")) {
        (Some(Value::Literal(count)), _) => count.text.parse().is_ok_and(|count: u64| count > 1),
        (None, Some(Value::Dynamic(Expr::Lit(ExprLit { lit: Lit::Bool(multiple), .. })))) => multiple.value,
        _ => false,
    }
}

/// Marks `upload_files("id")` among the arguments of an event, for those ids.
pub(super) fn mark(event: &mut Expr, ids: &HashSet<String>) {
    let Expr::Call(event) = event else { return };
    for argument in &mut event.args {
        if let Expr::Call(files) = argument
            && id_of(files).is_some_and(|id| ids.contains(&id))
        {
            // It ends where the user's call does, so that messages underline that.
            let end = files.paren_token.span.close();
            let begin = argument.span();
            let method = quote_spanned!(end=> .several());
            *argument = Expr::Verbatim(quote_spanned!(begin=> #argument #method));
        }
    }
}

/// The id in `upload_files("id")`.
fn id_of(call: &ExprCall) -> Option<String> {
    let Expr::Path(path) = &*call.func else { return None };
    let Some(Expr::Lit(ExprLit { lit: Lit::Str(id), .. })) = call.args.first() else { return None };
    path.path.segments.last().is_some_and(|name| name.ident == "upload_files").then(|| id.value())
}
