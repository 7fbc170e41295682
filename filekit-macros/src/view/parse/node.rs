//! Reads one child: an element or an expression. Control flow is `control.rs`.

use proc_macro2::{Span, TokenStream};
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{BinOp, Expr, ExprAssign, ExprLit, Ident, Lit, LitStr, Token, token};

use super::super::ast::{Child, Element, Node, Text, Unknown};
use super::super::names;
use super::{attribute, control, list, named, recover};
use crate::diag::Diagnostics;

/// Reads one child, behind the sign at `before`.
pub(super) fn read(input: ParseStream, before: Option<Span>, diag: &mut Diagnostics) -> Node {
    if let Some(node) = control::read(input, diag) {
        return node;
    }
    match call(input, diag) {
        Some(node) => node,
        None => expression(input, before, diag),
    }
}

/// Reads a call that is an element, or that can only be meant as one.
fn call(input: ParseStream, diag: &mut Diagnostics) -> Option<Node> {
    let ahead = input.fork();
    let ident: Ident = ahead.parse().ok()?;
    let name = names::element(&ident.to_string());
    if name.is_some() && ahead.peek(token::Brace) {
        return Some(braced(input, &ident, diag));
    }
    let (content, open) = recover::parentheses(&ahead).ok()?;
    if names::INLINE.iter().any(|inline| ident == inline) {
        return Some(inline(input, &ident, diag));
    }
    if ident == "el" {
        input.advance_to(&ahead);
        refuse_value(input, &ident, diag);
        return Some(named::element(ident, &content, open, diag));
    }
    if let Some(node) = named::misplaced_attribute(input, &ident, &content, diag) {
        return Some(node);
    }
    let is_certain = name.is_some() || is_markup(&content);
    let is_misspelt = || holds_elements_alone(&content) && names::is_like_an_element(&ident.to_string());
    if !is_certain && !is_misspelt() {
        // The content was only looked at; the expression reads it again.
        return None;
    }
    input.advance_to(&ahead);
    let (attributes, children) = list::arguments(&content, Some(open), diag);
    refuse_value(input, &ident, diag);
    Some(match name {
        Some(name) => Node::Element(Element { ident, name, tag: name.tag.into(), attributes, children }),
        None => Node::Unknown(Unknown { ident, may_be_function: !is_certain, attributes, children }),
    })
}

/// Tells whether arguments have something that only an element can have: an attribute or a loop.
fn is_markup(content: ParseStream) -> bool {
    let ahead = content.fork();
    let mut hidden = Diagnostics::default();
    let mut found = false;
    while !ahead.is_empty() && !found {
        found = ahead.peek(Token![for]) || attribute::assigned(&ahead, &mut hidden).is_some() || nested(&ahead);
        if !found {
            recover::skip(&ahead, |input| input.peek(Token![,]));
            let _ = ahead.parse::<Token![,]>();
        }
    }
    found
}

fn nested(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<Ident>().is_ok() && recover::parentheses(&ahead).is_ok_and(|(content, _)| is_markup(&content))
}

/// Tells whether arguments are elements and text literals, and nothing else.
fn holds_elements_alone(content: ParseStream) -> bool {
    let ahead = content.fork();
    let mut elements = 0;
    while !ahead.is_empty() {
        if ahead.parse::<LitStr>().is_err() {
            let name: Option<Ident> = ahead.parse().ok();
            let is_element = name.is_some_and(|name| names::element(&name.to_string()).is_some());
            if !is_element || recover::parentheses(&ahead).is_err() {
                return false;
            }
            elements += 1;
        }
        if !ahead.is_empty() && ahead.parse::<Token![,]>().is_err() {
            return false;
        }
    }
    elements > 0
}

/// An element has no value, so nothing can be called on it.
fn refuse_value(input: ParseStream, ident: &Ident, diag: &mut Diagnostics) {
    if !input.peek(Token![.]) && !input.peek(Token![?]) {
        return;
    }
    let message = format!("`{ident}` is an element here; a function of that name is called `self::{ident}(..)`");
    recover::broken(input, syn::Error::new(ident.span(), message), diag);
}

fn inline(input: ParseStream, ident: &Ident, diag: &mut Diagnostics) -> Node {
    let message = format!("a view has no `{ident}`; serve it from a route of its own");
    Node::Broken(recover::broken(input, syn::Error::new(ident.span(), message), diag))
}

fn braced(input: ParseStream, ident: &Ident, diag: &mut Diagnostics) -> Node {
    let message = format!("what an element holds stands in parentheses: `{ident}(..)`");
    Node::Broken(recover::broken(input, syn::Error::new(ident.span(), message), diag))
}

/// Reads any other expression.
fn expression(input: ParseStream, before: Option<Span>, diag: &mut Diagnostics) -> Node {
    match recover::attempt(input, |input| input.parse::<Expr>()) {
        Ok(expression) => sort(expression, before),
        Err(error) => Node::Broken(recover::broken(input, error, diag)),
    }
}

/// Sets apart what is known while compiling and what shows nothing.
fn sort(expression: Expr, before: Option<Span>) -> Node {
    if let Some(text) = text(&expression) {
        return Node::Text(text);
    }
    match &expression {
        Expr::Break(_) | Expr::Continue(_) | Expr::Return(_) | Expr::Assign(_) => Node::Statement(expression),
        Expr::Binary(binary) if is_assignment(&binary.op) => Node::Statement(expression),
        _ => Node::Child(Child { value: expression, before }),
    }
}

/// Returns the text of a literal. Parentheses around it say that it is meant literally.
fn text(expression: &Expr) -> Option<Text> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(Text { text: text.value(), literal: Some(text.span()) }),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            Some(Text { text: number.base10_digits().to_owned(), literal: None })
        }
        Expr::Paren(inside) => text(&inside.expr).map(|text| Text { literal: None, ..text }),
        _ => None,
    }
}

fn is_assignment(operator: &BinOp) -> bool {
    use BinOp::*;
    matches!(
        operator,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// The message for an assignment among arguments that is no attribute, such as `aria-label = "x"`.
pub(super) fn not_an_attribute(assign: &ExprAssign) -> syn::Error {
    let name: TokenStream = quote::ToTokens::to_token_stream(&assign.left);
    let written: String = name.to_string().split_whitespace().collect();
    let is_hyphenated = written.split('-').all(|part| syn::parse_str::<Ident>(part).is_ok());
    let message = if is_hyphenated && written.contains('-') {
        format!("the attribute `{written}` is written `{}`", written.replace('-', "_"))
    } else {
        "an attribute is written `name = value`, with a plain name".to_owned()
    };
    syn::Error::new_spanned(&assign.left, message)
}
