//! Page instances: which documents are open, and what each shows; not how a page is called.
//!
//! ```text
//! document -> instance, version 0
//! View + instance, locked -> what it shows now, as a message: a patch, or the whole where nobody knows what it showed
//! ```

mod message;
mod store;
mod version;

pub(crate) use message::Message;
pub(crate) use store::{Busy, Follower, InstanceGuard, Instances};
pub(crate) use version::InstanceVersion;
