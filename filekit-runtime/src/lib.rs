//! What filekit's pages are made of and what answers them: views, state, events and the server. Taking, keeping and serving
//! files is in `filekit-files`, the macros that write code for both are in `filekit-macros`; users depend on `filekit`,
//! which has all of them.
//!
//! ```text
//! VIEW    Writer -> View -> document
//! EVENT   POST -> guard -> capability -> state, locked -> event -> new state -> the page's handler again -> reply
//! UPLOAD  body -> spool file -> event -> save under a new key, by a link -> its URL -> new state -> reply
//! ```

mod bounded;
pub mod download;
pub mod event;
mod patch;
pub mod private;
mod server;
pub mod session;
pub mod state;
pub mod view;

#[cfg(feature = "image")]
pub use filekit_files::image;

pub use filekit_files::storage::{upload_dir, upload_url};
pub use filekit_files::{Error, IntoError, Rejection, Result, size, wire};
pub(crate) use filekit_files::{serving, texts, types};
pub use server::{FileKit, FileKitBuilder, NotServed, serve};

/// Errors and refusals.
pub(crate) mod error {
    pub(crate) use filekit_files::{Audience, Error, Panicked, Rejection, Result, answer_by, caught};
}

/// Where uploaded files are kept, and under which names and URLs.
pub mod storage {
    pub(crate) use filekit_files::storage::{Disk, Saves, Spool, Spooled, UrlSigner, links, named, storage_error};
    pub use filekit_files::storage::{FileKey, NotSha256, SafeName, SafePath, Sha256, StoredFile};
}

/// Uploads: how they are named, how they are received, and what a handler gets.
pub mod upload {
    #[cfg(feature = "image")]
    pub use filekit_files::upload::ImageLimits;
    pub(crate) use filekit_files::upload::{
        Call, CallFiles, Failure, FileParts, FileStore, FormFields, IncomingBody, Parts, Received, RuleBook, Wanted,
        read_call, receive, sends_again,
    };
    pub use filekit_files::upload::{IncomingFile, Rules, Upload, UploadFile, UploadId, UploadStream};
}
