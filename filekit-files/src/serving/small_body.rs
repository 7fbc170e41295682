//! Remembers the contents of small files, as long as nothing can have changed them unseen.

use std::fs::Metadata;
use std::sync::OnceLock;
use std::time::SystemTime;

use bytes::Bytes;

/// Up to this size. Together with their descriptions, of which there are a thousand, that makes at most 4 MiB.
const SMALL: usize = 4 * 1024;

/// The content of one version of a file. To look whether a file is still the same is one call of the system, to open,
/// look at, read and close it are four.
#[derive(Debug, Default)]
pub(crate) struct SmallBodyCache(OnceLock<Option<Bytes>>);

impl SmallBodyCache {
    pub(crate) fn get(&self) -> Option<Bytes> {
        self.0.get().cloned().flatten()
    }

    /// Keeps `content`, which was read after `metadata`, if it is small and no other content can have the same metadata.
    pub(crate) fn keep(&self, content: &Bytes, metadata: &Metadata, now: SystemTime) {
        if content.len() <= SMALL && self.0.get().is_none() && is_settled(metadata, now) {
            self.0.get_or_init(|| is_local(metadata).then(|| content.clone()));
        }
    }
}

/// Whether a file that changes from now on gets another time: its last change was before the present tick of the clock.
#[cfg(target_os = "linux")]
fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    use std::os::linux::fs::MetadataExt as _;
    use std::time::Duration;
    let age = |seconds: i64| {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        now.duration_since(time).unwrap_or_default()
    };
    age(metadata.st_ctime().max(metadata.st_mtime())) >= Duration::from_secs(3)
}

/// Whether no system but this one changes the file: only then does it know at once that it was changed. A file that is far
/// away is asked about when it is opened, and not whenever its metadata is looked at.
#[cfg(target_os = "linux")]
fn is_local(metadata: &Metadata) -> bool {
    use std::os::linux::fs::MetadataExt as _;
    const LOCAL: [&str; 8] = ["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "tmpfs", "xfs"];
    let device = format!("{}:{}", libc::major(metadata.st_dev()), libc::minor(metadata.st_dev()));
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    // `36 35 98:0 /from /to rw,noatime shared:1 - ext4 /dev/root rw`: see proc_pid_mountinfo(5).
    let mut of_device = mounts.lines().filter_map(|line| line.split_once(" - ")).filter_map(|(mount, system)| {
        let is_its = mount.split(' ').nth(2) == Some(device.as_str());
        is_its.then(|| system.split(' ').next().unwrap_or_default())
    });
    of_device.next().is_some_and(|system| LOCAL.contains(&system))
}

/// Elsewhere nothing says which file systems are those of networks.
#[cfg(not(target_os = "linux"))]
fn is_settled(_: &Metadata, _: SystemTime) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn is_local(_: &Metadata) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_small_content_is_kept_once_its_time_has_passed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "text").unwrap();
        let metadata = path.metadata().unwrap();
        let (now, later) = (SystemTime::now(), SystemTime::now() + Duration::from_secs(10));
        let kept = SmallBodyCache::default();
        kept.keep(&"text".into(), &metadata, now);
        assert_eq!(kept.get(), None, "it could be changed within the same tick");
        kept.keep(&vec![0; SMALL + 1].into(), &metadata, later);
        assert_eq!(kept.get(), None, "it is large");
        kept.keep(&"text".into(), &metadata, later);
        let is_kept = kept.get().is_some_and(|content| content == "text");
        assert_eq!(is_kept, is_local(&metadata), "as the file system of temporary files is");
    }

    #[test]
    fn what_the_kernel_makes_up_is_not_kept() {
        assert!(!is_local(&std::path::Path::new("/proc/self/mountinfo").metadata().unwrap()));
    }
}
