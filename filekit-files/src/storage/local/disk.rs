//! The upload directory: what lies where in it, and what is remembered of its files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::error::Result;
use crate::secret::{KeptSecret, Secret};
use crate::serving::DescriptionCache;
use crate::storage::{Content, Digests, DiskPace, FileKey, SafeName, Spool, TemporaryFile, blocking};

/// What filekit keeps for itself lies in here and is never served.
const PRIVATE: &str = ".filekit";

/// The directory that keeps uploaded files.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    pace: DiskPace,
    digests: Digests,
    descriptions: DescriptionCache,
    durable: bool,
    /// The secret that lies in it, if that is the one in use.
    secret: Arc<OnceLock<KeptSecret>>,
}

impl Disk {
    /// Opens the directory, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn open(root: &Path) -> Result<Self> {
        // An absolute path stays right when the program changes its directory.
        let disk = Self {
            root: std::path::absolute(root)?,
            pace: DiskPace::new(),
            digests: Digests::default(),
            descriptions: DescriptionCache::default(),
            durable: false,
            secret: Arc::default(),
        };
        disk.make_folders()?;
        Ok(disk)
    }

    /// Makes the directory, and the folder in it that is filekit's own, where they are not there; and the secret in it, where it
    /// is not there any more.
    pub(crate) fn make_folders(&self) -> io::Result<()> {
        let private = self.root.join(PRIVATE);
        make_private_folder(&private).map_err(|error| named(error, &private))?;
        self.secret.get().map_or(Ok(()), KeptSecret::restore)
    }

    /// The secret that is kept in the directory. It is made if there is none, and kept again if the directory is removed.
    ///
    /// # Errors
    ///
    /// If it can be neither read nor made.
    pub fn secret(&self) -> Result<Secret> {
        let kept = KeptSecret::in_file(self.private("secret"))?;
        Ok(self.secret.get_or_init(|| kept).secret())
    }

    /// What is known of the content of files.
    pub(crate) fn digests(&self) -> &Digests {
        &self.digests
    }

    /// What answers say of files, as far as it is remembered: also of files elsewhere that are served beside these.
    pub(crate) fn descriptions(&self) -> &DescriptionCache {
        &self.descriptions
    }

    /// How quick it is.
    #[must_use]
    pub fn pace(&self) -> &DiskPace {
        &self.pace
    }

    /// The upload directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the file `name` is that is never served.
    #[must_use]
    pub fn private(&self, name: &str) -> PathBuf {
        self.root.join(PRIVATE).join(name)
    }

    /// The path of the file with this key, whether there is one or not.
    #[must_use]
    pub fn path_of(&self, key: &FileKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Tells whether there is a file with this key.
    #[must_use]
    pub fn contains(&self, key: &FileKey) -> bool {
        std::fs::symlink_metadata(self.path_of(key)).is_ok_and(|found| found.is_file())
    }

    /// The same directory, in which files that are kept survive a power cut.
    #[must_use]
    pub fn durable(self, durable: bool) -> Self {
        Self { durable, ..self }
    }

    /// Publishes a complete file under a new key for `name`. Never overwrites.
    ///
    /// # Errors
    ///
    /// If the disk fails, or the system has no random numbers.
    pub(crate) fn publish(&self, file: &TemporaryFile, name: &SafeName) -> io::Result<FileKey> {
        loop {
            let key = FileKey::random(name)?;
            match file.persist_new(&self.path_of(&key)) {
                Ok(()) => return Ok(key),
                // A key of 60 random bits is taken once in very many years.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Does what gives a file with this content a name in the directory; before that, the content is on the disk if it is to
    /// survive.
    ///
    /// # Errors
    ///
    /// If the disk fails, or those of `work`.
    pub(crate) async fn persist_by<T: Send + 'static>(
        &self,
        spool: Spool,
        content: Content,
        work: impl FnOnce(TemporaryFile) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        if !self.durable {
            return self.pace.work(move || work(content.into_file(&spool)?)).await;
        }
        blocking(move || {
            let file = content.into_file(&spool)?;
            file.sync_all()?;
            work(file)
        })
        .await
    }

    /// Waits until the names of kept files are on the disk, if they are to survive.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn sync_directory(&self) -> io::Result<()> {
        // Only Unix has a way to wait for a directory.
        if !self.durable || !cfg!(unix) {
            return Ok(());
        }
        let root = self.root.clone();
        blocking(move || std::fs::File::open(root)?.sync_all()).await
    }
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// An error of the system does not say which file it is about.
#[must_use]
pub fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(disk: &Disk, text: &str) -> TemporaryFile {
        let (mut file, temporary) = TemporaryFile::create(disk.private("file")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        temporary
    }

    #[test]
    fn files_of_one_name_have_keys_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let name = SafeName::parse("photo.jpg").unwrap();
        let keys: Vec<_> = (0..3).map(|n| disk.publish(&file(&disk, &n.to_string()), &name).unwrap()).collect();
        for (nth, key) in keys.iter().enumerate() {
            assert_eq!(key.name(), "photo.jpg");
            assert_eq!(std::fs::read_to_string(disk.path_of(key)).unwrap(), nth.to_string());
        }
    }

    #[test]
    fn only_a_file_is_contained() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        std::fs::write(folder.path().join("a.txt"), "").unwrap();
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        let contains = |key: &str| disk.contains(&FileKey::parse(key).unwrap());
        assert_eq!(["a.txt", "folder", "b.txt"].map(contains), [true, false, false]);
    }
}
