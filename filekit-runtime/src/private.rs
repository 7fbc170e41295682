//! What the code that the macros write refers to; not for anybody else, and without any promise.

pub use inventory;
pub use serde;

pub use crate::error::Result;
pub use crate::event::{
    Arguments, ChangingEvent, Effects, EventArg, EventDefinition, EventFuture, EventId, EventRef, EventValue, Get,
    IntoEffects, Method, OfferedArguments, Parameter, Post, ReadingEvent, TakeValue,
};
pub use crate::state::{State, StateEvents};
pub use crate::upload::UploadId;
pub use crate::view::{
    Actions, Attribute, AttributeValue, ButtonTag, Child, Client, Condition, IntoAction, Loop, LoopEnd, View, Writer,
    elements, kind,
};

/// Adds an action to those of an attribute.
pub fn action(actions: &mut Actions, _: Attribute<kind::Action>, value: impl IntoAction) {
    actions.push(value.into_action());
}

/// Checks the type of a value that is part of the markup already.
pub const fn literal<K, V: AttributeValue<K> + ?Sized>(_: Attribute<K>, _: &V) {}
