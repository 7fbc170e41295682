//! Uploads: how they are named, how they are received, and what a handler gets.

mod arrival;
mod consistency;
mod declaration;
#[cfg(feature = "image")]
mod decoders;
mod file;
#[cfg(fuzzing)]
pub mod fuzzing;
#[cfg(feature = "image")]
mod image;
mod intake;
#[cfg(feature = "image")]
mod jpeg_cost;
mod partial;
mod plan;
mod read;
mod receive;
mod rules;
mod save;
mod source;
mod stream;
mod strip;

pub use declaration::{Upload, UploadId};
#[cfg(feature = "image")]
pub(crate) use decoders::Decoders;
#[cfg(feature = "image")]
#[doc(hidden)]
pub use decoders::decode_for;
pub use file::FileStore;
pub use file::UploadFile;
#[cfg(feature = "image")]
pub use image::ImageLimits;
pub use intake::{Failure, FileHead, Intake, Judged, RuleBook};
pub use partial::{Appended, PartialUpload};
pub use plan::{PlannedFile, UploadPlan};
pub use read::{FieldFilter, FileParts, FileSequence, FormFields, IncomingBody, Parts, WaitingBudget, read_plan};
pub use receive::{Received, receive};
pub use rules::Limits;
pub use rules::Rules;
pub use save::Save;
pub use source::{AnyFiles, FileSource};
pub use stream::{IncomingFile, UploadStream};
