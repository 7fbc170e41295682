//! The upload directory: what lies where in it, and how files come to stand there; not who may read them.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::storage::work::blocking;
use crate::storage::{Digests, DiskPace, SafeName, Temporary};

/// What filekit keeps for itself lies in here and is never served.
const PRIVATE: &str = ".filekit";

/// How many names are tried for a file whose name is taken, before the search goes on at random.
const NAMES_IN_ORDER: usize = 100;

/// The directory that keeps uploaded files.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    pace: DiskPace,
    digests: Digests,
    durable: bool,
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
            durable: false,
        };
        disk.make_folders()?;
        Ok(disk)
    }

    /// Makes the directory, and the folder in it that is filekit's own, where they are not there.
    pub(crate) fn make_folders(&self) -> io::Result<()> {
        let private = self.root.join(PRIVATE);
        make_private_folder(&private).map_err(|error| named(error, &private))
    }

    /// What is known of the content of files.
    pub(crate) fn digests(&self) -> &Digests {
        &self.digests
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

    /// Where the file of that name stands, or would stand.
    #[must_use]
    pub fn path_of(&self, name: &SafeName) -> PathBuf {
        self.root.join(name.as_str())
    }

    /// The same directory, in which files that are kept survive a power cut.
    #[must_use]
    pub fn durable(self, durable: bool) -> Self {
        Self { durable, ..self }
    }

    /// Gives a complete file its name, or the next free one: `photo.jpg`, `photo-1.jpg`. Never overwrites.
    pub(crate) fn keep(&self, file: &Temporary, name: &SafeName) -> io::Result<SafeName> {
        let mut candidate = name.clone();
        for attempt in 1.. {
            match file.keep_as_new(&self.path_of(&candidate)) {
                Ok(()) => return Ok(candidate),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            candidate = name.numbered(if attempt < NAMES_IN_ORDER { attempt } else { random_number()? });
        }
        unreachable!("the attempts do not end")
    }

    /// Does what gives `file` a name in the directory; before that, its content is on the disk if it is to survive.
    ///
    /// # Errors
    ///
    /// If the disk fails, or those of `work`.
    pub(crate) async fn keep_by<T: Send + 'static>(
        &self,
        file: Temporary,
        work: impl FnOnce(Temporary) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        if !self.durable {
            return self.pace.work(move || work(file)).await;
        }
        blocking(move || {
            file.settle()?;
            work(file)
        })
        .await
    }

    /// Waits until the names of kept files are on the disk, if they are to survive.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn settle(&self) -> io::Result<()> {
        // Only Unix has a way to wait for a directory.
        if !self.durable || !cfg!(unix) {
            return Ok(());
        }
        let root = self.root.clone();
        blocking(move || std::fs::File::open(root)?.sync_all()).await
    }
}

/// The name of a stored file as it stands in a URL or in a call of the developer's: never made safe, only
/// recognised, so that one file has one name.
#[must_use]
pub fn found_name(text: &str) -> Option<SafeName> {
    SafeName::parse(text).ok().filter(|name| name.as_str() == text)
}

fn random_number() -> io::Result<usize> {
    // Below 10^9: enough to be free, short enough to read.
    Ok(getrandom::u32().map_err(io::Error::other)? as usize % 1_000_000_000)
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

    fn file(disk: &Disk, text: &str) -> Temporary {
        let (mut file, temporary) = Temporary::create(disk.private("file")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        temporary
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let name = SafeName::parse("photo.jpg").unwrap();
        let kept: Vec<_> = (0..3).map(|n| disk.keep(&file(&disk, &n.to_string()), &name).unwrap()).collect();
        assert_eq!(kept.iter().map(SafeName::as_str).collect::<Vec<_>>(), ["photo.jpg", "photo-1.jpg", "photo-2.jpg"]);
        assert_eq!(std::fs::read_to_string(disk.path_of(&kept[0])).unwrap(), "0");
    }

    #[test]
    fn with_very_many_files_of_one_name_a_free_one_is_found_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let name = SafeName::parse("a").unwrap();
        for _ in 0..NAMES_IN_ORDER + 20 {
            disk.keep(&file(&disk, ""), &name).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), NAMES_IN_ORDER + 20 + 1);
    }
}
