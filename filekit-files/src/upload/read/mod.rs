//! The bytes of a request on their way in. What they are judged by is `intake/`.
//!
//! ```text
//! IncomingBody (frames, counted) -> PartReader (multer) -> Parts: a first part, for the caller to judge
//!                                                          FileParts: heads of files and their pieces, through the intake
//! ```

pub(super) mod body;
mod boundary;
mod files;
mod form;
mod head;
mod part_reader;
mod parts;
mod sequence;
mod splitter;
mod waiting;

pub use body::IncomingBody;
pub(crate) use body::Pace;
pub use files::FileParts;
pub(crate) use files::MAX_FILES;
pub use form::{FieldFilter, FormFields};
#[cfg(fuzzing)]
pub(super) use head::PartHead;
pub(super) use head::is_name_of;
#[cfg(fuzzing)]
pub(super) use part_reader::PartReader;
pub use parts::Parts;
pub use sequence::{FileSequence, read_plan};
pub use waiting::WaitingBudget;

/// The most bytes of a request that are held in memory: values that a visitor typed, and what says what the files are for.
pub(crate) const MAX_HELD: usize = 1 << 20;
