//! Reads one attribute and checks it by itself. Rules with its neighbours are `view/check.rs`.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Lit, Token, UnOp};

use super::super::ast::{Attribute, Broken, Literal, Value};
use super::super::{given, names};
use super::{named, recover};
use crate::diag::Diagnostics;
use crate::names::glue;

/// Reads an attribute if that is what comes next.
pub(super) fn read(input: ParseStream, diag: &mut Diagnostics) -> Option<Attribute> {
    assigned(input, diag).or_else(|| named::attribute(input, diag))
}

/// Reads `name = value` if that is what comes next.
pub(super) fn assigned(input: ParseStream, diag: &mut Diagnostics) -> Option<Attribute> {
    let ahead = input.fork();
    let ident = Ident::parse_any(&ahead).ok()?;
    let equals = equals(&ahead)?;
    input.advance_to(&ahead);
    if equals.is_colon {
        diag.error_at(equals.span, "an attribute is written `name = value`");
    }
    let ident = raw(foreign(ident, diag), diag);
    let name = ident.unraw().to_string();
    let value = match input.is_empty() || input.peek(Token![,]) {
        true => {
            diag.error(&ident, format!("the attribute `{name}` has no value"));
            Value::Broken(Broken { tokens: TokenStream::new(), block: Vec::new() })
        }
        false => value(input, diag),
    };
    refuse_script(&name, &value, diag);
    if name == "srcdoc" {
        diag.error(&ident, given::SRCDOC);
        return Some(Attribute::given(name, ident.span(), equals.span, value));
    }
    Some(Attribute { ident, name, is_given: false, equals: equals.span, value })
}

struct Equals {
    span: Span,
    is_colon: bool,
}

/// Reads the sign between name and value; a colon is read too, as it is what other languages write.
fn equals(input: ParseStream) -> Option<Equals> {
    let span = input.span();
    if input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>]) {
        input.parse::<Token![=]>().ok()?;
        return Some(Equals { span, is_colon: false });
    }
    if input.peek(Token![:]) && !input.peek(Token![::]) {
        input.parse::<Token![:]>().ok()?;
        return Some(Equals { span, is_colon: true });
    }
    None
}

/// Returns the name by which a view knows what HTML or React call otherwise, such as `onclick`.
fn foreign(ident: Ident, diag: &mut Diagnostics) -> Ident {
    let written = ident.unraw().to_string();
    let Some(known) = names::own_spelling(&written) else { return ident };
    diag.error(&ident, format!("`{written}` is written `{known}`"));
    // The name is not the user's, so it is not where editors take it for theirs.
    let place = glue(ident.span());
    known.strip_prefix("r#").map_or_else(|| Ident::new(&known, place), |known| Ident::new_raw(known, place))
}

/// Returns the name as Rust can write it.
fn raw(ident: Ident, diag: &mut Diagnostics) -> Ident {
    let name = ident.to_string();
    let is_keyword = syn::parse_str::<Ident>(&name).is_err();
    if !is_keyword {
        return ident;
    }
    diag.error(&ident, format!("`{name}` is a keyword of Rust; write `r#{name}`"));
    match name.as_str() {
        // These cannot be raw, and no attribute bears their name.
        "self" | "Self" | "super" | "crate" | "_" => Ident::new_raw("type", ident.span()),
        _ => Ident::new_raw(&name, ident.span()),
    }
}

/// Reads the value of an attribute.
pub(super) fn value(input: ParseStream, diag: &mut Diagnostics) -> Value {
    match recover::attempt(input, |input| input.parse::<Expr>()) {
        Ok(expression) => literal(expression),
        Err(error) => Value::Broken(recover::broken(input, error, diag)),
    }
}

/// Sets text and numbers apart: they become part of the static markup.
fn literal(expression: Expr) -> Value {
    match Literal::read(&expression) {
        Some(literal) => Value::Literal(literal),
        None => Value::Dynamic(expression),
    }
}

impl Literal {
    /// Reads text or a number.
    pub(in super::super) fn read(expression: &Expr) -> Option<Self> {
        let (text, is_text) = text_of(expression)?;
        Some(Self { expression: expression.clone(), text, is_text })
    }
}

/// Returns the text of a literal, and whether it is a text literal.
fn text_of(expression: &Expr) -> Option<(String, bool)> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some((text.value(), true)),
            Lit::Int(number) => Some((number.base10_digits().to_owned(), false)),
            Lit::Float(number) => Some((number.base10_digits().to_owned(), false)),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match text_of(&unary.expr)? {
            (number, false) => Some((format!("-{number}"), false)),
            _ => None,
        },
        _ => None,
    }
}

/// `on_click = "alert(1)"` would be a script in the page, which its content security policy forbids, and so would
/// be `href = "javascript:alert(1)"`.
pub(super) fn refuse_script(name: &str, value: &Value, diag: &mut Diagnostics) {
    let Value::Literal(literal) = value else { return };
    let message = if name.starts_with("on_") {
        format!("`{name}` takes an event or a browser action, not JavaScript")
    } else if literal.is_text && literal.text.trim_start().to_ascii_lowercase().starts_with("javascript:") {
        format!("`{name}` takes a URL, not JavaScript")
    } else {
        return;
    };
    diag.error_at(literal.expression.span(), message);
}
