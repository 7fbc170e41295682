//! Uploads: how they are named, how they are received, and what a handler gets; not where files are kept.

pub(crate) mod accept;
mod body;
mod declaration;
mod file;
mod form;
#[cfg(feature = "image")]
mod image;
mod multipart;
mod parts;
mod receive;
mod rulebook;
mod rules;
mod stream;

pub(crate) use body::{IncomingBody, read_call};
pub use declaration::{Upload, UploadId};
pub(crate) use file::FileStore;
pub use file::UploadFile;
#[cfg(feature = "image")]
pub use image::ImageLimits;
pub(crate) use parts::{Call, Failure, FileParts, MAX_CALL, Parts};
pub(crate) use receive::{CallFiles, Received, receive};
pub(crate) use rulebook::RuleBook;
pub(crate) use rules::Limits;
pub use rules::Rules;
pub use stream::{IncomingFile, UploadStream};
