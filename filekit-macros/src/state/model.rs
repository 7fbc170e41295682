//! The model of a struct with `#[state]`. The code that is added to it is `emit.rs`.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Fields, Item, ItemStruct, Type};

use crate::attr;
use crate::diag::Diagnostics;
use crate::root::{Options, Root};

/// A struct that is to be state.
pub(crate) struct State<'a> {
    pub(crate) root: Root,
    /// The type of its owner, if that is not the session.
    pub(crate) owner: Option<Type>,
    pub(crate) item: &'a ItemStruct,
    /// Which traits are still to be derived.
    pub(crate) derive: Derive,
    /// Fields that are missing in stored state take their default.
    pub(crate) defaults: bool,
}

/// The traits that the user does not derive.
pub(crate) struct Derive {
    pub(crate) clone: bool,
    pub(crate) serialize: bool,
    pub(crate) deserialize: bool,
}

impl<'a> State<'a> {
    /// Reads a struct. Returns nothing if there is nothing to go on with.
    pub(crate) fn from_syn(options: Options, item: &'a ItemStruct, diag: &mut Diagnostics) -> Option<Self> {
        if !item.generics.params.is_empty() {
            diag.error(&item.generics, "a state cannot be generic");
            return None;
        }
        let derive = Derive {
            clone: !attr::derives(&item.attrs, "Clone"),
            serialize: !attr::derives(&item.attrs, "Serialize"),
            deserialize: !attr::derives(&item.attrs, "Deserialize"),
        };
        let is_named = matches!(&item.fields, Fields::Named(fields) if !fields.named.is_empty());
        let defaults = is_named && derive.deserialize && !attr::has_serde_option(&item.attrs, "default");
        let Options { root, owner } = options;
        Some(Self { root, owner, item, derive, defaults })
    }
}

/// The tokens of an item that say what it is, for an error about that.
pub(crate) fn head(item: &Item) -> TokenStream {
    let span: Span = match item {
        Item::Enum(item) => item.enum_token.span,
        Item::Fn(item) => item.sig.fn_token.span,
        Item::Trait(item) => item.trait_token.span,
        Item::Mod(item) => item.mod_token.span,
        Item::Union(item) => item.union_token.span,
        item => item.span(),
    };
    syn::Ident::new("item", span).into_token_stream()
}
