//! Everything of filekit that runs: views, state, events, uploads, downloads and their server. The macros that write
//! code for it are in `filekit-macros`; users depend on `filekit`, which has both.
//!
//! ```text
//! VIEW    Writer -> View -> document
//! EVENT   POST -> guard -> capability -> state, locked -> event -> new state -> the page's handler again -> reply
//! UPLOAD  body -> spool file -> event -> save -> store under a safe name -> URL -> new state -> reply
//! ```

pub mod download;
mod error;
pub mod event;
pub mod private;
mod server;
mod serving;
pub mod session;
pub mod size;
pub mod state;
pub mod storage;
pub(crate) mod texts;
pub mod upload;
pub mod view;
pub mod wire;

#[cfg(feature = "image")]
pub use image;

pub use error::{Error, IntoError, Rejection, Result};
pub use server::{FileKit, FileKitBuilder, NotServed, serve, upload_dir, upload_url};
