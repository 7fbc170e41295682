//! Children that are made on the spot: values and iterators of them, told apart by the compiler. All children are `child.rs`.
//!
//! For a child that is a call `view!` writes
//! `match Shown::new(call) { shown => (&&shown).kind().show(&mut shown.take(), &mut writer) }`. Method lookup takes
//! the first `kind` that fits (autoref specialisation, described by David Tolnay): a [`Child`], an iterator, and for
//! anything else one whose `show` says what a child is, with the user's value underlined as its argument.

use std::cell::Cell;

use crate::view::child::render_each;
use crate::view::{Child, Writer};

/// A value on its way into a view.
pub struct Shown<T>(Cell<Option<T>>);

impl<T> std::fmt::Debug for Shown<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Shown")
    }
}

impl<T> Shown<T> {
    /// Takes the value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Cell::new(Some(value)))
    }

    /// Gives the value back, once.
    ///
    /// # Panics
    ///
    /// If it was taken before.
    #[must_use]
    pub fn take(&self) -> T {
        self.0.take().expect("`view!` shows a value once")
    }
}

/// Shows a child.
#[derive(Clone, Copy, Debug)]
pub struct OneChild;

impl OneChild {
    /// Appends it.
    pub fn show<T: Child>(self, child: &mut T, out: &mut Writer) {
        out.child(child);
    }
}

/// Shows each child that an iterator yields.
#[derive(Clone, Copy, Debug)]
pub struct EachChild;

impl EachChild {
    /// Appends them.
    pub fn show<I: Iterator<Item: Child>>(self, children: &mut I, out: &mut Writer) {
        render_each(children, out);
    }
}

/// Picks how a [`Child`] is shown.
pub trait KindOfChild {
    /// The kind: one child.
    fn kind(&self) -> OneChild {
        OneChild
    }
}

/// Picks how an iterator is shown.
pub trait KindOfIterator {
    /// The kind: child by child.
    fn kind(&self) -> EachChild {
        EachChild
    }
}

/// Picks for any other type a call that does not compile, with the message of [`Child`].
pub trait KindOfAnything {
    /// The kind: one child.
    fn kind(&self) -> OneChild {
        OneChild
    }
}

impl<T: Child> KindOfChild for &Shown<T> {}
impl<I: Iterator<Item: Child>> KindOfIterator for &&Shown<I> {}
impl<T> KindOfAnything for Shown<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::View;

    macro_rules! show {
        ($value:expr, $out:ident) => {
            match Shown::new($value) {
                shown => (&&shown).kind().show(&mut shown.take(), &mut $out),
            }
        };
    }

    #[test]
    fn values_and_iterators_are_shown() {
        let mut out = Writer::new(0);
        show!("a<", out);
        show!(Some(1), out);
        show!(["x", "y"].iter().map(|text| text.to_uppercase()), out);
        let view: View = out.finish();
        assert_eq!(view.into_html(|_, _, _| {}), "a&lt;1XY");
    }
}
