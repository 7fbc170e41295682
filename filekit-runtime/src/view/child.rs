//! The values that may be a child of an element. Elements are written by `writer.rs`.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::offer::Client;
use crate::storage::{SafeName, SafePath};
use crate::view::{View, Writer, has_form_tag};
use crate::wire::{attribute, marker};

/// A value that can be the child of an element. Text is escaped.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand as a child in a view",
    label = "neither text nor a view",
    note = "text, numbers, `View`, `Client<_>` of text or numbers, and `Option` and `Vec` of these can; anything else that can be displayed is written `value.to_string()`"
)]
pub trait Child {
    /// Its kind.
    #[doc(hidden)]
    const KIND: ChildKind = ChildKind::Markup;

    /// Appends the value.
    fn render(&self, out: &mut Writer);
}

/// The kind of a child, which is known from its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum ChildKind {
    /// Text without elements.
    Text,
    /// Ranges that it writes itself.
    Slots,
    /// Anything.
    Markup,
}

impl Child for View {
    const KIND: ChildKind = ChildKind::Slots;

    fn render(&self, out: &mut Writer) {
        out.push_view(self);
    }
}

impl Child for () {
    const KIND: ChildKind = ChildKind::Text;

    fn render(&self, _: &mut Writer) {}
}

impl Child for str {
    const KIND: ChildKind = ChildKind::Text;

    fn render(&self, out: &mut Writer) {
        out.push_text(self);
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl Child for $type {
            const KIND: ChildKind = ChildKind::Text;

            fn render(&self, out: &mut Writer) {
                out.push_text(self);
            }
        }
    )*};
}

text! { String, Cow<'_, str> }

/// Markup that is written as it is; see [`raw_html`].
#[derive(Clone, Debug)]
pub struct RawHtml(String);

/// Makes a child of markup that comes from elsewhere, such as rendered Markdown.
///
/// # Security
///
/// Nothing is escaped or checked. An attacker who can choose the text can run scripts in the page, as far as its content
/// security policy lets them.
#[must_use]
pub fn raw_html(html: impl Into<String>) -> RawHtml {
    RawHtml(html.into())
}

impl Child for RawHtml {
    fn render(&self, out: &mut Writer) {
        out.forms().has_own |= has_form_tag(&self.0);
        // Comments that look like those of ranges would let patches change the wrong part of the page.
        let mut rest = self.0.as_str();
        while let Some((before, comment)) = split_at_marker(rest) {
            out.html().push_str(before);
            out.html().push(' ');
            rest = comment;
        }
        out.html().push_str(rest);
    }
}

/// Splits markup within the next comment that could be one of ours, before its text. `<!text>` is a comment, too.
fn split_at_marker(html: &str) -> Option<(&str, &str)> {
    let mut names = html.match_indices("fk").map(|(at, _)| html.split_at(at));
    names.find(|(before, comment)| {
        let is_ours = |text: &&str| comment.starts_with(text);
        [marker::BEGIN, marker::END, marker::ROW, marker::KEEP, marker::APART].iter().any(is_ours)
            && (before.ends_with("<!--") || before.ends_with("<!"))
    })
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl Child for $type {
            const KIND: ChildKind = ChildKind::Text;

            fn render(&self, out: &mut Writer) {
                out.push_display(self);
            }
        }
    )*};
}

displayed! { bool, char, f32, f64, std::fmt::Arguments<'_>, SafeName, SafePath }

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Child for $type {
            const KIND: ChildKind = ChildKind::Text;

            fn render(&self, out: &mut Writer) {
                out.push_integer(*self);
            }
        }
    )*};
}

integers! { u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize }

macro_rules! pointers {
    ($($type:ty),*) => {$(
        impl<T: Child + ?Sized> Child for $type {
            const KIND: ChildKind = T::KIND;

            fn render(&self, out: &mut Writer) {
                (**self).render(out);
            }
        }
    )*};
}

pointers! { &T, &mut T, Box<T>, Rc<T>, Arc<T> }

impl<T: Child> Child for Option<T> {
    const KIND: ChildKind = T::KIND.of_several();

    fn render(&self, out: &mut Writer) {
        let is_range = matches!(Self::KIND, ChildKind::Slots);
        if is_range {
            out.begin_range();
        }
        if let Some(child) = self {
            child.render(out);
        }
        if is_range {
            out.end_range();
        }
    }
}

impl ChildKind {
    /// The kind of an unknown number of children.
    const fn of_several(self) -> Self {
        match self {
            Self::Text => Self::Text,
            Self::Slots | Self::Markup => Self::Slots,
        }
    }
}

/// Appends children as the rows of a list, or as one text.
pub(super) fn render_each<T: Child>(children: impl Iterator<Item = T>, out: &mut Writer) {
    let is_list = !matches!(T::KIND, ChildKind::Text);
    let around = out.begin_rows(children.size_hint().0);
    if is_list {
        out.begin_list();
    }
    for child in children {
        if is_list {
            out.row(true);
        }
        child.render(out);
    }
    out.end_rows(around);
    if is_list {
        out.end_range();
    }
}

impl<T: Child> Child for [T] {
    const KIND: ChildKind = T::KIND.of_several();

    fn render(&self, out: &mut Writer) {
        render_each(self.iter(), out);
    }
}

impl<T: Child> Child for Vec<T> {
    const KIND: ChildKind = <[T]>::KIND;

    fn render(&self, out: &mut Writer) {
        self.as_slice().render(out);
    }
}

macro_rules! evaluated_by_the_browser {
    ($($type:ty),*) => {$(
        impl Child for Client<$type> {
            fn render(&self, out: &mut Writer) {
                out.markup("<span");
                self.push_attribute(out.html(), format_args!("{}", attribute::TEXT));
                out.markup("></span>");
            }
        }
    )*};
}

evaluated_by_the_browser! { String, u8, u64 }
