//! What a page needs, to be imported whole: `use filekit::prelude::*;`. Not everything that there is.

pub use axum::Router;
pub use axum::routing::{get, post};
pub use filekit_macros::{event, event_reference, state, view};
pub use filekit_runtime::download::Download;
pub use filekit_runtime::event::{RenewSession, Toast, Updates};
pub use filekit_runtime::extract::{Path, Query};
pub use filekit_runtime::guard::Verdict;
pub use filekit_runtime::quota::Quota;
pub use filekit_runtime::session::SessionId;
pub use filekit_runtime::size::{GB, GIB, KB, KIB, MB, MIB};
pub use filekit_runtime::state::{Current, Everyone, Owner};
pub use filekit_runtime::storage::{Files, StoredFile};
pub use filekit_runtime::upload::{Upload, UploadFile, UploadStream};
pub use filekit_runtime::view::{
    Client, Progress, ProgressInfo, RejectedFile, RejectedFileInfo, SelectedFile, SelectedFileInfo, View, cancel_file,
    cancel_upload, clear_form, clear_selected_files, discard_unfinished, has_selection, is_dragging, is_paused,
    is_uploading, is_waiting, open_file_dialog, pause_upload, raw_html, rejected_files, remove_file, resume_upload,
    retry_file, selected_files, unfinished_files, upload_endpoint, upload_files, upload_progress, value_of,
};
pub use filekit_runtime::{Error, FileKit, Result, upload_dir, upload_url};
