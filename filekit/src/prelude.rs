//! What a page needs, to be imported whole: `use filekit::prelude::*;`. Not everything that there is.

pub use axum::Router;
pub use axum::routing::{get, post};
pub use filekit_macros::{event, event_reference, state, view};
pub use filekit_runtime::download::Download;
pub use filekit_runtime::event::{RenewSession, Toast, Updates};
pub use filekit_runtime::extract::{Path, Query};
pub use filekit_runtime::session::SessionId;
pub use filekit_runtime::size::{GB, GIB, KB, KIB, MB, MIB};
pub use filekit_runtime::state::Current;
pub use filekit_runtime::storage::StoredFile;
pub use filekit_runtime::upload::{Upload, UploadFile, UploadStream};
pub use filekit_runtime::view::{
    Client, Progress, ProgressInfo, RejectedFile, RejectedFileInfo, SelectedFile, SelectedFileInfo, View, cancel_file,
    cancel_upload, clear_form, clear_selected_files, has_selection, is_dragging, is_uploading, open_file_dialog,
    raw_html, rejected_files, remove_file, retry_file, selected_files, upload_files, upload_progress, value_of,
};
pub use filekit_runtime::{Error, FileKit, Result, upload_dir, upload_url};
