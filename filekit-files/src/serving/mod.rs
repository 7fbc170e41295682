//! Answers with a file, whole, in part or not at all, as RFC 9110 has it.
//!
//! ```text
//! file -> its facts -> preconditions -> ranges -> headers by kind -> body
//! ```

mod answer;
mod assets;
mod body;
mod by_proxy;
mod description;
#[cfg(fuzzing)]
pub mod fuzzing;
mod kind;
mod preconditions;
mod ranges;
mod redirect;
mod small_body;
mod stored;
mod validators;
mod watched_body;

pub use answer::{Place, Target, answer};
pub use assets::Assets;
pub(crate) use body::{RemoteFile, whole};
pub use by_proxy::ServeByProxy;
pub(crate) use description::DescriptionCache;
pub(crate) use kind::declared;
pub use kind::{Kind, restrict};
pub use stored::{answer_link, answer_stored};
pub(crate) use watched_body::{SentFile, watched};
