//! Which elements there are and which attributes each has; not how any of them is written.
//!
//! `view!` reaches an attribute as the field `attributes::button.disabled`, so that the compiler itself says which
//! one was meant when a name is misspelt.

pub mod any;
pub mod html;
pub mod kit;

/// Defines elements: a type whose fields are the attributes, a constant of that type, and a function of that name.
///
/// Kinds of element: `html` has the attributes that every HTML element has; `kit` has those of style as well;
/// `scheme` is a kit element whose `color` names a colour scheme instead of a colour; `zone` is one whose `id` is that
/// of an upload.
macro_rules! elements {
    ($($kind:ident $name:ident $type:ident { $($attribute:ident: $value:ident),* $(,)? })*) => {
        /// The type of each element.
        pub mod types {
            $($crate::view::elements::element!($kind $name $type { $($attribute: $value),* });)*
        }

        /// A constant for each element; its fields are the element's attributes.
        #[allow(non_upper_case_globals, reason = "the names are those of the elements")]
        pub mod attributes {
            $(
                #[doc = concat!("The attributes of `", stringify!($name), "`.")]
                pub const $name: super::types::$type = super::types::$type::NEW;
            )*
        }

        /// A function for each element, so that the compiler can suggest one for a call that it does not know.
        pub mod functions {
            $(
                #[doc = concat!("The element `", stringify!($name), "`; it stands in a view only.")]
                pub fn $name() {}
            )*
        }

        /// The names of the elements.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

macro_rules! element {
    (html $name:ident $type:ident { $($attribute:ident: $value:ident),* }) => {
        $crate::view::elements::element!(@type $name $type: Global { id: Text, $($attribute: $value,)* });
    };
    (kit $name:ident $type:ident { $($attribute:ident: $value:ident),* }) => {
        $crate::view::elements::element!(@type $name $type: Styled { id: Text, color: Style, $($attribute: $value,)* });
    };
    (scheme $name:ident $type:ident { $($attribute:ident: $value:ident),* }) => {
        $crate::view::elements::element!(@type $name $type: Styled { id: Text, color: Scheme, $($attribute: $value,)* });
    };
    (zone $name:ident $type:ident { $($attribute:ident: $value:ident),* }) => {
        $crate::view::elements::element!(@type $name $type: Styled { id: Upload, color: Style, $($attribute: $value,)* });
    };
    (@type $name:ident $type:ident: $base:ident { $($attribute:ident: $value:ident,)* }) => {
        #[doc = concat!("The attributes of `", stringify!($name), "`.")]
        #[allow(missing_docs, reason = "the names are those of the attributes")]
        // Without any derives: over a hundred types would take seconds to compile.
        #[allow(missing_debug_implementations, reason = "there is nothing in it")]
        pub struct $type {
            $(pub $attribute: $crate::view::Attribute<$crate::view::kind::$value>,)*
        }

        impl $type {
            pub(crate) const NEW: Self = Self { $($attribute: $crate::view::Attribute::NEW,)* };
        }

        impl std::ops::Deref for $type {
            type Target = $crate::view::elements::$base;

            fn deref(&self) -> &Self::Target {
                &$crate::view::elements::$base::NEW
            }
        }
    };
}

/// Defines attributes that many elements share.
macro_rules! shared {
    ($(#[$doc:meta])* $type:ident { $($attribute:ident: $value:ident),* $(,)? }) => {
        $(#[$doc])*
        #[allow(missing_docs, reason = "the names are those of the attributes")]
        #[allow(missing_debug_implementations, reason = "there is nothing in it")]
        pub struct $type {
            $(pub $attribute: super::Attribute<super::kind::$value>,)*
        }

        impl $type {
            pub(crate) const NEW: Self = Self { $($attribute: super::Attribute::NEW,)* };
        }
    };
}

shared! {
    /// The attributes of every element.
    Global {
        class: Class, data_name: Text, style: Css, title: Text, lang: Text, dir: Text, hidden: Flag, inert: Flag,
        tabindex: Number, accesskey: Text, autofocus: Flag, contenteditable: Text, draggable: Aria,
        enterkeyhint: Text, inputmode: Text, itemid: Url, itemprop: Text, itemref: Text, itemscope: Flag,
        itemtype: Url, nonce: Text, part: Text, popover: Text, role: Text, slot: Text, spellcheck: Aria,
        translate: Text,
        aria_activedescendant: Text, aria_atomic: Aria, aria_autocomplete: Text, aria_busy: Aria,
        aria_checked: Aria, aria_colcount: Aria, aria_colindex: Aria, aria_colspan: Aria, aria_controls: Text,
        aria_current: Aria, aria_describedby: Text, aria_description: Text, aria_details: Text,
        aria_disabled: Aria, aria_errormessage: Text, aria_expanded: Aria, aria_flowto: Text, aria_haspopup: Aria,
        aria_hidden: Aria, aria_invalid: Aria, aria_keyshortcuts: Text, aria_label: Text, aria_labelledby: Text,
        aria_level: Aria, aria_live: Text, aria_modal: Aria, aria_multiline: Aria, aria_multiselectable: Aria,
        aria_orientation: Text, aria_owns: Text, aria_placeholder: Text, aria_posinset: Aria, aria_pressed: Aria,
        aria_readonly: Aria, aria_relevant: Text, aria_required: Aria, aria_roledescription: Text,
        aria_rowcount: Aria, aria_rowindex: Aria, aria_rowspan: Aria, aria_selected: Aria, aria_setsize: Aria,
        aria_sort: Text, aria_valuemax: Aria, aria_valuemin: Aria, aria_valuenow: Aria, aria_valuetext: Text,
        on_click: Action, on_dblclick: Action, on_change: Action, on_input: Action, on_submit: Action,
        on_reset: Action, on_focus: Action, on_blur: Action, on_keydown: Action, on_keyup: Action,
        on_mouseenter: Action, on_mouseleave: Action, on_toggle: Action, on_scroll: Action,
    }
}

shared! {
    /// The attributes of style that every element of the kit has, besides those of every element.
    Styled {
        padding: Style, padding_x: Style, padding_y: Style,
        padding_top: Style, padding_right: Style, padding_bottom: Style, padding_left: Style,
        margin: Style, margin_x: Style, margin_y: Style,
        margin_top: Style, margin_right: Style, margin_bottom: Style, margin_left: Style,
        spacing: Style, gap: Style, align: Style, justify: Style, flex_wrap: Style, flex_grow: Style,
        border: Style, border_radius: Style, background: Style, box_shadow: Style, opacity: Style,
        width: Style, height: Style, min_width: Style, max_width: Style, min_height: Style, max_height: Style,
        font_size: Style, font_weight: Style, line_height: Style, text_align: Style, overflow: Style,
    }
}

impl std::ops::Deref for Styled {
    type Target = Global;

    fn deref(&self) -> &Global {
        &Global::NEW
    }
}

use {element, elements};

/// What stands for the elements of either list in the expansion of `view!`.
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

/// The names of all elements but `el`, for the test that compares them with those that `view!` knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    kit::NAMES.iter().chain(html::NAMES).copied()
}
