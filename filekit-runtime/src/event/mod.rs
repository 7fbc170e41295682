//! Events as they run: their arguments, what a method answers, and how a call changes a state.

mod arguments;
mod definition;
mod dispatch;
mod download;
mod effects;
mod extractor;
mod field;
mod redirect;
mod updates;

pub use crate::offer::{EventArg, EventId, EventRef, EventValue, Get, Method, OfferedArguments, Post, SeveralFiles};
pub use crate::visitor::Toast;
pub(crate) use arguments::Argument;
pub use arguments::{Arguments, Parameter, TakeValue};
pub use definition::{ChangingEvent, EventDefinition, EventFuture, ReadingEvent};
pub(crate) use definition::{EventCall, EventTarget, IdempotentCall};
pub(crate) use download::DownloadCommand;
pub use download::DownloadEvents;
pub(crate) use effects::Effect;
pub use effects::{Effects, IntoEffects, RenewSession};
pub use extractor::Extract;
pub(crate) use extractor::refused;
pub(crate) use redirect::RedirectFirst;
pub(crate) use updates::Update;
pub use updates::Updates;
