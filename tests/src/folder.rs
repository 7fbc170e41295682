//! An upload directory that vanishes with its test, and questions about what lies in it.
//! It looks at the disk only, so that it sees what filekit really did.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use filekit::storage::FileKey;
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

    /// What is stored for visitors, by the names that they see, sorted.
    pub fn stored_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.stored_keys().iter().map(|key| shown_name(key)).collect();
        names.sort();
        names
    }

    /// What is stored for visitors: paths below the upload directory, sorted.
    pub fn stored_keys(&self) -> Vec<String> {
        let files = files_below(&self.path());
        files.into_iter().filter(|name| !name.starts_with(".filekit/")).collect()
    }

    /// The path of the stored file that visitors see under this name.
    pub fn path_of(&self, name: &str) -> PathBuf {
        let keys: Vec<String> = self.stored_keys().into_iter().filter(|key| shown_name(key) == name).collect();
        let [key] = keys.as_slice() else { panic!("{name} is stored {} times: {:?}", keys.len(), self.stored_keys()) };
        self.path().join(key)
    }

    /// The bytes of the stored file that visitors see under this name.
    pub fn stored(&self, name: &str) -> Vec<u8> {
        fs::read(self.path_of(name)).unwrap_or_else(|error| panic!("{name} cannot be read: {error}"))
    }

    /// Files that lie about half received: everything in `.filekit` but the secret and locks, and notes of what became of uploads.
    pub fn spooled(&self) -> Vec<String> {
        let files = files_below(&self.path().join(".filekit"));
        let done: Vec<String> = files.iter().filter_map(|name| name.strip_suffix("done").map(str::to_owned)).collect();
        let is_note = |name: &str| {
            let (folder, file) = name.split_at(name.rfind('/').map_or(0, |at| at + 1));
            matches!(file, "done" | "plan") && done.iter().any(|done| done == folder)
        };
        files.into_iter().filter(|name| name != "secret" && !name.ends_with("lock") && !is_note(name)).collect()
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

/// The name that visitors see of a file in the upload directory.
fn shown_name(key: &str) -> String {
    FileKey::parse(key).map_or_else(|| key.to_owned(), |key| key.name())
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
