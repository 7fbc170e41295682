//! The upload directory: what lies where in it, and what is remembered of its files.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::error::Result;
use crate::secret::{KeptSecret, Secret};
use crate::serving::DescriptionCache;
use crate::storage::local::or_gone;
use crate::storage::{
    Content, Digests, DiskPace, FileKey, Folder, NewPlace, Spool, TemporaryFile, blocking, open, status,
};

/// What filekit keeps for itself lies in here and is never served.
const PRIVATE: &str = ".filekit";

/// How often a folder is made again that is removed whenever a file is put into it.
const ATTEMPTS: usize = 16;

/// The directory that keeps uploaded files.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    pace: DiskPace,
    digests: Digests,
    descriptions: DescriptionCache,
    durable: bool,
    /// Whether the group of the directory may read what is kept in it.
    readable_by_group: bool,
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
            readable_by_group: false,
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

    /// The path of the file with this key, whose folders are in the directory: a link of the file system may lead out of it.
    ///
    /// # Errors
    ///
    /// `NotFound` if a folder is not there, or is a link.
    pub(crate) fn safe_path_of(&self, key: &FileKey) -> io::Result<PathBuf> {
        let is_safe = !key.as_str().contains('/') || self.has_folder(&key.folder());
        if is_safe { Ok(self.path_of(key)) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// Whether the folder is in the directory, and no link to another place is in its path.
    pub(crate) fn has_folder(&self, folder: &Folder) -> bool {
        let prefix = folder.as_prefix();
        let mut folders = prefix.match_indices('/').map(|(slash, _)| self.root.join(&prefix[..slash]));
        folders.all(|path| std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()))
    }

    /// Tells whether there is a file with this key.
    #[must_use]
    pub fn contains(&self, key: &FileKey) -> bool {
        self.status(key).is_ok()
    }

    /// What there is to know of the file with this key.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    pub(crate) fn status(&self, key: &FileKey) -> io::Result<Metadata> {
        status(&self.safe_path_of(key)?)
    }

    /// Opens the file with this key.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    pub(crate) fn open_file(&self, key: &FileKey) -> io::Result<(File, Metadata)> {
        open(&self.safe_path_of(key)?)
    }

    /// The same directory, in which files that are kept survive a power cut.
    #[must_use]
    pub fn durable(self, durable: bool) -> Self {
        Self { durable, ..self }
    }

    /// The same directory, whose group may read the files that are kept from now on. Else this user alone may.
    #[must_use]
    pub fn readable_by_group(self, readable_by_group: bool) -> Self {
        Self { readable_by_group, ..self }
    }

    /// Publishes a complete file under a new key. Never overwrites.
    ///
    /// # Errors
    ///
    /// If the disk fails, or the system has no random numbers.
    pub(crate) fn publish(&self, file: &TemporaryFile, place: &NewPlace) -> io::Result<FileKey> {
        loop {
            let key = place.key()?;
            match self.persist_new(file, &key) {
                Ok(()) => return Ok(key),
                // A key of 60 random bits is taken once in very many years.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives a file a key that is free, beside the name that it has.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if the key is taken; or if the disk fails.
    pub(crate) fn persist_new(&self, file: &TemporaryFile, key: &FileKey) -> io::Result<()> {
        self.let_group_read(file)?;
        self.within_folder(key, |path| file.persist_new(path))?;
        self.sync_folder_of(key)
    }

    /// Lets a file take the place of the one that has the key, if there is one. Returns its path.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) fn persist_over(&self, file: TemporaryFile, key: &FileKey) -> io::Result<PathBuf> {
        self.let_group_read(&file)?;
        self.within_folder(key, |path| file.persist_over(path))?;
        file.forget();
        self.sync_folder_of(key)?;
        Ok(self.path_of(key))
    }

    /// Lets the group read a file before it gets its name.
    fn let_group_read(&self, file: &TemporaryFile) -> io::Result<()> {
        if !self.readable_by_group {
            return Ok(());
        }
        let mut permissions = std::fs::metadata(file)?.permissions();
        #[cfg(unix)]
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o640);
        std::fs::set_permissions(file, permissions)
    }

    /// Lets `link` make the path of a key, whose folder is made if it is not there. It goes with its last file: perhaps in between.
    fn within_folder(&self, key: &FileKey, link: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
        let path = self.path_of(key);
        if !key.as_str().contains('/') {
            return link(&path);
        }
        for _ in 0..ATTEMPTS {
            std::fs::create_dir_all(self.root.join(key.folder().as_str()))?;
            // What is made through a link of the file system would lie elsewhere.
            let linked = self.safe_path_of(key).and_then(|path| link(&path));
            match linked {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                linked => return linked,
            }
        }
        let folder = self.root.join(key.folder().as_str());
        Err(io::Error::other(format!("{} is no folder that files can be kept in", folder.display())))
    }

    /// Gives the file of a key another one, which is free, beside its own. Where the file system has no hard links it is a copy.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such file, `AlreadyExists` if the other key is taken; or if the disk fails.
    pub(crate) fn link(&self, from: &FileKey, to: &FileKey, spool: &Spool) -> io::Result<()> {
        let old = self.safe_path_of(from)?;
        status(&old)?;
        match self.within_folder(to, |path| std::fs::hard_link(&old, path)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => self.copy(from, to, spool),
            linked => linked.and_then(|()| self.sync_folder_of(to)),
        }
    }

    /// Keeps a copy of a file under a key that is free.
    ///
    /// # Errors
    ///
    /// As [`link`](Self::link).
    pub(crate) fn copy(&self, from: &FileKey, to: &FileKey, spool: &Spool) -> io::Result<()> {
        let (mut source, _) = self.open_file(from)?;
        let (mut file, copy) = spool.file()?;
        // The system copies it, without a byte passing through here where it can.
        io::copy(&mut source, &mut file)?;
        if self.durable {
            file.sync_all()?;
        }
        self.persist_new(&copy, to)
    }

    /// Removes a file, and the folders that are empty then. That there is none is no error.
    ///
    /// # Errors
    ///
    /// If the disk does not allow it.
    pub(crate) fn remove_file(&self, key: &FileKey) -> io::Result<()> {
        let Some(path) = or_gone(self.status(key).map(|_| self.path_of(key)))? else { return Ok(()) };
        or_gone(std::fs::remove_file(path))?;
        let mut folder = key.folder();
        while !folder.is_root() && std::fs::remove_dir(self.root.join(folder.as_str())).is_ok() {
            folder = folder.parent().unwrap_or_default();
        }
        Ok(())
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

    /// Waits until the name of a file in a folder is on the disk, if it is to survive. That of the directory itself is waited for once,
    /// for all files of a call.
    fn sync_folder_of(&self, key: &FileKey) -> io::Result<()> {
        // Only Unix has a way to wait for a directory.
        if !self.durable || !cfg!(unix) {
            return Ok(());
        }
        let mut folder = key.folder();
        while !folder.is_root() {
            File::open(self.root.join(folder.as_str()))?.sync_all()?;
            folder = folder.parent().unwrap_or_default();
        }
        Ok(())
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
        blocking(move || File::open(root)?.sync_all()).await
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
    use crate::storage::SafeName;

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
        let place = NewPlace { folder: Folder::root(), name, end: None };
        let keys: Vec<_> = (0..3).map(|n| disk.publish(&file(&disk, &n.to_string()), &place).unwrap()).collect();
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
