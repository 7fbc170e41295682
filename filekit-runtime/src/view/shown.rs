//! Children that are made on the spot: values and iterators of them, told apart by the compiler; not what they are.
//!
//! `view!` writes `Shown::new(value).show(&mut writer)` for a child that is not a place. Method lookup takes the first
//! that fits: a [`Child`] by value, an iterator by reference, and for anything else a method whose bound says what a
//! child is (autoref specialisation, described by David Tolnay).

use std::cell::Cell;

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
}

/// Shows a child.
pub trait ShowChild {
    /// Appends it.
    fn show(self, out: &mut Writer);
}

impl<T: Child> ShowChild for Shown<T> {
    fn show(self, out: &mut Writer) {
        if let Some(child) = self.0.into_inner() {
            child.render(out);
        }
    }
}

/// Shows each child that an iterator yields.
pub trait ShowIterator {
    /// Appends them.
    fn show(&self, out: &mut Writer);
}

impl<I: Iterator<Item: Child>> ShowIterator for Shown<I> {
    fn show(&self, out: &mut Writer) {
        for child in self.0.take().into_iter().flatten() {
            child.render(out);
        }
    }
}

/// Says of anything else what it is not.
pub trait ShowAnything<T> {
    /// Does not compile, with the message of [`Child`].
    fn show(&mut self, out: &mut Writer)
    where
        T: Child;
}

impl<T> ShowAnything<T> for Shown<T> {
    fn show(&mut self, out: &mut Writer)
    where
        T: Child,
    {
        if let Some(child) = self.0.take() {
            child.render(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::View;

    #[test]
    fn values_and_iterators_are_shown() {
        let mut out = Writer::new(0);
        Shown::new("a<").show(&mut out);
        Shown::new(Some(1)).show(&mut out);
        Shown::new(["x", "y"].iter().map(|text| text.to_uppercase())).show(&mut out);
        let view: View = out.finish();
        assert_eq!(view.into_html(|_, _| ()), "a&lt;1XY");
    }
}
