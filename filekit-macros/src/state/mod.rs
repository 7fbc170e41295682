//! `#[state]`: on a struct it makes session state, on an `impl` block it reads the events; those have their own module.

mod emit;
mod model;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::diag::Diagnostics;
use crate::event;
use crate::root::Root;

/// Expands `#[state]`.
pub(crate) fn expand(arguments: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let root = Root::read(arguments, &mut diag);
    match syn::parse2::<Item>(tokens.clone()) {
        Ok(Item::Struct(item)) => structure(root, item, diag),
        Ok(Item::Impl(item)) => event::expand(root, item, diag),
        Ok(item) => {
            diag.error(model::head(&item), "`#[state]` goes on a struct or on its inherent `impl` block");
            inert(tokens, diag)
        }
        Err(error) => {
            diag.push(error);
            inert(tokens, diag)
        }
    }
}

fn structure(root: Root, item: syn::ItemStruct, mut diag: Diagnostics) -> TokenStream {
    match model::State::from_syn(root, &item, &mut diag) {
        Some(state) => emit::state(&state, diag),
        None => inert(quote!(#item), diag),
    }
}

/// Emits the item as it is, so that what uses it does not fail as well.
fn inert(item: TokenStream, diag: Diagnostics) -> TokenStream {
    let errors = diag.into_tokens();
    quote!(#item #errors)
}
