//! Remembers the digests of stored files, so that none is read for it when it is served. They are computed in `digest.rs`.

use std::collections::HashMap;
use std::fs::{Metadata, symlink_metadata};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::storage::{FileVersion, Sha256};

/// How many are remembered: about a megabyte. After that it begins anew, since a digest that is not known is no harm.
const MOST: usize = 16 * 1024;

/// The digests of files that were saved since the start, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digests(Arc<Mutex<HashMap<FileVersion, Sha256>>>);

/// The digest of a file that is still to get its name. A new name is a new version of the file.
#[derive(Debug)]
pub(crate) struct PendingDigest {
    digests: Digests,
    version: FileVersion,
    sha256: Sha256,
}

impl Digests {
    /// The digest of what is at `path`, to be remembered when it has its name.
    pub(crate) fn pending(&self, path: &Path, sha256: Sha256) -> Option<PendingDigest> {
        let version = FileVersion::to_remember(&symlink_metadata(path).ok()?)?;
        Some(PendingDigest { digests: self.clone(), version, sha256 })
    }

    pub(crate) fn of(&self, metadata: &Metadata) -> Option<Sha256> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() { None } else { known.get(&FileVersion::to_remember(metadata)?).copied() }
    }

    fn note(&self, version: FileVersion, sha256: Sha256) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(version, sha256);
    }
}

impl PendingDigest {
    /// Remembers the digest, if the file is the one that stands at `path` now.
    pub(crate) fn attach_to(self, path: &Path) {
        let version = symlink_metadata(path).ok().and_then(|metadata| FileVersion::to_remember(&metadata));
        if let Some(version) = version.filter(|version| version.has_content_of(&self.version)) {
            self.digests.note(version, self.sha256);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, std::path::PathBuf, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (path, renamed) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "one").unwrap();
        (folder, path, renamed)
    }

    #[test]
    fn a_digest_is_of_one_file_as_it_was_named() {
        let (_folder, path, renamed) = folder();
        let digests = Digests::default();
        let pending = digests.pending(&path, Sha256::of(b"one")).unwrap();
        std::fs::rename(&path, &renamed).unwrap();
        pending.attach_to(&renamed);
        let known = || digests.of(&renamed.metadata().unwrap());
        assert_eq!(known(), Some(Sha256::of(b"one")));
        std::fs::write(&path, "one").unwrap();
        assert_eq!(digests.of(&path.metadata().unwrap()), None, "this one was not looked into");
        let time = renamed.metadata().unwrap().modified().unwrap();
        std::fs::write(&renamed, "two").unwrap();
        std::fs::File::options().write(true).open(&renamed).unwrap().set_modified(time).unwrap();
        assert_eq!(known(), None, "it was written to, and its time put back");
    }

    #[test]
    fn a_digest_is_not_that_of_another_file_under_the_name() {
        let (_folder, path, other) = folder();
        let digests = Digests::default();
        let pending = digests.pending(&path, Sha256::of(b"one")).unwrap();
        std::fs::write(&other, "two").unwrap();
        pending.attach_to(&other);
        assert_eq!(digests.of(&other.metadata().unwrap()), None);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let (_folder, path, _) = folder();
        let digests = Digests::default();
        let file = std::fs::File::create(&path).unwrap();
        for size in 0..MOST as u64 + 10 {
            file.set_len(size).unwrap();
            digests.pending(&path, Sha256::of(b"")).unwrap().attach_to(&path);
        }
        assert!(digests.0.lock().unwrap().len() <= MOST);
        assert!(digests.of(&file.metadata().unwrap()).is_some());
    }
}
