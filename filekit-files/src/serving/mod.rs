//! Answers with a file, whole, in part or not at all, as RFC 9110 has it; not which files there are, nor who may have them.
//!
//! ```text
//! path -> open file and its facts -> conditions -> ranges -> headers by kind -> body
//! ```

mod answer;
mod assets;
mod body;
mod conditions;
mod described;
#[cfg(fuzzing)]
pub mod fuzzing;
mod kept;
mod kind;
mod open;
mod ranges;
mod validators;

pub use answer::{Target, answer};
pub use assets::Assets;
pub(crate) use body::whole;
pub use kind::{Kind, declared, restrict};
pub(crate) use open::{is_file, status};
