//! What stands between the last byte of a file and those who take it: checks of a program's own. The rules that files are judged by
//! while they arrive are `upload/`.

mod check;

pub use check::{Check, CheckId, CheckPolicy, CheckedFiles, FileCheck, Verdict};
