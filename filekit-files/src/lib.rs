//! Takes, keeps and serves files for filekit, within a request's body and an answer's; not for views, states, events or
//! routes, which are in `filekit-runtime`. Users depend on `filekit`, which shows what is theirs of both.
//!
//! ```text
//! UPLOAD    body -> parts -> rules, while they arrive -> spool file -> save under a new key, by a link -> its URL
//! DOWNLOAD  Download -> its bytes as they come, or a spool file -> answer
//! SERVING   name -> open file -> conditions -> ranges -> answer
//! ```
//!
//! It waits for no web framework, so that it is compiled beside it. What is hidden in its documentation is for
//! `filekit-runtime` alone.

pub mod download;
mod error;
#[doc(hidden)]
pub mod secret;
#[doc(hidden)]
pub mod serving;
pub mod size;
pub mod storage;
#[doc(hidden)]
pub mod texts;
#[doc(hidden)]
pub mod types;
pub mod upload;
#[doc(hidden)]
pub mod wire;

#[cfg(feature = "image")]
pub use image;

#[doc(hidden)]
pub use error::{AnsweredError, Audience, Panicked, caught};
pub use error::{Error, IntoError, Rejection, Result};
