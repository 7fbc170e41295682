//! Serves pages, their events and their files over HTTP; not what any of them means.

mod assets;
mod builder;
mod call;
mod client;
mod context;
mod document;
mod download;
mod event;
mod fetch;
mod file;
mod fill;
mod form;
mod guard;
mod handed_over;
mod idempotency;
mod instance;
mod json;
mod lingering;
mod live;
mod message;
mod own_url;
mod page;
mod patient;
mod place;
mod renewed;
mod reply;
mod routes;
mod running;
mod serve;
mod style;
mod sync;
mod upload;

pub use builder::{FileKit, FileKitBuilder};
pub use context::NotServed;
pub(crate) use context::{Context, with_texts};
pub use serve::serve;
