//! What is handed over and under which name; not which event makes it, nor how it is fetched.
//!
//! ```text
//! Download -> checked -> open -> its bytes as they come
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
mod source;
mod stream;

#[doc(hidden)]
pub use archive::Entries;
pub use builder::Download;
pub use data::{Data, DataUri, DataUriError};
#[doc(hidden)]
pub use disposition::content_disposition;
pub use error::DownloadError;
#[doc(hidden)]
pub use open::{Content, Opened};
#[doc(hidden)]
pub use prepare::{MAX_IN_REPLY, Outlet};
pub(crate) use source::ByteStream;
#[doc(hidden)]
pub use source::Source;
#[doc(hidden)]
pub use stream::for_body;

/// Text without a charset is read as whatever the reader's system is set to.
#[doc(hidden)]
#[must_use]
pub fn with_charset(mime: String) -> String {
    let is_text = mime.starts_with("text/") || mime == "application/json";
    if is_text && !mime.contains("charset") { format!("{mime}; charset=utf-8") } else { mime }
}
