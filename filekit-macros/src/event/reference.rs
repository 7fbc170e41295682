//! Turns a path to an event into a call of its constructor; what the event does is not known here.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Expr, ExprBlock, ExprPath, Ident, PathSegment, Stmt};

use crate::names::glue;

/// Rewrites `State::event(..)` and `State::event` to the constructor; anything else stays as it is.
pub(crate) fn expand(value: &Expr) -> TokenStream {
    match value {
        Expr::Path(path) => match Reference::new(path) {
            Some(reference) => reference.call(quote_spanned!(reference.glue=> ())),
            None => quote!(#value),
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if Reference::new(path).is_some() => {
                let mut arguments = TokenStream::new();
                call.paren_token.surround(&mut arguments, |inside| call.args.to_tokens(inside));
                Reference::new(path).map(|reference| reference.call(arguments)).unwrap_or_default()
            }
            _ => quote!(#value),
        },
        Expr::Block(block) => unbraced(block),
        _ => quote!(#value),
    }
}

/// A path whose last segment is an event of the type before it.
struct Reference<'a> {
    path: &'a ExprPath,
    event: &'a Ident,
    /// The place of the `::` before the event, which the generated tokens take.
    glue: Span,
}

impl<'a> Reference<'a> {
    /// Reads a path as an event: only types begin with a capital letter, and only events of a type do not.
    fn new(path: &'a ExprPath) -> Option<Self> {
        let mut segments = path.path.segments.iter().rev();
        let (event, state) = (segments.next()?, segments.next()?);
        let is_event = path.qself.is_none() && event.arguments.is_none() && !is_capital(event) && is_capital(state);
        let colons = path.path.segments.pairs().rev().nth(1)?.punct().map(|colons| colons.spans[0])?;
        is_event.then(|| Self { path, event: &event.ident, glue: glue(colons) })
    }

    fn call(&self, arguments: TokenStream) -> TokenStream {
        let leading = self.path.path.leading_colon;
        let segments: Vec<_> = self.path.path.segments.pairs().collect();
        let (_, before) = segments.split_last().expect("a reference has two segments");
        let (state, modules) = before.split_last().expect("a reference has two segments");
        let state = state.value();
        let event = self.event;
        quote_spanned! {self.glue=>
            <#leading #(#modules)* #state as ::filekit::StateEvents>::EVENTS.#event #arguments
        }
    }
}

fn is_capital(segment: &PathSegment) -> bool {
    segment.ident.unraw().to_string().starts_with(char::is_uppercase)
}

/// Braces say that this is no event; they are left out where rustc would call them unnecessary.
fn unbraced(block: &ExprBlock) -> TokenStream {
    match block.block.stmts.as_slice() {
        [Stmt::Expr(expression, None)] if block.label.is_none() && block.attrs.is_empty() => quote!(#expression),
        _ => quote!(#block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(value: &str) -> String {
        expand(&syn::parse_str(value).unwrap()).to_string().replace(' ', "")
    }

    #[test]
    fn events_become_constructors() {
        let constructor = "<UploadStateas::filekit::StateEvents>::EVENTS.save";
        assert_eq!(expanded("UploadState::save"), format!("{constructor}()"));
        assert_eq!(expanded("UploadState::save(1, x)"), format!("{constructor}(1,x)"));
        assert_eq!(expanded("crate::m::S::go"), "<crate::m::Sas::filekit::StateEvents>::EVENTS.go()");
        assert_eq!(expanded("::m::S::go"), "<::m::Sas::filekit::StateEvents>::EVENTS.go()");
    }

    #[test]
    fn everything_else_stays() {
        for value in ["clear(x)", "m::clear(x)", "Option::Some(x)", "S::CONST", "<S as T>::go()", "S::go(x).then()"] {
            assert_eq!(expanded(value), value.replace(' ', ""));
        }
        assert_eq!(expanded("{ S::make() }"), "S::make()");
    }
}
