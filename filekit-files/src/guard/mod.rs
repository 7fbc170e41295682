//! What stands between the last byte of a file and those who take it, checks of a program's own, and what is told of files. The rules that
//! files are judged by while they arrive are `upload/`, how much may be kept is `quota/`.

mod check;
#[cfg(feature = "clamav")]
mod clamav;
mod event;
#[cfg(feature = "metrics")]
mod metrics;
mod observers;
mod request_watch;

pub use check::{Check, CheckId, CheckPolicy, CheckedFiles, FileCheck, Verdict};
#[cfg(feature = "clamav")]
pub use clamav::ClamAv;
pub use event::{FileEvent, FileEventKind, SessionDigest, Who};
pub use observers::Observers;
pub use request_watch::{RequestWatch, Stopwatch, tell_refused};
