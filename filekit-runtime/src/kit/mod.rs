//! The data that the requests of one program share, by how long it lives: `Config`, `Shared` and `Local`.

mod call_timer;
mod config;
mod handle;
mod idempotency;
mod local;
mod newest_request;
mod notified;
mod outcome;
mod pending;
mod program_start;
mod quota;
mod readiness;
mod shared;
pub(crate) mod spans;
mod sweeper;
mod upload_runs;

pub(crate) use call_timer::CallTimer;
pub(crate) use config::{Config, ConnectionBounds};
pub use handle::FileKit;
pub(crate) use handle::{Kit, Serving};
pub(crate) use idempotency::{CallGuard, IdempotencyKey, IdempotencyKeys};
pub(crate) use local::Local;
pub(crate) use newest_request::{claim_from_all, until_newer};
pub(crate) use notified::with_notified;
pub(crate) use outcome::{IS_COMPLETE, Outcome};
pub(crate) use pending::{PendingDownload, PendingDownloads};
pub(crate) use program_start::ProgramStart;
pub(crate) use readiness::Readiness;
pub(crate) use shared::Shared;
pub(crate) use upload_runs::{
    EventBegin, RunGuard, RunKey, UploadRuns, ask_to_end, check_before_event, end_upload, move_uploads, upload_owner,
};
