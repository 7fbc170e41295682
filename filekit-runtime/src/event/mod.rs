//! Events: what a view offers, what arrives, and what a method answers; not how it travels.

mod arguments;
mod definition;
mod dispatch;
mod effects;
mod extractor;
mod field;
mod offer;
mod reference;
mod several;
mod updates;

pub use arguments::{Arguments, EventValue, Parameter, TakeValue};
pub use definition::{ChangingEvent, EventDefinition, EventFuture, EventId, ReadingEvent};
pub use effects::{Effects, IntoEffects, RenewSession, Toast};
pub use extractor::Extract;
pub use reference::{EventArg, EventRef, Get, Method, OfferedArguments, Post};

pub use several::SeveralFiles;
pub use updates::Updates;

pub(crate) use arguments::Argument;
pub(crate) use definition::EventCall;
pub(crate) use effects::Effect;
pub(crate) use extractor::refused;
pub(crate) use offer::{FilesOffer, Grant, GrantedArgument, Offer, OfferedFiles, Taken};
pub(crate) use updates::{Preview, Update};
