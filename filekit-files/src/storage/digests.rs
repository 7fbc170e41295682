//! Remembers the digests of stored files, so that none is read for it when it is served; computes none.

use std::collections::HashMap;
use std::fs::Metadata;
use std::sync::{Arc, Mutex, PoisonError};

use crate::storage::{FileVersion, Sha256};

/// How many are remembered: about a megabyte. After that it begins anew, since a digest that is not known is no harm.
const MOST: usize = 16 * 1024;

/// The digests of files that were saved since the start, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digests(Arc<Mutex<HashMap<FileVersion, Sha256>>>);

impl Digests {
    pub(crate) fn note(&self, metadata: &Metadata, sha256: Sha256) {
        let Some(version) = FileVersion::of(metadata) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(version, sha256);
    }

    pub(crate) fn of(&self, metadata: &Metadata) -> Option<Sha256> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() { None } else { known.get(&FileVersion::of(metadata)?).copied() }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_digest_follows_its_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (path, renamed) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "one").unwrap();
        let digests = Digests::default();
        digests.note(&path.metadata().unwrap(), Sha256::of(b"one"));
        std::fs::rename(&path, &renamed).unwrap();
        assert_eq!(digests.of(&renamed.metadata().unwrap()), Some(Sha256::of(b"one")));
        std::fs::write(&path, "one").unwrap();
        assert_eq!(digests.of(&path.metadata().unwrap()), None, "nobody has looked into this one");
        std::fs::write(&renamed, "other").unwrap();
        assert_eq!(digests.of(&renamed.metadata().unwrap()), None);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let digests = Digests::default();
        let file = std::fs::File::create(&path).unwrap();
        for size in 0..MOST as u64 + 10 {
            file.set_len(size).unwrap();
            digests.note(&file.metadata().unwrap(), Sha256::of(b""));
        }
        assert!(digests.0.lock().unwrap().len() <= MOST);
        assert!(digests.of(&file.metadata().unwrap()).is_some());
    }
}
