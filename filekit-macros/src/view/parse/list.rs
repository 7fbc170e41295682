//! Lists with commas: the arguments of elements and the roots of a view. The blocks of control flow are `block.rs`.

use proc_macro2::Span;
use syn::Token;
use syn::parse::ParseStream;

use super::super::ast::{Attribute, Node, Text};
use super::{attribute, node, recover};
use crate::diag::Diagnostics;

/// Reads the roots of a view.
pub(super) fn roots(input: ParseStream, diag: &mut Diagnostics) -> Vec<Node> {
    let (attributes, nodes) = arguments(input, None, diag);
    for attribute in attributes {
        let name = &attribute.name;
        diag.error(&attribute.ident, format!("the attribute `{name}` stands outside of an element"));
    }
    nodes
}

/// Reads the attributes and children of an element, in any order, behind its opening parenthesis.
pub(super) fn arguments(input: ParseStream, open: Option<Span>, diag: &mut Diagnostics) -> (Vec<Attribute>, Vec<Node>) {
    let mut before = open;
    let (mut attributes, mut children) = (Vec::new(), Vec::new());
    while !input.is_empty() {
        match attribute::read(input, diag) {
            Some(attribute) => attributes.push(attribute),
            None => children.push(child(input, before, diag)),
        }
        before = separator(input, diag).or(before);
    }
    (attributes, children)
}

fn child(input: ParseStream, before: Option<Span>, diag: &mut Diagnostics) -> Node {
    if input.peek(Token![let]) {
        return binding(input, diag);
    }
    match node::read(input, before, diag) {
        Node::Statement(syn::Expr::Assign(assign)) => {
            diag.push(node::not_an_attribute(&assign));
            Node::Text(Text::default())
        }
        node => node,
    }
}

/// Reads a `let` in a list, so that its name is known to what follows.
fn binding(input: ParseStream, diag: &mut Diagnostics) -> Node {
    diag.error_at(input.span(), "`let` stands in a block: `{ let name = ..; text(name) }`");
    let local = recover::attempt(input, |input| {
        Ok(syn::Local {
            attrs: Vec::new(),
            let_token: input.parse()?,
            modifiers: syn::LocalModifiers::default(),
            pat: syn::Pat::parse_single(input)?,
            init: Some(syn::LocalInit { eq_token: input.parse()?, expr: input.parse()?, diverge: None }),
            semi_token: Token![;](input.span()),
        })
    });
    match local {
        Ok(local) => Node::Let(local),
        Err(error) => Node::Broken(recover::broken(input, error, diag)),
    }
}

/// Reads the comma behind an argument; where it is missing, the next argument is read anyway.
fn separator(input: ParseStream, diag: &mut Diagnostics) -> Option<Span> {
    let span = input.span();
    if input.is_empty() {
        return None;
    }
    if recover::attempt(input, |input| input.parse::<Token![,]>()).is_ok() {
        return Some(span);
    }
    if recover::attempt(input, |input| input.parse::<Token![;]>()).is_ok() {
        diag.error_at(span, "arguments of an element are separated by `,`");
        return Some(span);
    }
    diag.error_at(span, "missing `,` before this");
    None
}
