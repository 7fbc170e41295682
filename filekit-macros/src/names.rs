//! Spans and local variables of generated code; not what is generated with them.

use proc_macro2::Span;
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
