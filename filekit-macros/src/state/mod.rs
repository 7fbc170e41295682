//! `#[state]`: on a struct it makes session state, on an `impl` block it reads the events; those have their own module.

mod emit;
mod model;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::diag::Diagnostics;
use crate::event;
use crate::root::Options;

/// Expands `#[state]`.
pub(crate) fn expand(arguments: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let options = Options::read(arguments, &mut diag);
    match syn::parse2::<Item>(tokens.clone()) {
        Ok(Item::Struct(item)) => structure(options, item, diag),
        Ok(Item::Impl(item)) => {
            if let Some(owner) = &options.owner {
                diag.error(owner, "the owner of a state is said at its struct: write `#[state(owner = ..)]` there");
            }
            event::expand(options.root, item, diag)
        }
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

fn structure(options: Options, item: syn::ItemStruct, mut diag: Diagnostics) -> TokenStream {
    match model::State::from_syn(options, &item, &mut diag) {
        Some(state) => emit::state(&state, diag),
        None => inert(quote!(#item), diag),
    }
}

/// Emits the item as it is, so that what uses it does not fail as well.
fn inert(item: TokenStream, diag: Diagnostics) -> TokenStream {
    let errors = diag.into_tokens();
    quote!(#item #errors)
}
