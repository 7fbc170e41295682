//! An upload directory that vanishes with its test, and questions about what lies in it.
//! It looks at the disk only, so that it sees what filekit really did.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A directory for uploads; removed when dropped.
#[derive(Debug)]
pub struct UploadDir {
    folder: TempDir,
}

impl UploadDir {
    /// Makes a folder of its own for one test. The upload directory in it doesn't exist yet, as on a user's first run.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("filekit-test-").tempdir();
        Self { folder: folder.expect("a temporary folder") }
    }

    /// The upload directory.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("uploaded_files")
    }

    /// What is stored for visitors: paths below the upload directory, sorted.
    pub fn stored_names(&self) -> Vec<String> {
        let files = files_below(&self.path());
        files.into_iter().filter(|name| !name.starts_with(".filekit/")).collect()
    }

    /// The bytes of a stored file.
    pub fn stored(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap_or_else(|error| panic!("{name} is not stored: {error}"))
    }

    /// Files that lie about half received: everything in `.filekit` but the secret and locks.
    pub fn spooled(&self) -> Vec<String> {
        let files = files_below(&self.path().join(".filekit"));
        files.into_iter().filter(|name| name != "secret" && !name.ends_with("lock")).collect()
    }

    /// Whether no file lies about half received.
    pub fn spool_is_empty(&self) -> bool {
        self.spooled().is_empty()
    }
}

impl Default for UploadDir {
    fn default() -> Self {
        Self::new()
    }
}

/// All files below a folder, as sorted paths relative to it; none if the folder doesn't exist.
fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files).expect("the upload directory can be read");
    files.sort();
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        // The directory may go while we look, when the server sweeps.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root).expect("a path below the root");
            files.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
