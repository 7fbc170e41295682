//! What the requests of one program share.

mod pending;

pub(crate) use pending::PendingDownloads;
