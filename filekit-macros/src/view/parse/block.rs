//! Reads the statements in a block of control flow. The lists in parentheses are `list.rs`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Stmt, Token};

use super::super::ast::{Node, Text};
use super::{node, recover};
use crate::diag::Diagnostics;

/// Reads everything between two braces, of which the first is at `open`.
pub(super) fn read(input: ParseStream, open: Span, diag: &mut Diagnostics) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut before = open;
    while !input.is_empty() {
        let span = input.span();
        if recover::attempt(input, |input| input.parse::<Token![;]>()).is_ok() {
            before = span;
            continue;
        }
        if input.peek(Token![let]) {
            nodes.push(binding(input, diag));
            continue;
        }
        let node = node::read(input, Some(before), diag);
        separator(input, &node, diag);
        nodes.push(node);
    }
    nodes
}

fn binding(input: ParseStream, diag: &mut Diagnostics) -> Node {
    match recover::attempt(input, |input| input.parse::<Stmt>()) {
        Ok(Stmt::Local(local)) => Node::Let(local),
        Ok(_) => Node::Text(Text::default()),
        Err(error) => Node::Broken(recover::broken(input, error, diag)),
    }
}

/// Asks for a semicolon behind a statement. As in Rust, none is needed behind a block.
fn separator(input: ParseStream, node: &Node, diag: &mut Diagnostics) {
    let ends_itself = matches!(node, Node::If(_) | Node::Match(_) | Node::For(_) | Node::Scope(_) | Node::Broken(_));
    let span = input.span();
    if input.is_empty() || input.peek(Token![;]) {
        return;
    }
    if recover::attempt(input, |input| input.parse::<Token![,]>()).is_ok() {
        diag.error_at(span, "children in a block are separated by `;`");
    } else if !ends_itself {
        diag.error_at(span, "missing `;` before this");
    }
}
