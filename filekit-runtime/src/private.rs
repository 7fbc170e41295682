//! The items that code written by the macros refers to. They are private: any version may change them.

pub use inventory;
pub use serde;

use serde::Serialize;
use serde::de::DeserializeOwned;

use serde_json::value::RawValue;

use crate::patch::patch;
use crate::texts::english;
use crate::view::Filling;

pub use crate::Result;
pub use crate::download::Download;
pub use crate::event::{
    Arguments, ChangingEvent, Effects, EventArg, EventDefinition, EventFuture, EventId, EventRef, EventValue, Get,
    IntoEffects, Method, OfferedArguments, Parameter, Post, ReadingEvent, TakeValue,
};
pub use crate::guard::Check;
pub use crate::offer::OwnedState;
pub use crate::patch::Fingerprint;
pub use crate::session::SessionId;
pub use crate::state::{AllEventsInOneImplBlock, State, StateEvents, owned};
pub use crate::storage::StoredFile;
pub use crate::upload::{Upload, UploadId};
pub use crate::view::{
    Actions, Attribute, AttributeValue, ButtonTag, Child, Client, Condition, DayText, EndpointEvent, IntoAction,
    IntoLink, KindOfAnything, KindOfChild, KindOfIterator, Link, Loop, LoopEnd, OfPageForm, Setting, Shown, SizeText,
    Unfinished, UploadTag, View, Words, Writer, elements, has_selection, kind, value_of,
};

pub use crate::__compiler as compiler;
pub use crate::__editor as editor;
pub use crate::texts::ALL as TEXTS;
pub use crate::wire;

/// Tells editors what the compiler has no use for. `keep` is what `view!` could not read, to complete in it; `elements`
/// are those of a view, to look them up; `offer` brings the names into scope that may be typed in a place.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    (keep $($tokens:tt)*) => { $($tokens)* };
    (elements $($name:ident)*) => { $(let _ = $crate::private::elements::functions::$name;)* };
    (offer $($attributes:ident)*) => {
        use $crate::private::elements::names::{all::*, $(attributes::$attributes::*),*};
    };
}

/// Tells editors what the compiler has no use for, and does not see.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($tokens:tt)*) => {};
}

/// Writes for the compiler what editors do not need to see.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __compiler {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Writes for the compiler what editors do not need to see.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __compiler {
    ($($tokens:tt)*) => {};
}

/// The bounds of a field of a state, in one message instead of one for each trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a state",
    label = "not `Clone + Serialize + Deserialize + Send + Sync`",
    note = "derive `Clone`, `serde::Serialize` and `serde::Deserialize` for it, or mark the field `#[serde(skip)]`"
)]
pub trait StateField: Sized {
    /// Copies a field of a state.
    fn copied(field: &Self) -> Self;
    /// Writes a field of a state.
    ///
    /// # Errors
    ///
    /// As its own `Serialize` does.
    fn write<S: serde::Serializer>(field: &Self, serializer: S) -> std::result::Result<S::Ok, S::Error>;
    /// Reads a field of a state.
    ///
    /// # Errors
    ///
    /// As its own `Deserialize` does.
    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> StateField for T {
    fn copied(field: &Self) -> Self {
        field.clone()
    }

    fn write<S: serde::Serializer>(field: &Self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        field.serialize(serializer)
    }

    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// The state of a visitor who has none yet.
#[must_use]
pub fn default_state<S: State>() -> S {
    S::initial()
}

/// Begins an `upload` with its id and the rules of its declaration.
pub fn upload_tag(_: Attribute<kind::Upload>, upload: impl Into<Upload>) -> UploadTag {
    UploadTag::new(upload.into())
}

/// Reads an attribute of `upload` that is a rule, or says how the zone behaves.
pub fn upload_setting<K>(
    upload: &mut UploadTag,
    name: &'static str,
    _: Attribute<K>,
    value: &(impl Setting<K> + ?Sized),
) {
    upload.set(name, value);
}

/// Reads the attribute of `upload` that is a check.
pub fn upload_check(upload: &mut UploadTag, _: Attribute<kind::Check>, check: &impl Check) {
    upload.check(check);
}

/// Adds an action to those of an attribute.
pub fn action(actions: &mut Actions, _: Attribute<kind::Action>, value: impl IntoAction) {
    actions.push(value.into_action());
}

/// A function that can be called with elements: none, because a function takes values.
#[diagnostic::on_unimplemented(
    message = "elements are no arguments of a function",
    label = "a function and not an element",
    note = "give it a view: `name(view![text(\"..\")])`",
    note = "an argument such as `text(..)` is an element here; a function of that name is called `self::text(..)`"
)]
pub trait TakesElements {}

// There is one lest rustc advise to implement it.
#[diagnostic::do_not_recommend]
impl TakesElements for () {}

/// Checks that what was called with elements is no function.
pub fn takes_elements(_: impl TakesElements) {}

/// Makes a link of an event in the place of a URL.
pub fn link(event: impl IntoLink) -> Link {
    event.into_link()
}

/// Says that an event stands in a view, where its endpoint is made.
pub fn in_view<E: EndpointEvent>(event: E) -> E::InView {
    event.in_view()
}

/// Checks the type of a value that is part of the markup already.
pub const fn literal<K, V: AttributeValue<K> + ?Sized>(_: Attribute<K>, _: &V) {}

/// The fingerprint that the server keeps of a view: for tests and measurements.
#[must_use]
pub fn fingerprint_of(view: &View) -> Fingerprint {
    Fingerprint::of(view)
}

/// The patch that makes a page that shows `old` show `view`, with the same text in place of each capability.
#[must_use]
pub fn patch_of(old: &Fingerprint, view: &View, capability: &str) -> (Fingerprint, Option<Box<RawValue>>) {
    patch(old, view, |filling, _, html| fill(filling, capability, html))
}

fn fill(filling: &Filling, capability: &str, html: &mut String) {
    match filling {
        Filling::FormOwner | Filling::EventOwner | Filling::SubmitButton(_) => {}
        Filling::CallButton(_) => {
            html.push_str(capability);
            html.push('"');
        }
        Filling::Text(key) => html.push_str(&english().say(key, &[])),
        Filling::Size(bytes) => html.push_str(&english().size(*bytes)),
        _ => html.push_str(capability),
    }
}

/// The markup of a view, with the same text in place of each capability: for tests and measurements.
#[must_use]
pub fn html_of(view: View, capability: &str) -> String {
    view.into_html(|filling, _, html| fill(filling, capability, html))
}
