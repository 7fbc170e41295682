//! Writes what `#[state]` adds to a struct; it cannot fail.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use super::model::State;
use crate::diag::Diagnostics;

/// Writes the struct with its derives, and beside it what makes it state.
pub(crate) fn state(state: &State, diag: Diagnostics) -> TokenStream {
    let item = state.item;
    let added = attributes(state);
    let errors = diag.into_tokens();
    let (root, ident) = (&state.root, &item.ident);
    let name = LitStr::new(&format!("::{ident}"), Span::mixed_site());
    quote_spanned! {Span::mixed_site()=>
        #added
        #item

        #[automatically_derived]
        impl #root::State for #ident {
            const NAME: &'static str = ::core::concat!(::core::module_path!(), #name);
        }
        #errors
    }
}

fn attributes(state: &State) -> TokenStream {
    let root = &state.root;
    let serde = quote!(#root::__private::serde);
    let mut added = TokenStream::new();
    if state.derive.clone {
        added.extend(quote!(#[derive(::core::clone::Clone)]));
    }
    if state.derive.serialize {
        added.extend(quote!(#[derive(#serde::Serialize)]));
    }
    if state.derive.deserialize {
        added.extend(quote!(#[derive(#serde::Deserialize)]));
    }
    if state.derive.serialize || state.derive.deserialize {
        let path = state.root.text("serde");
        added.extend(quote!(#[serde(crate = #path)]));
    }
    if state.defaults {
        added.extend(quote!(#[serde(default)]));
    }
    added
}
