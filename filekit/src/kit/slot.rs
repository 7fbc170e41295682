//! Views as attributes: the parts of a composed element that a program gives.

use crate::__private::{Attribute, kind};
use crate::view::View;

/// A value that a slot takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of this attribute, which takes a `View`",
    label = "not a view",
    note = "write `view![..]` around it"
)]
pub trait SlotValue {
    /// The view, if there is one.
    fn into_view(self) -> Option<View>;
}

impl SlotValue for View {
    fn into_view(self) -> Option<View> {
        Some(self)
    }
}

impl SlotValue for &View {
    fn into_view(self) -> Option<View> {
        Some(self.clone())
    }
}

impl<T: SlotValue> SlotValue for Option<T> {
    fn into_view(self) -> Option<View> {
        self.and_then(T::into_view)
    }
}

/// Takes the value of a slot.
pub fn slot(_: Attribute<kind::View>, value: impl SlotValue) -> Option<View> {
    value.into_view()
}
