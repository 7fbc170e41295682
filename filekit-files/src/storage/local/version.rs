//! Tells one version of a file from another.

use std::fs::Metadata;
#[cfg(not(unix))]
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// One version of a file: it changes when the file is written to, replaced, renamed, or has its time put back.
///
/// Size and time of writing alone would not do, since a file can be replaced by one of the same size within the time that
/// the file system tells apart, or have its time put back. The inode changes when a file is replaced, until it is given to
/// another; the time of the last status change cannot be put back.
///
/// What no version shows: a second change of a file in place, to the same size, within the tick of the system's clock (a few
/// milliseconds; since Linux 6.13 there is none). Nothing here changes a stored file in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileVersion {
    device: u64,
    inode: u64,
    size: u64,
    /// These two in nanoseconds.
    modified: i128,
    changed: i128,
}

impl FileVersion {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let nanoseconds = |time: std::io::Result<SystemTime>| {
            let since = time.ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
            since.and_then(|since| i128::try_from(since.as_nanos()).ok()).unwrap_or_default()
        };
        let (modified, changed) = (nanoseconds(metadata.modified()), nanoseconds(metadata.created()));
        Self { device: 0, inode: 0, size: metadata.len(), modified, changed }
    }

    /// The version by which something may be remembered of a file. Only Unix tells a file from the one that it replaced.
    pub(crate) fn to_remember(metadata: &Metadata) -> Option<Self> {
        cfg!(unix).then(|| Self::of(metadata))
    }

    /// Whether it is the same file with the same content, whatever its name is.
    pub(crate) fn has_content_of(&self, other: &Self) -> bool {
        Self { changed: other.changed, ..*self } == *other
    }

    /// A text for it. Hashed, so that who reads it does not learn the inode.
    pub(crate) fn tag(self) -> String {
        let hash = Sha256::digest(self.to_bytes());
        URL_SAFE_NO_PAD.encode(&hash[..15])
    }

    /// All of it as bytes.
    fn to_bytes(self) -> [u8; 56] {
        let mut bytes = [0; 56];
        let numbers = [self.device, self.inode, self.size].map(u64::to_le_bytes);
        bytes[..24].copy_from_slice(numbers.as_flattened());
        bytes[24..].copy_from_slice([self.modified, self.changed].map(i128::to_le_bytes).as_flattened());
        bytes
    }
}
