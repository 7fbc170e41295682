//! The placeholder in a view for a name that is still to be typed. The macros put it there (`repair.rs`).
//!
//! `album.` and `Album::` are one error, which `view!` reports. With this in the place of the name, everything around it
//! compiles as if it were right: no second error follows from the first, and an editor sees code that it can complete.

use crate::offer::{EventArg, OfferedArguments};
use crate::upload::Upload;
use crate::view::{Action, AttributeValue, Child, Condition, IntoAction, Setting, SettingValue, Writer};

/// Has the members that `view!` calls by names that are missing.
#[doc(hidden)]
pub trait Unfinished {
    /// The name behind a `.`.
    #[doc(hidden)]
    fn __filekit_missing_member(&self) -> Anything {
        Anything
    }

    /// The name behind a `::`.
    #[doc(hidden)]
    #[must_use]
    fn __filekit_missing_name() -> Anything {
        Anything
    }
}

impl<T: ?Sized> Unfinished for T {}

/// A value that fits wherever a view takes one. No program has it: there is an error in its place.
#[derive(Clone, Copy, Debug)]
pub struct Anything;

#[diagnostic::do_not_recommend]
impl Child for Anything {
    fn render(&self, _: &mut Writer) {}
}

#[diagnostic::do_not_recommend]
impl<K> AttributeValue<K> for Anything {
    fn write_attribute(&self, _: &'static str, _: &mut Writer) {}
}

#[diagnostic::do_not_recommend]
impl Condition for Anything {
    type Both = ();

    fn then(&mut self, _: &mut Writer) -> bool {
        true
    }

    fn is_server(&self) -> bool {
        true
    }

    fn otherwise(&mut self, _: &mut Writer) {}

    fn end(&mut self, _: &mut Writer) {}
}

#[diagnostic::do_not_recommend]
impl Iterator for Anything {
    type Item = Self;

    fn next(&mut self) -> Option<Self> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl IntoAction for Anything {
    fn into_action(self) -> Action {
        unreachable!("a program with a missing name does not compile")
    }
}

#[diagnostic::do_not_recommend]
impl<T> EventArg<T> for Anything {
    fn encode(self, _: OfferedArguments<'_>) {}
}

#[diagnostic::do_not_recommend]
impl<K> Setting<K> for Anything {
    fn setting(&self) -> Option<SettingValue> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl From<Anything> for Upload {
    fn from(_: Anything) -> Self {
        Self::new("")
    }
}
