//! `#[event]`: the methods of a state that a page can call, and the references to them in views.

mod check;
mod emit;
mod model;
pub(crate) mod reference;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Expr, ItemImpl};

use crate::diag::Diagnostics;
use crate::root::Root;

/// Expands `#[state]` on an `impl` block.
pub(crate) fn expand(root: Root, mut item: ItemImpl, mut diag: Diagnostics) -> TokenStream {
    let marked = model::unmark(&mut item, &mut diag);
    match model::Events::from_syn(root, &item, &marked, &mut diag) {
        Some(events) => emit::events(&events, diag),
        None => {
            let errors = diag.into_tokens();
            quote!(#item #errors)
        }
    }
}

/// Expands `#[event]` where no `#[state]` has read it.
pub(crate) fn misplaced(tokens: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let name = syn::parse2::<syn::ImplItemFn>(tokens.clone()).map(|method| method.sig.ident);
    let message = "`#[event]` only works on methods of an `impl` block marked `#[state]`";
    match name {
        Ok(name) => diag.error(name, message),
        Err(_) => diag.error(&tokens, message),
    }
    let errors = diag.into_tokens();
    quote!(#tokens #errors)
}

/// Expands `event!(..)`.
pub(crate) fn refer(tokens: TokenStream) -> TokenStream {
    match syn::parse2::<Expr>(tokens) {
        Ok(value) => reference::resolve(value).into_token_stream(),
        Err(error) => error.to_compile_error(),
    }
}
