//! `break` and `continue` stay inside of the element that they are in, or it would never be closed. A `return` and a
//! `?` may leave it: they give the whole view up.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Label, Local, LocalInit};

use super::ast::{Element, Node, Value};
use super::check::shown;
use crate::diag::Diagnostics;

/// The surroundings of a node.
pub(super) enum Around<'a> {
    Element(&'a Element),
    Loop(Option<&'a Label>),
}

/// Checks nodes and what is inside of them.
pub(super) fn check<'a>(nodes: &'a [Node], around: &mut Vec<Around<'a>>, diag: &mut Diagnostics) {
    for node in nodes {
        match node {
            Node::Element(element) => {
                around.push(Around::Element(element));
                for attribute in &element.attributes {
                    if let Value::Dynamic(value) = &attribute.value {
                        tokens(value, around, diag);
                    }
                }
                check(&element.children, around, diag);
                around.pop();
            }
            Node::For(repetition) => {
                around.push(Around::Loop(repetition.head.label.as_ref()));
                check(&repetition.body, around, diag);
                around.pop();
            }
            Node::Statement(expression) => tokens(expression, around, diag),
            Node::Child(child) => tokens(&child.value, around, diag),
            Node::Let(local) => tokens(local, around, diag),
            node => node.bodies().into_iter().for_each(|body| check(body, around, diag)),
        }
    }
}

fn tokens(rust: &impl ToTokens, around: &[Around<'_>], diag: &mut Diagnostics) {
    let is_element = |around: &&Around<'_>| matches!(around, Around::Element(_));
    if !around.iter().skip_while(is_element).any(|around| is_element(&around)) {
        // No element that could be left.
        return;
    }
    for Jump { keyword, label } in jumps(rust.to_token_stream()) {
        let is_target = |around: &Around<'_>| match (around, &label) {
            (Around::Element(_), _) => false,
            (Around::Loop(_), None) => true,
            (Around::Loop(of), Some(label)) => of.is_some_and(|of| of.name.ident == label),
        };
        let left = around.iter().rposition(is_target).map(|target| &around[target..]).unwrap_or_default();
        let nearest = left.iter().rev().find_map(|around| match around {
            Around::Element(element) => Some(shown(element)),
            Around::Loop(_) => None,
        });
        if let Some(element) = nearest {
            diag.error(&keyword, format!("`{keyword}` would leave `{element}` open; decide before it begins"));
        }
    }
}

/// Tells whether something in nodes leaves them, and with that a template of the browser around them;
/// `loops` are the labels of the loops between.
///
/// Only statements are looked at: a jump in any other place leaves an element too, which is refused.
pub(super) fn escapes<'a>(nodes: &'a [Node], loops: &mut Vec<Option<&'a Label>>) -> bool {
    let escapes = |label: Option<&str>, loops: &[Option<&Label>]| match label {
        None => loops.is_empty(),
        Some(label) => !loops.iter().flatten().any(|known| known.name.ident == label),
    };
    nodes.iter().any(|node| match node {
        Node::Statement(statement @ (Expr::Break(_) | Expr::Continue(_))) => {
            jumps(statement.to_token_stream()).iter().any(|jump| escapes(jump.label.as_deref(), loops))
        }
        Node::Let(Local { init: Some(LocalInit { diverge: Some((_, diverge)), .. }), .. }) => {
            jumps(diverge.to_token_stream()).iter().any(|jump| escapes(jump.label.as_deref(), loops))
        }
        Node::For(repetition) => {
            loops.push(repetition.head.label.as_ref());
            let found = self::escapes(&repetition.body, loops);
            loops.pop();
            found
        }
        node => node.bodies().into_iter().any(|body| self::escapes(body, loops)),
    })
}

struct Jump {
    keyword: Ident,
    label: Option<String>,
}

/// Finds `break` and `continue` in tokens; those without a label belong to a loop among the tokens, if there is one.
fn jumps(tokens: TokenStream) -> Vec<Jump> {
    let mut found = Vec::new();
    if collect(tokens, &mut found) {
        found.retain(|jump| jump.label.is_some());
    }
    found
}

/// Collects jumps and tells whether there was a loop.
fn collect(tokens: TokenStream, found: &mut Vec<Jump>) -> bool {
    let mut has_loop = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => has_loop |= collect(group.stream(), found),
            TokenTree::Ident(word) if word == "for" || word == "while" || word == "loop" => has_loop = true,
            TokenTree::Ident(keyword) if keyword == "break" || keyword == "continue" => {
                let is_label = |next: &TokenTree| matches!(next, TokenTree::Punct(sign) if sign.as_char() == '\'');
                let label = tokens.next_if(is_label).and_then(|_| tokens.next()).map(|label| label.to_string());
                found.push(Jump { keyword, label });
            }
            _ => {}
        }
    }
    has_loop
}
