//! The parts of filekit's pages and of their server: views, state, events, routes. Taking, keeping and serving
//! files is in `filekit-files`, the macros that write code for both are in `filekit-macros`; users depend on `filekit`,
//! which has all of them.
//!
//! ```text
//! VIEW    Writer -> View -> document
//! EVENT   POST -> guard -> capability -> state, locked -> event -> new state -> the page's handler again -> reply
//! UPLOAD  body -> spool file -> event -> save under a new key, by a link -> its URL -> new state -> reply
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod call;
mod completion;
mod error;
mod escape;
pub mod event;
pub mod extract;
mod hash;
mod incoming;
mod instance;
mod interim;
mod kit;
mod lock;
mod lru;
mod offer;
mod page;
mod patch;
pub mod private;
mod routes;
mod secret;
pub mod state;
pub mod stores;
mod tag;
mod texts;
mod turns;
pub mod view;
mod visitor;
pub mod wire;

#[cfg(feature = "image")]
pub use filekit_files::image;

pub use app::{Budgets, FileKitBuilder, serve};
pub use error::Rejection;
pub use filekit_files::storage::{upload_dir, upload_url};
pub use filekit_files::{Error, FileRejection, IntoError, Mismatch, Result, size};
pub(crate) use filekit_files::{clock, log_pace, types};
pub use kit::FileKit;
#[cfg(fuzzing)]
pub use routes::fuzzing as endpoints;
pub use visitor::NotServed;

/// Who a visitor is.
pub mod session {
    #[cfg(fuzzing)]
    pub use crate::offer::fuzzing;
    pub use crate::visitor::SessionId;
}

/// Downloads: files handed over to a visitor.
pub mod download {
    pub use crate::event::DownloadEvents;
    pub(crate) use filekit_files::download::{
        Content, DownloadSpooler, MAX_IN_REPLY, Prepared, Source, content_disposition, with_charset,
    };
    pub use filekit_files::download::{Data, DataUri, DataUriError, Download, DownloadError};
}

/// How much may be kept, and on its way.
pub mod quota {
    pub(crate) use filekit_files::quota::{Account, AccountKey, Charge, Ledger};
    pub use filekit_files::quota::{Quota, QuotaUse};
}

/// How files get back to visitors.
pub mod serving {
    pub use filekit_files::serving::ServeByProxy;
    pub(crate) use filekit_files::serving::{Assets, Kind, Place, Target, answer, answer_link};
}

/// Where uploaded files are kept, and under which names and URLs.
pub mod storage {
    pub use filekit_files::files::{FileList, Files, FolderEntry, FolderList, NoFiles, StoredReader};
    #[cfg(feature = "object-storage")]
    pub use filekit_files::storage::ObjectStorage;
    pub use filekit_files::storage::{
        AnyStorage, Attempt, Cause, CopyAll, CopyProgress, DiskStorage, FileChunks, FileKey, FileListing, FileMetadata,
        Folder, Listed, Listing, NotSha256, SafeName, SafePath, Sha256, SignedAnswer, StagedFile, Storage,
        StorageProblem, StoredFile, check, copy_all,
    };
    pub(crate) use filekit_files::storage::{
        Disk, KnownSignature, Lifetimes, MissingParts, PartialBounds, PartialFiles, PartialId, PartialOwner, Partials,
        SaveTransaction, Spool, SpoolBounds, SpoolRoom, SpooledFile, StoredFiles, UrlSigner, VisitorRoom, links, named,
        storage_error,
    };
}

/// What stands between the last byte of a file and those who take it, and what a program is told of its files.
pub mod guard {
    #[cfg(feature = "clamav")]
    pub use filekit_files::guard::ClamAv;
    pub use filekit_files::guard::{Check, FileCheck, FileEvent, FileEventKind, SessionDigest, Verdict, Who};
    pub(crate) use filekit_files::guard::{CheckId, CheckPolicy, CheckedFiles, Observers, RequestWatch, tell_refused};
}

/// Uploads: how they are named, how they are received, and what a handler gets.
pub mod upload {
    #[cfg(feature = "image")]
    pub use filekit_files::upload::ImageLimits;
    #[cfg(feature = "image")]
    pub(crate) use filekit_files::upload::decode_for;
    pub(crate) use filekit_files::upload::{
        AnyFiles, Appended, Failure, FieldFilter, FileParts, FileSequence, FileStore, FormFields, IncomingBody,
        PartialUpload, Parts, PlannedFile, Received, RuleBook, UploadPlan, WaitingBudget, read_plan, receive,
    };
    pub use filekit_files::upload::{IncomingFile, Rules, Save, Upload, UploadFile, UploadId, UploadStream};
}
