//! Uploads: how they are named, how they are received, and what a handler gets; not where files are kept.

mod declaration;
mod file;
mod receive;

pub use declaration::{Upload, UploadId};
pub use file::UploadFile;
pub(crate) use file::{FileStore, storage_error};
pub(crate) use receive::{Call, MAX_CALL, MAX_SILENCE, Received, drain, receive};
