//! Downloads: what is handed over and under which name; not which event makes them.
//!
//! ```text
//! Download -> checked -> open -> answer to a link: its bytes as they come
//!                     '-> prepare -> small: in the reply
//!                                '-> else: a spool file, behind a link for once (Outbox)
//! ```

mod action;
mod builder;
mod data;
mod disposition;
mod error;
mod open;
mod outbox;
mod prepare;
mod source;
mod stream;
mod zip;
mod zip_length;

pub use action::DownloadEvents;
pub(crate) use action::small_action;
pub use builder::Download;
pub use data::{Data, DataUri, DataUriError};
pub(crate) use disposition::content_disposition;
pub use error::DownloadError;
pub(crate) use open::{Content, Opened};
pub(crate) use outbox::Outbox;
pub(crate) use prepare::{MAX_IN_REPLY, Outlet};
pub(crate) use source::{ByteStream, Source};
pub(crate) use stream::for_body;

/// Text without a charset is read as whatever the reader's system is set to.
pub(crate) fn with_charset(mime: String) -> String {
    let is_text = mime.starts_with("text/") || mime == "application/json";
    if is_text && !mime.contains("charset") { format!("{mime}; charset=utf-8") } else { mime }
}
