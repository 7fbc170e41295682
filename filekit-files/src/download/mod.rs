//! What is handed over, and under which name.
//!
//! ```text
//! Download -> checked -> open -> Prepared -> respond
//!                     '-> prepare -> small: in memory
//!                                '-> else: a spool file
//! ```

mod archive;
mod builder;
mod data;
mod disposition;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod open;
mod prepare;
mod respond;
mod source;
mod stream;

pub use archive::Entries;
pub use builder::Download;
pub use data::{Data, DataUri, DataUriError};
pub use disposition::content_disposition;
pub use error::DownloadError;
pub use open::{Content, Prepared};
pub use prepare::{DownloadSpooler, MAX_IN_REPLY};
pub(crate) use source::ByteStream;
pub use source::Source;

/// Text without a charset is read as whatever the reader's system is set to.
#[must_use]
pub fn with_charset(mime: String) -> String {
    let is_text = mime.starts_with("text/") || mime == "application/json";
    if is_text && !mime.contains("charset") { format!("{mime}; charset=utf-8") } else { mime }
}
