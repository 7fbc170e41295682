//! References: an event as a view offers it, with what is known of its arguments. Its call is `event/definition.rs`.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::offer::client::{Expression, Expressions};
use crate::offer::{Client, EventId, Offer, OwnedState, Taken};
use crate::storage::StoredFile;
use crate::upload::{UploadFile, UploadStream};

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
    expressions: Expressions,
    method: PhantomData<fn() -> M>,
}

impl<M> EventRef<M> {
    /// Refers to the event without any arguments; `owned` is its state, if that does not belong to the session.
    pub fn new(event: EventId, owned: Option<&'static OwnedState>) -> Self {
        Self { offer: Offer::new(event, owned), expressions: Expressions::new(), method: PhantomData }
    }

    /// Where the arguments are to be added, in the order of the parameters.
    pub fn arguments(&mut self) -> OfferedArguments<'_> {
        OfferedArguments { offer: &mut self.offer, expressions: &mut self.expressions }
    }

    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(crate) fn into_parts(self) -> (Offer, Expressions) {
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
    offer: &'a mut Offer,
    expressions: &'a mut Expressions,
}

impl OfferedArguments<'_> {
    pub(crate) fn evaluate(self, expression: Expression) {
        self.offer.evaluate(expression.files.as_ref().map(|files| files.upload.id()));
        self.expressions.push(expression);
    }

    fn evaluate_files(self, mut expression: Expression, taken: Taken) {
        if let Some(files) = &mut expression.files {
            files.taken = taken;
        }
        self.evaluate(expression);
    }
}

/// A value that an event can take: it travels as JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the parameter of an event",
    label = "neither files nor a value that serde can read and write",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it",
    note = "files are `UploadFile`, `Option<UploadFile>`, `Vec<UploadFile>` or `UploadStream`"
)]
pub trait EventValue: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> EventValue for T {}

/// An argument for an event that takes a `T`: a `T`, captured when the page is made and signed, or a
/// [`Client<T>`], evaluated by the browser. Where the event takes a `String`, a `&str` is one, and a stored file is its key.
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

impl<T: EventValue> EventArg<T> for T {
    fn encode(self, arguments: OfferedArguments<'_>) {
        arguments.offer.capture(&self);
    }
}

#[diagnostic::do_not_recommend]
impl<T: EventValue> EventArg<T> for &T {
    fn encode(self, arguments: OfferedArguments<'_>) {
        arguments.offer.capture(self);
    }
}

#[diagnostic::do_not_recommend]
impl EventArg<String> for &str {
    fn encode(self, arguments: OfferedArguments<'_>) {
        arguments.offer.capture(self);
    }
}

/// The key of the file.
#[diagnostic::do_not_recommend]
impl EventArg<String> for &StoredFile {
    fn encode(self, arguments: OfferedArguments<'_>) {
        arguments.offer.capture(self.key());
    }
}

#[diagnostic::do_not_recommend]
impl<T> EventArg<T> for Client<T> {
    fn encode(self, arguments: OfferedArguments<'_>) {
        arguments.evaluate(self.into_expression());
    }
}

macro_rules! other_files {
    ($($type:ty: $taken:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl EventArg<$type> for Client<Vec<UploadFile>> {
            fn encode(self, arguments: OfferedArguments<'_>) {
                arguments.evaluate_files(self.into_expression(), Taken::$taken);
            }
        }
    )*};
}

other_files! {
    Option<UploadFile>: AtMostOne;
    UploadFile: One;
    UploadStream: All;
}
