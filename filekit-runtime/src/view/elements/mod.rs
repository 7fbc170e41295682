//! The tables of elements and of the attributes that each has. They are written by `writer.rs` and `attribute.rs`.
//!
//! This is the one list: `cargo xtask client` writes that of the macros (`filekit-macros/src/view/elements.rs`) from the files
//! beside this one, and compiles them with macros of its own for that. So they hold nothing but tables.
//!
//! `view!` reaches an attribute as the field `attributes::button.disabled`, so that the compiler itself says which
//! one was meant when a name is misspelt.

pub mod any;
pub mod html;
pub mod kit;
pub mod shared;

/// Defines elements: a type whose fields are the attributes, a constant of that type, and a function of that name.
///
/// A name that is not the element's tag is followed by the tag, for the macros' list.
///
/// Kinds of element: `html` has the attributes that every HTML element has; `kit` has those of style as well;
/// `scheme` is a kit element whose `color` names a colour scheme instead of a colour; `zone` is one whose `id` is that
/// of an upload, and `uploader` has all that a zone has.
macro_rules! elements {
    ($($(#[$doc:meta])* $kind:ident $name:ident $type:ident $(= $tag:literal)? {
        $($(#[$about:meta])* $attribute:ident: $value:ident),* $(,)?
    })*) => {
        /// The type of each element.
        pub mod types {
            $($crate::view::elements::element!($kind [type $name $type] { $($(#[$about])* $attribute: $value,)* });)*
        }

        /// A constant for each element; its fields are the element's attributes.
        #[allow(non_upper_case_globals, reason = "the names are those of the elements")]
        pub mod attributes {
            $(
                #[doc = concat!("The attributes of `", stringify!($name), "`.")]
                pub const $name: super::types::$type = super::types::$type::NEW;
            )*
        }

        /// A function for each element, so that the compiler can suggest one for a call that it does not know, and an
        /// editor can look one up.
        pub mod functions {
            $(
                $(#[$doc])*
                // As for `deref` below: it is never called, so no code is made.
                #[inline]
                pub fn $name() {}
            )*
        }

        /// A type for each element and, in a module for each element, for each of its own attributes: what editors
        /// offer for a name that is being typed, while it may still become an element, an attribute or a variable.
        #[cfg(rust_analyzer)]
        #[allow(missing_docs, non_camel_case_types, reason = "the names are those of the elements and attributes")]
        pub mod names {
            $(
                $(#[$doc])*
                pub type $name = super::types::$type;
            )*
        }

        #[cfg(rust_analyzer)]
        #[allow(missing_docs, non_camel_case_types, reason = "the names are those of the elements and attributes")]
        pub mod names_of_attributes {
            $(
                pub mod $name {
                    $crate::view::elements::element! {
                        $kind [names] { $($(#[$about])* $attribute: $value,)* }
                    }
                }
            )*
        }

        /// The names of the elements.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// The names of their own attributes.
        pub const ATTRIBUTES: &[&str] = &[$($(stringify!($attribute),)*)*];
    };
}

macro_rules! element {
    (html $made:tt { $($own:tt)* }) => {
        $crate::view::elements::element! { @$made Global {
            /// Its name in the page, for links, labels and scripts.
            id: Text,
            $($own)*
        } }
    };
    (kit $made:tt { $($own:tt)* }) => {
        $crate::view::elements::element! { @$made Styled {
            /// Its name in the page, for links, labels and scripts.
            id: Text,
            /// The colour of the text: CSS.
            color: Style,
            $($own)*
        } }
    };
    (scheme $made:tt { $($own:tt)* }) => {
        $crate::view::elements::element! { @$made Styled {
            /// Its name in the page, for links, labels and scripts.
            id: Text,
            /// A colour scheme: `primary`, `neutral`, `success`, `warning` or `danger`.
            color: Scheme,
            $($own)*
        } }
    };
    (zone $made:tt { $($own:tt)* }) => {
        $crate::view::elements::element! { @$made Styled {
            /// The upload that it is for: text, or an `Upload` that views share.
            id: Upload,
            /// The colour of the text: CSS.
            color: Style,
            $($own)*
        } }
    };
    (uploader $made:tt { $($own:tt)* }) => {
        $crate::view::elements::element! { @$made Upload { $($own)* } }
    };
    (@[type $name:ident $type:ident] $base:ident {
        $($(#[$about:meta])* $attribute:ident: $value:ident,)*
    }) => {
        #[doc = concat!("The attributes of `", stringify!($name), "`.")]
        // Without any derives: over a hundred types would take seconds to compile.
        #[allow(missing_debug_implementations, reason = "there is nothing in it")]
        pub struct $type {
            $($(#[$about])* pub $attribute: $crate::view::Attribute<$crate::view::kind::$value>,)*
        }

        impl $type {
            pub(crate) const NEW: Self = Self { $($attribute: $crate::view::Attribute::NEW,)* };
        }

        impl std::ops::Deref for $type {
            type Target = $crate::view::elements::bases::$base;

            // Code is made of it where it is called, which is hardly anywhere: over a hundred would take their time.
            #[inline]
            fn deref(&self) -> &Self::Target {
                &$crate::view::elements::bases::$base::NEW
            }
        }
    };
    (@[names] $base:ident { $($(#[$about:meta])* $attribute:ident: $value:ident,)* }) => {
        $($(#[$about])* pub type $attribute = $crate::view::Attribute<$crate::view::kind::$value>;)*
    };
}

/// Defines attributes that many elements share: a type whose fields they are, and for editors a type for each.
macro_rules! shared_attributes {
    ($($(#[$doc:meta])* $type:ident $kind:ident { $($(#[$about:meta])* $attribute:ident: $value:ident,)* })*) => {
        $(
            $(#[$doc])*
            #[allow(missing_debug_implementations, reason = "there is nothing in it")]
            pub struct $type {
                $($(#[$about])* pub $attribute: crate::view::Attribute<crate::view::kind::$value>,)*
            }

            impl $type {
                pub(crate) const NEW: Self = Self { $($attribute: crate::view::Attribute::NEW,)* };
            }
        )*

        /// The names of the attributes.
        pub const ATTRIBUTES: &[&str] = &[$($(stringify!($attribute),)*)*];

        #[cfg(rust_analyzer)]
        #[allow(missing_docs, non_camel_case_types, reason = "the names are those of the attributes")]
        pub mod names {
            $(
                pub mod $kind {
                    $($(#[$about])* pub type $attribute = crate::view::Attribute<crate::view::kind::$value>;)*
                }
            )*
        }
    };
}

use {element, elements, shared_attributes};

/// What elements have the attributes of, besides their own.
mod bases {
    pub(super) use super::kit::types::Upload;
    pub(super) use super::shared::{Global, Styled};
}

/// The names that `element` adds.
const OF_EACH: &[&str] = &["id", "color"];

impl std::ops::Deref for shared::Styled {
    type Target = shared::Global;

    fn deref(&self) -> &shared::Global {
        &shared::Global::NEW
    }
}

/// The items for the elements of either list in the expansion of `view!`.
pub mod attributes {
    pub use super::any::attr;
    pub use super::any::attributes::*;
    pub use super::html::attributes::*;
    pub use super::kit::attributes::*;
}

/// Functions with the elements' names; see [`elements`](self).
pub mod functions {
    pub use super::any::functions::*;
    pub use super::html::functions::*;
    pub use super::kit::functions::*;
}

/// The names that editors offer while one is typed.
#[cfg(rust_analyzer)]
pub mod names {
    /// The elements.
    pub mod all {
        pub use super::super::any::names::*;
        pub use super::super::html::names::*;
        pub use super::super::kit::names::*;
    }

    /// The attributes: of each element its own, and of each kind of elements those that they share.
    #[allow(missing_docs, non_camel_case_types, reason = "the names are those of the attributes")]
    pub mod attributes {
        pub use super::super::any::names_of_attributes::*;
        pub use super::super::html::names_of_attributes::*;
        pub use super::super::kit::names_of_attributes::*;

        pub use super::super::shared::names::*;
    }
}

/// The names of all elements but `el`, for tests.
pub fn names() -> impl Iterator<Item = &'static str> {
    kit::NAMES.iter().chain(html::NAMES).copied()
}

/// The names of all attributes but those of `attr`, some more than once, for tests.
pub fn names_of_attributes() -> impl Iterator<Item = &'static str> {
    let names = [shared::ATTRIBUTES, kit::ATTRIBUTES, html::ATTRIBUTES, OF_EACH].concat();
    names.into_iter().map(|name| name.trim_start_matches("r#"))
}
