//! Turns a path to an event into a call of its constructor; what the event does is not known here.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt as _;
use syn::punctuated::Pair;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprClosure, ExprPath, Ident, PathSegment, Stmt};

use crate::names::glue;

/// Rewrites `State::event(..)` and `State::event` to the constructor; anything else stays as it is.
///
/// The rewritten path can be followed by a method call, so it needs no parentheses.
pub(crate) fn resolve(value: Expr) -> Expr {
    let value = match value {
        Expr::Closure(closure) => return within_closure(closure),
        value => value,
    };
    match &value {
        Expr::Path(path) => match Reference::new(path) {
            Some(reference) => reference.call(quote_spanned!(reference.colons=> ())),
            None => value,
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if let Some(reference) = Reference::new(path) => {
                let mut arguments = TokenStream::new();
                call.paren_token.surround(&mut arguments, |inside| call.args.to_tokens(inside));
                reference.call(arguments)
            }
            _ => value,
        },
        Expr::Block(_) => unbraced(value),
        _ => value,
    }
}

/// Rewrites the events that a closure makes. A place that takes none refuses the closure, and nothing that is in it.
fn within_closure(mut closure: ExprClosure) -> Expr {
    *closure.body = match *closure.body {
        Expr::Array(mut several) => {
            several.elems = several.elems.into_iter().map(resolve).collect();
            Expr::Array(several)
        }
        body => resolve(body),
    };
    Expr::Closure(closure)
}

/// Tells whether a value is an event, with arguments or without.
pub(crate) fn is_event(value: &Expr) -> bool {
    match value {
        Expr::Path(path) => Reference::new(path).is_some(),
        Expr::Call(call) => matches!(&*call.func, Expr::Path(path) if Reference::new(path).is_some()),
        _ => false,
    }
}

/// Rewrites an event in the place of a URL, behind the sign at `place`: to a link, which not every event can be.
pub(crate) fn resolve_link(value: Expr, place: Span) -> Expr {
    let is_event = is_event(&value);
    let value = resolve(value);
    if is_event { Expr::Verbatim(quote_spanned!(glue(place)=> ::filekit::__private::link(#value))) } else { value }
}

/// A path whose last segment is an event of the type before it.
struct Reference<'a> {
    path: &'a ExprPath,
    event: &'a Ident,
    /// The place of the `::` before the event, which the generated tokens take.
    colons: Span,
}

impl<'a> Reference<'a> {
    /// Reads a path as an event: only types begin with a capital letter, and only events of a type do not.
    fn new(path: &'a ExprPath) -> Option<Self> {
        let mut segments = path.path.segments.iter().rev();
        let (event, state) = (segments.next()?, segments.next()?);
        let is_event = path.qself.is_none() && event.arguments.is_none() && !is_capital(event) && is_capital(state);
        let colons = path.path.segments.pairs().rev().nth(1)?.punct().map(|colons| colons.spans[0])?;
        is_event.then_some(Self { path, event: &event.ident, colons })
    }

    /// Writes the call of the constructor.
    ///
    /// Where it begins and where its path ends is the user's: rustc joins places of one hygiene only, and then
    /// underlines all of it.
    fn call(&self, arguments: TokenStream) -> Expr {
        let leading = self.path.path.leading_colon;
        let mut modules: Vec<_> = self.path.path.segments.pairs().collect();
        modules.pop();
        let state = modules.pop().map(Pair::into_value);
        let event = self.event;
        let open = quote_spanned!(self.path.span()=> <);
        let of = quote_spanned!(glue(self.colons)=> #leading #(#modules)* #state as ::filekit::__private::AllEventsInOneImplBlock);
        Expr::Verbatim(quote_spanned!(self.colons=> #open #of>::EVENTS.#event #arguments))
    }
}

fn is_capital(segment: &PathSegment) -> bool {
    segment.ident.unraw().to_string().starts_with(char::is_uppercase)
}

/// Braces say that this is no event; they are left out where rustc would call them unnecessary.
fn unbraced(value: Expr) -> Expr {
    match value {
        Expr::Block(mut block) if matches!(block.block.stmts.as_slice(), [Stmt::Expr(_, None)]) => {
            match block.block.stmts.pop() {
                Some(Stmt::Expr(expression, _)) => expression,
                _ => Expr::Block(block),
            }
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(value: &str) -> String {
        resolve(syn::parse_str(value).unwrap()).to_token_stream().to_string().replace(' ', "")
    }

    #[test]
    fn events_become_constructors() {
        let trait_ = "::filekit::__private::AllEventsInOneImplBlock";
        let constructor = format!("<UploadStateas{trait_}>::EVENTS.save");
        assert_eq!(expanded("UploadState::save"), format!("{constructor}()"));
        assert_eq!(expanded("UploadState::save(1, x)"), format!("{constructor}(1,x)"));
        assert_eq!(expanded("|file| UploadState::save(file)"), format!("|file|{constructor}(file)"));
        assert_eq!(expanded("|_| [UploadState::save, clear()]"), format!("|_|[{constructor}(),clear()]"));
        assert_eq!(expanded("crate::m::S::go"), format!("<crate::m::Sas{trait_}>::EVENTS.go()"));
        assert_eq!(expanded("::m::S::go"), format!("<::m::Sas{trait_}>::EVENTS.go()"));
    }

    #[test]
    fn everything_else_stays() {
        for value in ["clear(x)", "m::clear(x)", "Option::Some(x)", "S::CONST", "<S as T>::go()", "S::go(x).then()"] {
            assert_eq!(expanded(value), value.replace(' ', ""));
        }
        assert_eq!(expanded("{ S::make() }"), "S::make()");
    }
}
