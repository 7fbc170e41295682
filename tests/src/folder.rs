//! An upload directory that vanishes with its test, and questions about what lies in it.
//! It looks at the disk only, so that it sees what filekit really did; or into the bucket, where a test runs on S3.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use filekit::FileKitBuilder;
use filekit::storage::FileKey;
use tempfile::TempDir;

use crate::{Bucket, on_s3};

/// A file by which a program tries at its start, beside all else, whether it can use its storage.
const TRIED: &str = "filekit-check.txt";

/// A directory for uploads; removed when dropped.
#[derive(Debug)]
pub struct UploadDir {
    folder: TempDir,
    /// Where files are kept, if that is not in the folder.
    bucket: Option<Bucket>,
}

impl UploadDir {
    /// Makes a folder of its own for one test. The upload directory in it doesn't exist yet, as on a user's first run.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("filekit-test-").tempdir();
        Self { folder: folder.expect("a temporary folder"), bucket: on_s3::bucket_of_test() }
    }

    /// A filekit that keeps its files here.
    pub fn settings(&self, kit: FileKitBuilder) -> FileKitBuilder {
        // Nothing is rebuilt here; the tests of what is then say so.
        let kit = kit.upload_dir(self.path()).development(false);
        let Some(bucket) = &self.bucket else { return kit };
        on_s3::note_use();
        kit.storage(bucket.storage())
    }

    /// The environment of a program that keeps its files here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut variables = vec![("FILEKIT_UPLOADED_FILES_DIR", self.path().into())];
        if let Some(bucket) = &self.bucket {
            on_s3::note_use();
            variables.extend(bucket.environment().into_iter().map(|(name, value)| (name, value.into())));
        }
        variables
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

    /// The keys of what is stored for visitors, sorted: paths below the upload directory. On S3 nothing may be there.
    pub fn stored_keys(&self) -> Vec<String> {
        let mut files = files_below(&self.path());
        files.retain(|name| !name.starts_with(".filekit/"));
        if let Some(bucket) = &self.bucket {
            assert!(files.is_empty(), "these are on the disk and not in the bucket: {files:?}");
            let keys = on_s3::waited_for(bucket.keys());
            let keys = keys.iter().filter_map(|key| key.strip_prefix("uploads/"));
            files.extend(keys.filter(|key| shown_name(key) != TRIED).map(str::to_owned));
        }
        files
    }

    /// The key of the stored file that visitors see under this name.
    pub fn key_of(&self, name: &str) -> String {
        let mut keys = self.stored_keys();
        keys.retain(|key| shown_name(key) == name);
        let [key] = keys.as_slice() else { panic!("{name} is stored {} times: {:?}", keys.len(), self.stored_keys()) };
        key.clone()
    }

    /// The path of the stored file that visitors see under this name.
    ///
    /// # Panics
    /// When files are in a bucket.
    pub fn path_of(&self, name: &str) -> PathBuf {
        assert!(self.bucket.is_none(), "what looks for {name} on the disk cannot run on S3");
        self.path().join(self.key_of(name))
    }

    /// The bytes of the stored file that visitors see under this name.
    pub fn stored(&self, name: &str) -> Vec<u8> {
        self.content(&self.key_of(name))
    }

    /// The bytes of the stored file with this key.
    pub fn content(&self, key: &str) -> Vec<u8> {
        match &self.bucket {
            Some(bucket) => on_s3::waited_for(bucket.content(key)),
            None => fs::read(self.path().join(key)).unwrap_or_else(|error| panic!("{key} cannot be read: {error}")),
        }
    }

    /// Puts a file there, as another program does, in place of what is there.
    pub fn keep(&self, key: &str, content: impl Into<Vec<u8>>) {
        match &self.bucket {
            Some(bucket) => on_s3::waited_for(bucket.keep(key, content.into())),
            None => fs::write(self.path().join(key), content.into()).expect("a writable folder"),
        }
    }

    /// Removes the stored file with this key, as another program does.
    pub fn remove(&self, key: &str) {
        match &self.bucket {
            Some(bucket) => on_s3::waited_for(bucket.remove(key)),
            None => fs::remove_file(self.path().join(key)).expect("it is stored"),
        }
    }

    /// Files that lie about half received: everything in `.filekit` but the secret, locks, what is counted for a quota, and notes of what
    /// became of uploads.
    pub fn spooled(&self) -> Vec<String> {
        let files = files_below(&self.path().join(".filekit"));
        let done: Vec<String> = files.iter().filter_map(|name| name.strip_suffix("done").map(str::to_owned)).collect();
        let is_note = |name: &str| {
            let (folder, file) = name.split_at(name.rfind('/').map_or(0, |at| at + 1));
            matches!(file, "done" | "plan") && done.iter().any(|done| done == folder)
        };
        let is_kept = |name: &str| name == "secret" || name == "expiring" || name.starts_with("quota/");
        files.into_iter().filter(|name| !is_kept(name) && !name.ends_with("lock") && !is_note(name)).collect()
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
