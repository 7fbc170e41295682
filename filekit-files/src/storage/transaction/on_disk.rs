//! What a handler has saved in the upload directory.

use std::fs::Metadata;
use std::io;
use std::path::PathBuf;

use crate::storage::transaction::UnsavedNote;
use crate::storage::{Disk, FileKey, PendingDigest, TemporaryFile};

/// A file that is published and does not stay yet.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// By which the next start finds it if the process is killed now.
    pub(crate) trace: Trace,
    pub(crate) published: Identity,
    /// Attached when the file has a single name: another name is another version of the file.
    pub(crate) digest: Option<PendingDigest>,
}

/// By what a published file is known not to stay yet.
#[derive(Debug)]
pub(crate) enum Trace {
    /// A second name, in the spool or in the folder of its upload.
    Name(TemporaryFile),
    /// A note: a second name would be that of another stored file.
    Note(UnsavedNote),
}

/// A file that is to stand under a key.
#[derive(Debug)]
pub(crate) struct Replacement {
    pub(crate) file: TemporaryFile,
    pub(crate) disk: Disk,
    pub(crate) key: FileKey,
    /// To be remembered when it stands there.
    pub(crate) digest: Option<PendingDigest>,
}

/// A file and its path. Another one may have taken the path since.
#[derive(Debug)]
pub(crate) struct Identity {
    path: PathBuf,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl NewFile {
    pub(super) fn commit(self) -> Identity {
        self.trace.remove();
        if let Some(digest) = self.digest {
            digest.attach_to(&self.published.path);
        }
        self.published
    }

    /// The published name goes first: if the process is killed in between, the next start still finds the file.
    pub(super) fn roll_back(self) {
        self.published.remove();
        match self.trace {
            // That of an upload stays in its folder until its event has ended.
            Trace::Name(file) => drop(file),
            Trace::Note(note) => note.remove(),
        }
    }
}

impl Trace {
    fn remove(self) {
        match self {
            Self::Name(file) => file.remove(),
            Self::Note(note) => note.remove(),
        }
    }
}

impl Replacement {
    pub(super) fn commit(self) -> io::Result<()> {
        let path = self.disk.persist_over(self.file, &self.key)?;
        if let Some(digest) = self.digest {
            digest.attach_to(&path);
        }
        Ok(())
    }
}

impl Identity {
    /// The file that stands at `path`, with what was known of it before or since.
    pub(crate) fn new(path: PathBuf, metadata: &Metadata) -> Self {
        #[cfg(not(unix))]
        let _ = metadata;
        Self {
            path,
            #[cfg(unix)]
            inode: inode(metadata),
        }
    }

    /// Removes the file, unless another one has taken its path by now.
    pub(super) fn remove(&self) {
        #[cfg(unix)]
        if std::fs::symlink_metadata(&self.path).ok().map(|found| inode(&found)) != Some(self.inode) {
            return;
        }
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::error!(%error, "a file saved by a failed handler could not be removed");
            }
            _ => {}
        }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}
