//! Answers with a file, whole, in part or not at all, as RFC 9110 has it.
//!
//! ```text
//! path -> open file and its facts -> preconditions -> ranges -> headers by kind -> body
//! ```

mod answer;
mod assets;
mod body;
mod description;
#[cfg(fuzzing)]
pub mod fuzzing;
mod kind;
mod open;
mod preconditions;
mod ranges;
mod small_body;
mod validators;

pub use answer::{Target, answer};
pub use assets::Assets;
pub(crate) use body::whole;
pub(crate) use description::DescriptionCache;
pub(crate) use kind::declared;
pub use kind::{Kind, restrict};
pub(crate) use open::{is_file, status};
