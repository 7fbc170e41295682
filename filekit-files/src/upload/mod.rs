//! Uploads: how they are named, how they are received, and what a handler gets; not where files are kept.

mod body;
mod consistency;
mod declaration;
mod file;
mod form;
#[cfg(fuzzing)]
pub mod fuzzing;
mod head;
#[cfg(feature = "image")]
mod image;
mod multipart;
mod parts;
mod receive;
mod rulebook;
mod rules;
mod stream;

#[doc(hidden)]
pub use body::{IncomingBody, read_call, sends_again};
pub use declaration::{Upload, UploadId};
#[doc(hidden)]
pub use file::FileStore;
pub use file::UploadFile;
#[doc(hidden)]
pub use form::{FormFields, Wanted};
#[cfg(feature = "image")]
pub use image::ImageLimits;
pub(crate) use parts::MAX_CALL;
#[doc(hidden)]
pub use parts::{Call, Failure, FileParts, Parts};
#[doc(hidden)]
pub use receive::{CallFiles, Received, receive};
#[doc(hidden)]
pub use rulebook::RuleBook;
#[doc(hidden)]
pub use rules::Limits;
pub use rules::Rules;
pub use stream::{IncomingFile, UploadStream};
