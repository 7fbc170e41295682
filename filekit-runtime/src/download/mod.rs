//! Downloads: what is handed over and under which name; not which event makes them.

mod content;
mod disposition;

pub use content::{Data, Download, DownloadError, DownloadEvents};
pub(crate) use content::{Source, with_charset};
pub(crate) use disposition::content_disposition;
