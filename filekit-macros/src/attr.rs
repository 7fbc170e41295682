//! Finds and sorts attributes of items. Their meaning is `state/` and `event/`.

use syn::{Attribute, Meta, Token, punctuated::Punctuated};

/// Tells whether an attribute has that name, with or without a path before it.
pub(crate) fn is_named(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// The attributes of a method that its constructor has as well: what it is for, and whether it is there at all.
pub(crate) fn shared(attributes: &[Attribute]) -> Vec<Attribute> {
    copied(attributes, &["doc", "cfg", "deprecated"])
}

/// The attributes that decide whether an item is there at all.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    copied(attributes, &["cfg"])
}

fn copied(attributes: &[Attribute], names: &[&str]) -> Vec<Attribute> {
    let is_copied = |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.iter().filter(is_copied).cloned().collect()
}

/// Tells whether `#[derive(..)]` below the macro names this trait.
pub(crate) fn derives(attributes: &[Attribute], name: &str) -> bool {
    let derived = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    derived
        .filter_map(|attribute| attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated).ok())
        .flatten()
        .any(|path| path.segments.last().is_some_and(|segment| segment.ident == name))
}

/// Tells whether `#[serde(..)]` on the item has that option.
pub(crate) fn has_serde_option(attributes: &[Attribute], name: &str) -> bool {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    serde
        .filter_map(|attribute| attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok())
        .flatten()
        .any(|option| option.path().is_ident(name))
}

/// Tells whether a field has no options of serde, so that it is stored as it is.
pub(crate) fn is_plain_for_serde(attributes: &[Attribute]) -> bool {
    !attributes.iter().any(|attribute| attribute.path().is_ident("serde"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn attributes_are_found() {
        let item: syn::ItemStruct = parse_quote! {
            #[derive(Debug, serde::Serialize)]
            #[serde(default, rename_all = "camelCase")]
            #[cfg(test)]
            #[filekit::event]
            /// Words.
            struct S;
        };
        assert!(derives(&item.attrs, "Serialize") && !derives(&item.attrs, "Clone"));
        assert!(has_serde_option(&item.attrs, "default") && !has_serde_option(&item.attrs, "crate"));
        assert_eq!(shared(&item.attrs).len(), 2);
        assert_eq!(conditions(&item.attrs).len(), 1);
        assert!(is_named(&item.attrs[3], "event"));
    }
}
