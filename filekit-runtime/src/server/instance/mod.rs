//! Page instances: which documents are open, and what each shows; not how a page is called.
//!
//! ```text
//! document -> instance, version 0
//! View + instance, locked -> what it shows now, as a message: a patch, or the whole where nobody knows what it showed
//! ```

mod claim;
mod message;
mod store;

pub(crate) use claim::Claim;
pub(crate) use message::Message;
pub(crate) use store::{Busy, Follower, Instances, Turn};
