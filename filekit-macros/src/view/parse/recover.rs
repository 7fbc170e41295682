//! Error recovery: how the parser goes on behind what it cannot read.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Token, braced, parenthesized, token};

use super::super::ast::Broken;
use crate::diag::Diagnostics;

/// Reads something, or leaves the input as it was.
pub(super) fn attempt<T>(input: ParseStream, read: impl FnOnce(ParseStream) -> syn::Result<T>) -> syn::Result<T> {
    let ahead = input.fork();
    let value = read(&ahead)?;
    input.advance_to(&ahead);
    Ok(value)
}

/// Returns the tokens in the parentheses that come next, and where they open.
pub(super) fn parentheses<'a>(input: &ParseBuffer<'a>) -> syn::Result<(ParseBuffer<'a>, Span)> {
    let content;
    let around = parenthesized!(content in input);
    Ok((content, around.span.open()))
}

/// Returns the tokens in the braces that come next, and where they open.
pub(super) fn braces<'a>(input: &ParseBuffer<'a>) -> syn::Result<(ParseBuffer<'a>, Span)> {
    let content;
    let around = braced!(content in input);
    Ok((content, around.span.open()))
}

/// Records `error` and takes everything up to the next separator, but at least one token.
pub(super) fn broken(input: ParseStream, error: syn::Error, diag: &mut Diagnostics) -> Broken {
    let tokens = skip(input, |input| input.peek(Token![,]) || input.peek(Token![;]));
    diag.push(error);
    Broken { tokens, block: Vec::new() }
}

/// Takes everything up to the next block.
pub(super) fn header(input: ParseStream) -> TokenStream {
    skip(input, |input| input.peek(token::Brace) || input.peek(Token![,]) || input.peek(Token![;]))
}

/// Takes everything up to where `stop` holds, but at least one token.
pub(super) fn skip(input: ParseStream, stop: impl Fn(ParseStream) -> bool) -> TokenStream {
    let mut skipped = TokenStream::new();
    while !input.is_empty() && (skipped.is_empty() || !stop(input)) {
        if let Ok(tree) = input.parse::<TokenTree>() {
            skipped.extend([tree]);
        }
    }
    skipped
}
