//! What stands between the last byte of a file and those who take it: checks of a program's own. The rules that files are judged by
//! while they arrive are `upload/`.

mod check;
#[cfg(feature = "clamav")]
mod clamav;

pub use check::{Check, CheckId, CheckPolicy, CheckedFiles, FileCheck, Verdict};
#[cfg(feature = "clamav")]
pub use clamav::ClamAv;
