//! An event as a view offers it, with what is known of its arguments; not its call.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use crate::event::EventId;
use crate::upload::{UploadFile, UploadId};
use crate::view::Client;
use crate::view::client::Expression;

/// What a page lets its visitor do: an event, and arguments that the visitor cannot alter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) event: EventId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) arguments: Vec<OfferedArgument>,
}

/// Where an argument of an offered event comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OfferedArgument {
    /// Fixed when the page was made.
    Captured(serde_json::Value),
    /// Evaluated in the browser.
    Client,
    /// The files of an upload.
    Files(UploadId),
}

/// How the browser reaches an event: [`Post`] or [`Get`].
pub trait Method: 'static {
    #[doc(hidden)]
    const IS_GET: bool;
}

/// The event may change something: it is sent as a POST.
#[derive(Clone, Copy, Debug)]
pub enum Post {}

/// The event only reads, and answers with a download: it is a plain link.
#[derive(Clone, Copy, Debug)]
pub enum Get {}

impl Method for Post {
    const IS_GET: bool = false;
}

impl Method for Get {
    const IS_GET: bool = true;
}

/// An event together with its arguments, such as `UploadState::handle_upload(upload_files("photos"))`.
#[must_use = "an event does nothing until it is used in `view!` or returned from a handler"]
pub struct EventRef<M> {
    offer: Offer,
    expressions: Vec<Expression>,
    method: PhantomData<fn() -> M>,
}

impl<M> EventRef<M> {
    /// Refers to the event without any arguments.
    pub fn new(event: EventId) -> Self {
        Self { offer: Offer { event, arguments: Vec::new() }, expressions: Vec::new(), method: PhantomData }
    }

    /// Where the arguments are to be added, in the order of the parameters.
    pub fn arguments(&mut self) -> OfferedArguments<'_> {
        OfferedArguments { offered: &mut self.offer.arguments, expressions: &mut self.expressions }
    }

    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(crate) fn into_parts(self) -> (Offer, Vec<Expression>) {
        (self.offer, self.expressions)
    }
}

impl<M> Clone for EventRef<M> {
    fn clone(&self) -> Self {
        Self { offer: self.offer.clone(), expressions: self.expressions.clone(), method: PhantomData }
    }
}

impl<M> std::fmt::Debug for EventRef<M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.offer.fmt(formatter)
    }
}

/// The arguments of an event that is being offered.
#[derive(Debug)]
pub struct OfferedArguments<'a> {
    offered: &'a mut Vec<OfferedArgument>,
    expressions: &'a mut Vec<Expression>,
}

impl OfferedArguments<'_> {
    fn capture<T: Serialize + ?Sized>(&mut self, value: &T) {
        let value = serde_json::to_value(value).unwrap_or_else(|error| {
            // The event will refuse the `null` and say which argument it is.
            tracing::error!(%error, "an argument of an event cannot be written as JSON");
            serde_json::Value::Null
        });
        self.offered.push(OfferedArgument::Captured(value));
    }

    fn evaluate(&mut self, expression: Expression) {
        self.offered.push(match expression.upload.clone() {
            Some(id) => OfferedArgument::Files(id),
            None => OfferedArgument::Client,
        });
        self.expressions.push(expression);
    }
}

/// What may stand where an event takes a `T`: a `T`, captured when the page is made and signed, or a
/// [`Client<T>`], evaluated by the browser.
///
/// # Security
///
/// A captured value cannot be altered by the visitor, but it can be read: it travels in the page.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used where the event takes `{T}`",
    label = "expected `{T}` or `Client<{T}>`"
)]
pub trait EventArg<T> {
    /// Adds the argument to those of an event.
    fn encode(self, arguments: OfferedArguments<'_>);
}

impl<T: Serialize> EventArg<T> for T {
    fn encode(self, mut arguments: OfferedArguments<'_>) {
        arguments.capture(&self);
    }
}

impl<T: Serialize> EventArg<T> for &T {
    fn encode(self, mut arguments: OfferedArguments<'_>) {
        arguments.capture(self);
    }
}

impl EventArg<String> for &str {
    fn encode(self, mut arguments: OfferedArguments<'_>) {
        arguments.capture(self);
    }
}

impl<T> EventArg<T> for Client<T> {
    fn encode(self, mut arguments: OfferedArguments<'_>) {
        arguments.evaluate(self.into_expression());
    }
}

macro_rules! fewer_files {
    ($($type:ty),*) => {$(
        impl EventArg<$type> for Client<Vec<UploadFile>> {
            fn encode(self, mut arguments: OfferedArguments<'_>) {
                arguments.evaluate(self.into_expression());
            }
        }
    )*};
}

fewer_files! { Option<UploadFile>, UploadFile }
