//! Page instances: which documents are open, and what each shows. Their pages are called in `page/live_page.rs`.
//!
//! ```text
//! document -> instance, version 0
//! View + instance, locked -> what it shows now, as a message: a patch, or the whole if what it showed is unknown
//! ```

mod message;
mod numbering;
mod store;
mod version;

pub(crate) use message::Message;
pub(crate) use numbering::Numbering;
pub(crate) use store::{Busy, Follower, InstanceGuard, Instances};
pub(crate) use version::InstanceVersion;
