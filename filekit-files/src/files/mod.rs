//! What a program does with files that are stored: it lists, opens, renames, copies and removes them.

mod extract;
mod list;
mod reader;

use std::io;

pub use extract::NoFiles;
pub use list::{FileList, FolderEntry, FolderList};
pub use reader::StoredReader;

use crate::error::{Error, FileRejection, Result};
use crate::storage::{
    FileKey, Folder, Listing, Removal, SafeName, SaveLog, SaveTransaction, Spool, StoredFile, StoredFiles,
    storage_error,
};

/// The stored files of a program.
///
/// In an event (`#[extract] files: Files`) it is all or nothing: what is renamed or copied stands at once and is undone if the
/// event fails, and what is removed goes when the event has succeeded, and not before. Elsewhere each call stands by itself.
///
/// Files are known by their keys. Whatever keeps one does: a [`StoredFile`], or the text of [`StoredFile::key`]. A text that is no
/// key is that of no file.
///
/// # Security
///
/// A key is no right: it may be told by anybody who has seen a link. Ask whether the visitor may have the file before anything is
/// done with a key that comes from one.
#[derive(Clone, Debug)]
pub struct Files {
    stored: StoredFiles,
    spool: Spool,
    /// The event that it is a part of.
    saves: Option<SaveLog>,
}

impl Files {
    /// The stored files, each call by itself.
    #[must_use]
    pub fn new(stored: StoredFiles, spool: Spool) -> Self {
        Self { stored, spool, saves: None }
    }

    /// The stored files, in a transaction.
    #[must_use]
    pub fn within(stored: StoredFiles, spool: Spool, saves: SaveLog) -> Self {
        Self { stored, spool, saves: Some(saves) }
    }

    /// The files whose keys begin with `prefix`, in the order of their keys: `""` for all, `"claims/42/"` for those of a folder and
    /// the folders in it. The memory that it takes does not grow with their number.
    ///
    /// The type of each is judged by its name alone, and no digest is known. Files that other programs have put into the storage are
    /// listed if their names can be keys.
    pub fn list(&self, prefix: impl AsRef<str>) -> FileList {
        FileList::new(self.clone(), Listing { prefix: prefix.as_ref().to_owned(), ..Listing::default() })
    }

    /// The folders and files directly in a folder, in the order of their keys: `""` for those in no folder. As [`list`](Self::list)
    /// otherwise.
    ///
    /// # Errors
    ///
    /// If `folder` has a name `..`, more than 16 names or more than 512 bytes.
    pub fn list_folder(&self, folder: impl AsRef<str>) -> Result<FolderList> {
        let prefix = Folder::parse(folder.as_ref())?.as_prefix().to_owned();
        Ok(FolderList::new(self.clone(), Listing { prefix, one_level: true, ..Listing::default() }))
    }

    /// The file with this key; `None` if there is none. Its type is judged by name and content, its digest is there if it is known.
    ///
    /// # Errors
    ///
    /// If the storage fails.
    pub async fn find(&self, key: impl AsRef<str>) -> Result<Option<StoredFile>> {
        let Some(key) = FileKey::parse(key.as_ref()).filter(|key| !self.is_removed(key)) else { return Ok(None) };
        self.stored.look_into(&key).await.map_err(storage_error)
    }

    /// Opens a file for reading from its beginning. It reads the content that is there now to its end, also if the file is removed
    /// or replaced, where it is kept on a disk; from another storage it fails then.
    ///
    /// # Errors
    ///
    /// [`FileRejection::FileGone`] if there is no such file; or if the storage fails.
    pub async fn open(&self, key: impl AsRef<str>) -> Result<StoredReader> {
        let key = self.key(key.as_ref())?;
        StoredReader::open(&self.stored, &key).await.map_err(|error| about(error, &key, &key))
    }

    /// Removes a file, and tells whether there was one. Links to it answer with 404, and its key never comes back if
    /// [`save`](crate::upload::UploadFile::save) gave it.
    ///
    /// # Errors
    ///
    /// If the storage fails. In an event it may also fail after the event has succeeded: then the log says so, and the file is there.
    pub async fn remove(&self, key: impl AsRef<str>) -> Result<bool> {
        let Ok(key) = self.key(key.as_ref()) else { return Ok(false) };
        let Some(found) = self.stored.find(&key).await.map_err(storage_error)? else { return Ok(false) };
        let removal = Removal::of(self.stored.clone(), key, found.size);
        match &self.saves {
            Some(saves) => saves.add_removal(removal).await,
            None => removal.try_carry_out().await.map_err(storage_error)?,
        }
        Ok(true)
    }

    /// Gives a file another name, in the folder that it is in, and with it a new key: links to the old one answer with 404. The name
    /// is made safe, as that of an upload is, so a visitor may choose it. A file that [ends](crate::upload::Save::expires_in) ends at the same time.
    ///
    /// # Errors
    ///
    /// If there is no such file, `name` is `..` or the storage fails.
    pub async fn rename(&self, key: impl AsRef<str>, name: impl AsRef<str>) -> Result<StoredFile> {
        let key = self.key(key.as_ref())?;
        let name = SafeName::parse(name.as_ref())?;
        let to = FileKey::random_until(&key.folder(), &name, key.end())?;
        self.duplicate(key, to, false).await
    }

    /// Moves a file into another folder, which is made if it is not there. It gets a new key.
    ///
    /// # Errors
    ///
    /// If there is no such file, `folder` is none, or the storage fails.
    pub async fn move_in(&self, key: impl AsRef<str>, folder: impl AsRef<str>) -> Result<StoredFile> {
        let (key, to) = self.keys_into(key.as_ref(), folder.as_ref())?;
        self.duplicate(key, to, false).await
    }

    /// Copies a file into a folder, which is made if it is not there and may be the one that it is in. The copy gets a new key, and ends
    /// when the file does.
    ///
    /// # Errors
    ///
    /// If there is no such file, `folder` is none, or the storage fails.
    pub async fn copy_in(&self, key: impl AsRef<str>, folder: impl AsRef<str>) -> Result<StoredFile> {
        let (key, to) = self.keys_into(key.as_ref(), folder.as_ref())?;
        self.duplicate(key, to, true).await
    }

    /// Gives a file a key that the program chooses, with its folders: `claims/42/scan.pdf`. It never overwrites. A file that would end by
    /// itself does not do so any more.
    ///
    /// # Security
    ///
    /// As with [`save_as`](crate::upload::UploadFile::save_as): make no key of what a visitor wrote. A key that becomes free may be
    /// that of another file later, which old links then open.
    ///
    /// # Errors
    ///
    /// [`FileRejection::KeyTaken`] if there is a file with this key. If there is no such file, `to` is no key, or the storage fails.
    pub async fn rename_as(&self, key: impl AsRef<str>, to: impl AsRef<str>) -> Result<StoredFile> {
        let (key, to) = (self.key(key.as_ref())?, FileKey::chosen(to.as_ref())?);
        self.duplicate(key, to, false).await
    }

    /// Copies a file to a key that the program chooses, as [`rename_as`](Self::rename_as) gives it one.
    ///
    /// # Errors
    ///
    /// As [`rename_as`](Self::rename_as).
    pub async fn copy_as(&self, key: impl AsRef<str>, to: impl AsRef<str>) -> Result<StoredFile> {
        let (key, to) = (self.key(key.as_ref())?, FileKey::chosen(to.as_ref())?);
        self.duplicate(key, to, true).await
    }

    /// The key of a file that is there, as far as is known.
    fn key(&self, key: &str) -> Result<FileKey> {
        let parsed = FileKey::parse(key).filter(|key| !self.is_removed(key) && !key.has_ended());
        parsed.ok_or_else(|| FileRejection::file_gone(key).into())
    }

    /// Whether the event has removed the file.
    fn is_removed(&self, key: &FileKey) -> bool {
        self.saves.as_ref().is_some_and(|saves| saves.will_remove(key))
    }

    /// The key of a file, and a new one for it in a folder.
    fn keys_into(&self, key: &str, folder: &str) -> Result<(FileKey, FileKey)> {
        let key = self.key(key)?;
        let name = SafeName::parse(&key.name())?;
        let to = FileKey::random_until(&Folder::parse(folder)?, &name, key.end())?;
        Ok((key, to))
    }

    /// Keeps a file under another key too, and under its own if it is to stay.
    async fn duplicate(&self, from: FileKey, to: FileKey, stays: bool) -> Result<StoredFile> {
        let Some(saves) = &self.saves else {
            let alone = SaveTransaction::default();
            let file = self.duplicate_within(&alone.share(), from, to, stays).await?;
            alone.commit().await.map_err(storage_error)?.finish().await;
            return Ok(file);
        };
        self.duplicate_within(saves, from, to, stays).await
    }

    async fn duplicate_within(&self, saves: &SaveLog, from: FileKey, to: FileKey, stays: bool) -> Result<StoredFile> {
        let made = self.stored.duplicate((&from, &to), stays, &self.spool, saves).await;
        made.map_err(|error| about(error, &from, &to))?;
        let file = self.stored.look_into(&to).await.map_err(storage_error)?;
        if !stays {
            saves.add_removal(Removal::renamed(self.stored.clone(), from, to.clone())).await;
        }
        file.ok_or_else(|| FileRejection::file_gone(to.name()).into())
    }
}

/// What an error means where one file was to be made of another.
fn about(error: io::Error, from: &FileKey, to: &FileKey) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => FileRejection::file_gone(from.name()).into(),
        io::ErrorKind::AlreadyExists => FileRejection::key_taken(to.as_str()).into(),
        _ => storage_error(error),
    }
}
