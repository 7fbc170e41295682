//! The element and the attributes whose names a view gives as text, to `el` and `attr`. Names in Rust are `html.rs`
//! and `kit.rs`.

use crate::view::{Attribute, kind};

super::elements! {
    /// An element of any name: `el("my-tag", ..)`.
    html el El {}
}

/// The attributes of any name.
#[allow(missing_debug_implementations, reason = "there is nothing in it")]
pub struct Attr {
    /// Those that a browser follows or loads, such as `xlink:href`.
    pub url: Attribute<kind::Url>,
    /// Those that begin with `aria-`.
    pub aria: Attribute<kind::Aria>,
    /// All others.
    pub any: Attribute<kind::TextOrFlag>,
}

/// The attributes of any name, where `view!` looks for those of an element.
#[allow(non_upper_case_globals, reason = "the name is that of the function")]
pub const attr: Attr = Attr { url: Attribute::NEW, aria: Attribute::NEW, any: Attribute::NEW };
