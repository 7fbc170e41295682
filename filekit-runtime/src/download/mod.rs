//! Downloads between events and browsers: which attributes they can stand in, and what waits to be fetched; not what is
//! handed over.
//!
//! ```text
//! Download -> checked -> open -> answer to a link: its bytes as they come
//!                     '-> prepare -> small: in the reply
//!                                '-> else: a spool file, behind a link for once (Outbox)
//! ```

mod action;
mod outbox;

pub use action::DownloadEvents;
pub(crate) use action::small_action;
pub(crate) use filekit_files::download::{
    Content, MAX_IN_REPLY, Opened, Outlet, Source, content_disposition, for_body, with_charset,
};
pub use filekit_files::download::{Data, DataUri, DataUriError, Download, DownloadError};
pub(crate) use outbox::Outbox;
