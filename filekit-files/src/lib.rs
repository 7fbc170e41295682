//! Takes, keeps and serves files, within a request's body and an answer's: for any program whose framework takes
//! [`axum_core`]'s bodies. Pages, states and events are in `filekit`, which shows what is its users' of both.
//!
//! ```text
//! UPLOAD    body -> parts -> intake: rules, type, digest -> spool file -> saved under a new key, by a link -> its URL
//! DOWNLOAD  Download -> its bytes as they come, or a spool file -> answer
//! SERVING   name -> open file -> preconditions -> ranges -> answer
//! ```
//!
//! [`Store`] is all of it behind one door:
//!
//! ```no_run
//! # use axum_core::{body::Body, response::Response};
//! use filekit_files::size::MB;
//! use filekit_files::upload::Upload;
//! use filekit_files::{Result, Store, StoreOptions};
//!
//! const PHOTOS: Upload = Upload::new("photos").accept(&["image/*"]).max_size(10 * MB);
//!
//! async fn receive(store: &Store, request: http::Request<Body>) -> Result<Vec<String>> {
//!     let mut form = store.receive(request, &[PHOTOS]).await?;
//!     let mut urls = Vec::new();
//!     for photo in form.files(PHOTOS) {
//!         urls.push(store.url("", photo.save().await?));
//!     }
//!     form.commit().await?; // without this, nothing stays
//!     Ok(urls)
//! }
//!
//! async fn serve(store: &Store, key: &str, request: http::Request<Body>) -> Result<Response> {
//!     store.serve(key, request).await
//! }
//!
//! # fn main() -> Result<()> {
//! let store = Store::open("uploaded_files", StoreOptions::new())?;
//! # Ok(()) }
//! ```
//!
//! It waits for no web framework, so that it is compiled beside it.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod calendar;
#[doc(hidden)]
pub mod clock;
pub mod download;
mod error;
pub mod files;
pub mod guard;
#[doc(hidden)]
pub mod log_pace;
#[cfg(fuzzing)]
pub mod metadata;
#[cfg(not(fuzzing))]
mod metadata;
pub mod quota;
pub mod secret;
pub mod serving;
pub mod size;
mod spans;
pub mod storage;
mod store;
pub mod texts;
pub mod types;
pub mod upload;

#[cfg(feature = "image")]
pub use image;

pub use error::{AnsweredError, Error, FileRejection, IntoError, Mismatch, Panicked, RefusedFile, Result, caught};
pub use files::Files;
pub use store::{Store, StoreOptions, Submission};
