//! The upload directory on a disk: where files lie in it, and how they come to stand there.
//!
//! ```text
//! bytes -> FileWriter -> Content -> published under a new key, at once -----> SaveTransaction::commit
//!                            '---> to replace a file ---------------------------^
//! ```

mod content;
mod digests;
mod disk;
mod disk_storage;
mod fault;
mod listing;
mod open;
mod pace;
mod partial;
mod reader;
mod room;
mod spool;
mod temporary;
mod unfinished;
mod version;
mod writer;

pub(crate) use content::{Content, ContentSource, ReadSeek};
pub(crate) use digests::{Digests, PendingDigest};
pub use disk::{Disk, named};
pub use disk_storage::DiskStorage;
pub use fault::storage_error;
pub(crate) use listing::list;
pub(crate) use open::{fill, open, read, status};
pub use pace::DiskPace;
pub(crate) use pace::blocking;
pub(crate) use partial::PartialFolder;
pub use partial::{Partial, PartialBounds, PartialFiles, PartialId, PartialOwner, Partials};
pub(crate) use reader::FileReader;
pub(crate) use room::RoomLease;
pub use room::{SpoolBounds, SpoolRoom, VisitorRoom};
pub use spool::Spool;
pub(crate) use temporary::TemporaryFile;
pub(crate) use unfinished::or_gone;
pub(crate) use version::FileVersion;
pub use writer::SpooledFile;
pub(crate) use writer::{FileWriter, Place, cut};
