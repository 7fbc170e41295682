#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// What is made of `view!` here names the crate as programs do.
extern crate self as filekit;

pub use axum;
pub use filekit_macros::{event, event_reference, state, view};
pub use filekit_runtime::session::SessionId;
pub use filekit_runtime::state::{Current, CurrentRejection, Everyone, Owner, State, StateEvents};
pub use filekit_runtime::stores as state_store;
pub use filekit_runtime::{
    Budgets, Error, FileKit, FileKitBuilder, FileRejection, IntoError, Mismatch, NotServed, Rejection, Result, serve,
    upload_dir, upload_url,
};

/// The crate whose images [`upload::UploadFile::image`] makes.
#[cfg(feature = "image")]
pub use filekit_runtime::image;

pub mod guide;
#[doc(hidden)]
pub mod kit;
pub mod prelude;

/// What events take and return.
pub mod event {
    pub use filekit_runtime::event::{
        Effects, EventArg, EventRef, EventValue, Extract, Get, IntoEffects, Method, Post, RenewSession, SeveralFiles,
        Toast, Updates,
    };
}

/// What the handler of a page takes of its address.
pub mod extract {
    pub use filekit_runtime::extract::{Path, Query};
}

/// Views, and what may stand in them.
pub mod view {
    pub use filekit_runtime::view::{
        Action, Child, Client, ClientFile, EndpointEvent, IntoAction, Progress, ProgressInfo, RawHtml, RejectedFile,
        RejectedFileInfo, SelectedFile, SelectedFileInfo, UploadEndpoint, View, cancel_file, cancel_upload, clear_form,
        clear_selected_files, discard_unfinished, has_selection, is_dragging, is_paused, is_uploading, is_waiting,
        kind, open_file_dialog, pause_upload, raw_html, rejected_files, remove_file, resume_upload, retry_file,
        selected_files, unfinished_files, upload_endpoint, upload_files, upload_progress, value_of,
    };
}

/// The attributes of each element, as fields: what the compiler means when it says that there is none of a name.
pub mod elements {
    pub use filekit_runtime::view::elements::html::types::*;
    pub use filekit_runtime::view::elements::kit::types::*;
}

/// Uploads and their files.
pub mod upload {
    pub use filekit_runtime::size::{GB, GIB, KB, KIB, MB, MIB};
    #[cfg(feature = "image")]
    pub use filekit_runtime::upload::ImageLimits;
    pub use filekit_runtime::upload::{IncomingFile, Save, Upload, UploadFile, UploadId, UploadStream};
}

/// What keeps visitors from filling the disk, and what stands between the last byte of a file and the event that takes it.
pub mod guard {
    #[cfg(feature = "clamav")]
    pub use filekit_runtime::guard::ClamAv;
    pub use filekit_runtime::guard::{Check, FileCheck, FileEvent, FileEventKind, SessionDigest, Verdict, Who};
    pub use filekit_runtime::quota::{Quota, QuotaUse};
}

/// How stored files get back to visitors.
pub mod serving {
    pub use filekit_runtime::serving::ServeByProxy;
}

/// Files that are kept, and their names.
pub mod storage {
    #[cfg(feature = "object-storage")]
    pub use filekit_runtime::storage::ObjectStorage;
    pub use filekit_runtime::storage::{
        AnyStorage, Attempt, Cause, CopyAll, CopyProgress, DiskStorage, FileChunks, FileKey, FileList, FileListing,
        FileMetadata, Files, Folder, FolderEntry, FolderList, Listed, Listing, NoFiles, NotSha256, SafeName, SafePath,
        Sha256, SignedAnswer, StagedFile, Storage, StorageProblem, StoredFile, StoredReader, check, copy_all,
    };
}

/// What is handed over to a visitor.
pub mod download {
    pub use filekit_runtime::download::{Data, DataUri, DataUriError, Download, DownloadError};
}

#[doc(hidden)]
pub use filekit_runtime::private as __private;
