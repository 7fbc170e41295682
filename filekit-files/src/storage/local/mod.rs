//! The upload directory on a disk: where files lie in it, and how they come to stand there.
//!
//! ```text
//! bytes -> SpoolWriter -> SpooledFile -> published under a new key, at once -----> SaveTransaction::commit
//!                              '-------> to replace a file ---------------------------^
//! ```

mod digests;
mod disk;
mod fault;
mod pace;
mod spool;
mod temporary;
mod transaction;
mod version;

pub(crate) use digests::{Digests, PendingDigest};
pub use disk::{Disk, named};
pub use fault::storage_error;
pub use pace::DiskPace;
pub(crate) use pace::blocking;
pub use spool::{Spool, SpooledFile};
pub(crate) use temporary::TemporaryFile;
pub use transaction::{SaveLog, SaveTransaction};
pub(crate) use version::FileVersion;
