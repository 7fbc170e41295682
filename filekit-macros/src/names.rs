//! Spans and local variables of generated code.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::Ident;

/// The span of generated tokens that an error or an editor may land on.
///
/// Its place is the user's, so that messages point there; its hygiene is the macro's, so that lints about generated
/// code stay silent and locals stay out of sight.
pub(crate) fn glue(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// A local variable that the user's code cannot see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(&format!("__filekit_{name}"), Span::mixed_site())
}

/// The same tokens, all of them at one place.
pub(crate) fn in_place(tokens: TokenStream, place: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|tree| match tree {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), in_place(group.stream(), place));
            moved.set_span(place);
            TokenTree::Group(moved)
        }
        mut tree => {
            tree.set_span(place);
            tree
        }
    });
    moved.collect()
}
