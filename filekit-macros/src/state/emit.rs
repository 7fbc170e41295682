//! Writes what `#[state]` adds to a struct; it cannot fail.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Field, LitStr, Member};

use super::model::State;
use crate::attr;
use crate::diag::Diagnostics;
use crate::names::{glue, in_place};

/// Writes the struct with its derives, and beside it what makes it state.
pub(crate) fn state(state: &State, diag: Diagnostics) -> TokenStream {
    let added = derives(state);
    let item = item(state);
    let clone = state.derive.clone.then(|| clone(state));
    let errors = diag.into_tokens();
    let (root, ident) = (&state.root, &state.item.ident);
    let owner = owner(state);
    let name = LitStr::new(&format!("::{ident}"), Span::mixed_site());
    let initial = quote_spanned!(glue(ident.span())=> <Self as ::core::default::Default>::default());
    quote_spanned! {Span::mixed_site()=>
        #added
        #item
        #clone

        #[automatically_derived]
        impl #root::State for #ident {
            const NAME: &'static str = ::core::concat!(::core::module_path!(), #name);

            #owner

            fn initial() -> Self {
                #initial
            }
        }
        #errors
    }
}

/// Writes whose it is. What is wrong with a type of the user's is said in its place.
fn owner(state: &State) -> TokenStream {
    let root = &state.root;
    match &state.owner {
        Some(owner) => quote_spanned!(Span::mixed_site()=> type Owner = #owner;),
        None => quote_spanned!(Span::mixed_site()=> type Owner = #root::__private::SessionId;),
    }
}

fn derives(state: &State) -> TokenStream {
    let root = &state.root;
    let mut added = TokenStream::new();
    if state.derive.serialize {
        added.extend(quote!(#[derive(#root::__private::serde::Serialize)]));
    }
    if state.derive.deserialize {
        added.extend(quote!(#[derive(#root::__private::serde::Deserialize)]));
    }
    if state.derive.serialize || state.derive.deserialize {
        let path = state.root.text("serde");
        added.extend(quote!(#[serde(crate = #path)]));
    }
    if state.defaults {
        let path = LitStr::new(&state.root.text("default_state"), Span::call_site());
        added.extend(quote!(#[serde(default = #path)]));
    }
    added
}

/// Writes the struct, with its fields read and written through one trait.
///
/// A field that cannot be stored then gives one error, in the place of its type, and not several of serde's.
fn item(state: &State) -> TokenStream {
    let mut item = state.item.clone();
    for field in item.fields.iter_mut().filter(|field| attr::is_plain_for_serde(&field.attrs)) {
        let through = |method: &str| {
            let (of, field_trait) = (field.ty.to_token_stream(), state.root.text("StateField"));
            LitStr::new(&format!("<{of} as {field_trait}>::{method}"), glue(field.ty.span()))
        };
        if state.derive.serialize {
            let write = through("write");
            field.attrs.push(syn::parse_quote!(#[serde(serialize_with = #write)]));
        }
        if state.derive.deserialize {
            let read = through("read");
            field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = #read)]));
        }
    }
    item.into_token_stream()
}

/// Writes `Clone`, which copies through the same trait what is stored through it.
fn clone(state: &State) -> TokenStream {
    let ident = &state.item.ident;
    let fields = state.item.fields.members().zip(&state.item.fields);
    let fields = fields.map(|(member, field)| copied(state, &member, field));
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                Self { #(#fields),* }
            }
        }
    }
}

/// Writes the copy of a field, in one place: then rustc leaves the second of two equal errors out.
fn copied(state: &State, member: &Member, field: &Field) -> TokenStream {
    let (root, place) = (&state.root, glue(field.ty.span()));
    let of = in_place(field.ty.to_token_stream(), place);
    let copied = match attr::is_plain_for_serde(&field.attrs) {
        true => quote_spanned!(place=> <#of as #root::__private::StateField>::copied),
        false => quote_spanned!(place=> <#of as ::core::clone::Clone>::clone),
    };
    quote_spanned!(place=> #member: #copied(&self.#member))
}
