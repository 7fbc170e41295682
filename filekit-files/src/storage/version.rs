//! Tells one version of a file from another; not what is known of either.

use std::fs::Metadata;
use std::time::SystemTime;

/// One version of a file, whatever its name is: it stays the same when the file gets another, and changes when the file is
/// written to or replaced.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileVersion {
    device: u64,
    inode: u64,
    size: u64,
    modified: SystemTime,
}

impl FileVersion {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let (device, inode) = (metadata.dev(), metadata.ino());
        Some(Self { device, inode, size: metadata.len(), modified: metadata.modified().ok()? })
    }

    /// Elsewhere nothing tells a file from the one that it replaced.
    #[cfg(not(unix))]
    pub(crate) fn of(_: &Metadata) -> Option<Self> {
        None
    }
}
