//! Attributes of elements: which values each kind takes and how they are written. Which element has which is `elements/`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::offer::client::Client;
use crate::offer::{EventRef, Get, Offer};
use crate::upload::UploadId;
use crate::view::{Filling, Writer, is_confined};
use crate::wire::attribute as name;

/// An attribute of an element; `K` says what values it takes.
pub struct Attribute<K>(PhantomData<fn() -> K>);

impl<K> Attribute<K> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<K> Clone for Attribute<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Attribute<K> {}

impl<K> std::fmt::Debug for Attribute<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Attribute")
    }
}

/// The kinds of attributes.
pub mod kind {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $kind:ident,)*) => {
            $($(#[$doc])*
            #[derive(Debug)]
            pub enum $kind {})*
        };
    }

    kinds! {
        /// Text and numbers, written as they are.
        Text,
        /// Text and numbers, written as they are, or `true` and `false`: there or not there. The rule of `attr`.
        TextOrFlag,
        /// There or not there: `true` or `false`.
        Flag,
        /// `true` and `false` as words, or text: the rule of `aria-*`.
        Aria,
        /// A number.
        Number,
        /// A URL; one that could run a script is not written.
        Url,
        /// Names of classes: text, or parts of it in an array or a tuple, of which some may be missing.
        Class,
        /// Several properties as CSS: the attribute `style`.
        Css,
        /// The value of a style property: text is CSS, a number counts steps of `--fk-space`.
        Style,
        /// A named colour scheme: `primary`, `neutral`, `success`, `warning` or `danger`.
        Scheme,
        /// The id of an upload.
        Upload,
        /// The types that an upload accepts: extensions and MIME types, as text or as a list.
        Accept,
        /// A number of files.
        Count,
        /// A number of bytes, or text such as `20 MB`.
        Size,
        /// `true` or `false`, known while the page is made.
        Switch,
        /// A check of files that have arrived: an async function, or what implements [`Check`](crate::guard::Check).
        Check,
        /// The actions that an event of the browser sets off.
        Action,
        /// A view.
        View,
        /// A closure that makes actions of a stored file.
        EachFile,
        /// A closure that makes actions of the keys that are selected in the browser.
        Keys,
    }
}

use kind::{Aria, Css, Flag, Number, Scheme, Style, Text, TextOrFlag, Upload, Url};

/// A value that an attribute of the kind `K` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of this attribute, which takes {K}",
    label = "not a value of this attribute"
)]
pub trait AttributeValue<K> {
    /// Appends the attribute `name` (with a blank before it), or nothing if the value says so.
    fn write_attribute(&self, name: &'static str, out: &mut Writer);

    /// Appends the value alone, for attributes that are made of several.
    fn write_value(&self, out: &mut Writer) {
        let _ = out;
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: AttributeValue<K> + ?Sized> AttributeValue<K> for &T {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        (**self).write_attribute(name, out);
    }

    fn write_value(&self, out: &mut Writer) {
        (**self).write_value(out);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: AttributeValue<K>> AttributeValue<K> for Option<T> {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        if let Some(value) = self {
            value.write_attribute(name, out);
        }
    }

    fn write_value(&self, out: &mut Writer) {
        if let Some(value) = self {
            value.write_value(out);
        }
    }
}

macro_rules! written_by_display {
    ($($kind:ident: $($type:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<$kind> for $type {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.push_attribute(name, self);
            }

            fn write_value(&self, out: &mut Writer) {
                out.push_display(self);
            }
        }
    )*)*};
}

macro_rules! written_as_text {
    ($($kind:ident: $($type:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<$kind> for $type {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.push_text_attribute(name, self);
            }

            fn write_value(&self, out: &mut Writer) {
                out.push_text(self);
            }
        }
    )*)*};
}

written_as_text! {
    Text: str, String, Cow<'_, str>;
    TextOrFlag: str, String, Cow<'_, str>;
    Aria: str, String, Cow<'_, str>;
    Scheme: str, String;
}

written_by_display! {
    Text: fmt::Arguments<'_>, char, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64;
    TextOrFlag: fmt::Arguments<'_>, char, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64;
    Aria: fmt::Arguments<'_>, bool, u8, u16, u32, u64, usize, i32, i64, f32, f64;
    Number: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64;
}

macro_rules! there_or_not {
    ($($kind:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<$kind> for bool {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                if *self {
                    out.markup(name);
                }
            }
        }
    )*};
}

there_or_not! { Flag, TextOrFlag }

macro_rules! urls {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<Url> for $type {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.push_text_attribute(name, harmless_url(self));
            }
        }
    )*};
}

urls! { str, String, Cow<'_, str> }

/// An event that can be a link, because it is reached by GET. A trait, so that for others it says what they lack.
#[diagnostic::on_unimplemented(
    message = "this event cannot be a link",
    label = "not an event that takes `&self` and returns a `Download`",
    note = "an event that takes `&mut self` changes something, so it cannot be a link; use `on_click`",
    note = "in place of `Download::url(..)` write the URL itself"
)]
pub trait IntoLink {
    /// The link to it.
    fn into_link(self) -> Link;
}

#[diagnostic::do_not_recommend]
impl IntoLink for EventRef<Get> {
    fn into_link(self) -> Link {
        Link(self.offer().clone())
    }
}

/// A link to an event.
#[derive(Debug)]
pub struct Link(Offer);

#[diagnostic::do_not_recommend]
impl AttributeValue<Url> for Link {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        out.markup(name);
        out.markup("=\"");
        out.push_hole(Filling::DownloadUrl(self.0.clone()));
        out.markup("\"");
    }
}

#[diagnostic::do_not_recommend]
impl AttributeValue<Url> for EventRef<Get> {
    fn write_attribute(&self, name: &'static str, out: &mut Writer) {
        self.clone().into_link().write_attribute(name, out);
    }
}

/// The URL, or a harmless one in its place if following it would run a script in this page.
///
/// Browsers drop tabs and line ends inside a scheme and anything up to U+0020 before it (URL standard, "basic URL
/// parser"), so the scheme is read as they do.
pub(crate) fn harmless_url(url: &str) -> &str {
    // Most URLs have no scheme, and need no closer look.
    if url.starts_with(['/', '#', '?']) || !url.contains(':') {
        return url;
    }
    let text: String = url
        .trim_start_matches(|character| character <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
    if matches!(scheme.as_str(), "javascript" | "vbscript") {
        tracing::warn!("a URL that would run a script was left out of a view");
        return "about:blank";
    }
    url
}

macro_rules! style_text {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<Style> for $type {
            fn write_attribute(&self, property: &'static str, out: &mut Writer) {
                if !self.contains(';') && is_confined(self) {
                    out.push_style(property, format_args!("{self}"));
                } else {
                    tracing::warn!(property, "a style that is not one complete value was left out of a view");
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl AttributeValue<Css> for $type {
            fn write_attribute(&self, _: &'static str, out: &mut Writer) {
                for part in [" ", name::STYLE, "=\""] {
                    out.markup(part);
                }
                AttributeValue::<Css>::write_value(self, out);
                out.markup("\"");
            }

            fn write_value(&self, out: &mut Writer) {
                if is_confined(self) {
                    out.push_text(self);
                } else {
                    tracing::warn!("a `style` with braces, or with something that is not closed, was left out of a view");
                }
            }
        }
    )*};
}

style_text! { str, String, Cow<'_, str> }

macro_rules! style_number {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<Style> for $type {
            fn write_attribute(&self, property: &'static str, out: &mut Writer) {
                match property {
                    "grid-template-columns" => out.push_style(property, format_args!("repeat({self},minmax(0,1fr))")),
                    "opacity" | "font-weight" | "flex-grow" | "line-height" => out.push_style(property, format_args!("{self}")),
                    _ => out.push_style(property, format_args!("calc(var(--fk-space)*{self})")),
                }
            }
        }
    )*};
}

style_number! { u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64 }

macro_rules! upload_ids {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<Upload> for $type {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.push_attribute(name, self);
            }
        }
    )*};
}

upload_ids! { str, String, UploadId }

macro_rules! followed_by_the_browser {
    ($($kind:ident: $($value:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl AttributeValue<$kind> for Client<$value> {
            fn write_attribute(&self, name: &'static str, out: &mut Writer) {
                out.push_followed(name::ATTRIBUTE, name, self);
            }
        }
    )*)*};
}

followed_by_the_browser! {
    Text: String, u8, u64;
    TextOrFlag: String, u8, u64, bool;
    Aria: String, u8, u64, bool;
    Number: u8, u64;
    Flag: bool;
    Url: String;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_runs_a_script_is_replaced() {
        for url in ["javascript:alert(1)", " \u{1}JavaScript:x", "java\nscript:x", "vbscript:x"] {
            assert_eq!(harmless_url(url), "about:blank", "{url:?}");
        }
        for url in ["/files/a", "https://example.org/javascript:x", "javascript", "a?b=javascript:", "mailto:a@b"] {
            assert_eq!(harmless_url(url), url);
        }
    }

    #[test]
    fn what_is_formatted_needs_no_text_of_its_own() {
        let mut out = Writer::new(0);
        out.attribute(Attribute::<Aria>::NEW, " aria-label", &format_args!("Remove {}", "\"a\""));
        assert_eq!(out.finish().into_html(|_, _, _| ()), " aria-label=\"Remove &quot;a&quot;\"");
    }

    #[test]
    fn a_style_is_one_complete_value() {
        let mut out = Writer::new(0);
        out.style(Attribute::NEW, "padding", &"1em;position:fixed");
        out.style(Attribute::NEW, "gap", &2);
        out.style(Attribute::NEW, "color", &"red\"");
        out.style(Attribute::NEW, "font-family", &"\"a;b\"".replace(';', ""));
        assert_eq!(out.finish().into_html(|_, _, _| ()), "gap:calc(var(--fk-space)*2);font-family:&quot;ab&quot;;");
    }

    #[test]
    fn a_style_cannot_end_the_rule_that_it_is_written_into() {
        let mut out = Writer::new(0);
        out.attribute(Attribute::<Css>::NEW, " style", &"outline:1px solid; color:'red'");
        out.attribute(Attribute::<Css>::NEW, " style", &"a:b}body{display:none");
        assert_eq!(
            out.finish().into_html(|_, _, _| ()),
            " data-filekit-style=\"outline:1px solid; color:&#39;red&#39;\" data-filekit-style=\"\""
        );
    }
}
