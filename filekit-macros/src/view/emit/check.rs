//! Writes code that never runs and that rustc checks. Live code is `mod.rs`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

use super::super::lower::Check;
use super::{attribute, reference};
use crate::names::glue;

/// Writes all checks of a view into one block. The names of the elements in it are for editors, to look them up.
pub(super) fn checks(checks: &[Check], elements: &[Ident]) -> TokenStream {
    if checks.is_empty() && elements.is_empty() {
        return TokenStream::new();
    }
    let checks = checks.iter().map(check);
    quote_spanned! {Span::mixed_site()=>
        const _: fn() = || {
            ::filekit::__private::editor! { elements #(#elements)* }
            #(#checks)*
        };
    }
}

fn check(check: &Check) -> TokenStream {
    match check {
        Check::Literal { of, value } => {
            let attribute = attribute(of);
            let value = reference(value);
            quote_spanned!(glue(of.at)=> ::filekit::__private::literal(#attribute, #value);)
        }
        Check::Name(of) => {
            let attribute = attribute(of);
            quote_spanned!(glue(of.at)=> let _ = #attribute;)
        }
    }
}
