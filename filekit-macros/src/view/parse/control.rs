//! Reads `if`, `match`, `for` and bare blocks. The statements in them are `block.rs`.

use syn::parse::ParseStream;
use syn::{Attribute, Expr, Label, Lifetime, Pat, Token, token};

use super::super::ast::{Arm, ArmHead, Broken, For, ForHead, If, Match, Node};
use super::{block, node, recover};
use crate::diag::Diagnostics;

/// Reads control flow if that is what comes next.
pub(super) fn read(input: ParseStream, diag: &mut Diagnostics) -> Option<Node> {
    if input.peek(Token![if]) {
        return Some(condition(input, diag));
    }
    if input.peek(Token![match]) {
        return Some(choice(input, diag));
    }
    if input.peek(token::Brace) {
        return Some(Node::Scope(body(input, diag)));
    }
    if input.peek(Token![while]) || input.peek(Token![loop]) {
        let message = "a view repeats with `for`; build anything else before the view";
        return Some(Node::Broken(refused(input, syn::Error::new(input.span(), message), diag)));
    }
    let is_loop = input.peek(Token![for]) || (input.peek(Lifetime) && input.peek3(Token![for]));
    is_loop.then(|| repetition(input, diag))
}

/// Reads `if CONDITION { .. } else ..`.
fn condition(input: ParseStream, diag: &mut Diagnostics) -> Node {
    let head = |input: ParseStream| Ok((input.parse()?, Expr::parse_without_eager_brace(input)?));
    let (keyword, condition) = match recover::attempt(input, head) {
        Ok(head) => head,
        Err(error) => {
            let mut broken = refused(input, error, diag);
            broken.block.extend(otherwise(input, diag).into_iter().flatten());
            return Node::Broken(broken);
        }
    };
    let then = body(input, diag);
    let otherwise = otherwise(input, diag);
    Node::If(If { keyword, condition, then, otherwise })
}

fn otherwise(input: ParseStream, diag: &mut Diagnostics) -> Option<Vec<Node>> {
    recover::attempt(input, |input| input.parse::<Token![else]>()).ok()?;
    if input.peek(Token![if]) { Some(vec![condition(input, diag)]) } else { Some(body(input, diag)) }
}

/// Reads `match SCRUTINEE { .. }`.
fn choice(input: ParseStream, diag: &mut Diagnostics) -> Node {
    let head = |input: ParseStream| Ok((input.parse()?, Expr::parse_without_eager_brace(input)?));
    let (keyword, scrutinee) = match recover::attempt(input, head) {
        Ok(head) => head,
        Err(error) => return Node::Broken(refused(input, error, diag)),
    };
    let arms = match recover::braces(input) {
        Ok((content, _)) => arms(&content, diag),
        Err(error) => return Node::Broken(refused(input, error, diag)),
    };
    Node::Match(Match { keyword, scrutinee, arms })
}

fn arms(input: ParseStream, diag: &mut Diagnostics) -> Vec<Arm> {
    let mut arms = Vec::new();
    while !input.is_empty() {
        match arm(input, diag) {
            Ok(arm) => arms.push(arm),
            Err(error) => drop(recover::broken(input, error, diag)),
        }
        let needs_comma = !input.is_empty() && !matches!(arms.last(), Some(arm) if arm.is_block);
        let span = input.span();
        if recover::attempt(input, |input| input.parse::<Token![,]>()).is_err() && needs_comma {
            diag.error_at(span, "missing `,` before this");
        }
    }
    arms
}

fn arm(input: ParseStream, diag: &mut Diagnostics) -> syn::Result<Arm> {
    let head = recover::attempt(input, |input| {
        let attributes = input.call(Attribute::parse_outer)?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard = if input.peek(Token![if]) { Some((input.parse()?, input.parse()?)) } else { None };
        Ok(ArmHead { attributes, pattern, guard, arrow: input.parse()? })
    })?;
    let is_block = input.peek(token::Brace);
    let arrow = Some(head.arrow.spans[0]);
    let body = if is_block { body(input, diag) } else { vec![node::read(input, arrow, diag)] };
    Ok(Arm { head, body, is_block })
}

/// Reads `for PATTERN in LIST { .. }`.
fn repetition(input: ParseStream, diag: &mut Diagnostics) -> Node {
    let head = recover::attempt(input, |input| {
        let label: Option<Label> = input.parse()?;
        let keyword: Token![for] = input.parse()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let in_token = input.parse()?;
        let list = Expr::parse_without_eager_brace(input)?;
        Ok(ForHead { label, keyword, pattern, in_token, list })
    });
    let head = match head {
        Ok(head) => head,
        Err(error) => return Node::Broken(refused(input, error, diag)),
    };
    let body = body(input, diag);
    Node::For(For { head, body })
}

/// Reads a block in braces.
fn body(input: ParseStream, diag: &mut Diagnostics) -> Vec<Node> {
    match recover::braces(input) {
        Ok((content, open)) => block::read(&content, open, diag),
        Err(error) => {
            diag.push(error);
            Vec::new()
        }
    }
}

/// Gives control flow up whose head cannot be read.
fn refused(input: ParseStream, error: syn::Error, diag: &mut Diagnostics) -> Broken {
    let tokens = recover::header(input);
    diag.push(error);
    let block = if input.peek(token::Brace) { body(input, diag) } else { Vec::new() };
    Broken { tokens, block }
}
