//! What filekit's pages are made of and what answers them: views, state, events and the server. Taking, keeping and serving
//! files is in `filekit-files`, the macros that write code for both are in `filekit-macros`; users depend on `filekit`,
//! which has all of them.
//!
//! ```text
//! VIEW    Writer -> View -> document
//! EVENT   POST -> guard -> capability -> state, locked -> event -> new state -> the page's handler again -> reply
//! UPLOAD  body -> spool file -> event -> save under a new key, by a link -> its URL -> new state -> reply
//! ```

mod app;
mod call;
mod escape;
pub mod event;
pub mod extract;
mod hash;
mod instance;
mod kit;
mod lru;
mod offer;
mod page;
mod patch;
pub mod private;
mod routes;
pub mod state;
pub mod view;
mod visitor;

#[cfg(feature = "image")]
pub use filekit_files::image;

pub use app::{FileKitBuilder, serve};
pub use filekit_files::storage::{upload_dir, upload_url};
pub use filekit_files::{Error, IntoError, Rejection, Result, size, wire};
pub(crate) use filekit_files::{serving, texts, types};
pub use kit::FileKit;
pub use visitor::NotServed;

/// Errors and refusals.
pub(crate) mod error {
    pub(crate) use filekit_files::{AnsweredError, Audience, Error, Panicked, Rejection, Result, caught};
}

/// The keys that everything is signed with.
pub(crate) mod secret {
    pub(crate) use filekit_files::secret::{MAC_LENGTH, Purpose, Secret, Signer};
}

/// Who a visitor is.
pub mod session {
    #[cfg(fuzzing)]
    pub use crate::offer::fuzzing;
    pub use crate::visitor::SessionId;
}

/// What is handed over to a visitor.
pub mod download {
    pub use crate::event::DownloadEvents;
    pub(crate) use filekit_files::download::{
        Content, MAX_IN_REPLY, Opened, Outlet, Source, content_disposition, for_body, with_charset,
    };
    pub use filekit_files::download::{Data, DataUri, DataUriError, Download, DownloadError};
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
        Call, Failure, FileParts, FileStore, FormFields, IncomingBody, Parts, Received, RuleBook, Wanted, read_call,
        receive, sends_again,
    };
    pub use filekit_files::upload::{IncomingFile, Rules, Upload, UploadFile, UploadId, UploadStream};
}
