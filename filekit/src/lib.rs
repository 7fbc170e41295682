#![doc = include_str!("../../README.md")]

pub use filekit_macros::{event, event_reference, state, view};
pub use filekit_runtime::state::{Current, State, StateEvents};
pub use filekit_runtime::{
    Error, FileKit, FileKitBuilder, NotServed, Rejection, Result, download, event, serve, session, state, storage,
    upload, upload_dir, upload_url, view, wire,
};

pub mod guide;
pub mod prelude;

#[doc(hidden)]
pub use filekit_runtime::private as __private;
