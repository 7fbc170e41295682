//! Reads elements and attributes named by text: `el("my-tag", ..)`, `attr("hx-get", value)`. Allowed names are `view/given.rs`.

use proc_macro2::{Span, TokenStream};
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Ident, LitStr, Token};

use super::super::ast::{Attribute, Broken, Element, Node, Value};
use super::super::{given, names};
use super::{attribute, list, recover};
use crate::diag::Diagnostics;

/// Reads the rest of `el(..)`, behind its opening parenthesis.
pub(super) fn element(ident: Ident, content: ParseStream, open: Span, diag: &mut Diagnostics) -> Node {
    let tag: Option<LitStr> = recover::attempt(content, |content| content.parse()).ok();
    let before = match tag {
        Some(_) => comma(content, diag).unwrap_or(open),
        None => open,
    };
    match &tag {
        None => diag.error(&ident, "`el` takes the element's name first: `el(\"my-tag\", ..)`"),
        Some(tag) => given::check_tag(tag, diag),
    }
    let (attributes, children) = list::arguments(content, Some(before), diag);
    let tag = tag.map(|tag| tag.value()).unwrap_or_default();
    Node::Element(Element { ident, name: names::any(&tag), tag: tag.into(), attributes, children })
}

/// Reads `attr("name", value)` if that is what comes next.
pub(super) fn attribute(input: ParseStream, diag: &mut Diagnostics) -> Option<Attribute> {
    let ahead = input.fork();
    let ident: Ident = ahead.parse().ok().filter(|ident| ident == "attr")?;
    let (content, open) = recover::parentheses(&ahead).ok()?;
    input.advance_to(&ahead);
    Some(pair(&ident, &content, open, diag))
}

/// Takes `attr("name", value)` where no attribute is allowed, and says so.
pub(super) fn misplaced_attribute(
    input: ParseStream,
    ident: &Ident,
    content: ParseStream,
    diag: &mut Diagnostics,
) -> Option<Node> {
    let name: LitStr = content.fork().parse().ok().filter(|_| ident == "attr")?;
    let message = format!("the attribute `{}` stands outside of an element; make its value an `Option`", name.value());
    Some(Node::Broken(recover::broken(input, syn::Error::new(ident.span(), message), diag)))
}

fn pair(ident: &Ident, content: &ParseBuffer<'_>, open: Span, diag: &mut Diagnostics) -> Attribute {
    let name: Option<LitStr> = recover::attempt(content, |content| content.parse()).ok();
    let Some(name) = name else {
        diag.error(ident, "`attr` takes a name as text, and a value: `attr(\"name\", value)`");
        recover::skip(content, |_| false);
        return Attribute::given(String::new(), ident.span(), open, nothing());
    };
    given::check_attribute(&name, diag);
    let equals = comma(content, diag).unwrap_or(open);
    let value = match content.is_empty() {
        true => {
            diag.error(&name, format!("the attribute `{}` has no value", name.value()));
            nothing()
        }
        false => attribute::value(content, diag),
    };
    let _ = content.parse::<Token![,]>();
    if !content.is_empty() {
        diag.error_at(content.span(), "`attr` takes one name and one value");
        recover::skip(content, |_| false);
    }
    attribute::refuse_script(&name.value(), &value, diag);
    Attribute::given(name.value(), name.span(), equals, value)
}

fn comma(content: ParseStream, diag: &mut Diagnostics) -> Option<Span> {
    let span = content.span();
    if content.is_empty() {
        return None;
    }
    if recover::attempt(content, |content| content.parse::<Token![,]>()).is_err() {
        diag.error_at(span, "missing `,` before this");
        return None;
    }
    Some(span)
}

fn nothing() -> Value {
    Value::Broken(Broken { tokens: TokenStream::new(), block: Vec::new() })
}

impl Attribute {
    /// An attribute whose name is text; which values it takes depends on that name.
    pub(super) fn given(name: String, place: Span, equals: Span, value: Value) -> Self {
        let ident = Ident::new(given::kind(&name), place);
        Self { ident, name, is_given: true, equals, value }
    }
}
